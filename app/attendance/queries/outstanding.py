"""Who has begun a course, and which of its days they have neither done nor booked. (U-03)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.bookings.models import Booking, BookingState
from app.bookings.queries import OPEN_STATES
from app.core import clock
from app.core.db import db, live
from app.learning.models import Mark
from app.learning.queries import completions, says_something
from app.people.models import Person, Spell
from app.people.queries import covers
from app.programmes.models import Component, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

Pair = tuple[int, int]  # a person and a version


@dataclass(frozen=True)
class StillNeeded:
    """The days of a course version that somebody who has begun it still needs."""

    person_id: int
    version_id: int
    components: tuple[Component, ...]


def outstanding(now: datetime, *, person_id: int | None = None) -> list[StillNeeded]:
    """Who is in the middle of a course of which sessions are still to come, and which days they need.

    A day is needed unless a mark of it counts within the catch-up window, it is booked or waited for, or its
    register is not marked yet. Who left, has no address, completed the course, or did nothing for twelve
    months is left out. A handful of statements, however many people there are.
    """
    versions = {one.id: one for one in db.session.scalars(_versions_to_come(now))}
    if not versions:
        return []
    begun = _begun(versions.values(), clock.day_of(now), person_id).subquery()
    done = _done(begun)
    if not done:
        return []
    settled = _booked(begun, versions, now)
    found = (
        StillNeeded(
            person,
            version,
            tuple(
                one
                for one in versions[version].components
                if one.number not in numbers and one.number not in settled[person, version]
            ),
        )
        for (person, version), numbers in done.items()
    )
    return [one for one in found if one.components]


def marked_since(at: datetime) -> set[Pair]:
    """Of whom something was marked from an instant on, and in which version."""
    marks = select(Mark.person_id, Mark.version_id).where(Mark.entered_at >= at).distinct()
    return {(person, version) for person, version in db.session.execute(marks).tuples()}


def _versions_to_come(now: datetime) -> Select[tuple[CourseVersion]]:
    """The versions of which a session is still to come, with their days."""
    to_come = (
        select(Run.version_id)
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .where(Run.state == RunState.SCHEDULED, live(SessionDate), SessionDate.starts_at > now)
    )
    return (
        select(CourseVersion)
        .where(CourseVersion.id.in_(to_come))
        .options(joinedload(CourseVersion.course), selectinload(CourseVersion.components))
        .order_by(CourseVersion.id)
    )


def _begun(versions: Iterable[CourseVersion], on: date, person_id: int | None) -> Select[Pair]:
    """Who has a mark that counts in one of these versions, is here, can be written to, and is not done."""
    course_of = {one.id: one.course_id for one in versions}
    complete = completions(set(course_of.values()), as_at=on, person_id=person_id).subquery()
    statement = (
        select(Mark.person_id, Mark.version_id)
        .join(CourseVersion, CourseVersion.id == Mark.version_id)
        .join(Person, Person.id == Mark.person_id)
        .join(Spell, and_(Spell.person_id == Person.id, live(Spell), covers(Spell, on)))
        .outerjoin(
            complete,
            and_(complete.c.person_id == Mark.person_id, complete.c.course_id == CourseVersion.course_id),
        )
        .where(
            Mark.version_id.in_(course_of),
            Mark.counts,
            live(Mark),
            Mark.held_on > clock.months_before(on, 12),
            complete.c.person_id.is_(None),
            Person.email.is_not(None),
            Person.merged_into_id.is_(None),
        )
        .distinct()
    )
    return statement if person_id is None else statement.where(Mark.person_id == person_id)


def _done(begun: Any) -> dict[Pair, frozenset[int]]:
    """For each person and version, the days that are done and still within the window of the newest."""
    rows = db.session.execute(
        select(Mark.person_id, Mark.version_id, Mark.component, Mark.held_on, Mark.opens_on)
        .join(begun, and_(begun.c.person_id == Mark.person_id, begun.c.version_id == Mark.version_id))
        .where(Mark.counts, live(Mark))
        .order_by(Mark.held_on, Mark.id)
    )
    held: defaultdict[Pair, dict[int, date]] = defaultdict(dict)
    opens: dict[Pair, date] = {}
    for person, version, component, held_on, opens_on in rows:
        held[person, version][component] = held_on
        opens[person, version] = opens_on or date.min
    return {
        pair: frozenset(number for number, on in days.items() if on >= opens[pair])
        for pair, days in held.items()
    }


def _booked(begun: Any, version_ids: Collection[int], now: datetime) -> defaultdict[Pair, set[int]]:
    """The days that somebody has booked or waits for, and those on which they had a place and which are not
    marked yet."""
    marked = exists().where(
        Mark.session_id == TrainingSession.id,
        Mark.person_id == Booking.person_id,
        says_something(),
    )
    rows = db.session.execute(
        select(Booking.person_id, Run.version_id, TrainingSession.component_number)
        .join(Run, Run.id == Booking.run_id)
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .where(
            Run.version_id.in_(version_ids),
            Run.state == RunState.SCHEDULED,
            Booking.state.in_(OPEN_STATES),
            Booking.person_id.in_(select(begun.c.person_id)),
            or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
            or_(SessionDate.starts_at > now, and_(Booking.state == BookingState.CONFIRMED, ~marked)),
        )
    )
    booked: defaultdict[Pair, set[int]] = defaultdict(set)
    for person, version, component in rows:
        booked[person, version].add(component)
    return booked
