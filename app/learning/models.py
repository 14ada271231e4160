"""Marks of attendance, and completions from before the registers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Recorded
from app.people.models import Person
from app.programmes.models import CourseVersion
from app.sessions.models import TrainingSession


class MarkStatus(StrEnum):
    """ "Not recorded" is never absent and never attended (4.1)."""

    ATTENDED = "attended"
    ATTENDED_LATE = "attended_late"
    PARTIAL = "partial"
    ABSENT_APOLOGIES = "absent_apologies"
    ABSENT_NO_NOTICE = "absent_no_notice"
    NOT_RECORDED = "not_recorded"
    NOT_HELD = "not_held"

    @property
    def label(self) -> str:
        return {
            "attended": "Attended",
            "attended_late": "Attended late",
            "partial": "Attended in part",
            "absent_apologies": "Absent, apologies",
            "absent_no_notice": "Absent, no notice",
            "not_recorded": "Not recorded",
            "not_held": "Session not held",
        }[self]


class Mark(Recorded, Model):
    """One person's attendance at one session.

    `held_on`, `opens_on` (held_on less the course's catch-up window; None when there is no window) and
    `counts` are fixed when the mark is recorded, so that completion needs no arithmetic on months. (4.3)
    """

    __tablename__ = "mark"
    __natural_key__ = ("person_id", "session_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    version_id: Mapped[int]
    component: Mapped[int]
    status: Mapped[MarkStatus]
    minutes: Mapped[int | None]
    counts: Mapped[bool]
    held_on: Mapped[date]
    opens_on: Mapped[date | None]

    person: Mapped[Person] = relationship()
    session: Mapped[TrainingSession] = relationship()

    __extra_args__ = (
        ForeignKeyConstraint(["version_id", "component"], ["component.version_id", "component.number"]),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("status <> 'partial' OR minutes IS NOT NULL", name="partial_has_minutes"),
        CheckConstraint(
            "NOT counts OR status IN ('attended', 'attended_late', 'partial')", name="only_attendance_counts"
        ),
        CheckConstraint("opens_on <= held_on", name="opens_before_held"),
    )


# Holds all that completion reads, in the order of its windows: neither engine sorts or looks further.
Index(
    "ix_mark_completion",
    Mark.version_id,
    Mark.person_id,
    Mark.held_on,
    Mark.component,
    Mark.opens_on,
    Mark.counts,
    Mark.superseded_at,
    Mark.recorded_at,
)


class DatePrecision(StrEnum):
    EXACT = "exact"
    ON_OR_BEFORE = "on_or_before"

    @property
    def label(self) -> str:
        return {"exact": "Exact", "on_or_before": "On or before"}[self]


class PastCompletion(Recorded, Model):
    """A completion from before the registers, with its source. Counts for coverage and cohorts, not for
    people trained under a contract (4.3)."""

    __tablename__ = "past_completion"
    __natural_key__ = ("person_id", "version_id", "completed_on")

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), index=True)
    completed_on: Mapped[date]
    precision: Mapped[DatePrecision] = mapped_column(default=DatePrecision.EXACT)
    source: Mapped[str] = mapped_column(String(250))
    note: Mapped[str] = mapped_column(Text, default="")

    person: Mapped[Person] = relationship()
    version: Mapped[CourseVersion] = relationship()
