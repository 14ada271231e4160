"""The rows behind attendance rates: each session that was held, and each person’s place in one (4.9)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    case,
    func,
    literal,
    select,
    true,
    union_all,
)

from app.bookings.models import BookingState
from app.core.db import live
from app.figures.queries import places
from app.learning.models import Mark, MarkStatus
from app.people.models import Person
from app.programmes.models import Course, Programme


class Held(StrEnum):
    """Which places of the sessions that were held a list shows."""

    ATTENDED = "attended"
    CAME = "came"
    WALK_INS = "walk_ins"
    EXPECTED = "expected"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    NO_SHOWS = "no_shows"
    APOLOGIES = "apologies"
    OUTSTANDING = "outstanding"

    @property
    def label(self) -> str:
        return {
            "attended": "Everybody who came",
            "came": "Booked people who came",
            "walk_ins": "Came without a booking",
            "expected": "Bookings not cancelled",
            "booked": "Bookings",
            "cancelled": "Bookings cancelled",
            "no_shows": "Did not come",
            "apologies": "Absent with apologies",
            "outstanding": "Marks outstanding",
        }[self]


def people_of(
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


def places_held(
    which: Held,
    first: date,
    last: date,
    *,
    known_at: datetime | None = None,
    programme: str | None = None,
) -> Select[Any]:
    """The places that one number of the rates counts, the latest first: Person, `session_id`, `held_on` and
    `course`, how many `bookings` are counted, and whether one `stood`, and the person `came`, was a `no_show`
    or sent `apologies`, each as 1 or 0.

    A row is a person in a session. BOOKED and CANCELLED count bookings, of which somebody who gave a place up
    and booked again has two.
    """
    sessions = places.sessions_of_days(first, last, known_at).cte("held_session")
    one = people_of(sessions, known_at).subquery()
    was_not_held = select(one.c.session_id).where(one.c.not_held == 1)
    statement = (
        select(
            Person,
            one.c.session_id,
            sessions.c.held_on,
            Course.title.label("course"),
            _bookings(one, which).label("bookings"),
            *(one.c[name] for name in ("stood", "came", "no_show", "apologies")),
        )
        .select_from(one)
        .join(sessions, sessions.c.session_id == one.c.session_id)
        .join(Course, Course.id == sessions.c.course_id)
        .join(Person, Person.id == one.c.person_id)
        .where(one.c.session_id.not_in(was_not_held), *is_counted(one, which))
        .order_by(
            sessions.c.held_on.desc(),
            one.c.session_id.desc(),
            Person.last_name,
            Person.first_name,
            Person.id,
        )
    )
    if programme is None:
        return statement
    return statement.join(Programme, Programme.id == sessions.c.programme_id).where(
        Programme.title == programme
    )


def _bookings(one: FromClause, which: Held) -> ColumnElement[int]:
    return one.c.booked - one.c.stood if which is Held.CANCELLED else one.c.booked


def is_counted(one: FromClause, which: Held) -> list[ColumnElement[bool]]:
    """What is true of those whom a number counts, among the rows of `people_of`."""
    stood, came = one.c.stood == 1, one.c.came == 1
    said = one.c.came + one.c.no_show + one.c.apologies > 0
    return {
        Held.ATTENDED: [came],
        Held.CAME: [stood, came],
        Held.WALK_INS: [~stood, came],
        Held.EXPECTED: [stood],
        Held.BOOKED: [one.c.booked > 0],
        Held.CANCELLED: [one.c.booked > one.c.stood],
        Held.NO_SHOWS: [stood, one.c.no_show == 1],
        Held.APOLOGIES: [stood, one.c.apologies == 1],
        Held.OUTSTANDING: [stood, ~said],
    }[which]
