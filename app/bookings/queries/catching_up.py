"""Catching up a single day: who may, and where the day can be had. (U-03, ST-09)"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.bookings.models import Booking, Quota, Seat
from app.bookings.queries.quotas import kept_for_others
from app.core import clock
from app.core.db import db, live
from app.learning.models import Mark, MarkStatus
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession


@dataclass(frozen=True)
class DaysTaken:
    """How somebody stands with a version: the components done, and those with a session yet to come."""

    has_begun: bool
    done: frozenset[int]
    booked: dict[int, SessionDate]


def days_taken(person_id: int, version_id: int, *, now: datetime) -> DaysTaken:
    """What somebody has done, and has a seat for, of a course version. Who has been marked, or has had a
    place on a day that is over, has begun it."""
    marks = db.session.execute(
        select(Mark.component, Mark.counts).where(
            Mark.person_id == person_id,
            Mark.version_id == version_id,
            Mark.status != MarkStatus.NOT_RECORDED,
            live(Mark),
        )
    ).all()
    seats = db.session.execute(
        select(TrainingSession.component_number, SessionDate)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(Seat, Seat.session_id == TrainingSession.id)
        .join(Booking, Booking.id == Seat.booking_id)
        .join(Run, Run.id == TrainingSession.run_id)
        .where(
            Booking.person_id == person_id,
            Run.version_id == version_id,
            Seat.released_at.is_(None),
            live(SessionDate),
        )
    ).all()
    return DaysTaken(
        has_begun=bool(marks) or any(dated.ends_at <= now for _, dated in seats),
        done=frozenset(component for component, counts in marks if counts),
        booked={component: dated for component, dated in seats if dated.starts_at > now},
    )


def catch_up_sessions(component: Component, *, now: datetime) -> Select[tuple[TrainingSession]]:
    """The sessions of a component that are still to come, in any run of its version, soonest first."""
    return (
        select(TrainingSession)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(TrainingSession.run)
        .options(
            contains_eager(TrainingSession.run)
            .joinedload(Run.version)
            .joinedload(CourseVersion.course)
            .joinedload(Course.terms_that_apply)
        )
        .where(
            TrainingSession.component_id == component.id,
            Run.state == RunState.SCHEDULED,
            live(SessionDate),
            SessionDate.starts_at > now,
        )
        .order_by(SessionDate.starts_at, TrainingSession.id)
    )


def component_in_full(component_id: int) -> Select[tuple[Component]]:
    """A component with its version and course."""
    return (
        select(Component)
        .where(Component.id == component_id)
        .options(joinedload(Component.version).joinedload(CourseVersion.course))
    )


def seats_left(
    sessions: Sequence[TrainingSession], sector_id: int | None, *, now: datetime
) -> dict[int, int]:
    """For each session, how many seats somebody of a sector (None: staff) could still have."""
    taken: dict[int, Counter[int | None]] = defaultdict(Counter)
    rows = db.session.execute(
        select(Seat.session_id, Booking.sector_id, func.count())
        .join(Booking, Booking.id == Seat.booking_id)
        .where(Seat.session_id.in_([one.id for one in sessions]), Seat.released_at.is_(None))
        .group_by(Seat.session_id, Booking.sector_id)
    )
    for session_id, sector, count in rows:
        taken[session_id][sector] = count
    quotas = _quotas_by_run({one.run_id for one in sessions}, now)
    return {
        one.id: max(
            0,
            one.capacity
            - taken[one.id].total()
            - kept_for_others(quotas[one.run_id], taken[one.id], sector_id),
        )
        for one in sessions
    }


def _quotas_by_run(run_ids: Collection[int], now: datetime) -> dict[int, list[Quota]]:
    found: dict[int, list[Quota]] = defaultdict(list)
    today = clock.london(now).date()
    for quota in db.session.scalars(
        select(Quota).where(Quota.run_id.in_(run_ids), Quota.kept_until >= today)
    ):
        found[quota.run_id].append(quota)
    return found
