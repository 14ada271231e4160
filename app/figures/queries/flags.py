"""Records that put a figure in doubt: of more than a tenth of the people it counts, and it says "check data".

(4.12)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    exists,
    literal,
    or_,
    select,
    union_all,
)

from app.attendance import queries as attendance
from app.bookings.models import Booking
from app.bookings.queries import held_by
from app.core.days import written
from app.core.db import live, materialized
from app.core.filters import plural
from app.figures.queries.arithmetic import FEW, FEWEST_SHOWN, shown_percent
from app.figures.queries.prospects import Moment, is_confirmed, is_on
from app.learning.models import Mark
from app.learning.queries import OUTSTANDING_DAYS, says_something
from app.sessions.models import Run, SessionDate, TrainingSession

FEW_DOUBTS = Fraction(1, 10)  # of those counted: with more of them in doubt, the figure is
CHECK_DATA = (
    f"more than {shown_percent(FEW_DOUBTS.numerator, FEW_DOUBTS.denominator)} of the people counted have "
    "records in doubt"
)


class Flag(StrEnum):
    """What puts somebody's record of a course in doubt."""

    AT_ONCE = "at_once"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    UNMARKED = "unmarked"

    @property
    def label(self) -> str:
        return {
            "at_once": "Marked at two sessions at once",
            "too_early": "Attended or completed before their first recorded day",
            "too_late": "Attended after leaving",
            "unmarked": f"Had a place {OUTSTANDING_DAYS} days ago or earlier that was never marked",
        }[self]


def must_check(flagged: int, of: int) -> bool:
    """Whether so many flagged people are more than 10% of a denominator, exactly.

    Of 110 people 11 are not, 12 are; of 109 people 10 are not, 11 are.
    """
    return flagged > FEW_DOUBTS * of


def doubt_in_words(flagged: int, of: int | None, *, hides_few: bool = False) -> str:
    """What is added to the reason of a colour: "Check data: of 110 people, 12 have records in doubt."

    Nothing where they are no more than a tenth, or nobody is counted. Of a few perhaps only that they are.
    """
    if not of or not must_check(flagged, of):
        return ""
    is_hidden = hides_few and flagged < FEWEST_SHOWN
    number, verb = (FEW, "have") if is_hidden else (f"{flagged:,}", "has" if flagged == 1 else "have")
    return f"Check data: of {plural(of, 'person', 'people')}, {number} {verb} records in doubt."


def flagged(version_ids: Collection[int], moment: Moment) -> Select[Any]:
    """People whose record of these versions of courses is in doubt as at a day, as known at an instant, and
    why.

    Of everybody, in a target's scope or not. A person may come several times. Columns: person_id, version_id,
    flag.
    """
    contradictions = {
        Flag.AT_ONCE: attendance.attended_at_once,
        Flag.TOO_EARLY: attendance.attended_too_early,
        Flag.TOO_LATE: attendance.attended_too_late,
    }
    parts = []
    for flag, ask in contradictions.items():
        found = ask(moment.as_at, moment.known_at, version_ids).subquery()
        parts.append(select(found.c.person_id, found.c.version_id, _said(flag)))
    return select(union_all(*parts, _unmarked(version_ids, moment)).subquery())


def doubted(version_ids: Mapping[int, Collection[int]], moment: Moment) -> Select[Any]:
    """The people who are flagged for each of these targets, each person once; columns: target_id, person_id.

    `version_ids` are the versions of courses that count for a target, by its id.
    """
    counts_for = union_all(
        *(
            select(literal(target_id, Integer).label("target_id"), literal(version, Integer).label("id"))
            for target_id, versions in version_ids.items()
            for version in sorted(versions)
        )
    ).subquery()
    found = flagged({version for versions in version_ids.values() for version in versions}, moment).subquery()
    is_its = found.c.version_id == counts_for.c.id
    return select(counts_for.c.target_id, found.c.person_id).join(found, is_its).distinct()


def _said(flag: Flag) -> ColumnElement[str]:
    return literal(flag.value, String).label("flag")


def _unmarked(version_ids: Collection[int], moment: Moment) -> Select[Any]:
    """People who had a place, in a run that stood, of which the register says nothing though it was held too
    long ago for its mark to be outstanding."""
    place = _confirmed(version_ids, moment)
    is_for = and_(
        place.c.run_id == TrainingSession.run_id,
        or_(place.c.session_id.is_(None), place.c.session_id == TrainingSession.id),
    )
    is_marked = exists(Mark.session_id).where(
        Mark.person_id == place.c.person_id,
        Mark.session_id == TrainingSession.id,
        says_something(moment.known_at),
    )
    return (
        select(place.c.person_id, place.c.version_id, _said(Flag.UNMARKED))
        .select_from(TrainingSession)
        .join(SessionDate, SessionDate.session_id == TrainingSession.id)
        .join(place, is_for)
        .where(
            live(SessionDate, moment.known_at),
            SessionDate.held_on <= written(moment.as_at - timedelta(days=OUTSTANDING_DAYS)),
            ~is_marked,
        )
    )


def _confirmed(version_ids: Collection[int], moment: Moment) -> Subquery | CTE:
    """The places that stood, each with its version and whose it is; of the past worked out once for each
    booking, not for each of its sessions."""
    found = (
        select(
            Booking.run_id,
            Booking.session_id,
            Run.version_id,
            held_by(moment.known_at).label("person_id"),
        )
        .join(Run, Run.id == Booking.run_id)
        .where(Run.version_id.in_(sorted(version_ids)), is_on(moment.instant), is_confirmed(moment.instant))
    )
    if moment.instant is None:
        return found.subquery()
    return materialized(found, "stood")
