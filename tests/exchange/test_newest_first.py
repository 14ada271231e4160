"""Imports of the same people are undone newest first, each as if the later ones had not been. (SA-02)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db, facts_in, live, record, supersede
from app.core.errors import RuleBroken
from app.exchange import rules
from app.exchange.models import FileImport, ImportKind
from app.exchange.rules.ledger import FACTS
from app.learning.models import PastCompletion
from app.people.models import Person, Spell
from tests import factories
from tests.exchange.samples import ACADEMY, bring_in, bring_in_people, csv_of, person, staff, stays
from tests.figures import scenes

COMPLETIONS, COHORT = ImportKind.COMPLETIONS, ImportKind.COHORT
PAST = {"employee_number": "1", "course_code": "C", "completion_date": "2020-01-01", "source": "A"}
ABSENT = {"long_term_absence_from": "2021-05-10"}


@pytest.fixture
def later(travel_to: Callable[..., None]) -> Callable[[], None]:
    """A minute goes by between one thing and the next."""
    start = "2022-03-01 10:00"
    travel_to(start)
    minutes = iter(range(1, 59))
    return lambda: travel_to(f"2022-03-01 10:{next(minutes):02d}")


def undo(row: FileImport) -> None:
    rules.undo(file_import=row, by=ACADEMY, now=clock.now())
    db.session.commit()


def known() -> list[object]:
    """All that is known now of everybody, whichever rows say so."""
    found: list[object] = []
    for model in FACTS.values():
        columns = [getattr(model, name) for name in facts_in(model)]
        found += sorted(
            (tuple(row) for row in db.session.execute(select(*columns).where(live(model)))), key=str
        )
    details = (Person.id, Person.last_name, Person.email)
    return [*found, *(tuple(row) for row in db.session.execute(select(*details).order_by(Person.id)))]


def _people() -> list[Callable[[], FileImport]]:
    """Nobody is here; Ann comes, moves, is absent under another name, and has another manager."""
    boss = staff("000900")
    return [
        lambda: bring_in_people({}, *boss),
        lambda: bring_in_people({"team": "Leaving Care"}, *boss),
        lambda: bring_in_people({"team": "Leaving Care", "last_name": "Barrow", **ABSENT}, *boss),
        lambda: bring_in_people(
            {"line_manager_employee_number": "000900", "last_name": "Barrow", "end_date": "2022-03-31"}, *boss
        ),
    ]


def _completions() -> list[Callable[[], FileImport]]:
    """One completion is corrected, then another of the same person, then both, and the first as history."""
    factories.staff(employee_number="1")
    factories.course(code="C", components=1)
    other = PAST | {"completion_date": "2020-02-02"}
    history = rules.known_since(date(2021, 8, 31), clock.now())
    return [
        lambda: bring_in(COMPLETIONS, csv_of([PAST, other])),
        lambda: bring_in(COMPLETIONS, csv_of([PAST | {"source": "B"}])),
        lambda: bring_in(COMPLETIONS, csv_of([other | {"source": "B"}])),
        lambda: bring_in(COMPLETIONS, csv_of([PAST | {"source": "C"}, other | {"source": "C"}])),
        lambda: bring_in(COMPLETIONS, csv_of([PAST | {"source": "D"}]), recorded_at=history),
    ]


def _cohort() -> list[Callable[[], FileImport]]:
    target = scenes.cohort(members=0).target
    lines = [{"employee_number": number, "reason": "untrained", "joined_on": "2022-01-26"} for number in "12"]
    for line in lines:
        factories.staff(employee_number=line["employee_number"])
    return [lambda count=count: bring_in(COHORT, csv_of(lines[:count]), target=target) for count in (1, 2)]


@pytest.mark.parametrize("scene", [_people, _completions, _cohort])
def test_sa02_imports_of_the_same_people_are_undone_newest_first(
    later: Callable[[], None], scene: Callable[[], list[Callable[[], FileImport]]]
) -> None:
    steps = scene()
    before, done = [], []
    for step in steps:
        before.append(known())
        later()
        done.append(step())
    for row, as_it_was in zip(reversed(done[1:]), reversed(before[1:]), strict=True):
        later()
        undo(row)
        assert known() == as_it_was
    later()
    undo(done[0])
    assert not any(
        db.session.scalars(select(model).where(live(model))).all()
        for model in FACTS.values()
        if model is not Spell
    )


def test_sa02_which_later_import_to_undo_first_is_said(later: Callable[[], None]) -> None:
    first = bring_in_people({})
    later()
    bring_in_people({}, *staff("000102"), filename="others.csv")
    later()
    second = bring_in_people(
        {"team": "Adoption", "last_name": "Barrow"}, *staff("000102"), filename="second.csv"
    )
    later()
    third = bring_in_people(
        {"team": "Leaving Care", "last_name": "Barrow"}, *staff("000102"), filename="third.csv"
    )
    later()
    for row, newest, when in ((first, third, "10:03"), (second, third, "10:03")):
        with pytest.raises(RuleBroken) as refused:
            undo(row)
        assert refused.value.message == (
            "Ann Barrow changed after this import by a later one: third.csv, "
            f"number {newest.id}, applied on 1 March 2022 at {when}. Undo that one first."
        )
        db.session.rollback()
    undo(third)
    later()
    with pytest.raises(RuleBroken, match=r"second\.csv, number \d+, applied on 1 March 2022 at 10:02\. Undo"):
        undo(first)


def test_sa02_what_a_later_import_says_again_is_that_import_s(later: Callable[[], None]) -> None:
    """Ann is in Fostering as the first file had her, by the third, which can still be undone."""
    first = bring_in_people({})
    later()
    bring_in_people({"team": "Adoption"})
    later()
    bring_in_people({}, filename="third.csv")
    later()
    with pytest.raises(RuleBroken, match=r"a later one: third\.csv"):
        undo(first)


def test_sa02_what_somebody_changed_by_hand_is_told_before_what_a_later_import_changed(
    later: Callable[[], None],
) -> None:
    """To undo that import would not be enough."""
    first = bring_in_people({}, *staff("000102"))
    later()
    bring_in_people({"team": "Adoption"}, *staff("000102"))
    later()
    spell = person("000102").spells[0]
    supersede(spell, by="Tests", now=clock.now())
    says = {name: getattr(spell, name) for name in facts_in(Spell)} | {"job_title": "Other"}
    record(Spell(**says), by="Tests", now=clock.now())
    db.session.commit()
    with pytest.raises(RuleBroken) as refused:
        undo(first)
    assert refused.value.message == (
        "Given000102 Archer changed after this import: the post of Given000102 Archer, by Tests on 1 March "
        "2022 at 10:02. Leave this person as they are and undo the rest, or change it back by hand first."
    )


def test_sa02_who_was_changed_back_by_hand_stands_as_the_file_left_them(later: Callable[[], None]) -> None:
    row = bring_in_people({})
    for title in ("Other", "Social Worker"):
        later()
        spell = person("000101").spells[0]
        says = {name: getattr(spell, name) for name in facts_in(Spell)} | {"job_title": title}
        supersede(spell, by="Tests", now=clock.now())
        record(Spell(**says), by="Tests", now=clock.now())
        db.session.commit()
    later()
    undo(row)
    assert stays("000101") == []


def test_sa02_a_completion_by_hand_stays_in_the_way_though_an_import_that_corrected_it_was_undone(
    later: Callable[[], None],
) -> None:
    """It is known again by a row of the undoing, and was not known when the first import was applied."""
    ann = factories.staff(employee_number="1", first_name="Ann", last_name="Archer")
    course = factories.course(code="C", components=1)
    bring_in(COMPLETIONS, csv_of([PAST]))
    later()
    first = bring_in(COMPLETIONS, csv_of([PAST | {"source": "B"}]))
    later()
    by_hand = PastCompletion(
        person_id=ann.id, version_id=course.latest_version.id, completed_on=date(2020, 2, 2), source="Hand"
    )
    record(by_hand, by="Tests", now=clock.now())
    db.session.commit()
    later()
    second = bring_in(COMPLETIONS, csv_of([PAST | {"completion_date": "2020-02-02", "source": "B"}]))
    later()
    undo(second)
    later()
    with pytest.raises(RuleBroken, match=r"import: the completion of Ann Archer, by Tests on"):
        undo(first)
