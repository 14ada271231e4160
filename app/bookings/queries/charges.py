"""What places that were not used cost: the rates, and the days that somebody paid nothing for. (AM-19)"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.bookings.models import (
    Booking,
    BookingMove,
    BookingState,
    ChargeDecision,
    ChargeRate,
    LeavingCause,
    Seat,
)
from app.core.db import db, live
from app.learning.models import ABSENT, Mark, MarkStatus
from app.people.models import Person, PersonKind
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

HALF_DAY = timedelta(hours=4)
PENNY = Decimal("0.01")

# Who gave a place up in time or to a colleague, or lost it to the academy or the provider, pays nothing.
_MAY_BE_CHARGED = (BookingState.CONFIRMED, BookingState.CANCELLED_LATE)


class ChargeKind(StrEnum):
    """Why a day may be charged."""

    LATE = "late"
    NO_SHOW = "no_show"
    APOLOGIES = "apologies"

    @property
    def label(self) -> str:
        return {
            "late": "Cancelled late",
            "no_show": "Did not come, no notice",
            "apologies": "Did not come, apologies",
        }[self]


class ChargeState(StrEnum):
    """What becomes of a charge: "proposed" ones are left out by their cause until the academy decides."""

    CHARGEABLE = "chargeable"
    PROPOSED = "proposed"
    WAIVED = "waived"

    @property
    def label(self) -> str:
        return {"chargeable": "Chargeable", "proposed": "Not charged", "waived": "Waived"}[self]


@dataclass(frozen=True)
class Charge:
    """A day that somebody who had a place missed, and what it costs."""

    booking: Booking
    session: TrainingSession
    kind: ChargeKind
    amount: Decimal
    given_cause: LeavingCause | None = None
    decision: ChargeDecision | None = None

    @property
    def cause(self) -> LeavingCause | None:
        """The cause that the academy entered or, if it entered none, the one that the person gave."""
        return (self.decision and self.decision.cause) or self.given_cause

    @property
    def standing(self) -> ChargeState:
        """As decided; else by the cause. Apologies without a cause are not charged, no notice at all is."""
        if self.decision is not None:
            return ChargeState.CHARGEABLE if self.decision.is_charged else ChargeState.WAIVED
        is_charged = self.cause.is_charged if self.cause else self.kind is not ChargeKind.APOLOGIES
        return ChargeState.CHARGEABLE if is_charged else ChargeState.PROPOSED


def total(charges: Iterable[Charge], standing: ChargeState) -> Decimal:
    """What the charges of one standing come to, to the penny."""
    return sum((one.amount for one in charges if one.standing is standing), Decimal())


# --- Rates ---------------------------------------------------------------------------------------------


def charge_rates() -> Select[tuple[ChargeRate]]:
    """Every rate: the council's first, then the courses'; the newest of each first."""
    return (
        select(ChargeRate)
        .outerjoin(ChargeRate.course)
        .options(contains_eager(ChargeRate.course))
        .order_by(
            ChargeRate.course_id.is_not(None),
            Course.code,
            ChargeRate.is_for_staff,
            ChargeRate.sector_id.is_not(None),
            ChargeRate.sector_id,
            ChargeRate.from_day.desc(),
        )
    )


def rates_of(course_ids: Collection[int]) -> list[ChargeRate]:
    """The rates that these courses may go by: their own and the council's."""
    asked = or_(ChargeRate.course_id.is_(None), ChargeRate.course_id.in_(course_ids))
    return list(db.session.scalars(select(ChargeRate).where(asked)))


def same_rate(
    course_id: int | None, is_for_staff: bool, sector_id: int | None, from_day: date
) -> Select[tuple[ChargeRate]]:
    """The rate of exactly this scope from exactly this day."""
    return select(ChargeRate).where(
        ChargeRate.course_id.is_(None) if course_id is None else ChargeRate.course_id == course_id,
        ChargeRate.is_for_staff == is_for_staff,
        ChargeRate.sector_id.is_(None) if sector_id is None else ChargeRate.sector_id == sector_id,
        ChargeRate.from_day == from_day,
    )


def rate_for(
    rates: Iterable[ChargeRate], *, course_id: int, person: Person, sector_id: int | None, on: date
) -> ChargeRate | None:
    """The rate that somebody's missed day goes by: the nearest one, and of those the newest by that day.

    Panel members are never charged.
    """
    fitting = [
        rate
        for rate in rates
        if rate.from_day <= on
        and rate.course_id in {None, course_id}
        and rate.sector_id in {None, sector_id}
        and person.kind is (PersonKind.STAFF if rate.is_for_staff else PersonKind.PARTNER)
    ]
    nearness = {True: 1, False: 0}
    return max(
        fitting,
        key=lambda rate: (
            nearness[rate.course_id is not None],
            nearness[rate.sector_id is not None],
            rate.from_day,
        ),
        default=None,
    )


def is_half_day(session: TrainingSession) -> bool:
    """4 hours or less."""
    return session.ends_at - session.starts_at <= HALF_DAY


def cost(rate: ChargeRate, session: TrainingSession, percent: int = 100) -> Decimal:
    """What missing a session costs: £45.00 is half of £90."""
    whole = rate.half_day if is_half_day(session) else rate.full_day
    return share_of(whole, percent)


def share_of(amount: Decimal, percent: int) -> Decimal:
    return (amount * percent / 100).quantize(PENNY, ROUND_HALF_UP)


# --- Charges -------------------------------------------------------------------------------------------


