"""The rows behind attendance rates: each session that was held, and each person’s place in one (4.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Subquery,
    case,
    func,
    literal,
    select,
    union_all,
)

from app.core.db import live
from app.figures.queries import places
from app.learning.models import THERE, Mark, MarkStatus
from app.people.models import BY_NAME, Person
from app.programmes.models import Course

OF_SESSION = ("held_on", "course_id")  # what lists say of a session


class Listed(StrEnum):
    """Which places of the sessions that were held a list shows."""

    ATTENDED = "attended"
    CAME = "came"
    WALK_INS = "walk_ins"
    EXPECTED = "expected"
    BOOKED = "booked"
    NO_SHOWS = "no_shows"
    APOLOGIES = "apologies"
    UNMARKED = "unmarked"

    @property
    def label(self) -> str:
        return {
            "attended": "Everybody who came",
            "came": "Booked people who came",
            "walk_ins": "Came without a booking",
            "expected": "Booked places not cancelled",
            "booked": "Booked places",
            "no_shows": "Did not come",
            "apologies": "Absent with apologies",
            "unmarked": "Marks not recorded yet",
        }[self]


def people_of(
    sessions: FromClause,
    known_at: datetime | None,
    *,
    along: Sequence[str] = (),
) -> Select[Any]:
    """Each person of each session once: their bookings, whether one stood, and what the register says;
    `along` are columns of the sessions that come with them.

    Bookings and marks are laid under each other and grouped: to look for each booking's mark took either
    engine many times as long.
    """
    entries = _entries(sessions, known_at, along)

    def says(*statuses: MarkStatus) -> Any:
        return func.max(case((entries.c.status.in_(statuses), 1), else_=0))

    each = [entries.c[name] for name in ("session_id", "person_id", *along)]
    return select(
        *each,
        func.sum(entries.c.booked).label("booked"),
        func.max(entries.c.stood).label("stood"),
        says(*THERE).label("came"),
        says(MarkStatus.ABSENT_NO_NOTICE).label("no_show"),
        says(MarkStatus.ABSENT_APOLOGIES).label("apologies"),
        says(MarkStatus.NOT_HELD).label("not_held"),
    ).group_by(*each)


def _entries(sessions: FromClause, known_at: datetime | None, along: Sequence[str]) -> Subquery:
    """Each booking of each session and each mark, one under the other."""
    booking = places.bookings_with_ends(known_at).subquery()
    marks = select(Mark.session_id, Mark.person_id, Mark.status).where(live(Mark, known_at)).subquery()
    stood = case((places.stood(booking, sessions), 1), else_=0)
    of_session = [sessions.c[name] for name in ("session_id", *along)]
    return union_all(
        select(
            *of_session,
            booking.c.person_id,
            literal(1, Integer).label("booked"),
            stood.label("stood"),
            literal(None, Mark.status.type).label("status"),
        ).join(booking, places.is_for(booking, sessions)),
        select(
            *of_session,
            marks.c.person_id,
            literal(0, Integer),
            literal(0, Integer),
            marks.c.status,
        ).join(marks, marks.c.session_id == sessions.c.session_id),
    ).subquery()


def places_shown(
    which: Listed,
    first: date,
    last: date,
    *,
    known_at: datetime | None = None,
    programme_id: int | None = None,
) -> Select[Any]:
    """The places that one number of the rates counts, the latest first: `by_day`, with how many times the
    person was `booked` for the session, and whether one booking `stood`, and they `came`, were a `no_show` or
    sent `apologies`, each as 1 or 0. Of every programme, or of one.

    A row is a person in a session: somebody who gave a place up and booked it again was booked twice.
    """
    held = places.sessions_held(first, last, known_at).cte("session_held")
    one = people_of(held, known_at, along=OF_SESSION).subquery()
    said = (one.c[name] for name in ("booked", "stood", "came", "no_show", "apologies"))
    statement = by_day(one).add_columns(*said).where(*conditions_of(which, one))
    return statement if programme_id is None else statement.where(Course.programme_id == programme_id)


def by_day(people: FromClause) -> Select[Any]:
    """People in sessions by name, those of the latest session first: Person, `session_id`, `held_on` and the
    title of the `course`. `people` are rows of person_id, session_id and the columns of OF_SESSION: joined to
    their sessions once more, PostgreSQL goes through all of them for each session."""
    return (
        select(Person, people.c.session_id, people.c.held_on, Course.title.label("course"))
        .join(people, people.c.person_id == Person.id)
        .join(Course, Course.id == people.c.course_id)
        .order_by(
            people.c.held_on.desc(),
            people.c.session_id.desc(),
            *BY_NAME,
        )
    )


def conditions_of(which: Listed, one: FromClause) -> list[ColumnElement[bool]]:
    """What is true of those whom a number counts, among the rows of `people_of`."""
    stood, came = one.c.stood == 1, one.c.came == 1
    said = one.c.came + one.c.no_show + one.c.apologies > 0
    return {
        Listed.ATTENDED: [came],
        Listed.CAME: [stood, came],
        Listed.WALK_INS: [~stood, came],
        Listed.EXPECTED: [stood],
        Listed.BOOKED: [one.c.booked > 0],
        Listed.NO_SHOWS: [stood, one.c.no_show == 1],
        Listed.APOLOGIES: [stood, one.c.apologies == 1],
        Listed.UNMARKED: [stood, ~said],
    }[which]
