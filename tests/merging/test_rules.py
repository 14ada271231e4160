"""Two records of one person become one, and two again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts import rules as accounts
from app.accounts.models import User
from app.audit import queries as audit
from app.audit.models import AuditEntry
from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, live, record
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.figures.queries import figure
from app.learning.models import Mark, MarkStatus
from app.learning.queries import completions
from app.merging import rules
from app.merging.models import Merge
from app.outbox.models import Message
from app.people import rules as people
from app.people.models import Person, Spell
from app.people.queries import directory
from tests import factories
from tests.attendance.marking import mark, past
from tests.figures import scenes

CONFIRMED, WAITLISTED = BookingState.CONFIRMED, BookingState.WAITLISTED


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


def academy() -> Actor:
    return factories.actor(Role.ACADEMY_MANAGER)


def joys() -> tuple[Person, Person]:
    """ "Joy Okafor" (HR 10231), and "J Okafor", who walked in."""
    joy = factories.staff(first_name="Joy", last_name="Okafor", employee_number="10231")
    walked_in = factories.staff(first_name="J", last_name="Okafor", employee_number=None, email=None)
    return joy, walked_in


def merge(survivor: Person, merged: Person, *, after: timedelta = timedelta(0), **values: Any) -> Merge:
    values = {"by": academy()} | values
    row = rules.merge(survivor=survivor, merged=merged, now=clock.now() + after, **values)
    db.session.commit()
    return row


def undo(row: Merge, after: timedelta = timedelta(days=1)) -> None:
    rules.undo(merge=row, by=academy(), now=clock.now() + after)
    db.session.commit()


def booked(run: Any, person: Person) -> Booking:
    return bookings.book(run=run, person=person, by=academy(), now=clock.now())


def completed(course: Any, known_at: datetime | None = None) -> list[int]:
    rows = db.session.execute(completions([course.id], as_at=clock.today(), known_at=known_at))
    return sorted(row.person_id for row in rows)


def known() -> set[tuple]:
    """What is known now of everybody: facts, details, places, accounts."""
    found: set[tuple] = set()
    for model, columns in (
        (Spell, ("person_id", "first_day", "last_day", "employed_from", "team_id", "manager_id")),
        (Mark, ("person_id", "session_id", "status", "counts")),
    ):
        rows = db.session.execute(select(*(getattr(model, one) for one in columns)).where(live(model)))
        found |= {(model.__tablename__, *row) for row in rows}
    people = select(Person.id, Person.first_name, Person.email, Person.employee_number, Person.merged_into_id)
    places = select(Booking.run_id, Booking.person_id, Booking.state, Booking.queued_at)
    open_ones = places.where(Booking.state.in_(bookings_queries.OPEN_STATES))
    users = select(User.id, User.person_id, User.active)
    return found | {tuple(row) for one in (people, open_ones, users) for row in db.session.execute(one)}


# --- Learning and figures ------------------------------------------------------------------------------


def test_u07_two_records_with_a_day_each_are_one_person_with_both() -> None:
    joy, walked_in = joys()
    run = factories.run(days=[date(2022, 2, 1), date(2022, 2, 8)])
    mark(run, 1, joy)
    mark(run, 2, walked_in)
    course = run.version.course
    assert completed(course) == []
    row = merge(joy, walked_in)
    assert completed(course) == [joy.id]
    assert completed(course, known_at=row.merged_at - timedelta(seconds=1)) == []
    undo(row)
    assert completed(course) == []


def test_u07_a_person_complete_on_both_records_is_one_more_and_not_two() -> None:
    joy, walked_in = joys()
    course = factories.course(components=1)
    for person, day in ((joy, date(2022, 2, 1)), (walked_in, date(2022, 2, 8))):
        mark(factories.run(course, days=[day]), 1, person)
    before = clock.now()
    assert completed(course) == [joy.id, walked_in.id]
    merge(joy, walked_in, after=timedelta(hours=1))
    assert completed(course) == [joy.id]
    assert completed(course, known_at=before) == [joy.id, walked_in.id]


@pytest.mark.parametrize(
    ("own", "other", "stays"),
    [
        ("absent_no_notice", "attended", "attended"),
        ("attended", "absent_no_notice", "attended"),
        ("not_recorded", "absent_apologies", "absent_apologies"),
        ("attended_late", "attended", "attended_late"),
    ],
)
def test_u07_of_two_marks_of_one_session_the_one_that_says_more_stays(
    own: str, other: str, stays: str
) -> None:
    joy, walked_in = joys()
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 1)])
    for person, status in ((joy, own), (walked_in, other)):
        values = {"counts": status.startswith("attended"), "held_on": date(2022, 2, 1), "component": 1}
        row = Mark(
            person_id=person.id,
            session_id=run.sessions[0].id,
            version_id=run.version_id,
            status=status,
            **values,
        )
        record(row, by="Tests", now=clock.now() - timedelta(days=1))
    merge(joy, walked_in)
    marks = db.session.scalars(select(Mark).where(live(Mark))).all()
    assert [(one.person_id, str(one.status)) for one in marks] == [(joy.id, stays)]


def test_4_3_a_course_done_twice_and_past_completions_are_pooled() -> None:
    joy, walked_in = joys()
    version = factories.course().latest_version
    for person in (joy, walked_in):
        past(person, version, date(2021, 3, 1))
    past(walked_in, version, date(2020, 3, 1))
    before = known()
    row = merge(joy, walked_in)
    found = db.session.execute(completions([version.course_id], as_at=clock.today())).all()
    assert [tuple(one) for one in found] == [(joy.id, version.course_id, date(2020, 3, 1))]
    undo(row)
    assert known() == before


def test_4_4_a_cohort_counts_one_member_after_the_merge_and_two_as_known_before() -> None:
    scene = scenes.cohort(members=10)
    joy, walked_in = scene.people[:2]
    scenes.complete(walked_in, scene.course)
    db.session.commit()
    before = clock.now()
    row = merge(joy, walked_in, after=timedelta(hours=1))
    now = figure(scene.target, as_at=date(2022, 3, 1))
    then = figure(scene.target, as_at=date(2022, 3, 1), known_at=before)
    assert (now.numerator, now.denominator, then.numerator, then.denominator) == (1, 9, 1, 10)
    undo(row)
    again = figure(scene.target, as_at=date(2022, 3, 1))
    assert (again.numerator, again.denominator) == (1, 10)


# --- Posts ---------------------------------------------------------------------------------------------


def test_u07_whom_the_merged_record_managed_answers_to_the_survivor() -> None:
    manager, again = factories.staff(), factories.staff()
    below = factories.staff(manager_id=again.id)
    factories.spell(manager, first_day=date(2010, 1, 1), last_day=date(2010, 2, 1), manager_id=again.id)
    before = known()
    row = merge(manager, again)
    assert below.spell_on(clock.today()).manager_id == manager.id
    assert manager.spell_on(date(2010, 1, 1)).manager_id is None
    people = [person.id for person, _ in db.session.execute(directory(None, None, on=clock.today()))]
    assert sorted(people) == sorted([manager.id, below.id])
    undo(row)
    assert known() == before


# --- Places --------------------------------------------------------------------------------------------


def test_u07_both_booked_on_one_run_frees_a_seat_that_is_passed_on_at_once() -> None:
    joy, walked_in = joys()
    run = factories.run(capacity=2)
    first, second, waits = booked(run, joy), booked(run, walked_in), booked(run, factories.staff())
    db.session.commit()
    merge(joy, walked_in)
    assert (first.state, second.state, waits.state) == (CONFIRMED, BookingState.RELEASED, CONFIRMED)
    assert bookings_queries.capacity_breaches() == []
    assert not db.session.scalars(
        select(Message).where(Message.key.startswith(f"booking:{second.id}:rel"))
    ).all()


@pytest.mark.parametrize(("who", "kept"), [(0, "the survivor’s"), (1, "the other’s")])
def test_u07_a_waiting_and_a_confirmed_booking_keep_the_better(who: int, kept: str) -> None:
    joy, walked_in = joys()
    run = factories.run(capacity=1)
    pair = [joy, walked_in]
    better, lesser = booked(run, pair[who]), booked(run, pair[1 - who])
    assert (better.state, lesser.state) == (CONFIRMED, WAITLISTED)
    db.session.commit()
    before = known()
    row = merge(joy, walked_in)
    assert (better.state, lesser.state, better.person_id) == (CONFIRMED, BookingState.RELEASED, joy.id), kept
    undo(row)
    assert known() == before


def test_u07_a_place_on_the_whole_run_stays_before_one_in_a_session() -> None:
    joy, walked_in = joys()
    run = factories.run(factories.course(components=2), capacity=2)
    part = bookings.book(
        run=run, person=joy, by=academy(), now=clock.now(), session=run.sessions[0], reason="Missed it"
    )
    later = factories.run(run.version.course, days=[date(2022, 5, 3), date(2022, 5, 10)])
    whole, elsewhere = booked(run, walked_in), booked(later, walked_in)
    db.session.commit()
    merge(joy, walked_in)
    assert (part.state, whole.state, elsewhere.state) == (BookingState.RELEASED, CONFIRMED, CONFIRMED)
    assert {whole.person_id, elsewhere.person_id} == {joy.id}


def test_u07_a_merged_record_is_booked_no_more() -> None:
    joy, walked_in = joys()
    merge(joy, walked_in)
    with pytest.raises(RuleBroken, match="was merged into another"):
        booked(factories.run(), walked_in)


def test_u07_a_merged_record_is_marked_no_more() -> None:
    joy, walked_in = joys()
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 1)])
    merge(joy, walked_in)
    with pytest.raises(RuleBroken, match="J Okafor: merged with another record just now"):
        mark(run, 1, joy, walked_in)


# --- Accounts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "other", "stays"),
    [(True, True, "own"), (None, True, "other"), (True, None, "own"), (False, True, "other")],
    ids=["both in use", "only the other has one", "only the survivor has one", "the survivor’s is closed"],
)
def test_u07_the_survivor_keeps_one_account(own: bool | None, other: bool | None, stays: str) -> None:
    joy, walked_in = joys()
    users = {
        name: factories.user(Role.PRACTITIONER, of=person, active=is_open, password="kept")
        for name, person, is_open in (("own", joy, own), ("other", walked_in, other))
        if is_open is not None
    }
    db.session.commit()
    before = known()
    row = merge(joy, walked_in)
    assert users[stays].person_id == joy.id
    assert [name for name, user in users.items() if user.active] == [stays]
    told = db.session.scalars(select(AuditEntry.thing_id).where(AuditEntry.verb == "account:changed"))
    assert set(told) == (set() if stays == "own" else {user.id for user in users.values()})
    undo(row)
    assert known() == before


def test_u07_the_academy_closes_no_administrators_account_by_a_merge() -> None:
    joy, walked_in = joys()
    for person in (joy, walked_in):
        factories.user(Role.ADMINISTRATOR, of=person, password="kept")
    with pytest.raises(RuleBroken, match="Ask an administrator to merge them"):
        merge(joy, walked_in)


def test_u07_the_academy_opens_no_administrators_account_by_undoing_a_merge() -> None:
    joy, walked_in = joys()
    for person in (joy, walked_in):
        factories.user(Role.ADMINISTRATOR, of=person, password="kept")
    row = merge(joy, walked_in, by=factories.actor(Role.ADMINISTRATOR))
    with pytest.raises(RuleBroken, match="Ask an administrator to undo the merge"):
        rules.check_can_undo(row, academy(), clock.now())
    rules.check_can_undo(row, factories.actor(Role.ADMINISTRATOR), clock.now())


def test_u07_an_account_that_was_closed_again_after_the_merge_stays_closed() -> None:
    joy, walked_in = joys()
    factories.user(Role.PRACTITIONER, of=joy, password="kept")
    other = factories.user(Role.PRACTITIONER, of=walked_in, password="kept")
    row = merge(joy, walked_in)
    how: dict[str, Any] = {"user": other, "by": factories.actor(Role.ADMINISTRATOR)}
    accounts.reopen(**how, now=clock.now() + timedelta(hours=1))
    accounts.close(**how, now=clock.now() + timedelta(hours=2), reason="Misuse")
    undo(row)
    assert (other.active, other.person_id) == (False, walked_in.id)


# --- Who may, and until when ---------------------------------------------------------------------------


def test_am11_both_histories_say_what_was_merged() -> None:
    joy, walked_in = joys()
    undo(merge(joy, walked_in))
    entries = db.session.execute(
        select(AuditEntry.thing_id, AuditEntry.verb)
        .where(AuditEntry.verb.startswith("person:merge"))
        .order_by(AuditEntry.id)
    )
    assert [tuple(row) for row in entries] == [
        (joy.id, "person:merged"),
        (walked_in.id, "person:merged into another"),
        (joy.id, "person:merge undone"),
        (walked_in.id, "person:merge undone"),
    ]


def test_u07_who_is_staff_stays_staff_and_nobody_is_merged_twice() -> None:
    joy, walked_in = joys()
    partner = factories.partner()
    with pytest.raises(RuleBroken, match="is staff: keep that record"):
        merge(partner, joy)
    merge(joy, partner)
    for survivor, merged, sentence in (
        (walked_in, partner, "was merged already"),
        (joy, joy, "one record already"),
    ):
        with pytest.raises(RuleBroken, match=sentence):
            merge(survivor, merged)
    with pytest.raises(NotAllowed):
        rules.merge(survivor=joy, merged=walked_in, by=factories.actor(Role.TRAINER), now=clock.now())


def test_u07_a_merge_can_be_undone_for_30_days() -> None:
    row = merge(*joys())
    with pytest.raises(RuleBroken, match="30 days in which it could be undone are over"):
        undo(row, after=timedelta(days=30, seconds=1))
    undo(row, after=timedelta(days=30))
    with pytest.raises(RuleBroken, match="undone already"):
        undo(row)


def test_u07_what_came_since_stands_in_the_way_of_undoing() -> None:
    joy, walked_in = joys()
    run = factories.run(capacity=2)
    for person in (joy, walked_in, factories.staff()):
        booked(run, person)
    db.session.commit()
    with pytest.raises(RuleBroken, match=f"The place on {run.code} that the merge freed has been passed on"):
        undo(merge(joy, walked_in))
    db.session.rollback()
    assert walked_in.merged_into_id == joy.id


def test_u07_what_was_marked_since_is_put_right_by_hand() -> None:
    joy, walked_in = joys()
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 1)])
    mark(run, 1, walked_in)
    row = merge(joy, walked_in)
    mark(run, 1, joy, status=MarkStatus.ABSENT_APOLOGIES, at=clock.now() + timedelta(hours=1))
    with pytest.raises(RuleBroken, match="A mark of Joy Okafor changed after the merge"):
        undo(row)


def test_u07_what_a_merged_record_gives_up_to_the_one_that_goes_on_is_in_its_history() -> None:
    joy, walked_in = joys()
    walked_in.email = "joy@clinic.example"
    merge(joy, walked_in, taken=[])
    people.edit_person(person=joy, email="Joy@Clinic.example", by=academy(), now=clock.now())
    assert (joy.email, walked_in.email) == ("joy@clinic.example", None)
    given_up = db.session.scalars(audit.history_of("person", walked_in.id)).first()
    assert given_up is not None
    assert given_up.changes == {"E-mail address": ["joy@clinic.example", None]}
    assert given_up.reason == "Given to Joy Okafor, whose record goes on"


def test_u07_of_two_merges_the_later_is_undone_first() -> None:
    joy, walked_in = joys()
    third = factories.staff()
    first = merge(joy, walked_in)
    second = merge(third, joy)
    assert walked_in.merged_into_id == joy.id
    with pytest.raises(RuleBroken, match="Undo that merge first"):
        undo(first)
    undo(second)
    undo(first)
    assert (walked_in.merged_into_id, joy.merged_into_id) == (None, None)


@pytest.mark.parametrize("how", ["the later survives", "the earlier survives"])
def test_u07_what_a_later_merge_changed_and_its_undo_put_back_is_no_change(how: str) -> None:
    """A mark, a post, a team's manager and a place go from record to record twice, and the way back."""
    joy, walked_in = joys()
    third, managed = factories.staff(), factories.staff(manager_id=walked_in.id)
    taught = factories.run(factories.course(components=1), days=[date(2022, 2, 1)])
    mark(taught, 1, walked_in)
    mark(taught, 1, third)
    coming = factories.run(capacity=4)
    booked(coming, third)
    bookings.book(run=coming, person=walked_in, by=academy(), now=clock.now() + timedelta(minutes=1))
    db.session.commit()
    before = known()
    first = merge(joy, walked_in)
    between = known()
    pair = (third, joy) if how == "the later survives" else (joy, third)
    for days in (1, 2):  # merged, undone, merged again and undone again: each time as it was
        undo(merge(*pair, after=timedelta(days=days)), after=timedelta(days=days, hours=1))
        assert known() == between
    undo(first, after=timedelta(days=3))
    assert known() == before
    assert {one.manager_id for one in managed.spells if one.superseded_at is None} == {walked_in.id}


def test_u07_what_was_marked_since_a_later_merge_was_undone_is_a_change() -> None:
    joy, walked_in = joys()
    run = factories.run(factories.course(components=1), days=[date(2022, 2, 1)])
    mark(run, 1, walked_in)
    first = merge(joy, walked_in)
    undo(merge(factories.staff(), joy, after=timedelta(hours=1)), after=timedelta(hours=2))
    mark(run, 1, joy, status=MarkStatus.ABSENT_APOLOGIES, at=clock.now() + timedelta(hours=3))
    with pytest.raises(RuleBroken, match="A mark of Joy Okafor changed after the merge"):
        undo(first)
