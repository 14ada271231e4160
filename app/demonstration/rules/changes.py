"""What happens once people have booked: they miss a day, move, leave, are asked again, are here twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from app.attendance.queries import progress_of
from app.attendance.rules import NewMark, record_marks
from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.bookings.models import Booking, LeavingCause
from app.bookings.queries import confirmed_on
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.demonstration import queries
from app.demonstration.rules.desk import run_named
from app.learning.models import MarkStatus
from app.people import rules as people
from app.people.models import Person, PersonKind, Spell
from app.people.queries import people_of
from app.programmes import rules as programmes
from app.programmes.models import ApprovalMode
from app.sessions.models import Run
from app.sessions.rules.planning import planned_again

LEAVES_IN = timedelta(days=10)
HAS_LEFT = timedelta(days=5)
MANAGER = bookings.Declaration("Rowan Ashdown", "rowan.ashdown@demo.example")


def fill(*, by: Actor, now: datetime, manager: Person, partner: Person, coordinator: Person) -> None:
    """Let each list that the academy looks through have something in it."""
    _miss_the_first_day(run_named("TRAUMA-LEAD-02"), manager, by=by)
    _charge(run_named("TRAUMA-WORKSHOP-01"), {partner.id, coordinator.id}, by=by, now=now)
    workshop, two_day = run_named("TRAUMA-WORKSHOP-02"), run_named("TRAUMA-2DAY-06")
    bookings.book(run=workshop, person=partner, by=_own(partner), now=now, declaration=MANAGER)
    bookings.book(run=workshop, person=_second_record(partner, by, now), by=by, now=now)
    _move(workshop, two_day, by=by, now=now)
    _leave(_held(two_day)[-1].person, by=by, now=now)
    _have_left(run_named("TRAUMA-2DAY-01"), by=by, now=now)
    _ask_the_coordinator(run_named("TRAUMA-2DAY-09"), coordinator, by=by, now=now)


def _own(person: Person) -> Actor:
    return Actor(name=person.name, person_id=person.id, roles=frozenset({Role.PARTNER}))


def _held(run: Run) -> list[Booking]:
    return list(db.session.scalars(bookings_queries.places_on(run.id)))


def _spell(person: Person, now: datetime) -> Spell:
    spell = person.spell_on(clock.day_of(now))
    assert spell is not None
    return spell


def _miss_the_first_day(run: Run, person: Person, *, by: Actor) -> None:
    """One day of three is missed, and can be had on another run."""
    session = run.first_session
    marks = {person.id: NewMark(status=MarkStatus.ABSENT_APOLOGIES)}
    record_marks(session=session, marks=marks, by=by, now=session.ends_at + timedelta(hours=1))


def _charge(run: Run, spared: set[int], *, by: Actor, now: datetime) -> None:
    """Two partners miss a workshop without a word, and the academy waives one; a third gives up late."""
    (session,) = run.sessions
    absent = [
        one
        for one in db.session.scalars(confirmed_on(session))
        if one.person.kind is PersonKind.PARTNER and one.person_id not in spared
    ][:2]
    marks = {one.person_id: NewMark(status=MarkStatus.ABSENT_NO_NOTICE) for one in absent}
    record_marks(session=session, marks=marks, by=by, now=session.ends_at + timedelta(hours=1))
    bookings.decide(
        booking=absent[0], session_ids=[session.id], is_charged=False, by=by, now=now, reason="Bereavement"
    )
    booked = {one.person_id for one in _held(run)}
    late = next(one for one in db.session.scalars(queries.partners()) if one.id not in booked | spared)
    held = bookings.book(run=run, person=late, by=by, now=session.starts_at - timedelta(weeks=3))
    bookings.cancel(
        booking=held, by=_own(late), now=session.starts_at - timedelta(days=1), cause=_charged_cause()
    )


def _charged_cause() -> LeavingCause:
    causes = db.session.scalars(bookings_queries.leaving_causes())
    return next(one for one in causes if one.is_charged)


def _second_record(person: Person, by: Actor, now: datetime) -> Person:
    """The same person once more, as somebody at the door wrote them down."""
    again = people.add_person(
        kind=PersonKind.PARTNER, first_name=person.first_name[0], last_name=person.last_name, by=by, now=now
    )
    organisation_id = _spell(person, now).organisation_id
    people.open_spell(
        person=again, first_day=clock.day_of(now), organisation_id=organisation_id, by=by, now=now
    )
    return again


def _move(run: Run, onto: Run, *, by: Actor, now: datetime) -> None:
    """A run moves to a day that clashes for one of its people: all are asked again, and one is on a list."""
    (session,) = run.sessions
    twice = next(one.person for one in _held(run) if one.person.kind is PersonKind.STAFF)
    bookings.book(run=onto, person=twice, by=by, now=now)
    bookings.move_session(
        session=session,
        planned=replace(planned_again(session), held_on=onto.first_session.held_on),
        by=by,
        now=now,
        reason="The room is needed for a court hearing.",
        clash_reason="The demonstration’s dates follow today’s.",
    )


def _leave(person: Person, *, by: Actor, now: datetime) -> None:
    """Somebody leaves who still has a place on later days."""
    people.end_spell(person=person, last_day=clock.day_of(now) + LEAVES_IN, by=by, now=now)


def _have_left(run: Run, *, by: Actor, now: datetime) -> None:
    """Somebody left who was complete, and whom a coverage lost with it."""
    last_day = clock.day_of(now) - HAS_LEFT
    person = next(one.person for one in _held(run) if _is_only_to_leave(one, last_day))
    people.end_spell(person=person, last_day=last_day, by=by, now=now)


def _is_only_to_leave(booking: Booking, last_day: date) -> bool:
    """Whether somebody has completed what they were booked for, and is booked for nothing else."""
    held = db.session.scalars(bookings_queries.open_bookings_of([booking.person_id])).unique().all()
    learnt = progress_of(booking.person, as_at=last_day, held=held)
    return len(held) == 1 and any(
        one.completed_on for one in learnt if one.course is booking.run.version.course
    )


def _ask_the_coordinator(run: Run, coordinator: Person, *, by: Actor, now: datetime) -> None:
    """A colleague of the coordinator asks for a place on a course that wants an approval of partners too."""
    course = run.version.course
    programmes.change_booking_terms(course=course, partner_approval=ApprovalMode.MANAGER, by=by, now=now)
    organisation_id = _spell(coordinator, now).organisation_id
    assert organisation_id is not None
    everybody = db.session.scalars(people_of(organisation_id, clock.day_of(now)))
    colleague = [one for one in everybody if one.id != coordinator.id][-1]
    bookings.book(run=run, person=colleague, by=_own(colleague), now=now)
