"""Who is asked to agree to a place, and which requests wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts import queries as accounts
from app.bookings.models import Approval, Booking
from app.bookings.queries.days import has_day
from app.bookings.queries.occupancy import OPEN_STATES
from app.core import clock
from app.core.db import db, live
from app.people import queries as people
from app.people.models import Deputy, Person, Spell
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, SessionDate


@dataclass(frozen=True)
class Approver:
    """Who is asked to agree to somebody's place (None: the academy), and who their line manager is."""

    approver: Person | None
    manager: Person | None

    @property
    def name(self) -> str:
        return self.approver.name if self.approver else "the academy"

    @property
    def is_manager(self) -> bool:
        return self.approver is not None and self.approver is self.manager

    @property
    def why(self) -> str | None:
        """Why it is somebody else than their manager, as whoever asks reads it; None when it is. (U-14)"""
        if self.is_manager:
            return None
        if self.manager is None and self.approver is not None:
            return f"{self.name} answers for your organisation."
        if self.manager is None:
            return f"Nobody is recorded as your line manager, so {self.name} answers."
        return f"{self.manager.name} is away or has left, so {self.name} answers instead."


def approver_of(person: Person, *, on: date) -> Person | None:
    """Who decides for somebody on a date: as people.approver_of says or, of partners, their coordinator."""
    return people.approver_of(person, on=on) or accounts.coordinator_of(person, on)


def who_is_asked(person: Person, *, on: date) -> Approver:
    """Who would be asked on a date to agree to a place for somebody."""
    return Approver(approver_of(person, on=on), people.line_manager_of(person, on=on))


def who_was_asked(booking: Booking) -> Approver:
    """Who is, or was, asked to agree to a booking, as things stood on the day when they were."""
    assert booking.approval is not None
    on = clock.day_of(booking.approval.asked_at)
    return Approver(booking.approval.approver, people.line_manager_of(booking.person, on=on))


def _waits(now: datetime) -> ColumnElement[bool]:
    """Whether an answer still helps: nobody is given a place once the first day has begun."""
    has_begun = has_day(SessionDate.starts_at <= now)
    return and_(Approval.decided_at.is_(None), Booking.state.in_(OPEN_STATES), ~has_begun)


def open_requests(
    *, now: datetime, approver_id: int | None = None, is_academy: bool = False
) -> Select[tuple[Booking]]:
    """The requests that wait for an answer, the longest first: all for the academy, else one's own."""
    statement = (
        select(Booking)
        .join(Booking.approval)
        .options(
            contains_eager(Booking.approval).joinedload(Approval.approver),
            joinedload(Booking.person).selectinload(Person.spells),
            joinedload(Booking.run).options(
                selectinload(Run.sessions),
                joinedload(Run.version)
                .joinedload(CourseVersion.course)
                .selectinload(Course.terms_that_apply),
            ),
        )
        .where(_waits(now))
        .order_by(Approval.asked_at, Booking.id)
    )
    return statement if is_academy else statement.where(Approval.approver_id == approver_id)


def requests_that_go_to(manager_id: int, *, now: datetime) -> Select[tuple[Booking]]:
    """The requests that a manager, or one of their deputies, was asked, and those of whom they manage."""
    deputies = select(Deputy.deputy_id).where(Deputy.manager_id == manager_id)
    managed = select(Spell.person_id).where(Spell.manager_id == manager_id, live(Spell))
    return open_requests(now=now, is_academy=True).where(
        or_(
            Approval.approver_id == manager_id,
            Approval.approver_id.in_(deputies),
            Booking.person_id.in_(managed),
        )
    )


def requests_waiting_for(approver_id: int | None, *, now: datetime) -> int:
    """How many requests wait for somebody's answer; None asks for those that only the academy can answer."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Booking)
            .join(Booking.approval)
            .where(_waits(now), Approval.approver_id == approver_id)
        )
        or 0
    )


def request_with(approval_id: int) -> Select[tuple[Booking]]:
    """The booking that an approval belongs to, with its person."""
    return (
        select(Booking)
        .join(Booking.approval)
        .options(contains_eager(Booking.approval), joinedload(Booking.person))
        .where(Approval.id == approval_id)
    )
