"""Runs and their sessions, venues and trainers, as lists and pages show them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Protocol

from sqlalchemy import ColumnElement, Select, Subquery, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import RoleGrant, User
from app.core import clock
from app.core.db import db, live
from app.core.filters import clock_time, long_day
from app.core.names import Folded
from app.core.permissions import Role
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import (
    JoiningInstructions,
    Material,
    Run,
    RunStanding,
    RunState,
    SessionDate,
    Trainer,
    TrainingSession,
    Venue,
)

# --- Runs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunFilter:
    """What a list of runs is narrowed to; each part left out narrows nothing. Dates are inclusive."""

    course_id: int | None = None
    programme_id: int | None = None
    standing: RunStanding | None = None
    trainer_id: int | None = None
    trainer_user_id: int | None = None
    first: date | None = None
    last: date | None = None


def spans() -> Subquery:
    """For each run: `run_id`, when its first session starts, when its last one ends (as known now)."""
    return (
        select(
            TrainingSession.run_id.label("run_id"),
            func.min(SessionDate.starts_at).label("starts_at"),
            func.max(SessionDate.ends_at).label("ends_at"),
        )
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .group_by(TrainingSession.run_id)
        .subquery()
    )


def runs(
    narrowed: RunFilter | None = None, *, now: datetime | None = None, newest_first: bool = False
) -> Select[tuple[Run]]:
    """Runs with their sessions and course, by the start of their first session.

    With dates: the runs of which a session is held between them. With a standing: as it is `now`.
    """
    span = spans()
    order = (span.c.starts_at.desc(), Run.id.desc()) if newest_first else (span.c.starts_at, Run.id)
    statement = with_sessions(select(Run).join(span, span.c.run_id == Run.id)).order_by(*order)
    if narrowed is None:
        return statement
    if narrowed.standing and now:
        statement = statement.where(_stands(narrowed.standing, span, now))
    return statement.where(*_narrowing(narrowed))


def _stands(standing: RunStanding, span: Subquery, now: datetime) -> ColumnElement[bool]:
    """What `Run.standing_at` says of one run, of all."""
    if standing is RunStanding.CANCELLED:
        return Run.state == RunState.CANCELLED
    dated = {
        RunStanding.SCHEDULED: span.c.starts_at > now,
        RunStanding.UNDER_WAY: and_(span.c.starts_at <= now, span.c.ends_at > now),
        RunStanding.OVER: span.c.ends_at <= now,
    }
    return and_(Run.state == RunState.SCHEDULED, dated[standing])


def with_sessions(statement: Select[tuple[Run]]) -> Select[tuple[Run]]:
    """The same runs, fetched with everything that shows when, where and by whom: no query for each."""
    return statement.options(
        selectinload(Run.sessions),
        joinedload(Run.version).joinedload(CourseVersion.course).joinedload(Course.programme),
    )


def run_in_full(run_id: int) -> Run | None:
    """One run with its sessions and course."""
    return db.session.scalars(with_sessions(select(Run).where(Run.id == run_id))).one_or_none()


def upcoming_runs(now: datetime, course_ids: Collection[int] | None = None) -> Select[tuple[Run]]:
    """The scheduled runs that have not begun, soonest first; of these courses only, if they are given."""
    span = spans()
    statement = (
        with_sessions(select(Run).join(span, span.c.run_id == Run.id))
        .where(Run.state == RunState.SCHEDULED, span.c.starts_at > now)
        .order_by(span.c.starts_at, Run.id)
    )
    if course_ids is None:
        return statement
    return statement.where(Run.version.has(CourseVersion.course_id.in_(course_ids)))


def is_trainer_of(run_id: int, user_id: int | None) -> bool:
    """Whether this account is that of a trainer of the run."""
    if user_id is None:
        return False
    statement = select(Run.id).where(Run.id == run_id, _taken_by_account(user_id))
    return db.session.scalar(statement) is not None


def _narrowing(narrowed: RunFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrowed.course_id is not None:
        conditions.append(Run.version.has(CourseVersion.course_id == narrowed.course_id))
    if narrowed.programme_id is not None:
        course = CourseVersion.course.has(Course.programme_id == narrowed.programme_id)
        conditions.append(Run.version.has(course))
    if narrowed.trainer_id is not None:
        conditions.append(Run.sessions.any(TrainingSession.trainer_id == narrowed.trainer_id))
    if narrowed.trainer_user_id is not None:
        conditions.append(_taken_by_account(narrowed.trainer_user_id))
    if narrowed.first or narrowed.last:
        conditions.append(_held_between(narrowed.first, narrowed.last))
    return conditions


def _taken_by_account(user_id: int) -> ColumnElement[bool]:
    return Run.sessions.any(TrainingSession.trainer.has(Trainer.user_id == user_id))


def _held_between(first: date | None, last: date | None) -> ColumnElement[bool]:
    dated = select(SessionDate.session_id).where(live(SessionDate))
    if first:
        dated = dated.where(SessionDate.held_on >= first)
    if last:
        dated = dated.where(SessionDate.held_on <= last)
    return Run.sessions.any(TrainingSession.id.in_(dated))


def run_coded(code: str) -> Run | None:
    return db.session.scalar(select(Run).where(Run.code == code.upper()))


def codes_of_course(course_id: int) -> list[str]:
    """The codes of a course's runs, newest first."""
    statement = select(Run.code).where(Run.version.has(CourseVersion.course_id == course_id))
    return list(db.session.scalars(statement.order_by(Run.id.desc())))


