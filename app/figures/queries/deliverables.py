"""The sessions of a deliverable: which are delivered, which are to come, which are left (T09, TR-10)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, literal, or_, select, union_all

from app.core.db import db, live
from app.figures.models import DeliverableSession, Target, TargetKind, TargetRule
from app.figures.queries import definitions, measures
from app.figures.queries.deliveries import Deliveries
from app.figures.queries.ending import had_ended
from app.figures.queries.forecast import forecast_day
from app.learning.models import Mark
from app.learning.queries import says_something
from app.programmes.models import Component, Course, CourseVersion
from app.sessions.models import (
    DateProposal,
    ProposalState,
    Run,
    SessionDate,
    Trainer,
    TrainerUnable,
    TrainingSession,
)


class DeliveryState(StrEnum):
    """What has become of a session by the end of a day."""

    DELIVERED = "delivered"
    TO_COME = "to_come"
    UNCONFIRMED = "unconfirmed"
    NOT_MARKED = "not_marked"
    NOBODY = "nobody"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {
            "delivered": "Delivered",
            "to_come": "To come",
            "unconfirmed": "Unconfirmed",
            "not_marked": "Register not marked",
            "nobody": "Not held, or nobody came",
            "cancelled": "Cancelled",
        }[self]


@dataclass(frozen=True)
class SessionOnDay:
    """A session of the programme as it stood at the end of a day, and whether it is ticked to count."""

    session_id: int
    run_id: int
    run: str
    course: str
    component: str
    held_on: date
    is_ticked: bool
    state: DeliveryState


def deliveries_of(
    targets: Sequence[Target],
    *,
    as_at: date,
    known_at: datetime | None = None,
    until: date | None = None,
    rules: Mapping[int, TargetRule] | None = None,
) -> dict[int, Deliveries]:
    """How each deliverable among these targets stands at the end of a date, in one statement.

    What is to come counts up to its deadline, and to `until` where that comes first. `rules` are those in
    force, by the target's id, for whoever has asked for them already.
    """
    wanted = {target.id for target in targets if target.kind is TargetKind.DELIVERABLE}
    if not wanted:
        return {}
    rules = rules if rules is not None else definitions.target_rules(wanted, known_at)
    ticked, held = _ticked_or_held(wanted, as_at=as_at, known_at=known_at)
    return {
        one: replace(
            _together(ticked[one], rules[one].minimum_count or 0, rules[one].deadline, as_at, until),
            none_ticked_of=held[one],
        )
        for one in wanted
    }


def _ticked_or_held(
    target_ids: Collection[int], *, as_at: date, known_at: datetime | None
) -> tuple[dict[int, list[tuple[date, DeliveryState]]], Counter[int]]:
    """By each deliverable's id, its sessions as `ticked_sessions` has them; of one for which none is ticked,
    how many of its programme were held. Where a register is not marked yet, the session is taken for held."""
    ticked = _ticked(target_ids, known_at).add_columns(literal(1).label("is_ticked"))
    others = _of_the_unticked(target_ids, known_at).add_columns(literal(0).label("is_ticked"))
    found: dict[int, list[tuple[date, DeliveryState]]] = defaultdict(list)
    held: Counter[int] = Counter()
    for row in db.session.execute(union_all(ticked, others)):
        state = _state(row, as_at)
        if row.is_ticked:
            found[row.target_id].append((row.held_on, state))
        elif state in (DeliveryState.DELIVERED, DeliveryState.NOT_MARKED):
            held[row.target_id] += 1
    return found, held


def ticked_sessions(
    target_ids: Collection[int], *, as_at: date, known_at: datetime | None = None
) -> Mapping[int, Sequence[tuple[date, DeliveryState]]]:
    """By each deliverable's id, the day of every session that is ticked for it, and what became of it."""
    found: dict[int, list[tuple[date, DeliveryState]]] = defaultdict(list)
    for row in db.session.execute(_ticked(target_ids, known_at)):
        found[row.target_id].append((row.held_on, _state(row, as_at)))
    return found


def _ticked(target_ids: Collection[int], known_at: datetime | None) -> Select[Any]:
    ticked = _sessions(known_at).add_columns(DeliverableSession.target_id)
    return ticked.join(DeliverableSession, _is_ticked(known_at)).where(
        DeliverableSession.target_id.in_(sorted(target_ids))
    )


def _of_the_unticked(target_ids: Collection[int], known_at: datetime | None) -> Select[Any]:
    """The sessions of the programmes of those deliverables for which no session is ticked."""
    of_programme = _sessions(known_at).add_columns(Target.id.label("target_id"))
    has_ticks = exists().where(DeliverableSession.target_id == Target.id, live(DeliverableSession, known_at))
    return of_programme.join(Target, Target.programme_id == Course.programme_id).where(
        Target.id.in_(sorted(target_ids)), ~has_ticks
    )


