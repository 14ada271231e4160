"""A press applies what its preview showed: when that has changed since, it is shown again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from app.core.db import db
from app.core.permissions import Role
from app.exchange.models import FileImport, ImportKind, ImportState
from app.people.models import Person
from tests import factories
from tests.exchange.samples import bring_in, bring_in_people, csv_of, hr, look, staff, stays
from tests.figures import scenes
from tests.pages import Page, Pages

CHANGED = (
    "Something has changed since you looked at this file, so nothing was applied. Below is what it would "
    "change now: look again, and apply it if it is right."
)
NUMBERS = [f"{number:06d}" for number in range(200, 230)]


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def previewed(manager: Pages, kind: ImportKind, content: bytes, **options: Any) -> Page:
    """The page of a file that somebody has just looked at."""
    row, _ = look(kind, content, **options)
    db.session.commit()
    return manager.get(f"/imports/{row.id}")


def test_u20_nobody_whom_the_preview_did_not_list_is_ended_by_it(manager: Pages) -> None:
    bring_in_people(*staff(*NUMBERS))
    page = previewed(manager, ImportKind.PEOPLE, hr(*staff(*NUMBERS[1:])))
    (left,) = page.soup.select("input[name=left]")
    factories.staff(employee_number="000300", first_name="Kit", last_name="New")
    db.session.commit()
    refused = manager.submit(page, {"left": [left["value"]]}, form="apply")
    assert refused.errors == [CHANGED]
    assert stays("000200") == [(date(2019, 1, 7), None, "Fostering")]
    assert stays("000300")[0][1] is None
    assert "Kit New Number 000300: would end on 28 February 2022" in refused.text
    assert not refused.soup.select("#apply input[checked]")
    manager.submit(refused, {"end_missing": "y"}, form="apply")
    assert stays("000200")[0][1] == stays("000300")[0][1] == date(2022, 2, 28)


def test_a_box_stays_ticked_when_something_else_is_wrong(manager: Pages) -> None:
    bring_in_people(*staff(*NUMBERS))
    page = previewed(manager, ImportKind.PEOPLE, hr(*staff(*NUMBERS[1:])))
    unconfirmed = manager.submit(page, form="apply")
    assert unconfirmed.errors == ["Only people missing from the file would change: tick who has left."]
    (left,) = unconfirmed.soup.select("input[name=left]")
    done = manager.submit(unconfirmed, {"left": [left["value"]]}, form="apply")
    assert "The file is applied" in done.text


def test_a_second_press_of_the_same_button_is_told_that_it_was_applied(manager: Pages) -> None:
    page = previewed(manager, ImportKind.PEOPLE, hr({}))
    assert "The file is applied" in manager.submit(page, form="apply").text
    assert "This file was applied already." in manager.submit(page, form="apply").text
    assert len(stays("000101")) == 1


def test_a_press_that_does_not_say_what_was_looked_at_applies_nothing(manager: Pages) -> None:
    page = previewed(manager, ImportKind.PEOPLE, hr({}))
    assert manager.post(f"{page.path}/apply").errors == [CHANGED]
    assert not db.session.scalars(select(Person).where(Person.employee_number == "000101")).all()


LEE = {"first_name": "Lee", "last_name": "Clarke", "organisation": "Castle Homes", "sector": "Housing"}
PAST = {"course_code": "C", "completion_date": "2020-01-01", "source": "List"}
JOINS = {"reason": "untrained", "joined_on": "2022-01-26"}
RUN = {
    "course_code": "C",
    "component": 1,
    "date": "2022-05-03",
    "start_time": "09:30",
    "end_time": "16:30",
    "mode": "in_person",
    "venue": "Room 1",
    "capacity": 16,
}
MARK = {"component": 1, "status": "attended"}
TWO = ({"employee_number": "1"}, {"employee_number": "2"})


class Scene(NamedTuple):
    """A file, what makes it another one after it was looked at, and what it is given in with."""

    content: bytes
    happens: Callable[[], object]
    options: dict[str, Any] = {}


def _people() -> Scene:
    bring_in_people(*staff("1", "2", *NUMBERS))
    lines = [{"team": team} | one for team in ("Leaving Care", "Adoption") for one in staff(NUMBERS[0])]
    rest = staff("1", "2", *NUMBERS[1:])
    return Scene(hr(lines[0], *rest), lambda: bring_in_people(lines[1], *rest))


def _shorter(kind: ImportKind, lines: list[dict[str, Any]], **options: Any) -> Scene:
    """The first line of the file is brought in by another file."""
    return Scene(csv_of(lines), lambda: bring_in(kind, csv_of(lines[:1]), **options), options)


def _partners() -> Scene:
    return _shorter(
        ImportKind.PARTNERS, [LEE | {"first_name": name, "email": f"{name}@homes.example"} for name in "ab"]
    )


def _completions() -> Scene:
    factories.course(code="C", components=1)
    return _shorter(ImportKind.COMPLETIONS, [one | PAST for one in TWO])


def _cohort() -> Scene:
    target = scenes.cohort(members=0).target
    return _shorter(ImportKind.COHORT, [one | JOINS for one in TWO], target=target)


def _runs() -> Scene:
    factories.course(code="C", components=1)
    return _shorter(
        ImportKind.RUNS, [RUN | {"run_code": "R-1"}, RUN | {"run_code": "R-2", "date": "2022-05-04"}]
    )


def _attendance() -> Scene:
    run = factories.run(factories.course(code="C", components=1), days=[date(2022, 2, 25)])
    return _shorter(ImportKind.ATTENDANCE, [one | MARK | {"run_code": run.code} for one in TWO])


CHANGES = {
    ImportKind.PEOPLE: _people,
    ImportKind.PARTNERS: _partners,
    ImportKind.COMPLETIONS: _completions,
    ImportKind.COHORT: _cohort,
    ImportKind.RUNS: _runs,
    ImportKind.ATTENDANCE: _attendance,
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_file_of_any_kind_that_would_change_something_else_by_now_is_shown_again(
    manager: Pages, kind: ImportKind
) -> None:
    for number in ("1", "2"):
        factories.staff(employee_number=number)
    scene = CHANGES[kind]()
    page = previewed(manager, kind, scene.content, **scene.options)
    scene.happens()
    refused = manager.submit(page, form="apply")
    assert refused.errors == [CHANGED]
    row = db.session.get_one(FileImport, int(page.path.rpartition("/")[2]))
    assert row.state is ImportState.PREVIEWED
    assert "The file is applied" in manager.submit(refused, form="apply").text
