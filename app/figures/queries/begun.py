"""Who has begun a course, and which of its days they have done or booked (4.11, U-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, select, union_all

from app.core.db import db, live
from app.figures.queries.prospects import Bookings, Day, Moment
from app.learning.models import Mark


def begun(
    version_ids: Collection[int], bookings: Bookings, moment: Moment, *, since: date
) -> Select[tuple[int]]:
    """People who have done a day of these versions since a day, or have a confirmed place on one."""
    done = _attended(version_ids, moment, since).with_only_columns(Mark.person_id)
    booked = _booked(version_ids, bookings).with_only_columns(bookings.places.c.person_id)
    return select(union_all(done, booked).subquery().c.person_id)


def days_of(
    people: Collection[int],
    version_ids: Collection[int],
    bookings: Bookings,
    moment: Moment,
    *,
    since: date,
) -> dict[int, tuple[Day, ...]]:
    """What each of these people has done of some versions since a day and is booked for: one statement."""
    done = _attended(version_ids, moment, since).where(_is_one_of(Mark.person_id, people))
    booked = _booked(version_ids, bookings).where(_is_one_of(bookings.places.c.person_id, people))
    found: dict[int, set[Day]] = defaultdict(set)
    for person_id, *day in db.session.execute(union_all(done, booked)):
        found[person_id].add(Day(*day))
    return {person_id: tuple(sorted(days, key=_by_day)) for person_id, days in found.items()}


def _attended(version_ids: Collection[int], moment: Moment, since: date) -> Select[Any]:
    """The marks of these versions that count, in the columns of places to come."""
    return select(Mark.person_id, Mark.version_id, Mark.component, Mark.held_on, Mark.opens_on).where(
        Mark.version_id.in_(sorted(version_ids)),
        Mark.counts,
        Mark.held_on >= since,
        Mark.held_on <= moment.as_at,
        live(Mark, moment.known_at),
    )


def _booked(version_ids: Collection[int], bookings: Bookings) -> Select[Any]:
    """The places on days to come, and on those that were held and are not marked."""
    places = bookings.places
    return select(places).where(places.c.version_id.in_(sorted(version_ids)))


def _is_one_of(person_id: Any, people: Collection[int]) -> ColumnElement[bool]:
    """As numbers in the statement, and not as parameters, of which a database takes no more than so many."""
    is_one: ColumnElement[bool] = person_id.in_(
        bindparam(None, sorted(people), expanding=True, literal_execute=True)
    )
    return is_one


def _by_day(day: Day) -> tuple[date, int, int, date]:
    return day.held_on, day.version_id, day.component, day.opens_on or date.min
