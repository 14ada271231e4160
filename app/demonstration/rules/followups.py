"""What follows from registers, and what a human must look at: reasons, somebody at two places, a bounce."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import cycle

from app.accounts import rules as accounts
from app.attendance import rules as registers
from app.attendance.rules import NewMark
from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.core import clock, workdays
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.demonstration import queries
from app.demonstration.rules.desk import run_named
from app.learning.models import Mark, MarkStatus, MarkWay
from app.outbox import rules as outbox
from app.people import rules as people
from app.people.models import Person, PersonKind
from app.sessions import rules as sessions
from app.sessions.models import Mode, TrainingSession
from app.sessions.rules import PlannedSession

BOOKED_BEFORE = timedelta(days=5)


def fill(*, by: Actor, now: datetime, manager: Person) -> None:
    """Let somebody stand on each list of data quality, and let each kind of follow-up have a reason."""
    _explain(db.session.scalars(queries.no_shows()).all(), by, now)
    _did_not_come_again(run_named("TRAUMA-WORKSHOP-01").sessions[0], by)
    two_days = run_named("TRAUMA-2DAY-03")
    _did_not_come_last_week(two_days.sessions[1], by, now)
    _at_two_places(two_days.sessions[0], manager, by, now)
    _not_held(two_days.sessions[0], by, now)
    _bounced(now)
    people.open_spell(
        person=people.add_person(
            kind=PersonKind.PANEL_MEMBER, first_name="B", last_name="Quill", by=by, now=now
        ),
        first_day=clock.day_of(now),
        by=by,
        now=now,
    )


def _explain(no_shows: Sequence[Mark], by: Actor, now: datetime) -> None:
    """All but the newest have a reason by now: some said it themselves, some the academy for them."""
    causes = cycle(db.session.scalars(bookings_queries.every_cause()).all()[:5])
    for number, mark in enumerate(no_shows[:-1]):
        own = Actor(name=mark.person.name, person_id=mark.person_id, roles=frozenset({Role.PRACTITIONER}))
        registers.answer_absence(
            mark=mark,
            cause=next(causes),
            note=None,
            by=own if number % 2 else by,
            now=min(now, mark.session.ends_at + timedelta(days=2)),
        )


def _did_not_come_again(session: TrainingSession, by: Actor) -> None:
    """Somebody who missed both days of a run misses the workshop too: the third time within a year."""
    person = db.session.scalars(queries.no_shows()).first()
    assert person is not None
    booked_at = session.starts_at - BOOKED_BEFORE
    bookings.book(run=session.run, person=person.person, by=by, now=booked_at)
    absent = NewMark(MarkStatus.ABSENT_NO_NOTICE)
    registers.record_marks(
        session=session,
        marks={person.person_id: absent},
        by=by,
        now=session.ends_at + timedelta(minutes=30),
    )


def _did_not_come_last_week(session: TrainingSession, by: Actor, now: datetime) -> None:
    """Somebody was marked with apologies that they never sent: two working days ago that was put right."""
    known = db.session.scalars(queries.marks_with(session.id, MarkStatus.ABSENT_APOLOGIES)).first()
    assert known is not None
    day = workdays.working_days_before(clock.day_of(now), 2)
    registers.record_marks(
        session=session,
        marks={known.person_id: NewMark(MarkStatus.ABSENT_NO_NOTICE)},
        by=by,
        now=max(clock.london_time(day, time(16)), known.recorded_at + timedelta(minutes=1)),
        way=MarkWay.CORRECTION,
        reason="No apologies came",
    )


def _at_two_places(session: TrainingSession, manager: Person, by: Actor, now: datetime) -> None:
    """A workshop on the afternoon of a day 1: its list has two who were at day 1, and one who has left.

    Somebody of the demonstration manager's team had a place and did not come.
    """
    run = sessions.schedule_run(
        version=run_named("TRAUMA-WORKSHOP-01").version,
        code="TRAUMA-WORKSHOP-04",
        minimum_places=1,
        sessions=[
            PlannedSession(
                held_on=session.held_on,
                starts=time(13),
                ends=time(16, 30),
                capacity=20,
                mode=Mode.VIRTUAL,
                link="https://meet.demo.example/trauma-workshop-04",
            )
        ],
        by=by,
        now=session.starts_at - timedelta(weeks=4),
        clash_reason="The demonstration’s dates follow today’s.",
    )
    attended = db.session.scalars(queries.marks_with(session.id, MarkStatus.ATTENDED)).all()
    gone = db.session.scalars(queries.leavers(clock.day_of(now))).first()
    missed = db.session.scalars(queries.team_of(manager.id, clock.day_of(now))).one()
    bookings.book(run=run, person=missed, by=by, now=session.starts_at - BOOKED_BEFORE)
    came = [mark.person for mark in attended[:2]] + ([gone] if gone else [])
    registers.record_marks(
        session=run.sessions[0],
        marks={person.id: NewMark(MarkStatus.ATTENDED) for person in came}
        | {missed.id: NewMark(MarkStatus.ABSENT_NO_NOTICE)},
        by=by,
        now=session.ends_at + timedelta(hours=1),
        way=MarkWay.AT_THE_DOOR,
    )
    if gone is not None and gone.email:
        _left_open(gone, by, now)


def _not_held(session: TrainingSession, by: Actor, now: datetime) -> None:
    """A workshop of last week that the meeting service failed: three people have no other day for it yet."""
    held_on = workdays.working_days_before(clock.day_of(now), 4)
    begins_at = clock.london_time(held_on, time(10))
    run = sessions.schedule_run(
        version=run_named("TRAUMA-WORKSHOP-01").version,
        code="TRAUMA-WORKSHOP-05",
        minimum_places=1,
        sessions=[
            PlannedSession(
                held_on=held_on,
                starts=time(10),
                ends=time(13),
                capacity=12,
                mode=Mode.VIRTUAL,
                link="https://meet.demo.example/trauma-workshop-05",
            )
        ],
        by=by,
        now=begins_at - timedelta(weeks=4),
        clash_reason="The demonstration’s dates follow today’s.",
    )
    attended = db.session.scalars(queries.marks_with(session.id, MarkStatus.ATTENDED)).all()
    came = [mark.person for mark in attended[2:5]]
    for person in came:
        bookings.book(run=run, person=person, by=by, now=begins_at - BOOKED_BEFORE, reason="Asked for it")
    registers.mark_not_held(
        session=run.sessions[0],
        person_ids=[person.id for person in came],
        reason="The meeting service failed",
        by=by,
        now=begins_at + timedelta(hours=1),
    )


def _left_open(gone: Person, by: Actor, now: datetime) -> None:
    """The account of somebody who has left, which nobody has closed."""
    assert gone.email is not None
    accounts.invite(
        email=gone.email,
        name=gone.name,
        roles=[Role.PRACTITIONER],
        person=gone,
        by=by,
        now=now - timedelta(weeks=30),
        by_email=False,
    )


def _bounced(now: datetime) -> None:
    """An e-mail about a run that is over could not be sent: the address is no longer one."""
    message = db.session.scalars(queries.messages_of_the_past(now)).first()
    assert message is not None
    outbox.put_off(message, problem="The relay refused the address.", now=now, is_bounce=True)
