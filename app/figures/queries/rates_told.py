"""The attendance rates as whoever asks may see them: none of the places of few people (4.9, BM-05)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from app.core.db import db
from app.figures.queries import places
from app.figures.queries.arithmetic import FEWEST_SHOWN, is_few
from app.figures.queries.attended import Listed, conditions_of, people_of
from app.figures.queries.rates import Attended, attendance_rates, in_all
from app.programmes.models import Course

OTHER_PROGRAMMES = "Other programmes"


def rates_told(
    first: date, last: date, *, known_at: datetime | None = None, sees_names: bool
) -> list[Attended]:
    """The attendance of each programme that had sessions from `first` to `last` and, of several, of all.

    For those who may not see names those of fewer than 5 people stand together with others.
    """
    found = attendance_rates(first, last, known_at=known_at)
    if not sees_names:
        few = [one for one in found if one.programme_id is not None and _may_be_of_few(one)]
        people = _people_of(few, first, last, known_at) if few else {}
        found = with_few_people_together(found, people)
    return [*found, in_all(found)] if len(found) > 1 else found


def with_few_people_together(found: Sequence[Attended], people: Mapping[int, int]) -> list[Attended]:
    """The same where programmes of 1 to 4 `people` are one row with the smallest of the others, as what is
    shown of all programmes together tells of one that is left out. No row where nobody else is.

    Coaching with 3 people beside Safe Care with 40 places and Signs of Safety with 300: Signs of Safety, and
    “Other programmes” with what the other two have in sum.
    """
    few = [one for one in found if is_few(people.get(one.programme_id or 0))]
    if not few:
        return list(found)
    others = [one for one in found if one not in few and _taken(one)]
    if not others:
        return []
    few.append(min(others, key=_taken))
    shown = [one for one in found if one not in few]
    together = in_all(few)
    return [*shown, replace(together, title=OTHER_PROGRAMMES)] if shown else [together]


def _taken(one: Attended) -> int:
    """How many places somebody was to sit in; where nobody was, sat in."""
    return one.attendance.expected or one.attendance.walk_ins


def _may_be_of_few(one: Attended) -> bool:
    """Whether it may be of fewer than 5 people: in more than 4 places a session somebody is the fifth."""
    return 0 < _taken(one) < FEWEST_SHOWN * one.attendance.sessions


def _people_of(
    few: Collection[Attended], first: date, last: date, known_at: datetime | None
) -> dict[int, int]:
    """How many people had a place in the sessions of these programmes; of nobody, how many came."""
    own = Course.programme_id.in_([one.programme_id for one in few])
    held = places.sessions_held(first, last, known_at).where(own).cte("session_of_few")
    one = people_of(held, known_at, along=("programme_id",)).subquery()

    def people(which: Listed) -> Any:
        return func.count(case((and_(*conditions_of(which, one)), one.c.person_id)).distinct())

    statement = select(one.c.programme_id, people(Listed.EXPECTED), people(Listed.ATTENDED)).group_by(
        one.c.programme_id
    )
    return {ident: booked or came for ident, booked, came in db.session.execute(statement).tuples()}
