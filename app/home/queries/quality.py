"""What is recorded that a human must look at: each list is one statement, and its count the same."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload

from app.accounts.models import User
from app.core.db import live
from app.learning.models import Mark, MarkStatus, PastCompletion, PastKind
from app.people import queries as people
from app.people.models import Person, PersonKind, Spell
from app.programmes.models import Course, CourseVersion
from app.reminders.queries import open_registers
from app.sessions.models import Run, SessionDate, TrainingSession

_ATTENDED = (MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL)


def without_email(on: date) -> Select[Any]:
    """People in post or affiliated on a date whom no e-mail can reach, with where they belong."""
    return people.directory(None, None, on=on).where(Person.email.is_(None))


def without_manager(on: date) -> Select[Any]:
    """Staff in post on a date with nobody recorded as their line manager: the academy answers for them."""
    return people.directory(None, PersonKind.STAFF, on=on).where(Spell.manager_id.is_(None))


def registers_unmarked(now: datetime) -> Select[Any]:
    """Sessions that are over with somebody who is not marked, the oldest first."""
    return open_registers(now)


def two_at_once() -> Select[Any]:
    """Who attended two sessions that share a minute, as registers say: both are kept. (U-24)

    It begins at the days on which somebody has several marks, of which there are few; the newest first.
    """
    one, other = aliased(SessionDate), aliased(SessionDate)
    first, second = aliased(Mark), aliased(Mark)
    here, there = aliased(TrainingSession), aliased(TrainingSession)
    several = (
        select(Mark.person_id, Mark.held_on)
        .where(Mark.counts, live(Mark))
        .group_by(Mark.person_id, Mark.held_on)
        .having(func.count() > 1)
        .subquery()
    )

    def of_that_day(mark: Any) -> ColumnElement[bool]:
        same = and_(mark.person_id == several.c.person_id, mark.held_on == several.c.held_on)
        return and_(same, mark.counts, live(mark))

    return (
        select(Person, here, there)
        .select_from(several)
        .join(first, of_that_day(first))
        .join(second, and_(of_that_day(second), second.session_id > first.session_id))
        .join(one, and_(one.session_id == first.session_id, live(one)))
        .join(
            other,
            and_(
                other.session_id == second.session_id,
                live(other),
                other.starts_at < one.ends_at,
                other.ends_at > one.starts_at,
            ),
        )
        .join(Person, Person.id == first.person_id)
        .join(here, here.id == first.session_id)
        .join(there, there.id == second.session_id)
        .options(joinedload(here.run), joinedload(there.run))
        .order_by(one.starts_at.desc(), Person.last_name, Person.first_name, Person.id, here.id, there.id)
    )


def before_first_start() -> Select[Any]:
    """Attendance, or completions from before the registers, of staff before their first recorded day.

    Prior learning and training taken elsewhere may lie before it. Columns: person, course's title, the date,
    the first recorded day.
    """
    began = (
        select(Spell.person_id, func.min(Spell.first_day).label("first_day"))
        .where(live(Spell))
        .group_by(Spell.person_id)
        .subquery()
    )
    marked = (
        select(Mark.person_id, Mark.version_id, Mark.held_on.label("on"))
        .join(began, and_(began.c.person_id == Mark.person_id, Mark.held_on < began.c.first_day))
        .where(Mark.counts, live(Mark))
    )
    past = (
        select(PastCompletion.person_id, PastCompletion.version_id, PastCompletion.completed_on)
        .join(
            began,
            and_(
                began.c.person_id == PastCompletion.person_id,
                PastCompletion.completed_on < began.c.first_day,
            ),
        )
        .where(PastCompletion.kind == PastKind.LEGACY, live(PastCompletion))
    )
    early = union_all(marked, past).subquery()
    return (
        select(Person, Course.title, early.c.on, began.c.first_day)
        .join(early, early.c.person_id == Person.id)
        .join(began, began.c.person_id == Person.id)
        .join(CourseVersion, CourseVersion.id == early.c.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Person.kind == PersonKind.STAFF)
        .order_by(Person.last_name, Person.first_name, Person.id, early.c.on, Course.title)
    )


def after_leaving() -> Select[Any]:
    """Attendance on a day after somebody had left. Columns: person, session, their last day before it."""
    ended = select(Spell.person_id, Spell.last_day).where(live(Spell), Spell.last_day.is_not(None)).subquery()
    last_day = func.max(ended.c.last_day).label("last_day")
    gone = (
        select(Mark.id, last_day)
        .join(ended, and_(ended.c.person_id == Mark.person_id, ended.c.last_day < Mark.held_on))
        .where(Mark.status.in_(_ATTENDED), live(Mark))
        .group_by(Mark.id)
        .subquery()
    )
    has_post = exists().where(
        Spell.person_id == Mark.person_id,
        live(Spell),
        Spell.first_day <= Mark.held_on,
        or_(Spell.last_day.is_(None), Spell.last_day >= Mark.held_on),
    )
    return (
        select(Person, TrainingSession, gone.c.last_day)
        .join(Mark, Mark.person_id == Person.id)
        .join(gone, gone.c.id == Mark.id)
        .join(TrainingSession, TrainingSession.id == Mark.session_id)
        .options(joinedload(TrainingSession.run).joinedload(Run.version).joinedload(CourseVersion.course))
        .where(~has_post)
        .order_by(Mark.held_on.desc(), Person.last_name, Person.first_name, Person.id)
    )


def leavers_accounts(on: date) -> Select[Any]:
    """The accounts that are still open of people whose last day is over. They can’t sign in any more."""
    return (
        select(User, User.last_day_at_work)
        .options(joinedload(User.person))
        .where(User.active, User.last_day_at_work < on)
        .order_by(User.last_day_at_work.desc(), User.id)
    )
