""" "Check data": more than 10% of a denominator with records in doubt (4.12, U-24)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest

from app.core import clock
from app.core.db import db, supersede
from app.core.permissions import Role
from app.figures import queries
from app.figures.queries.flags import Flag, must_check
from app.figures.rules import publish
from app.learning.models import MarkStatus, PastKind
from app.people.models import Person
from app.sessions.models import Run, RunState
from tests import factories
from tests.attendance.marking import mark, past
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import Scene
from tests.pages import Pages

TODAY = date(2022, 6, 30)
HELD = [date(2022, 3, 15), date(2022, 3, 16)]
LEFT, BACK = date(2022, 3, 10), date(2022, 4, 1)


@pytest.fixture(autouse=True)
def _on_the_last_of_june(travel_to: Callable[..., None]) -> None:
    travel_to("2022-06-30 12:00")


@pytest.fixture
def scene() -> Scene:
    """Ten practitioners, none of whom is trained, and 80% of whom are to be."""
    return scenes.coverage(trained=0, untrained=10, percent="80")


def _run(scene: Scene, days: list[date] = HELD, **values: Any) -> Run:
    return factories.run(scene.course, days=days, **values)


def _at_once(scene: Scene, person: Person) -> None:
    for start in (time(9, 30), time(10)):
        mark(_run(scene, start=start), 1, person)


def _too_early(scene: Scene, person: Person) -> None:
    past(person, scene.course.latest_version, date(2018, 12, 31))


def _too_late(scene: Scene, person: Person) -> None:
    """They left on 10 March, came on 15 March and are back since 1 April."""
    (post,) = person.spells
    supersede(post, by="Tests", now=LONG_AGO + timedelta(days=1))
    factories.spell(person, last_day=LEFT)
    factories.spell(person, first_day=BACK)
    mark(_run(scene), 1, person)


def _unmarked(scene: Scene, person: Person) -> None:
    factories.booking(_run(scene), person)


def _flagged(scene: Scene, as_at: date = TODAY, known_at: datetime | None = None) -> int:
    db.session.flush()
    return queries.figure(scene.target, as_at=as_at, known_at=known_at).flagged


FLAGS: dict[Flag, Callable[[Scene, Person], None]] = {
    Flag.AT_ONCE: _at_once,
    Flag.TOO_EARLY: _too_early,
    Flag.TOO_LATE: _too_late,
    Flag.UNMARKED: _unmarked,
}


@pytest.mark.once
@pytest.mark.parametrize(
    ("flagged", "of", "is_to_check"),
    [
        (0, 1, False),
        (1, 9, True),
        (1, 10, False),
        (1, 11, False),
        (11, 110, False),
        (12, 110, True),
        (10, 109, False),
        (11, 109, True),
        (26, 263, False),
        (27, 263, True),
    ],
)
def test_4_12_more_than_a_tenth_is_exact(flagged: int, of: int, is_to_check: bool) -> None:
    assert must_check(flagged, of) is is_to_check


@pytest.mark.parametrize("flag", FLAGS)
def test_4_12_one_of_ten_is_no_more_than_a_tenth_and_two_are(scene: Scene, flag: Flag) -> None:
    expected = [(1, "Red"), (2, "Red, check data")]
    for person, (number, words) in zip(scene.people, expected, strict=False):
        FLAGS[flag](scene, person)
        db.session.flush()
        figure = queries.figure(scene.target, as_at=TODAY)
        assert figure.verdict is not None
        assert (figure.flagged, figure.verdict.words.replace("No data", "Red")) == (number, words)
    people = [person for person, _ in db.session.execute(queries.flagged_people(scene.target, as_at=TODAY))]
    assert set(people) == set(scene.people[:2])
    ids = [person.id for person in people]
    assert queries.flags_of(scene.target, ids, as_at=TODAY) == {ident: [flag] for ident in ids}
    assert figure.verdict.whole_reason.endswith("Check data: of 10 people, 2 have records in doubt.")


def test_4_12_a_person_counts_once_whatever_is_in_doubt(scene: Scene) -> None:
    for flag in (Flag.AT_ONCE, Flag.TOO_EARLY, Flag.UNMARKED):
        FLAGS[flag](scene, scene.people[0])
    assert _flagged(scene) == 1
    (flags,) = queries.flags_of(scene.target, [scene.people[0].id], as_at=TODAY).values()
    assert flags == [Flag.AT_ONCE, Flag.TOO_EARLY, Flag.UNMARKED]


@pytest.mark.parametrize(
    ("as_at", "flagged", "marks"),
    [
        (HELD[0] - timedelta(days=1), 0, 0),
        (HELD[0] + timedelta(days=91), 0, 2),
        (HELD[0] + timedelta(days=92), 1, 1),
        (HELD[1] + timedelta(days=92), 1, 0),
    ],
)
def test_4_12_a_mark_is_outstanding_until_it_is_a_matter_of_data_quality(
    scene: Scene, as_at: date, flagged: int, marks: int
) -> None:
    """Two days of one place: no day is both, and none is neither."""
    _unmarked(scene, scene.people[0])
    figure = queries.figure(scene.target, as_at=as_at)
    assert (figure.flagged, figure.outstanding_marks) == (flagged, marks)


def test_4_12_which_places_are_in_doubt(scene: Scene) -> None:
    """Not those that are marked, nor of a run that was cancelled, nor given up, nor of another course."""
    one, other, third, fourth, fifth, *_ = scene.people
    run = _run(scene)
    factories.booking(run, one)
    mark(run, 1, one, status=MarkStatus.ABSENT_APOLOGIES)
    mark(run, 2, one)
    factories.booking(_run(scene, state=RunState.CANCELLED), other)
    factories.booking(_run(scene), third, confirmed_at=None)
    factories.booking(factories.run(days=HELD), fourth)
    assert _flagged(scene) == 0
    factories.booking(run, fifth)
    mark(run, 1, fifth)
    mark(run, 2, fifth, status=MarkStatus.NOT_RECORDED)
    assert _flagged(scene) == 1


def test_4_12_a_contradiction_elsewhere_is_no_doubt_here(scene: Scene) -> None:
    """Two sessions of other courses at once; prior learning may lie before the first day."""
    for _ in range(2):
        mark(factories.run(days=HELD), 1, scene.people[0])
    past(scene.people[1], scene.course.latest_version, date(2018, 5, 1), kind=PastKind.PRIOR_LEARNING)
    assert _flagged(scene) == 0
    mark(_run(scene), 1, scene.people[0])
    assert _flagged(scene) == 1


def test_4_4_doubt_goes_by_the_day_and_by_what_was_known(scene: Scene) -> None:
    """The sessions of 15 March were marked at 17:05."""
    _at_once(scene, scene.people[0])
    marked = datetime.combine(HELD[0], time(17, 5), clock.LONDON)
    days = [(HELD[0] - timedelta(days=1), 0), (HELD[0], 1), (TODAY, 1)]
    assert [_flagged(scene, day) for day, _ in days] == [number for _, number in days]
    known = [(marked - timedelta(seconds=1), 0), (marked, 1), (clock.now(), 1)]
    assert [_flagged(scene, TODAY, at) for at, _ in known] == [number for _, number in known]


def test_4_4_a_place_that_was_marked_late_was_in_doubt_before(scene: Scene) -> None:
    run = _run(scene)
    factories.booking(run, scene.people[0])
    late = clock.london_time(TODAY, time(9))
    for component in (1, 2):
        mark(run, component, scene.people[0], at=late)
    assert [_flagged(scene, TODAY, at) for at in (late - timedelta(hours=1), late, None)] == [1, 0, 0]
    assert _flagged(scene, TODAY - timedelta(days=1)) == 0


@pytest.mark.parametrize("kind", ["no one", "no minimum", "a cohort"])
def test_4_12_only_a_denominator_with_a_minimum_is_checked(kind: str) -> None:
    """A cohort's members are checked like a population."""
    scene = {
        "no one": lambda: scenes.coverage(trained=0, untrained=0, percent="80"),
        "no minimum": lambda: scenes.coverage(trained=0, untrained=1),
        "a cohort": lambda: scenes.cohort(members=1),
    }[kind]()
    for person in scene.people:
        _unmarked(scene, person)
    verdict = queries.figure(scene.target, as_at=TODAY).verdict
    assert verdict is not None
    assert bool(verdict.doubt) is (kind == "a cohort")


