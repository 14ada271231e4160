"""To trainers: what the academy or the provider changed of the days that they hold."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.filters import plural
from app.core.mail import Email, link
from app.sessions.models import Run, Trainer, TrainingSession
from app.sessions.rules import PlannedSession


def trainer_days(trainer: Trainer, calendar: str, *, run: Run, days: Sequence[TrainingSession]) -> Email:
    """They are given these days of a run to hold."""
    course = run.version.course
    return Email(
        subject=f"{run.code}: you hold {plural(len(days), 'day')} of {course.title}",
        template="bookings/emails/trainer_days",
        context={
            "trainer": trainer,
            "course": course,
            "run": run,
            "sessions": days,
            "run_link": link(f"/runs/{run.id}") if trainer.user_id is not None else None,
        },
        calendar=calendar,
    )


def trainer_days_over(trainer: Trainer, calendar: str, *, run: Run, days: Sequence[TrainingSession]) -> Email:
    """Somebody else, or nobody yet, holds these days of a run, of which they were told that they do."""
    course = run.version.course
    return Email(
        subject=f"{run.code}: you no longer hold {plural(len(days), 'day')} of {course.title}",
        template="bookings/emails/trainer_days_over",
        context={"trainer": trainer, "course": course, "run": run, "sessions": days},
        calendar=calendar,
    )


def trainer_session_changed(
    trainer: Trainer,
    calendar: str,
    *,
    session: TrainingSession,
    was: PlannedSession,
    reason: str | None,
    are_others_told: bool,
) -> Email:
    """A day that they hold has another date, time or place."""
    is_retimed = (was.starts_at, was.ends_at) != (session.starts_at, session.ends_at)
    run = session.run
    return Email(
        subject=f"{run.code}: {session.component.title} {'has moved' if is_retimed else 'has changed'}",
        template="bookings/emails/trainer_session_changed",
        context={
            "trainer": trainer,
            "course": run.version.course,
            "run": run,
            "session": session,
            "was": was,
            "is_retimed": is_retimed,
            "are_others_told": are_others_told,
            "reason": reason,
            "run_link": link(f"/runs/{run.id}") if trainer.user_id is not None else None,
        },
        calendar=calendar,
    )


def trainer_run_cancelled(
    trainer: Trainer, calendar: str, *, run: Run, days: Sequence[TrainingSession], reason: str
) -> Email:
    """The run is not held: these days of theirs are free again."""
    return Email(
        subject=f"{run.code} is cancelled: {run.version.course.title}",
        template="bookings/emails/trainer_run_cancelled",
        context={
            "trainer": trainer,
            "course": run.version.course,
            "run": run,
            "sessions": days,
            "reason": reason,
        },
        calendar=calendar,
    )
