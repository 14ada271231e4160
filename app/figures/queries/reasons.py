"""Why people did not come to sessions that were held (U-02, 4.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import FromClause, Select, and_, case, func, or_, select, union_all

from app.attendance.models import AbsenceAnswer
from app.attendance.queries import APOLOGIES, NOT_ANSWERED
from app.bookings.models import Booking, BookingMove, BookingState, LeavingCause
from app.core.db import db, live
from app.figures.queries import places
from app.figures.queries.arithmetic import FEWEST_SHOWN
from app.figures.queries.attended import OF_SESSION, by_day
from app.figures.queries.parts import Hiding, Part
from app.learning.models import ABSENT, Mark, MarkStatus

OTHER_REASONS = "Other reasons"
_GIVEN_UP = (BookingState.CANCELLED, BookingState.CANCELLED_LATE)


def absence_reasons(first: date, last: date, *, known_at: datetime | None = None) -> list[Part]:
    """Why places of sessions from `first` to `last` were not used, the most frequent reason first.

    What was said of absences (U-02), and of confirmed places that were given up with a reason. Of each the
    number of places: those of `Attendance` that were not used. Those who may not see names see them
    `with_few_together`.
    """
    unused = _not_used(first, last, known_at).subquery()
    counted = db.session.execute(select(unused.c.reason, func.count()).group_by(unused.c.reason)).tuples()
    return [Part(reason, 0, count) for reason, count in sorted(counted, key=lambda one: (-one[1], one[0]))]


def with_few_together(reasons: Sequence[Part]) -> list[Part]:
    """The same for those who may not see names: reasons of fewer than 5 places are one row that names none,
    as the day on which somebody gave one would tell of them. Its number is hidden while it is that small.

    Sickness 12, caring 3 and bereavement 1: sickness 12, other reasons "fewer than 5".
    """
    few = sum(one.of or 0 for one in reasons if (one.of or 0) < FEWEST_SHOWN)
    if not few:
        return list(reasons)
    others = Part(OTHER_REASONS, 0, few)
    if few < FEWEST_SHOWN:
        others = Part(OTHER_REASONS, None, None, Hiding.SMALL)
    return [*(one for one in reasons if (one.of or 0) >= FEWEST_SHOWN), others]


def places_not_used(reason: str, first: date, last: date, *, known_at: datetime | None = None) -> Select[Any]:
    """The places behind one number of `absence_reasons`, `by_day`."""
    unused = _not_used(first, last, known_at, along=OF_SESSION).subquery()
    return by_day(unused).where(unused.c.reason == reason)


def _not_used(
    first: date, last: date, known_at: datetime | None, *, along: Sequence[str] = ()
) -> Select[Any]:
    """A row for each place that was not used: session_id, with what comes `along` of the session, person_id
    and the reason in words."""
    sessions = places.sessions_of_days(first, last, known_at).subquery()
    # Where a session was not held nobody is marked as absent: only of places given up is that looked at.
    held = places.sessions_held(first, last, known_at).subquery()
    one = _absent(sessions, known_at, along).subquery()
    where = ("session_id", *along)
    answer = and_(
        AbsenceAnswer.person_id == one.c.person_id,
        AbsenceAnswer.session_id == one.c.session_id,
        *([] if known_at is None else [AbsenceAnswer.answered_at <= known_at]),
    )
    unsaid = case((one.c.status == MarkStatus.ABSENT_APOLOGIES, APOLOGIES), else_=NOT_ANSWERED)
    absent = (
        select(
            *(one.c[name] for name in where),
            one.c.person_id,
            func.coalesce(LeavingCause.name, unsaid).label("reason"),
        )
        .select_from(one)
        .outerjoin(AbsenceAnswer, answer)
        .outerjoin(LeavingCause, LeavingCause.id == AbsenceAnswer.cause_id)
    )
    given_up = (
        select(*(held.c[name] for name in where), Booking.person_id, LeavingCause.name)
        .select_from(BookingMove)
        .join(LeavingCause, LeavingCause.id == BookingMove.cause_id)
        .join(Booking, Booking.id == BookingMove.booking_id)
        .join(held, places.is_for(Booking.__table__, held))
        .where(
            BookingMove.from_state == BookingState.CONFIRMED,
            BookingMove.to_state.in_(_GIVEN_UP),
            or_(BookingMove.at <= held.c.starts_at, Booking.confirmed_at > held.c.starts_at),
        )
    )
    if known_at is not None:
        given_up = given_up.where(BookingMove.at <= known_at)
    return select(union_all(absent, given_up).subquery())


def _absent(sessions: FromClause, known_at: datetime | None, along: Sequence[str]) -> Select[Any]:
    """Each place that stood, and where the register says that nobody came: session_id, what comes `along` of
    the session, person_id and status. Absences are few, so that they are joined, and not every place."""
    booking = places.bookings_with_ends(known_at).subquery()
    is_absence = and_(Mark.session_id == sessions.c.session_id, Mark.status.in_(ABSENT), live(Mark, known_at))
    return (
        select(*(sessions.c[name] for name in ("session_id", *along)), Mark.person_id, Mark.status)
        .join_from(sessions, Mark, is_absence)
        .join(booking, and_(booking.c.person_id == Mark.person_id, places.is_for(booking, sessions)))
        .where(places.stood(booking, sessions))
        .distinct()
    )