# --- Where it is shown -----------------------------------------------------------------------------------


FEW_IN_DOUBT = "Check data: of 10 people, fewer than 5 have records in doubt."


@pytest.fixture
def in_doubt(scene: Scene) -> Scene:
    """Two of ten, and one who was marked, so that there is a colour."""
    for person in scene.people[:2]:
        _unmarked(scene, person)
    scenes.attend(scene.people[2], _run(scene))
    return scene


def test_4_12_the_target_leads_to_whose_records_are_in_doubt(in_doubt: Scene, pages: Pages) -> None:
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/targets/two-day")
    assert "Red, check data" in page.text
    assert "Check data: of 10 people, 2 have records in doubt." in page.text
    page = pages.get(f"/targets/{in_doubt.target.code}/people/flagged")
    assert "2 people" in page.text
    assert Flag.UNMARKED.label in page.text
    assert {person.name for person in in_doubt.people[:2]} <= set(page.links())
    assert "Nobody." in pages.get("/targets/two-day/people/flagged?as_at=2022-03-20").text


def test_4_12_a_board_member_sees_that_data_is_to_be_checked_and_no_name(
    in_doubt: Scene, pages: Pages
) -> None:
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/targets/two-day")
    assert "Records in doubt fewer than 5 people" in page.text
    assert not [one for one in page.links().values() if "flagged" in one]
    pages.get("/targets/two-day/people/flagged", status=403)
    board = pages.get("/board")
    assert "Red, check data" in board.text
    assert FEW_IN_DOUBT in page.text
    assert FEW_IN_DOUBT in board.text
    (row,) = csv.DictReader(StringIO(pages.get("/board.csv").html))
    assert (row["must_check_data"], row["people_flagged"]) == ("yes", "fewer than 5")
    assert row["colour_reason"].endswith(FEW_IN_DOUBT)
    assert not [person for person in in_doubt.people if person.name in page.html + board.html]
    kept = {"as_at": TODAY, "occasion": "Board", "by": scenes.ACADEMY, "now": clock.now()}
    [published] = publish(targets=[in_doubt.target], **kept)
    assert published.colour_reason.endswith(FEW_IN_DOUBT)


def test_4_12_the_command_says_it_too(in_doubt: Scene, run_command: Any) -> None:
    db.session.commit()
    (found,) = json.loads(run_command("figures", "--json", "--as-at", TODAY.isoformat()).stdout)
    assert (found["check_data"], found["flagged"]) == (True, 2)
    assert found["rag_reason"].endswith("Check data: of 10 people, 2 have records in doubt.")
    assert "Red, check data" in run_command("figures", "--as-at", TODAY.isoformat()).stdout
