"""An applied import can be undone for 7 days, as far as nothing later depends on it (SA-02)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, live, record, supersede
from app.core.errors import RuleBroken
from app.exchange import jobs, rules
from app.exchange.models import FileImport, ImportKind, ImportState
from app.learning.models import PastCompletion
from app.people.models import Absence, Person, Spell
from app.people.rules import change_spell, edit_person, withdraw_absence
from tests import factories
from tests.exchange.samples import ACADEMY, bring_in, bring_in_people, csv_of, hr, look, person, staff, stays
from tests.races import AT_ONCE, at_once
from tests.statements import statements

HIRED = date(2019, 1, 7)
HAND = Actor(name="By hand")
ABSENT = {"long_term_absence_from": "2021-05-10", "long_term_absence_to": "2022-06-30"}


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


def undo(row: FileImport, after: timedelta = timedelta(days=1)) -> None:
    rules.undo(file_import=row, by=ACADEMY, now=clock.now() + after)
    db.session.commit()


def everything() -> list[tuple]:
    """What is known now of everybody."""
    people = db.session.execute(select(Person.id, Person.first_name, Person.last_name, Person.email))
    spells = select(
        Spell.person_id, Spell.first_day, Spell.last_day, Spell.employed_from, Spell.team_id, Spell.job_title
    )
    absences = select(Absence.person_id, Absence.first_day, Absence.last_day)
    return [
        *sorted(tuple(row) for row in people),
        *sorted((tuple(row) for row in db.session.execute(spells.where(live(Spell)))), key=str),
        *sorted((tuple(row) for row in db.session.execute(absences.where(live(Absence)))), key=str),
    ]


def test_sa02_undoing_a_later_file_leaves_everything_as_it_was() -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 220)))
    bring_in_people(*lines, now=clock.now() - timedelta(hours=1))
    before = everything()
    changed = [
        lines[0] | {"team": "Leaving Care"},
        lines[1] | {"end_date": "2022-03-31"},
        lines[2] | {"last_name": "Barrow", "work_email": "barrow@council.example"},
        lines[3] | ABSENT,
        lines[4] | {"start_date": "2019-02-04"},
        *lines[5:19],
    ]
    row = bring_in_people(*changed, end_missing=True)
    during = clock.now()
    assert everything() != before
    undo(row)
    assert everything() == before
    assert (row.state, row.undone_by) == (ImportState.UNDONE, "Tess Ting")
    assert stays("000219", during) == [(HIRED, date(2022, 2, 28), "Fostering")]


def test_undoing_a_first_file_leaves_people_without_a_post_and_it_can_come_again() -> None:
    row = bring_in_people({}, *staff("000102", line_manager_employee_number="000101"))
    during = clock.now()
    undo(row)
    assert stays("000101") == []
    assert stays("000101", during) == [(HIRED, None, "Fostering")]
    again = bring_in_people(
        {}, *staff("000102", line_manager_employee_number="000101"), now=during + timedelta(days=2)
    )
    assert again.changes["counts"]["starters"] == 2
    assert stays("000101") == [(HIRED, None, "Fostering")]


def test_completions_and_members_are_taken_back_too() -> None:
    factories.staff(employee_number="1")
    factories.course(code="C")
    columns = {"employee_number": "1", "course_code": "C", "completion_date": "2020-01-01", "source": "A"}
    first = bring_in(ImportKind.COMPLETIONS, csv_of([columns]), now=clock.now() - timedelta(hours=1))
    second = bring_in(ImportKind.COMPLETIONS, csv_of([columns | {"source": "B"}]))
    undo(second)
    past = db.session.scalars(select(PastCompletion).where(live(PastCompletion))).one()
    assert (past.source, past.reason) == ("A", "Import of file.csv undone")
    undo(first, timedelta(days=2))
    assert db.session.scalars(select(PastCompletion).where(live(PastCompletion))).all() == []


@pytest.mark.parametrize(
    ("after", "is_possible"), [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False)]
)
def test_sa02_an_import_can_be_undone_for_seven_days(after: timedelta, is_possible: bool) -> None:
    row = bring_in_people({})
    assert rules.can_undo(row, clock.now() + after) == is_possible
    if not is_possible:
        with pytest.raises(RuleBroken, match="7 days"):
            undo(row, after)


def test_an_import_is_undone_once_and_only_when_it_was_applied() -> None:
    previewed, _ = look(ImportKind.PEOPLE, hr({}))
    with pytest.raises(RuleBroken, match="Only an import that was applied"):
        undo(previewed)
    row = bring_in_people({})
    undo(row)
    with pytest.raises(RuleBroken, match="Only an import that was applied"):
        undo(row)


def _moved_since(ann: Person) -> None:
    (spell,) = ann.spells
    at = clock.now() + timedelta(minutes=5)
    supersede(spell, by="Tests", now=at)
    values = {"first_day": HIRED, "employed_from": HIRED, "employment_type": spell.employment_type}
    record(Spell(person_id=ann.id, job_title="Other", **values), by="Tests", now=at)


def _renamed_since(ann: Person) -> None:
    ann.last_name = "Carter"


def _returned_since(ann: Person) -> None:
    at = clock.now() + timedelta(minutes=5)
    back = date(2022, 6, 1)
    record(
        Spell(
            person_id=ann.id,
            first_day=back,
            employed_from=back,
            employment_type=ann.spells[0].employment_type,
        ),
        by="Tests",
        now=at,
    )


@pytest.mark.parametrize("later", [_moved_since, _renamed_since, _returned_since])
def test_what_changed_after_an_import_keeps_it_from_being_undone(later: Callable[[Person], None]) -> None:
    bring_in_people({}, now=clock.now() - timedelta(hours=1))
    row = bring_in_people({"end_date": "2022-03-31", "last_name": "Barrow"})
    later(person("000101"))
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"^Ann \w+ changed after this import"):
        undo(row)


def test_sa02_who_was_changed_by_hand_is_named_and_left_while_the_rest_is_undone() -> None:
    """Who, what of them, by whom and when: then whoever undoes it can say that they stay as they are."""
    before = [{}, *staff("000102", line_manager_employee_number="000101"), *staff("000103")]
    bring_in_people(*before, now=clock.now() - timedelta(hours=1))
    row = bring_in_people(*({**one, "team": "Leaving Care", "last_name": "Barrow"} for one in before))
    later = clock.now() + timedelta(minutes=5)
    change_spell(person=person("000102"), on=clock.today(), by=HAND, now=later, job_title="Other")
    edit_person(person=person("000103"), by=HAND, now=later, last_name="Carter")
    db.session.commit()
    with pytest.raises(RuleBroken) as refused:
        undo(row)
    assert refused.value.field == "leave_changed"
    assert refused.value.message == (
        "Given000102 Barrow and Given000103 Carter changed after this import: the post of Given000102 "
        "Barrow, by By hand on 1 March 2022 at 10:05; the name, address or registration of Given000103 "
        "Carter, by By hand on 1 March 2022 at 10:05. Leave these people as they are and undo the rest, "
        "or change it back by hand first."
    )
    db.session.rollback()
    rules.undo(file_import=row, by=ACADEMY, now=clock.now() + timedelta(days=1), leave_changed=True)
    db.session.commit()
    assert [person(f"00010{one}").last_name for one in (1, 2, 3)] == ["Archer", "Barrow", "Carter"]
    assert [stays(f"00010{one}")[-1][2] for one in (1, 2, 3)] == ["Fostering", "Leaving Care", "Leaving Care"]
    assert rules.said_of_undone(row).startswith(
        "undone, but for Given000102 Barrow and Given000103 Carter, who"
    )
    undone = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "import:undone")).one()
    assert undone.changes == {"People left as they are": [None, 2]}


def test_sa02_who_was_changed_by_hand_is_told_of_five_as_quickly_as_of_one() -> None:
    """When files were brought in is asked once, and not again for each."""
    row = bring_in_people(*staff(*(f"{number:06d}" for number in range(201, 206))))
    for number in range(201, 206):
        later = clock.now() + timedelta(minutes=number)
        change_spell(person=person(f"{number:06d}"), on=clock.today(), by=HAND, now=later, job_title="Other")
    db.session.commit()
    with statements() as made, pytest.raises(RuleBroken, match="Given000205 Archer, by By hand"):
        undo(row)
    assert sum("SELECT file_import.applied_at" in one for one in made) == 1


def test_sa02_a_manager_whom_somebody_left_answers_to_is_not_taken_away() -> None:
    row = bring_in_people({}, *staff("000102", line_manager_employee_number="000101"))
    later = clock.now() + timedelta(minutes=5)
    change_spell(person=person("000102"), on=clock.today(), by=HAND, now=later, job_title="Other")
    db.session.commit()
    with pytest.raises(RuleBroken, match="This import added Ann Archer, who has since been given"):
        rules.undo(file_import=row, by=ACADEMY, now=clock.now() + timedelta(days=1), leave_changed=True)


def test_an_absence_recorded_since_keeps_an_import_that_replaced_one_from_being_undone() -> None:
    bring_in_people(ABSENT, now=clock.now() - timedelta(hours=1))
    row = bring_in_people(ABSENT | {"long_term_absence_to": "2022-03-31"})
    later = Absence(person_id=person("000101").id, first_day=date(2022, 5, 1))
    record(later, by="Tests", now=clock.now() + timedelta(minutes=5))
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"^Ann Archer changed after this import"):
        undo(row)
    assert later.superseded_at is None


def test_a_completion_recorded_since_keeps_an_import_that_corrected_one_from_being_undone() -> None:
    ann = factories.staff(employee_number="1", first_name="Ann", last_name="Archer")
    course = factories.course(code="C")
    columns = {"employee_number": "1", "course_code": "C", "completion_date": "2020-01-01", "source": "A"}
    bring_in(ImportKind.COMPLETIONS, csv_of([columns]), now=clock.now() - timedelta(hours=1))
    row = bring_in(ImportKind.COMPLETIONS, csv_of([columns | {"source": "B"}]))
    values = {"version_id": course.latest_version.id, "completed_on": date(2020, 1, 2), "source": "C"}
    record(PastCompletion(person_id=ann.id, **values), by="Tests", now=clock.now() + timedelta(minutes=5))
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"^Ann Archer changed after this import"):
        undo(row)


def test_an_address_that_somebody_else_has_since_keeps_an_import_from_being_undone() -> None:
    bring_in_people({}, now=clock.now() - timedelta(hours=1))
    row = bring_in_people({"work_email": "ann@council.example"})
    factories.staff(email="ann.archer@council.example")
    db.session.commit()
    with pytest.raises(RuleBroken, match="such as an e-mail address, so it can’t be undone"):
        undo(row)
    db.session.rollback()
    assert person("000101").email == "ann@council.example"
    assert row.state is ImportState.APPLIED


def test_what_changed_since_a_file_was_compared_is_not_overwritten() -> None:
    bring_in_people(ABSENT, now=clock.now() - timedelta(hours=1))
    row, plan = look(ImportKind.PEOPLE, hr(ABSENT | {"long_term_absence_to": "2022-03-31"}))
    absence = db.session.scalars(select(Absence).where(live(Absence))).one()
    withdraw_absence(absence=absence, reason="Never was", by=HAND, now=clock.now())
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"^Somebody changed the same people just now"):
        rules.apply(file_import=row, plan=plan, by=ACADEMY, now=clock.now())
    db.session.rollback()
    assert absence.superseded_by == "By hand"
    assert db.session.scalars(select(Absence).where(live(Absence))).all() == []


@pytest.mark.parametrize("action", ["apply", "undo"])
def test_of_several_who_change_one_absence_at_once_by_file_and_by_hand_one_does(
    app: Flask, action: str
) -> None:
    bring_in_people(ABSENT, now=clock.now() - timedelta(hours=1))
    row, plan = look(ImportKind.PEOPLE, hr(ABSENT | {"long_term_absence_to": "2022-03-31"}))
    if action == "undo":
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    known = db.session.scalars(select(Absence).where(live(Absence))).one()
    absence_id, import_id, now = known.id, row.id, clock.now() + timedelta(hours=1)
    db.session.commit()

    def change(number: int) -> None:
        if number % 2:
            absence = db.session.get_one(Absence, absence_id)
            withdraw_absence(absence=absence, reason="Never was", by=HAND, now=now)
        elif action == "apply":
            found = db.session.get_one(FileImport, import_id)
            rules.apply(file_import=found, plan=plan, by=ACADEMY, now=now)
        else:
            rules.undo(file_import=db.session.get_one(FileImport, import_id), by=ACADEMY, now=now)

    done, *others = at_once(app, change)
    assert (done, len(others), {*others} <= {"refused", "leave_changed"}) == ("done", AT_ONCE - 1, True)
    is_by_hand = db.session.get_one(Absence, absence_id).superseded_by == "By hand"
    live_now = db.session.scalars(select(Absence).where(live(Absence))).all()
    assert len(live_now) == (0 if is_by_hand else 1)


def _account(ann: Person) -> None:
    factories.user(of=ann)


def _past(ann: Person) -> None:
    course = factories.course()
    past = PastCompletion(
        person_id=ann.id, version_id=course.latest_version.id, completed_on=HIRED, source="A"
    )
    record(past, by="Tests", now=clock.now())


def _report(ann: Person) -> None:
    factories.staff(manager_id=ann.id)


@pytest.mark.parametrize("comes_again", [False, True], ids=["once", "undone and again"])
@pytest.mark.parametrize("later", [_account, _past, _report])
def test_who_was_added_and_used_since_keeps_an_import_from_being_undone(
    later: Callable[[Person], None], comes_again: bool
) -> None:
    row = bring_in_people({}, now=clock.now() - timedelta(hours=1))
    if comes_again:
        undo(row)
        row = bring_in_people({})
    later(person("000101"))
    db.session.commit()
    with pytest.raises(RuleBroken, match=r"This import (added|gave) Ann Archer"):
        undo(row)
    assert db.session.scalar(select(func.count(Spell.id)).where(live(Spell))) >= 1


def test_the_names_of_many_are_told_by_the_first_few() -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 208)))
    row = bring_in_people(*lines)
    for one in db.session.scalars(select(Person)).all():
        factories.user(of=one)
    assert db.session.scalar(select(func.count(User.id))) == 8
    with pytest.raises(RuleBroken, match="Given000204 Archer and 3 other people, who have since"):
        undo(row)


def test_sa02_a_preview_is_thrown_away_by_hand_or_after_a_week() -> None:
    row, _ = look(ImportKind.PEOPLE, hr({}))
    db.session.commit()
    rules.discard(file_import=row, by=ACADEMY, now=clock.now())
    db.session.commit()
    assert db.session.scalar(select(func.count(FileImport.id))) == 0
    old, _ = look(ImportKind.PEOPLE, hr({}), now=clock.now() - timedelta(days=8))
    kept = bring_in_people({}, now=clock.now() - timedelta(days=8))
    db.session.commit()
    over = old.uploaded_at + timedelta(days=7)
    assert [jobs.previews(now).done for now in (over, over + timedelta(seconds=1))] == [0, 1]
    assert db.session.scalars(select(FileImport.id)).all() == [kept.id]
    with pytest.raises(RuleBroken, match="undo it instead"):
        rules.discard(file_import=kept, by=ACADEMY, now=clock.now())


@pytest.mark.parametrize("action", ["apply", "undo"])
def test_a_button_that_two_people_press_at_once_acts_once(app: Flask, action: str) -> None:
    if action == "apply":
        row, _ = look(ImportKind.PEOPLE, hr({}))
    else:
        row = bring_in_people({})
    number, now = row.id, clock.now()
    db.session.commit()
    together = Barrier(2)

    def press() -> str:
        with app.app_context():
            found = db.session.get_one(FileImport, number)
            db.session.rollback()
            together.wait(timeout=20)
            try:
                getattr(rules, action)(file_import=found, by=ACADEMY, now=now + timedelta(hours=1))
                db.session.commit()
            except RuleBroken as refused:
                db.session.rollback()
                return refused.message
            return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(answer.result() for answer in [pool.submit(press), pool.submit(press)])
    assert answers[1] == "done"
    assert "applied" in answers[0]
    assert len(stays("000101")) == (1 if action == "apply" else 0)