def codes_like(prefix: str) -> set[str]:
    """Every run's code that begins with `prefix`, whatever its course."""
    return set(db.session.scalars(select(Run.code).where(Run.code.startswith(prefix, autoescape=True))))


# --- Sessions ------------------------------------------------------------------------------------------


def sessions_between(
    first: date, last: date, *, trainer_user_id: int | None = None
) -> Select[tuple[TrainingSession]]:
    """The sessions of scheduled runs held from `first` to `last`, both included, in the order of the clock.

    Only those of one trainer's account, if it is given.
    """
    statement = (
        select(TrainingSession)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .join(TrainingSession.run)
        .where(SessionDate.held_on.between(first, last), Run.state == RunState.SCHEDULED)
        .options(contains_eager(TrainingSession.run).joinedload(Run.version).joinedload(CourseVersion.course))
        .order_by(SessionDate.starts_at, TrainingSession.id)
    )
    if trainer_user_id is not None:
        statement = statement.where(TrainingSession.trainer.has(Trainer.user_id == trainer_user_id))
    return statement


class Wanted(Protocol):
    """When, where and by whom a session is wanted to be held."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def ends_at(self) -> datetime: ...

    @property
    def venue_id(self) -> int | None: ...

    @property
    def trainer_id(self) -> int | None: ...


@dataclass(frozen=True)
class Taken:
    """A room or a trainer that is already somewhere: what, for which session of which run, and when."""

    what: str
    run_code: str
    component: str
    starts_at: datetime
    ends_at: datetime

    @property
    def sentence(self) -> str:
        """ "Room 1 is taken by SOS2-07, Day 1, on Tuesday 15 March 2022 from 09:30 to 16:30." """
        on = long_day(clock.day_of(self.starts_at))
        return (
            f"{self.what} is taken by {self.run_code}, {self.component}, on {on} from "
            f"{clock_time(self.starts_at)} to {clock_time(self.ends_at)}."
        )


def clashes(wanted: Sequence[Wanted], *, apart_from: Collection[int] = ()) -> list[Taken]:
    """The sessions of scheduled runs that share a minute, and a room or a trainer, with one that is wanted.

    One that ends at 12:30 and one that starts at 12:30 do not clash. `apart_from` are ids of sessions
    that are not looked at (those that are being moved). (AM-02, U-09)
    """
    statement = (
        select(
            TrainingSession.venue_id,
            Venue.name,
            TrainingSession.trainer_id,
            Trainer.name,
            Run.code,
            Component.title,
            SessionDate.starts_at,
            SessionDate.ends_at,
        )
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .join(Run, Run.id == TrainingSession.run_id)
        .join(Component, Component.id == TrainingSession.component_id)
        .outerjoin(Venue, Venue.id == TrainingSession.venue_id)
        .outerjoin(Trainer, Trainer.id == TrainingSession.trainer_id)
        .where(
            or_(false(), *(_would_clash(one) for one in wanted)),
            Run.state == RunState.SCHEDULED,
            TrainingSession.id.not_in(list(apart_from)),
        )
        .order_by(SessionDate.starts_at, TrainingSession.id)
    )
    found: list[Taken] = []
    for venue_id, venue, trainer_id, trainer, code, component, starts_at, ends_at in db.session.execute(
        statement
    ):
        overlapping = [one for one in wanted if starts_at < one.ends_at and ends_at > one.starts_at]
        if venue_id and any(one.venue_id == venue_id for one in overlapping):
            found.append(Taken(venue, code, component, starts_at, ends_at))
        if trainer_id and any(one.trainer_id == trainer_id for one in overlapping):
            found.append(Taken(trainer, code, component, starts_at, ends_at))
    return found


def _would_clash(wanted: Wanted) -> ColumnElement[bool]:
    return and_(
        SessionDate.starts_at < wanted.ends_at,
        SessionDate.ends_at > wanted.starts_at,
        or_(
            TrainingSession.venue_id == wanted.venue_id if wanted.venue_id else false(),
            TrainingSession.trainer_id == wanted.trainer_id if wanted.trainer_id else false(),
        ),
    )


Times = tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True)
class Doubled:
    """A scheduled run that has exactly the days and times of another of its course, which is planned."""

    run_code: str
    times: Times

    @property
    def sentence(self) -> str:
        """ "SOS2-07 is on Tuesday 15 March 2022 at that time already.", or of several days "SOS2-07 is on the
        same days at the same times already, from Tuesday 15 March 2022." """
        first = long_day(clock.day_of(self.times[0][0]))
        if len(self.times) == 1:
            return f"{self.run_code} is on {first} at that time already."
        return f"{self.run_code} is on the same days at the same times already, from {first}."