def _together(
    sessions: Sequence[tuple[date, DeliveryState]],
    contracted: int,
    deadline: date | None,
    as_at: date,
    until: date | None,
) -> Deliveries:
    last = forecast_day(deadline, until)

    def count(state: DeliveryState) -> int:
        return sum(1 for on, one in sessions if one is state and (last is None or on <= last))

    ahead = (DeliveryState.TO_COME, DeliveryState.UNCONFIRMED)
    delivered = sorted(on for on, one in sessions if one is DeliveryState.DELIVERED)
    return Deliveries(
        contracted=contracted,
        delivered=len(delivered),
        met_on=delivered[contracted - 1] if 0 < contracted <= len(delivered) else None,
        confirmed=count(DeliveryState.TO_COME),
        unconfirmed=count(DeliveryState.UNCONFIRMED),
        later=sum(1 for on, one in sessions if one in ahead and last is not None and on > last),
        not_marked=sum(1 for _, one in sessions if one is DeliveryState.NOT_MARKED),
        days_left=(deadline - as_at).days if deadline else None,
        by=last if last != deadline else None,
    )


def deliverables_of_trainer(user_id: int, *, on: date) -> Select[tuple[Target]]:
    """The deliverables that are asked for on a day, of the programmes for which the trainer who signs in
    with this account delivers."""
    own = (
        select(Course.programme_id)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(Run, Run.version_id == CourseVersion.id)
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(Trainer, Trainer.id == TrainingSession.trainer_id)
        .where(Trainer.user_id == user_id)
    )
    return (
        select(Target)
        .where(Target.kind == TargetKind.DELIVERABLE, Target.programme_id.in_(own), ~had_ended(on))
        .order_by(Target.title, Target.id)
    )


def sessions_of_programme(target: Target) -> Select[tuple[int]]:
    """The ids of every session of the target's programme, which are those that can be ticked."""
    return (
        select(TrainingSession.id)
        .join(Run, Run.id == TrainingSession.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.programme_id == target.programme_id)
    )


def programme_sessions(target: Target, *, known_at: datetime | None = None) -> Select[Any]:
    """The programme's sessions by date, each with its tick and what `session_on_day` reads."""
    ticked = and_(_is_ticked(known_at), DeliverableSession.target_id == target.id)
    return (
        _sessions(known_at)
        .add_columns(DeliverableSession.id.is_not(None).label("is_ticked"))
        .outerjoin(DeliverableSession, ticked)
        .where(Course.programme_id == target.programme_id)
        .order_by(SessionDate.held_on, SessionDate.starts_at, TrainingSession.id)
    )


def session_on_day(row: Any, as_at: date) -> SessionOnDay:
    """A row of `programme_sessions` as a page shows it."""
    return SessionOnDay(
        session_id=row.session_id,
        run_id=row.run_id,
        run=row.run,
        course=row.course,
        component=row.component,
        held_on=row.held_on,
        is_ticked=row.is_ticked,
        state=_state(row, as_at),
    )


def _sessions(known_at: datetime | None) -> Select[Any]:
    return (
        select(
            TrainingSession.id.label("session_id"),
            Run.id.label("run_id"),
            Run.code.label("run"),
            Course.title.label("course"),
            Component.title.label("component"),
            SessionDate.held_on,
            measures.is_going_ahead().label("is_going_ahead"),
            measures.was_attended(TrainingSession.id, known_at).label("was_attended"),
            _is_marked(known_at).label("is_marked"),
            _is_unconfirmed().label("is_unconfirmed"),
        )
        .select_from(TrainingSession)
        .join(Component, Component.id == TrainingSession.component_id)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate, known_at)))
        .join(Run, Run.id == TrainingSession.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
    )


def _is_ticked(known_at: datetime | None) -> ColumnElement[bool]:
    return and_(DeliverableSession.session_id == TrainingSession.id, live(DeliverableSession, known_at))


def _is_marked(known_at: datetime | None) -> ColumnElement[bool]:
    """Whether a register says anything."""
    return exists().where(Mark.session_id == TrainingSession.id, says_something(known_at))


def _is_unconfirmed() -> ColumnElement[bool]:
    proposed = exists().where(
        DateProposal.session_id == TrainingSession.id, DateProposal.state == ProposalState.PROPOSED
    )
    unable = exists().where(TrainerUnable.session_id == TrainingSession.id)
    return or_(TrainingSession.trainer_id.is_(None), proposed, unable)


def _state(row: Any, as_at: date) -> DeliveryState:
    if not row.is_going_ahead:
        return DeliveryState.CANCELLED
    if row.held_on > as_at:
        return DeliveryState.UNCONFIRMED if row.is_unconfirmed else DeliveryState.TO_COME
    if row.was_attended:
        return DeliveryState.DELIVERED
    return DeliveryState.NOBODY if row.is_marked else DeliveryState.NOT_MARKED
