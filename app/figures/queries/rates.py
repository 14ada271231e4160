"""Four named attendance rates, why people did not come, and bookings against capacity by week (4.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    FromClause,
    Integer,
    Select,
    and_,
    case,
    func,
    literal,
    select,
    true,
    union_all,
)

from app.attendance.models import AbsenceAnswer
from app.attendance.queries import APOLOGIES, NOT_ANSWERED
from app.bookings.models import Booking, BookingMove, BookingState, LeavingCause
from app.core import clock
from app.core.days import written
from app.core.db import db, live
from app.core.filters import plural
from app.figures.queries import places
from app.figures.queries.arithmetic import FEWEST_SHOWN, shown_percent
from app.figures.queries.breakdown import Hiding, Part
from app.learning.models import Mark, MarkStatus
from app.programmes.models import Programme
from app.sessions.models import SessionDate

OTHER_REASONS = "Other reasons"
_ABSENT = (MarkStatus.ABSENT_NO_NOTICE, MarkStatus.ABSENT_APOLOGIES)
_GIVEN_UP = (BookingState.CANCELLED, BookingState.CANCELLED_LATE)


@dataclass(frozen=True)
class Rate:
    """One rate by its name and what it divides: never a percentage without both numbers."""

    name: str
    numerator: int
    denominator: int
    of_what: str

    @property
    def shown(self) -> str:
        """ "77%", or that there is nothing to divide by."""
        return shown_percent(self.numerator, self.denominator) if self.denominator else "none yet"

    @property
    def words(self) -> str:
        """ "304 of 393 places"."""
        return f"{self.numerator:,} of {self.denominator:,} {self.of_what}"


@dataclass(frozen=True)
class Attendance:
    """What became of the places in some sessions that were held.

    `bookings` are all that were ever confirmed, `came` those of them that stood and came. Whoever came
    without a confirmed place is a walk-in. `apologies` are absent with notice that the register has, and
    neither came nor are a no-show. `outstanding` are places of which the register says nothing yet.
    """

    sessions: int = 0
    capacity: int = 0
    bookings: int = 0
    cancellations: int = 0
    came: int = 0
    no_shows: int = 0
    apologies: int = 0
    outstanding: int = 0
    walk_ins: int = 0

    def __add__(self, other: Attendance) -> Attendance:
        return Attendance(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    @property
    def attended(self) -> int:
        """Everybody who came, walk-ins included."""
        return self.came + self.walk_ins

    @property
    def expected(self) -> int:
        """Bookings that were not cancelled."""
        return self.bookings - self.cancellations

    @property
    def rates(self) -> list[Rate]:
        """The four, each named. Who came with walk-ins over bookings is none of them: it can exceed 100%.

        304 came to 393 places, 35 of them as walk-ins; of 318 bookings 29 were cancelled and 20 did not
        come: 77%, 93%, 85% and 7%.
        """
        return [
            Rate("Places filled", self.attended, self.capacity, "places"),
            Rate("Booked people who came", self.came, self.expected, "bookings not cancelled"),
            Rate("Booked people who came, of all who booked", self.came, self.bookings, "bookings"),
            Rate("Non-attendance", self.no_shows, self.expected, "bookings not cancelled"),
        ]

    @property
    def notes(self) -> list[str]:
        """What must be read with the rates."""
        lines = []
        if self.outstanding:
            marks = plural(self.outstanding, "mark")
            lines.append(f"{marks} outstanding: neither attended nor absent, so the rates may still change.")
        if self.apologies:
            were = plural(self.apologies, "booked person was", "booked people were")
            lines.append(f"{were} absent with apologies: they neither came nor count as non-attendance.")
        return lines


def attendance_rates(
    first: date, last: date, *, known_at: datetime | None = None
) -> list[tuple[str, Attendance]]:
    """The attendance of each programme that had sessions from `first` to `last`, by its title.

    Counted are places in sessions: a booking of a run of five days is five. Of runs that were cancelled, and
    of sessions whose register says that they were not held, nothing is. One statement.
    """
    found: dict[str, Attendance] = {}
    for title, capacity, attended, *counted in db.session.execute(_sessions(first, last, known_at)):
        bookings, cancellations, came, no_shows, apologies, outstanding = map(int, counted)
        walk_ins = int(attended) - came
        one = Attendance(
            1, capacity, bookings, cancellations, came, no_shows, apologies, outstanding, walk_ins
        )
        found[title] = found.get(title, Attendance()) + one
    return sorted(found.items())


def in_all(rates: Iterable[tuple[str, Attendance]]) -> Attendance:
    """The attendance of several programmes together."""
    return sum((attendance for _, attendance in rates), Attendance())


def _held(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """The sessions of these days."""
    within = SessionDate.held_on.between(written(first), written(last))
    return places.sessions_of_runs(known_at).where(within)


def _sessions(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """A row for each session that was held: its programme, its capacity, who came, and what became of the
    places that were booked."""
    sessions = _held(first, last, known_at).cte("held_session")
    one = _people(sessions, known_at).subquery()
    stood, said = one.c.stood == 1, one.c.came + one.c.no_show + one.c.apologies > 0
    counted = (
        select(
            one.c.session_id,
            func.sum(one.c.came).label("attended"),
            func.sum(one.c.booked).label("bookings"),
            func.sum(one.c.booked - one.c.stood).label("cancellations"),
            places.how_many(stood & (one.c.came == 1)).label("came"),
            places.how_many(stood & (one.c.no_show == 1)).label("no_shows"),
            places.how_many(stood & (one.c.apologies == 1)).label("apologies"),
            places.how_many(stood & ~said).label("outstanding"),
            func.max(one.c.not_held).label("not_held"),
        )
        .group_by(one.c.session_id)
        .subquery()
    )
    numbers = [column for column in counted.c if column.name not in {"session_id", "not_held"}]
    return (
        select(Programme.title, sessions.c.capacity, *(func.coalesce(column, 0) for column in numbers))
        .select_from(sessions)
        .join(Programme, Programme.id == sessions.c.programme_id)
        .outerjoin(counted, counted.c.session_id == sessions.c.session_id)
        .where(func.coalesce(counted.c.not_held, 0) == 0)
    )


def _people(
    sessions: FromClause, known_at: datetime | None, *, said: Collection[MarkStatus] | None = None
) -> Select[Any]:
    """Each person of each session once: their bookings, whether one stood, and what the register says, if it
    says what is asked for (anything by default).

    Bookings and marks are laid under each other and grouped: to look for each booking's mark took either
    engine many times as long.
    """
    booking = places.confirmed_bookings(known_at).subquery()
    marks = (
        select(Mark.session_id, Mark.person_id, Mark.status)
        .where(live(Mark, known_at), true() if said is None else Mark.status.in_(said))
        .subquery()
    )
    stood = case((booking.c.state == BookingState.CONFIRMED, 1), else_=0)
    entries = union_all(
        select(
            sessions.c.session_id,
            booking.c.person_id,
            literal(1, Integer).label("booked"),
            stood.label("stood"),
            literal(None, Mark.status.type).label("status"),
        ).join(booking, places.is_for(booking, sessions)),
        select(
            sessions.c.session_id,
            marks.c.person_id,
            literal(0, Integer),
            literal(0, Integer),
            marks.c.status,
        ).join(marks, marks.c.session_id == sessions.c.session_id),
    ).subquery()

    def says(*statuses: MarkStatus) -> Any:
        return func.max(case((entries.c.status.in_(statuses), 1), else_=0))

    return select(
        entries.c.session_id,
        entries.c.person_id,
        func.sum(entries.c.booked).label("booked"),
        func.max(entries.c.stood).label("stood"),
        says(*places.CAME).label("came"),
        says(MarkStatus.ABSENT_NO_NOTICE).label("no_show"),
        says(MarkStatus.ABSENT_APOLOGIES).label("apologies"),
        says(MarkStatus.NOT_HELD).label("not_held"),
    ).group_by(entries.c.session_id, entries.c.person_id)


# --- Why people did not come ---------------------------------------------------------------------------


def absence_reasons(first: date, last: date, *, known_at: datetime | None = None) -> list[Part]:
    """Why places of sessions from `first` to `last` were not used, the most frequent reason first.

    What was said of absences (U-02), and of confirmed places that were given up with a reason. Of each the
    number of places: those of `Attendance` that were not used. Those who may not see names see them
    `with_few_together`.
    """
    counted: Counter[str] = Counter()
    for reason, has_apologised, count in db.session.execute(_reasons(first, last, known_at)):
        unsaid = APOLOGIES if has_apologised else NOT_ANSWERED
        counted[reason or unsaid] += count
    return [
        Part(reason, 0, count) for reason, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ]


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


def _reasons(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    sessions = _held(first, last, known_at).subquery()
    one = _people(sessions, known_at, said=_ABSENT).subquery()
    answer = and_(
        AbsenceAnswer.person_id == one.c.person_id,
        AbsenceAnswer.session_id == one.c.session_id,
        *([] if known_at is None else [AbsenceAnswer.answered_at <= known_at]),
    )
    absent = (
        select(LeavingCause.name.label("reason"), one.c.apologies)
        .select_from(one)
        .outerjoin(AbsenceAnswer, answer)
        .outerjoin(LeavingCause, LeavingCause.id == AbsenceAnswer.cause_id)
        .where(one.c.stood == 1, one.c.no_show + one.c.apologies > 0)
    )
    given_up = (
        select(LeavingCause.name, literal(0, Integer))
        .select_from(BookingMove)
        .join(LeavingCause, LeavingCause.id == BookingMove.cause_id)
        .join(Booking, Booking.id == BookingMove.booking_id)
        .join(sessions, places.is_for(Booking.__table__, sessions))
        .where(BookingMove.from_state == BookingState.CONFIRMED, BookingMove.to_state.in_(_GIVEN_UP))
    )
    if known_at is not None:
        given_up = given_up.where(BookingMove.at <= known_at)
    every = union_all(absent, given_up).subquery()
    return select(every.c.reason, every.c.apologies, func.count()).group_by(every.c.reason, every.c.apologies)


# --- By week -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WeekOfPlaces:
    """The sessions of one week, from its Monday: how many places they have, and how many are booked."""

    monday: date
    sessions: int
    capacity: int
    booked: int

    @property
    def words(self) -> str:
        return f"{self.booked:,} of {self.capacity:,}"


def places_by_week(
    first: date, last: date, *, as_at: date, known_at: datetime | None = None
) -> list[WeekOfPlaces]:
    """Bookings against capacity, for every week from that of `first` to that of `last`, in one statement.

    Booked are confirmed places. What is still to come after `as_at` is what was planned by the end of that
    day; a session that was moved since stands where it was to be held then.
    """
    known = known_at or (clock.end_of_day(as_at) if as_at < clock.today() else None)
    monday = first - timedelta(days=first.weekday())
    sunday = last + timedelta(days=6 - last.weekday())
    held: dict[date, list[tuple[int, int]]] = {}
    for held_on, capacity, booked in db.session.execute(_capacity(monday, sunday, known)):
        held.setdefault(held_on - timedelta(days=held_on.weekday()), []).append((capacity, booked))
    return [
        WeekOfPlaces(
            week,
            sessions=len(held.get(week, ())),
            capacity=sum(capacity for capacity, _ in held.get(week, ())),
            booked=sum(booked for _, booked in held.get(week, ())),
        )
        for week in (monday + timedelta(weeks=number) for number in range((sunday - monday).days // 7 + 1))
    ]


def _capacity(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """Each session's day, capacity and confirmed places."""
    sessions = _held(first, last, known_at).subquery()
    booking = places.confirmed_bookings(known_at).subquery()
    stands = and_(booking.c.state == BookingState.CONFIRMED, places.is_for(booking, sessions))
    return (
        select(sessions.c.held_on, sessions.c.capacity, func.count(booking.c.booking_id))
        .outerjoin_from(sessions, booking, stands)
        .group_by(sessions.c.session_id, sessions.c.held_on, sessions.c.capacity)
    )
