"""Records that contradict each other: both are kept, and a human must look at them. (U-24)

Each is asked in two ways by one definition: whom it is about, as on a date, as known at an instant and of
some versions of courses, which figures read; and the list of all that stand now, for whoever puts them right.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, select, union_all
from sqlalchemy.orm import joinedload

from app.core.db import another, live, materialized
from app.learning.models import THERE, Mark, PastCompletion, PastKind
from app.people.models import BY_NAME, Person, PersonKind, Spell
from app.people.queries import covers
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, SessionDate, TrainingSession


def attended_at_once(
    as_at: date = date.max, known_at: datetime | None = None, version_ids: Collection[int] | None = None
) -> Select[Any]:
    """Who attended two sessions that share a minute, as registers say: each of them beside the other.

    Columns: person_id, version_id, here_id and there_id (the sessions), and starts_at.
    """
    first, second = another(Mark, "first_mark"), another(Mark, "second_mark")
    pairs = _pairs_of_sessions(known_at)
    return (
        select(first.person_id, first.version_id, pairs.c.here_id, pairs.c.there_id, pairs.c.starts_at)
        .join_from(pairs, first, first.session_id == pairs.c.here_id)
        .join(second, and_(second.session_id == pairs.c.there_id, second.person_id == first.person_id))
        .where(first.counts, second.counts, live(second, known_at))
        .where(*_until(first, as_at, known_at, version_ids))
    )


def _pairs_of_sessions(known_at: datetime | None) -> CTE:
    """The sessions that share a minute: to look for these first is quicker than to compare people's marks."""
    one, other = another(SessionDate, "one_date"), another(SessionDate, "other_date")
    overlaps = and_(other.starts_at < one.ends_at, other.ends_at > one.starts_at)
    pairs = (
        select(one.session_id.label("here_id"), other.session_id.label("there_id"), one.starts_at)
        .join(other, and_(other.held_on == one.held_on, other.session_id != one.session_id, overlaps))
        .where(live(one, known_at), live(other, known_at))
    )
    return materialized(pairs, "pairs_of_sessions")


def _until(
    fact: Any, as_at: date, known_at: datetime | None, version_ids: Collection[int] | None
) -> list[ColumnElement[bool]]:
    """The marks or past completions up to a date, of these versions or of all."""
    on = fact.completed_on if fact is PastCompletion else fact.held_on
    found = [live(fact, known_at), on <= as_at]
    return found if version_ids is None else [*found, fact.version_id.in_(sorted(version_ids))]


def attended_too_early(
    as_at: date = date.max, known_at: datetime | None = None, version_ids: Collection[int] | None = None
) -> Select[Any]:
    """Attendance, or completions from before the registers, of staff before their first recorded day.

    Prior learning and training taken elsewhere may lie before it. Columns: person_id, version_id, on, and
    first_day, the first recorded day.
    """
    began = (
        select(Spell.person_id, func.min(Spell.first_day).label("first_day"))
        .join(Person, Person.id == Spell.person_id)
        .where(live(Spell, known_at), Person.kind == PersonKind.STAFF)
        .group_by(Spell.person_id)
        .subquery()
    )
    marked = (
        select(Mark.person_id, Mark.version_id, Mark.held_on.label("on"), began.c.first_day)
        .join(began, and_(began.c.person_id == Mark.person_id, Mark.held_on < began.c.first_day))
        .where(Mark.counts, *_until(Mark, as_at, known_at, version_ids))
    )
    is_early = and_(
        began.c.person_id == PastCompletion.person_id, PastCompletion.completed_on < began.c.first_day
    )
    past = (
        select(
            PastCompletion.person_id,
            PastCompletion.version_id,
            PastCompletion.completed_on,
            began.c.first_day,
        )
        .join(began, is_early)
        .where(PastCompletion.kind == PastKind.LEGACY, *_until(PastCompletion, as_at, known_at, version_ids))
    )
    return select(union_all(marked, past).subquery())


def attended_too_late(
    as_at: date = date.max, known_at: datetime | None = None, version_ids: Collection[int] | None = None
) -> Select[Any]:
    """Attendance on a day after somebody had left, and before they came back.

    Columns: person_id, version_id, session_id, on, and last_day, their last day before it.
    """
    ended = (
        select(Spell.person_id, Spell.last_day)
        .where(live(Spell, known_at), Spell.last_day.is_not(None))
        .subquery()
    )
    has_post = exists().where(
        Spell.person_id == Mark.person_id,
        live(Spell, known_at),
        covers(Spell, Mark.held_on),
    )
    about = (Mark.person_id, Mark.version_id, Mark.session_id, Mark.held_on.label("on"))
    return (
        select(*about, func.max(ended.c.last_day).label("last_day"))
        .join(ended, and_(ended.c.person_id == Mark.person_id, ended.c.last_day < Mark.held_on))
        .where(Mark.status.in_(THERE), ~has_post, *_until(Mark, as_at, known_at, version_ids))
        .group_by(*about)
    )


# --- As lists ------------------------------------------------------------------------------------------


def two_at_once() -> Select[tuple[Person, TrainingSession, TrainingSession]]:
    """Who attended two sessions at once, with both, the newest first."""
    here, there = another(TrainingSession, "here"), another(TrainingSession, "there")
    found = attended_at_once().subquery()
    return (
        select(Person, here, there)
        .select_from(found)
        .join(Person, Person.id == found.c.person_id)
        .join(here, here.id == found.c.here_id)
        .join(there, there.id == found.c.there_id)
        .where(found.c.there_id > found.c.here_id)
        .options(joinedload(here.run), joinedload(there.run))
        .order_by(found.c.starts_at.desc(), *BY_NAME, here.id, there.id)
    )


def before_first_start() -> Select[tuple[Person, str, date, date]]:
    """Who attended or completed something before their first recorded day. Columns: person, course's title,
    the date, the first recorded day."""
    early = attended_too_early().subquery()
    return (
        select(Person, Course.title, early.c.on, early.c.first_day)
        .join(early, early.c.person_id == Person.id)
        .join(CourseVersion, CourseVersion.id == early.c.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .order_by(*BY_NAME, early.c.on, Course.title)
    )


def after_leaving() -> Select[tuple[Person, TrainingSession, date]]:
    """Who attended after they had left, the newest first. Columns: person, session, their last day before."""
    late = attended_too_late().subquery()
    return (
        select(Person, TrainingSession, late.c.last_day)
        .join(late, late.c.person_id == Person.id)
        .join(TrainingSession, TrainingSession.id == late.c.session_id)
        .options(joinedload(TrainingSession.run).joinedload(Run.version).joinedload(CourseVersion.course))
        .order_by(late.c.on.desc(), *BY_NAME)
    )
