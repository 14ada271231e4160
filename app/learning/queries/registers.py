"""What the register of a session holds, for rooms that know nothing of registers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select

from app.core.db import live
from app.learning.models import THERE, Mark, MarkStatus, PartlyHeld
from app.sessions.models import TrainingSession

# A place that nobody has marked for so long is a matter of data quality: nothing more is expected of it.
OUTSTANDING_DAYS = 92


def says_something(known_at: datetime | None = None) -> ColumnElement[bool]:
    """The marks, as known, by which a register says anything of somebody: "not recorded" says nothing."""
    return and_(Mark.status != MarkStatus.NOT_RECORDED, live(Mark, known_at))


def says_not_held(known_at: datetime | None = None) -> ColumnElement[bool]:
    """The marks, as known, by which a register says that its session was not held."""
    return and_(Mark.status == MarkStatus.NOT_HELD, live(Mark, known_at))


def is_marked(session_ids: Collection[int]) -> Select[tuple[bool]]:
    """Whether the registers of these sessions say anything of anybody."""
    return select(exists().where(Mark.session_id.in_(session_ids), says_something()))


def count_there(session_id: int) -> Select[tuple[int]]:
    """How many a register has as there, for all or part of the session."""
    return select(func.count(Mark.id)).where(
        Mark.session_id == session_id, Mark.status.in_(THERE), live(Mark)
    )


def sessions_there(person_id: int, session_ids: Collection[int]) -> Select[tuple[int]]:
    """Which of these sessions have somebody as there, for all or part of them."""
    return select(Mark.session_id).where(
        Mark.person_id == person_id, Mark.session_id.in_(session_ids), Mark.status.in_(THERE), live(Mark)
    )


def components_done(run_id: int) -> Select[tuple[int, int, date]]:
    """Who has done which component on a run, by marks that count: person_id, component_id and held_on."""
    return (
        select(Mark.person_id, TrainingSession.component_id, Mark.held_on)
        .join(TrainingSession, TrainingSession.id == Mark.session_id)
        .where(TrainingSession.run_id == run_id, Mark.counts, live(Mark))
    )


def marked_for_longer(session_id: int, minutes: int) -> Select[tuple[int]]:
    """How many a register has as there for more than so many minutes, by minutes that somebody stated. Of
    who came late the minutes follow from how late, whatever the session lasts."""
    stated = case((Mark.said_status.is_(None), Mark.minutes), else_=Mark.said_minutes)
    return select(func.count(Mark.id)).where(
        Mark.session_id == session_id,
        stated > minutes,
        func.coalesce(Mark.said_status, Mark.status) != MarkStatus.ATTENDED_LATE,
        live(Mark),
    )


def minutes_held(session_id: int) -> Select[tuple[int]]:
    """How many minutes of a session were held, if it was broken off (U-23)."""
    return select(PartlyHeld.minutes).where(PartlyHeld.session_id == session_id)
