"""Four named attendance rates, and the sessions that they count (4.9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from app.core.db import db
from app.core.filters import plural
from app.figures.queries import places
from app.figures.queries.arithmetic import shown_percent
from app.figures.queries.attended import Listed, conditions_of, people_of
from app.programmes.models import Course, Programme


@dataclass(frozen=True)
class Rate:
    """One rate by its name and what it divides: never a percentage without both numbers."""

    name: str
    numerator: int
    denominator: int
    of_what: str
    counts: Listed
    among: Listed | None  # of places, which are no people, none

    @property
    def shown(self) -> str:
        """ "77%", or that there is nothing to divide by."""
        return shown_percent(self.numerator, self.denominator) if self.denominator else "none yet"

    @property
    def words(self) -> str:
        """ "304 of 393 places"."""
        return f"{self.numerator:,} of {self.denominator:,} {self.of_what}"


@dataclass(frozen=True)
class Note:
    """A sentence to be read with the rates, and which places it is about."""

    words: str
    places: Listed


@dataclass(frozen=True)
class Attendance:
    """What became of the places in some sessions that were held.

    `bookings` are all that were ever confirmed, `came` those of them that stood and came. Whoever came
    without a confirmed place is a walk-in. `apologies` are absent with notice that the register has, and
    neither came nor are a no-show. `outstanding_marks` are places of which the register says nothing yet.
    """

    sessions: int = 0
    capacity: int = 0
    bookings: int = 0
    cancellations: int = 0
    came: int = 0
    no_shows: int = 0
    apologies: int = 0
    outstanding_marks: int = 0
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
        """The four, each named. Everybody who came, walk-ins too, over bookings is none of them: it can
        exceed 100%.

        304 came to 393 places, 35 of them as walk-ins; of 318 bookings 29 were cancelled and 20 did not
        come: 77%, 93%, 85% and 7%.
        """
        kept = "booked places not cancelled"
        return [
            Rate("Places filled", self.attended, self.capacity, "places", Listed.ATTENDED, None),
            Rate(
                "Booked people who came",
                self.came,
                self.expected,
                kept,
                Listed.CAME,
                Listed.EXPECTED,
            ),
            Rate(
                "Booked people who came, of all who booked",
                self.came,
                self.bookings,
                "booked places",
                Listed.CAME,
                Listed.BOOKED,
            ),
            Rate(
                "Non-attendance",
                self.no_shows,
                self.expected,
                kept,
                Listed.NO_SHOWS,
                Listed.EXPECTED,
            ),
        ]

    @property
    def notes(self) -> list[Note]:
        """What must be read with the rates."""
        found = []
        if self.outstanding_marks:
            marks = plural(self.outstanding_marks, "mark")
            words = f"{marks} not recorded yet: neither attended nor absent, so the rates may still change."
            found.append(Note(words, Listed.UNMARKED))
        if self.apologies:
            booked = plural(self.apologies, "booked place")
            words = f"{booked} absent with apologies: neither came nor non-attendance."
            found.append(Note(words, Listed.APOLOGIES))
        return found


@dataclass(frozen=True)
class Attended:
    """The attendance of a programme, by its id and title; of all of them, which have no id, together."""

    programme_id: int | None
    title: str
    attendance: Attendance


def attendance_rates(first: date, last: date, *, known_at: datetime | None = None) -> list[Attended]:
    """The attendance of each programme that had sessions from `first` to `last`, in the order of its title.

    Counted are places in sessions: a booking of a run of five days is five. Of runs that were cancelled, and
    of sessions whose register says that they were not held, nothing is. One statement.
    """
    found: dict[tuple[str, int], Attendance] = {}
    for row in db.session.execute(sessions_of(first, last, known_at)):
        key = (row.programme, row.programme_id)
        found[key] = found.get(key, Attendance()) + attendance_in(row)
    return [Attended(ident, title, found[title, ident]) for title, ident in sorted(found)]


def attendance_in(row: Row[Any]) -> Attendance:
    """The attendance of one session, from a row of `sessions_of`."""
    return Attendance(
        sessions=1,
        capacity=row.capacity,
        bookings=int(row.bookings),
        cancellations=int(row.cancellations),
        came=int(row.came),
        no_shows=int(row.no_shows),
        apologies=int(row.apologies),
        outstanding_marks=int(row.unmarked),
        walk_ins=int(row.attended - row.came),
    )


def in_all(rates: Iterable[Attended]) -> Attended:
    """The attendance of several programmes together."""
    return Attended(None, "All programmes", sum((one.attendance for one in rates), Attendance()))


def sessions_of(first: date, last: date, known_at: datetime | None) -> Select[Any]:
    """A row for each session that was held: which, on what day, its programme, its capacity, who came, and
    what became of the places that were booked."""
    sessions = places.sessions_of_days(first, last, known_at).cte("session_of_days")
    one = people_of(sessions, known_at).subquery()

    def how_many(which: Listed) -> Any:
        return places.how_many(and_(*conditions_of(which, one))).label(which)

    counted = (
        select(
            one.c.session_id,
            func.sum(one.c.came).label("attended"),
            func.sum(one.c.booked).label("bookings"),
            func.sum(one.c.booked - one.c.stood).label("cancellations"),
            *map(
                how_many,
                (Listed.CAME, Listed.NO_SHOWS, Listed.APOLOGIES, Listed.UNMARKED),
            ),
            func.max(one.c.not_held).label("not_held"),
        )
        .group_by(one.c.session_id)
        .subquery()
    )
    numbers = [column for column in counted.c if column.name not in {"session_id", "not_held"}]
    return (
        select(
            sessions.c.session_id,
            sessions.c.run_id,
            sessions.c.held_on,
            sessions.c.course_id,
            sessions.c.capacity,
            sessions.c.programme_id,
            Programme.title.label("programme"),
            *(func.coalesce(column, 0).label(column.name) for column in numbers),
        )
        .select_from(sessions)
        .join(Programme, Programme.id == sessions.c.programme_id)
        .outerjoin(counted, counted.c.session_id == sessions.c.session_id)
        .where(func.coalesce(counted.c.not_held, 0) == 0)
    )


def sessions_held(
    first: date, last: date, *, known_at: datetime | None = None, programme_id: int | None = None
) -> Select[Any]:
    """The sessions that attendance rates count from `first` to `last`, the latest first: the rows of
    `sessions_of`, each with its course. Of every programme, or of one."""
    found = sessions_of(first, last, known_at).subquery()
    statement = (
        select(found, Course.title.label("course"))
        .join(Course, Course.id == found.c.course_id)
        .order_by(found.c.held_on.desc(), found.c.session_id.desc())
    )
    return statement if programme_id is None else statement.where(found.c.programme_id == programme_id)