def runs_at(course_id: int, wanted: Collection[Times]) -> list[Doubled]:
    """The scheduled runs of a course, of any version, that have exactly the times of one of those wanted."""
    dated = and_(SessionDate.session_id == TrainingSession.id, live(SessionDate))
    begins = select(TrainingSession.run_id).join(SessionDate, dated)
    begins = begins.where(SessionDate.starts_at.in_([times[0][0] for times in wanted]))
    rows = db.session.execute(
        select(Run.code, SessionDate.starts_at, SessionDate.ends_at)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(SessionDate, dated)
        .where(CourseVersion.course_id == course_id, Run.state == RunState.SCHEDULED, Run.id.in_(begins))
        .order_by(Run.code, SessionDate.starts_at)
    )
    found = [
        Doubled(code, tuple((starts_at, ends_at) for _, starts_at, ends_at in days))
        for code, days in groupby(rows, key=attrgetter("code"))
    ]
    return [one for one in found if one.times in wanted]


# --- Joining -------------------------------------------------------------------------------------------


def instructions_of(of: Run | Course) -> JoiningInstructions | None:
    """The joining instructions that a course, or a run, has of its own."""
    return db.session.scalar(select(JoiningInstructions).where(_belongs_to(JoiningInstructions, of)))


def materials_of(of: Run | Course) -> Select[tuple[Material]]:
    """The materials that a course, or a run, has of its own, in their order."""
    return select(Material).where(_belongs_to(Material, of)).order_by(Material.position, Material.id)


def materials_for(run: Run) -> Select[tuple[Material]]:
    """The materials of those who have a place on a run: its course's, then its own."""
    return (
        select(Material)
        .where(or_(Material.course_id == run.version.course_id, Material.run_id == run.id))
        .order_by(Material.run_id.is_not(None), Material.position, Material.id)
    )


def _belongs_to(kind: type[JoiningInstructions] | type[Material], of: Run | Course) -> ColumnElement[bool]:
    return kind.run_id == of.id if isinstance(of, Run) else kind.course_id == of.id


# --- Venues and trainers -------------------------------------------------------------------------------


def venues() -> Select[tuple[Venue]]:
    """Every venue by name; what has a last day comes last."""
    return select(Venue).order_by(Venue.last_day.is_not(None), func.lower(Venue.name), Venue.id)


def venue_named(name: str) -> Venue | None:
    return db.session.scalars(select(Venue).where(Folded(Venue.name) == Folded(name))).first()


def trainers() -> Select[tuple[Trainer]]:
    """Every trainer by name; who has a last day comes last."""
    return (
        select(Trainer)
        .options(joinedload(Trainer.provider), joinedload(Trainer.user))
        .order_by(Trainer.last_day.is_not(None), func.lower(Trainer.name), Trainer.id)
    )


def trainer_with_email(email: str) -> Trainer | None:
    return db.session.scalar(select(Trainer).where(Trainer.email == email.lower()))


def accounts_for_trainer(trainer_id: int | None = None) -> list[User]:
    """The accounts with the role of trainer that no other trainer signs in with, by name."""
    linked = select(Trainer.user_id).where(Trainer.user_id.is_not(None), Trainer.id != (trainer_id or 0))
    statement = (
        select(User)
        .where(User.grants.any(RoleGrant.role == Role.TRAINER), User.id.not_in(linked))
        .order_by(User.name, User.id)
    )
    return list(db.session.scalars(statement))