def charges(first: date, last: date) -> list[Charge]:
    """The chargeable days from `first` to `last`, by date and name.

    3 no-shows of partners at £90 a day, a half day cancelled late at £50 and a no-show waived: £320 are
    chargeable, and £90 waived. (AM-19)
    """
    return _charges(SessionDate.held_on.between(first, last))


def charges_of(booking_id: int) -> list[Charge]:
    """The chargeable days of one booking, by date."""
    return _charges(Booking.id == booking_id)


@dataclass(frozen=True)
class _Missed:
    booking: Booking
    session: TrainingSession
    kind: ChargeKind
    percent: int
    cause: LeavingCause | None = None


def _charges(which: ColumnElement[bool]) -> list[Charge]:
    missed = [*_cancelled_late(which), *_not_come(which)]
    rates = rates_of({one.booking.run.version.course_id for one in missed}) if missed else []
    decisions = _decisions({one.booking.id for one in missed}) if missed else {}
    found = (_charge(one, rates, decisions) for one in missed)
    return sorted(
        (one for one in found if one is not None),
        key=lambda one: (one.session.held_on, one.booking.person.last_name, one.booking.id, one.session.id),
    )


def _charge(
    missed: _Missed, rates: Sequence[ChargeRate], decisions: dict[tuple[int, int], ChargeDecision]
) -> Charge | None:
    booking, session = missed.booking, missed.session
    rate = rate_for(
        rates,
        course_id=booking.run.version.course_id,
        person=booking.person,
        sector_id=booking.sector_id,
        on=session.held_on,
    )
    amount = cost(rate, session, missed.percent) if rate else Decimal()
    if not amount:
        return None
    decision = decisions.get((booking.id, session.id))
    return Charge(booking, session, missed.kind, amount, missed.cause, decision)


def lists_charges(booking: Booking) -> bool:
    """Whether not coming, or giving up late, costs anything on this booking: as the terms said when it was
    made, for that is what whoever booked was told and agreed to (MA-08).

    Charges brought in afterwards touch nobody who had booked; and charges given up afterwards do not undo
    what was agreed, which the academy may waive. A booking from before this was kept goes by today’s terms.
    """
    return _is_listed(
        booking, db.session.scalar(select(BookingMove.charged_percent).where(_is_first(booking.id)))
    )


def _is_first(booking_id: Any) -> ColumnElement[bool]:
    return and_(BookingMove.booking_id == booking_id, BookingMove.from_state.is_(None))


def _is_listed(booking: Booking, kept: int | None) -> bool:
    return booking.run.version.course.terms.has_charges if kept is None else kept > 0


def _decisions(booking_ids: Collection[int]) -> dict[tuple[int, int], ChargeDecision]:
    rows = db.session.scalars(
        select(ChargeDecision)
        .options(joinedload(ChargeDecision.cause))
        .where(ChargeDecision.booking_id.in_(booking_ids), live(ChargeDecision))
    )
    return {(row.booking_id, row.session_id): row for row in rows}


def _cancelled_late(which: ColumnElement[bool]) -> list[_Missed]:
    """The days that had not begun when a place was given up late, while charges were listed."""
    statement = (
        _days(Booking, TrainingSession, BookingMove)
        .join(
            BookingMove,
            (BookingMove.booking_id == Booking.id) & (BookingMove.to_state == BookingState.CANCELLED_LATE),
        )
        .options(joinedload(BookingMove.cause))
        .where(
            which,
            Booking.state == BookingState.CANCELLED_LATE,
            BookingMove.charged_percent > 0,
            SessionDate.starts_at > BookingMove.at,
            or_(Booking.session_id.is_(None), Booking.session_id == TrainingSession.id),
        )
    )
    return [
        _Missed(booking, session, ChargeKind.LATE, move.charged_percent or 0, move.cause)
        for booking, session, move in db.session.execute(statement).unique()
    ]


def _not_come(which: ColumnElement[bool]) -> list[_Missed]:
    """The days on which somebody held a seat when it began, and the register says that they did not come."""
    statement = (
        _days(Booking, TrainingSession, Mark.status, BookingMove.charged_percent)
        .outerjoin(BookingMove, _is_first(Booking.id))
        .join(Seat, (Seat.booking_id == Booking.id) & (Seat.session_id == TrainingSession.id))
        .join(Mark, (Mark.session_id == TrainingSession.id) & (Mark.person_id == Booking.person_id))
        .where(
            which,
            Booking.state.in_(_MAY_BE_CHARGED),
            or_(Seat.released_at.is_(None), Seat.released_at >= SessionDate.starts_at),
            live(Mark),
            Mark.status.in_(ABSENT),
        )
    )
    return [
        _Missed(booking, session, _KINDS[status], 100)
        for booking, session, status, kept in db.session.execute(statement).unique()
        if _is_listed(booking, kept)
    ]


_KINDS = {
    MarkStatus.ABSENT_NO_NOTICE: ChargeKind.NO_SHOW,
    MarkStatus.ABSENT_APOLOGIES: ChargeKind.APOLOGIES,
}


def _days(*columns: Any) -> Select[Any]:
    """Bookings with their days and all that a line of the list shows; cancelled runs are left out."""
    return (
        select(*columns)
        .select_from(Booking)
        .join(Booking.person)
        .join(Booking.run)
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(SessionDate, (SessionDate.session_id == TrainingSession.id) & live(SessionDate))
        .options(
            contains_eager(Booking.person).selectinload(Person.spells),
            contains_eager(Booking.run)
            .joinedload(Run.version)
            .joinedload(CourseVersion.course)
            .options(selectinload(Course.terms_that_apply)),
        )
        .where(Run.state == RunState.SCHEDULED)
    )
