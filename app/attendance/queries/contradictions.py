"""Records that contradict each other: both are kept, and a human must look at them. (U-24)

Each is asked in two ways by one definition: whom it is about, as on a date and as known at an instant, which
figures read; and the list of all that stand now, for whoever puts them right.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload

from app.core.db import live
from app.learning.models import Mark, MarkStatus, PastCompletion, PastKind
from app.people.models import Person, PersonKind, Spell
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, SessionDate, TrainingSession

_ATTENDED = (MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL)


@dataclass(frozen=True)
class Asked:
    """As at which date, as known at which instant, of which versions of courses (None: of all), and about
    whom (None: everybody)."""

    as_at: date = date.max
    known_at: datetime | None = None
    version_ids: Collection[int] | None = None
    people: Select[Any] | None = None

    def about(self, fact: Any) -> list[ColumnElement[bool]]:
        """What a mark or a past completion is asked for."""
        on = fact.completed_on if fact is PastCompletion else fact.held_on
        found = [live(fact, self.known_at), on <= self.as_at]
        if self.version_ids is not None:
            found.append(fact.version_id.in_(sorted(self.version_ids)))
        return found if self.people is None else [*found, fact.person_id.in_(self.people)]


_EVERYTHING = Asked()


def attended_at_once(asked: Asked = _EVERYTHING) -> Select[Any]:
    """Who attended two sessions that share a minute, as registers say: each of them beside the other.

    Columns: person_id, version_id, here_id and there_id (the sessions), and starts_at.
    """
    first, second = aliased(Mark), aliased(Mark)
    one, other = aliased(SessionDate), aliased(SessionDate)
    same_day = and_(second.person_id == first.person_id, second.held_on == first.held_on)
    is_other = and_(same_day, second.session_id != first.session_id, second.counts)
    overlaps = and_(other.starts_at < one.ends_at, other.ends_at > one.starts_at)
    statement = (
        select(
            first.person_id,
            first.version_id,
            first.session_id.label("here_id"),
            second.session_id.label("there_id"),
            one.starts_at,
        )
        .join(second, and_(is_other, live(second, asked.known_at)))
        .join(one, and_(one.session_id == first.session_id, live(one, asked.known_at)))
        .join(other, and_(other.session_id == second.session_id, live(other, asked.known_at), overlaps))
        .where(first.counts, *asked.about(first))
    )
    if asked.version_ids is not None:
        return statement
    # Of all marks few are of a day on which the person has another: to look at each was slower.
    days = (
        select(Mark.person_id, Mark.held_on)
        .where(Mark.counts, live(Mark, asked.known_at))
        .group_by(Mark.person_id, Mark.held_on)
        .having(func.count() > 1)
        .subquery()
    )
    return statement.join(days, and_(days.c.person_id == first.person_id, days.c.held_on == first.held_on))


def attended_too_early(asked: Asked = _EVERYTHING) -> Select[Any]:
    """Attendance, or completions from before the registers, of staff before their first recorded day.

    Prior learning and training taken elsewhere may lie before it. Columns: person_id, version_id, on, and
    first_day, the first recorded day.
    """
    began = (
        select(Spell.person_id, func.min(Spell.first_day).label("first_day"))
        .join(Person, Person.id == Spell.person_id)
        .where(live(Spell, asked.known_at), Person.kind == PersonKind.STAFF)
        .group_by(Spell.person_id)
        .subquery()
    )
    marked = (
        select(Mark.person_id, Mark.version_id, Mark.held_on.label("on"), began.c.first_day)
        .join(began, and_(began.c.person_id == Mark.person_id, Mark.held_on < began.c.first_day))
        .where(Mark.counts, *asked.about(Mark))
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
        .where(PastCompletion.kind == PastKind.LEGACY, *asked.about(PastCompletion))
    )
    return select(union_all(marked, past).subquery())


def attended_too_late(asked: Asked = _EVERYTHING) -> Select[Any]:
    """Attendance on a day after somebody had left, and before they came back.

    Columns: person_id, version_id, session_id, on, and last_day, their last day before it.
    """
    ended = (
        select(Spell.person_id, Spell.last_day)
        .where(live(Spell, asked.known_at), Spell.last_day.is_not(None))
        .subquery()
    )
    has_post = exists().where(
        Spell.person_id == Mark.person_id,
        live(Spell, asked.known_at),
        Spell.first_day <= Mark.held_on,
        or_(Spell.last_day.is_(None), Spell.last_day >= Mark.held_on),
    )
    about = (Mark.person_id, Mark.version_id, Mark.session_id, Mark.held_on.label("on"))
    return (
        select(*about, func.max(ended.c.last_day).label("last_day"))
        .join(ended, and_(ended.c.person_id == Mark.person_id, ended.c.last_day < Mark.held_on))
        .where(Mark.status.in_(_ATTENDED), ~has_post, *asked.about(Mark))
        .group_by(*about)
    )


# --- As lists ------------------------------------------------------------------------------------------


def two_at_once() -> Select[tuple[Person, TrainingSession, TrainingSession]]:
    """Who attended two sessions at once, with both, the newest first."""
    here, there = aliased(TrainingSession), aliased(TrainingSession)
    found = attended_at_once().subquery()
    return (
        select(Person, here, there)
        .select_from(found)
        .join(Person, Person.id == found.c.person_id)
        .join(here, here.id == found.c.here_id)
        .join(there, there.id == found.c.there_id)
        .where(found.c.there_id > found.c.here_id)
        .options(joinedload(here.run), joinedload(there.run))
        .order_by(found.c.starts_at.desc(), Person.last_name, Person.first_name, Person.id, here.id, there.id)
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
        .order_by(Person.last_name, Person.first_name, Person.id, early.c.on, Course.title)
    )


def after_leaving() -> Select[tuple[Person, TrainingSession, date]]:
    """Who attended after they had left, the newest first. Columns: person, session, their last day before."""
    late = attended_too_late().subquery()
    return (
        select(Person, TrainingSession, late.c.last_day)
        .join(late, late.c.person_id == Person.id)
        .join(TrainingSession, TrainingSession.id == late.c.session_id)
        .options(joinedload(TrainingSession.run).joinedload(Run.version).joinedload(CourseVersion.course))
        .order_by(late.c.on.desc(), Person.last_name, Person.first_name, Person.id)
    )
