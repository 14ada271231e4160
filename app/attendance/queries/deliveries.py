"""How many sessions were delivered and are scheduled, by programme: numbers, and no names. (TR-10)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, exists, func, select

from app.core.db import db, live
from app.core.filters import plural
from app.learning.models import Mark
from app.learning.queries import says_not_held
from app.programmes.models import Course, CourseVersion, Programme, ProgrammeDates
from app.sessions.models import Run, RunState, SessionDate, Trainer, TrainingSession


@dataclass(frozen=True)
class Delivery:
    """A programme's sessions that were delivered, and that are scheduled; `deadline` is its last day."""

    programme: str
    delivered: int
    scheduled: int
    deadline: date | None

    def left_in_words(self, today: date) -> str:
        """How long is left: "28 days left"; nothing without a deadline."""
        if self.deadline is None:
            return ""
        days = (self.deadline - today).days
        if days < 0:
            return "The deadline is over"
        return f"{plural(days, 'day')} left" if days else "Today is the last day"


def deliveries(
    now: datetime, *, user_id: int | None = None, provider_id: int | None = None
) -> list[Delivery]:
    """The deliveries of the trainer who signs in with this account, or of a provider's trainers.

    Delivered is a session of a run that was not cancelled, when it is over, unless its register says that it
    was not held. One that goes on now is still scheduled.
    """
    not_held = exists().where(Mark.session_id == TrainingSession.id, says_not_held())
    is_delivered = and_(SessionDate.ends_at <= now, ~not_held)
    whose = Trainer.user_id == user_id if user_id is not None else Trainer.provider_id == provider_id
    rows = db.session.execute(
        select(
            Programme.title,
            func.sum(case((is_delivered, 1), else_=0)),
            func.sum(case((SessionDate.ends_at > now, 1), else_=0)),
            ProgrammeDates.deadline,
        )
        .select_from(TrainingSession)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .join(Trainer, Trainer.id == TrainingSession.trainer_id)
        .join(Run, Run.id == TrainingSession.run_id)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .join(Programme.dates)
        .where(whose, Run.state == RunState.SCHEDULED)
        .group_by(Programme.id, ProgrammeDates.id)
        .order_by(Programme.title, Programme.id)
    )
    return [Delivery(*row) for row in rows]
