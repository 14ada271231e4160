"""Four named attendance rates, why people did not come, and bookings against capacity by week (4.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import FromClause, Select, and_, func, literal, or_, select, union_all

from app.attendance.models import AbsenceAnswer
from app.attendance.queries import APOLOGIES, NOT_ANSWERED
from app.bookings.models import Booking, BookingMove, BookingState, LeavingCause
from app.core import clock
from app.core.db import db, live
from app.core.filters import plural
from app.figures.queries import places
from app.figures.queries.arithmetic import shown_percent
from app.figures.queries.breakdown import Part
from app.learning.models import Mark, MarkStatus
from app.people.models import Person
from app.programmes.models import Programme
from app.sessions.models import SessionDate

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
        bookings, cancellations, came, no_shows, apologies, outstanding = counted
        walk_ins = attended - came
        one = Attendance(
            1, capacity, bookings, cancellations, came, no_shows, apologies, outstanding, walk_ins
        )
        found[title] = found.get(title, Attendance()) + one
    return sorted(found.items())


def in_all(rates: Iterable[tuple[str, Attendance]]) -> Attendance:
    """The attendance of several programmes together."""
    return sum((attendance for _, attendance in rates), Attendance())


def _sessions(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """A row for each session that was held: its programme, its capacity, who came, and what became of the
    places that were booked."""
    within = SessionDate.held_on.between(first, last)
    sessions = places.sessions_of_runs(known_at).where(within).cte("held_session")
    marks = _marks(sessions, known_at).cte("register_entry")
    registers = (
        select(
            marks.c.session_id,
            places.how_many(marks.c.status.in_(places.CAME)).label("attended"),
            places.how_many(marks.c.status == MarkStatus.NOT_HELD).label("not_held"),
        )
        .group_by(marks.c.session_id)
        .subquery()
    )
    booked = _booked(sessions, marks, known_at).subquery()
    numbers = [column for column in booked.c if column.name != "session_id"]
    return (
        select(
            Programme.title,
            sessions.c.capacity,
            func.coalesce(registers.c.attended, 0),
            *(func.coalesce(column, 0) for column in numbers),
        )
        .select_from(sessions)
        .join(Programme, Programme.id == sessions.c.programme_id)
        .outerjoin(registers, registers.c.session_id == sessions.c.session_id)
        .outerjoin(booked, booked.c.session_id == sessions.c.session_id)
        .where(func.coalesce(registers.c.not_held, 0) == 0)
    )


def _marks(sessions: FromClause, known_at: datetime | None) -> Select[Any]:
    """What the registers of these sessions say, of whom.

    What is asked as known before two records were merged is said of the record that stays, to which the
    booking has gone (U-07).
    """
    columns = (Mark.session_id, Mark.status)
    statement = select(*columns, Mark.person_id) if known_at is None else _of_who_stays(columns)
    return statement.join(sessions, sessions.c.session_id == Mark.session_id).where(live(Mark, known_at))


def _of_who_stays(columns: Sequence[Any]) -> Select[Any]:
    stays = func.coalesce(Person.merged_into_id, Person.id).label("person_id")
    return select(*columns, stays).join(Person, Person.id == Mark.person_id)


def _booked(sessions: FromClause, marks: FromClause, known_at: datetime | None) -> Select[Any]:
    """For each session its bookings, cancellations, and what its register says of those that stood."""
    booking = places.confirmed_bookings(known_at).subquery()
    stood = booking.c.state == BookingState.CONFIRMED
    said = and_(marks.c.session_id == sessions.c.session_id, marks.c.person_id == booking.c.person_id)
    is_open = or_(marks.c.status.is_(None), marks.c.status == MarkStatus.NOT_RECORDED)
    return (
        select(
            sessions.c.session_id,
            func.count(booking.c.booking_id.distinct()).label("bookings"),
            places.how_many(~stood).label("cancellations"),
            places.how_many(stood & marks.c.status.in_(places.CAME)).label("came"),
            places.how_many(stood & (marks.c.status == MarkStatus.ABSENT_NO_NOTICE)).label("no_shows"),
            places.how_many(stood & (marks.c.status == MarkStatus.ABSENT_APOLOGIES)).label("apologies"),
            places.how_many(stood & is_open).label("outstanding"),
        )
        .select_from(sessions)
        .join(booking, places.is_for(booking, sessions))
        .outerjoin(marks, said)
        .group_by(sessions.c.session_id)
    )


# --- Why people did not come ---------------------------------------------------------------------------


def absence_reasons(first: date, last: date, *, known_at: datetime | None = None) -> list[Part]:
    """Why places of sessions from `first` to `last` were not used, the most frequent reason first.

    What was said of absences (U-02), and of confirmed places that were given up with a reason. Of each the
    number of places; for those who may not see names they are to be suppressed like every breakdown.
    """
    counted: Counter[str] = Counter()
    for reason, status, count in db.session.execute(_reasons(first, last, known_at)):
        unsaid = APOLOGIES if status == MarkStatus.ABSENT_APOLOGIES else NOT_ANSWERED
        counted[reason or unsaid] += count
    return [
        Part(reason, 0, count) for reason, count in sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    ]


def _reasons(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    sessions = places.sessions_of_runs(known_at).where(SessionDate.held_on.between(first, last)).subquery()
    said = and_(
        AbsenceAnswer.person_id == Mark.person_id,
        AbsenceAnswer.session_id == Mark.session_id,
        *([] if known_at is None else [AbsenceAnswer.answered_at <= known_at]),
    )
    absent = (
        select(LeavingCause.name.label("reason"), Mark.status.label("status"))
        .select_from(Mark)
        .join(sessions, sessions.c.session_id == Mark.session_id)
        .outerjoin(AbsenceAnswer, said)
        .outerjoin(LeavingCause, LeavingCause.id == AbsenceAnswer.cause_id)
        .where(live(Mark, known_at), Mark.status.in_(_ABSENT))
    )
    given_up = (
        select(LeavingCause.name, literal(None))
        .select_from(BookingMove)
        .join(LeavingCause, LeavingCause.id == BookingMove.cause_id)
        .join(Booking, Booking.id == BookingMove.booking_id)
        .join(sessions, places.is_for(Booking.__table__, sessions))
        .where(BookingMove.from_state == BookingState.CONFIRMED, BookingMove.to_state.in_(_GIVEN_UP))
    )
    if known_at is not None:
        given_up = given_up.where(BookingMove.at <= known_at)
    every = union_all(absent, given_up).subquery()
    return select(every.c.reason, every.c.status, func.count()).group_by(every.c.reason, every.c.status)


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
    sessions = places.sessions_of_runs(known_at).where(SessionDate.held_on.between(first, last)).subquery()
    booking = places.confirmed_bookings(known_at).subquery()
    stands = and_(booking.c.state == BookingState.CONFIRMED, places.is_for(booking, sessions))
    return (
        select(sessions.c.held_on, sessions.c.capacity, func.count(booking.c.booking_id))
        .outerjoin_from(sessions, booking, stands)
        .group_by(sessions.c.session_id, sessions.c.held_on, sessions.c.capacity)
    )
