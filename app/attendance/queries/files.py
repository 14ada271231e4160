"""Files of attendance, and the people whom they may mean."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from app.attendance.models import AttendanceFile
from app.core.names import Folded
from app.learning.models import Submission
from app.people.models import Person
from app.sessions.models import TrainingSession


def files_of(session: TrainingSession) -> Select[tuple[AttendanceFile]]:
    """The files that were uploaded for a session, newest first; without what is in them."""
    return (
        select(AttendanceFile)
        .where(AttendanceFile.session_id == session.id)
        .order_by(AttendanceFile.uploaded_at.desc(), AttendanceFile.id.desc())
    )


def files_before(moment: datetime) -> Select[tuple[int]]:
    """The files from before an instant of which there is still something to forget."""
    return (
        select(AttendanceFile.id)
        .where(
            AttendanceFile.uploaded_at < moment,
            or_(AttendanceFile.content.is_not(None), AttendanceFile.taken_at.is_(None)),
        )
        .order_by(AttendanceFile.id)
    )


def newest_submission(session: TrainingSession, at: datetime) -> Select[tuple[Submission]]:
    """The submission that was just recorded."""
    return (
        select(Submission)
        .where(Submission.session_id == session.id, Submission.at == at)
        .order_by(Submission.id.desc())
        .limit(1)
    )


def people_addressed(addresses: Collection[str]) -> Select[tuple[Person]]:
    """The people with these e-mail addresses; one that was merged comes with the record that goes on."""
    return select(Person).options(joinedload(Person.merged_into)).where(Person.email.in_(addresses))


def people_with_last_names(names: Collection[str]) -> Select[tuple[Person]]:
    """Everybody with one of these last names, however it is written."""
    return (
        select(Person)
        .where(
            Folded(Person.last_name).in_([Folded(name) for name in names]), Person.merged_into_id.is_(None)
        )
        .order_by(Person.id)
    )
