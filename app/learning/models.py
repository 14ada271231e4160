"""Marks of attendance, what was held of a session, and completions that no register here shows."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Recorded, Who, one_of
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

    def label_with(self, minutes: int | None) -> str:
        """The label, and that nobody noted how late somebody came, where that is so."""
        is_unknown = self is MarkStatus.ATTENDED_LATE and minutes is None
        return f"{self.label}, minutes not noted" if is_unknown else self.label


THERE = (MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE, MarkStatus.PARTIAL)  # for all of it or a part
ABSENT = (MarkStatus.ABSENT_NO_NOTICE, MarkStatus.ABSENT_APOLOGIES)


class MarkWay(StrEnum):
    """How marks came here."""

    REGISTER = "register"
    LINK = "link"
    CHECK_IN = "check_in"
    TEAMS_REPORT = "teams_report"
    FILE = "file"
    AT_THE_DOOR = "at_the_door"
    IMPORT = "import"
    CORRECTION = "correction"

    @property
    def label(self) -> str:
        return {
            "register": "On the register",
            "link": "By link",
            "check_in": "Checked in",
            "teams_report": "Teams report",
            "file": "Attendance file",
            "at_the_door": "At the door",
            "import": "Brought in",
            "correction": "Brought up to date",
        }[self]


class Submission(Model):
    """One press of a button that recorded marks of one session: by whom, when and by which way.

    Undone as a whole when the wrong register was marked (U-13): its marks are superseded by what they
    replaced, and `undone_at` says when.
    """

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_at_and_by_together"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    way: Mapped[MarkWay]
    at: Mapped[datetime]
    by_name: Mapped[Who]
    by_user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[Who | None]

    session: Mapped[TrainingSession] = relationship()


NO_SHOW = "status = 'absent_no_notice' AND superseded_at IS NULL"


class Mark(Recorded, Model):
    """One person's attendance at one session.

    `held_on`, `opens_on` (held_on less the course's catch-up window; None when there is no window) and
    `counts` are fixed when the mark is recorded, so that completion needs no arithmetic on months. (4.3)
    `accepted_by` is who agreed that part of a session counts although it is too short (TR-03, U-23).
    `said_status` and `said_minutes` are what was said of somebody where the mark is another, so that it can
    be worked out anew: "late, 200 minutes", who is there in part; "attended", of a session broken off since.
    """

    __tablename__ = "mark"
    __natural_key__ = ("person_id", "session_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    version_id: Mapped[int]
    component: Mapped[int]
    status: Mapped[MarkStatus]
    minutes: Mapped[int | None]
    counts: Mapped[bool]
    held_on: Mapped[date]
    opens_on: Mapped[date | None]
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    accepted_by: Mapped[Who | None]
    said_status: Mapped[MarkStatus | None] = mapped_column(one_of(MarkStatus, "said_status"))
    said_minutes: Mapped[int | None]

    person: Mapped[Person] = relationship()
    session: Mapped[TrainingSession] = relationship()
    submission: Mapped[Submission | None] = relationship()

    __extra_args__ = (
        ForeignKeyConstraint(["version_id", "component"], ["component.version_id", "component.number"]),
        CheckConstraint("minutes >= 0", name="minutes_not_negative"),
        CheckConstraint("status <> 'partial' OR minutes IS NOT NULL", name="partial_has_minutes"),
        CheckConstraint(
            "NOT counts OR status IN ('attended', 'attended_late', 'partial')", name="only_attendance_counts"
        ),
        CheckConstraint("opens_on <= held_on", name="opens_before_held"),
        CheckConstraint("accepted_by IS NULL OR status = 'partial'", name="only_part_is_accepted"),
        CheckConstraint(
            "said_status IS NULL OR (said_status IN ('attended', 'attended_late', 'partial') "
            "AND status IN ('attended', 'attended_late', 'partial'))",
            name="said_of_who_was_there",
        ),
        CheckConstraint(
            "said_minutes IS NULL OR (said_minutes >= 0 AND said_status IS NOT NULL "
            "AND said_status IN ('attended_late', 'partial'))",
            name="said_minutes_of_a_part",
        ),
    )

    @property
    def minutes_there(self) -> int:
        """How long somebody was there: as far as minutes are known, else for the whole of the session."""
        if self.minutes is not None:
            return self.minutes
        return (self.session.ends_at - self.session.starts_at) // timedelta(minutes=1)


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

# Holds all that attendance rates read of a register.
Index(
    "ix_mark_register",
    Mark.session_id,
    Mark.person_id,
    Mark.status,
    Mark.superseded_at,
    Mark.recorded_at,
)

# Holds all that is read of somebody's days now: which of their marks can't be right beside another record.
Index(
    "ix_mark_person_day",
    Mark.person_id,
    Mark.held_on,
    Mark.counts,
    Mark.status,
    Mark.session_id,
    Mark.version_id,
    Mark.superseded_at,
    sqlite_where=text("superseded_at IS NULL"),
    postgresql_where=text("superseded_at IS NULL"),
)

# No-shows are few among the marks, and the first pages ask for them.
Index(
    "ix_mark_no_show",
    Mark.person_id,
    Mark.held_on,
    sqlite_where=text(NO_SHOW),
    postgresql_where=text(NO_SHOW),
)


class HeldDecision(StrEnum):
    """What becomes of a session that was broken off."""

    OPEN = "open"
    COUNTS = "counts"
    AGAIN = "again"

    @property
    def label(self) -> str:
        return {"open": "To be decided", "counts": "Counts as held", "again": "To be held again"}[self]


class PartlyHeld(Model):
    """A session that was broken off after some of its minutes, and what the academy decided (U-23)."""

    __tablename__ = "partly_held"
    __table_args__ = (
        CheckConstraint("minutes >= 1", name="a_minute_or_more"),
        CheckConstraint("(decision = 'open') = (decided_at IS NULL)", name="decided_or_not"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_at_and_by_together"),
    )

    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), primary_key=True)
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    noted_at: Mapped[datetime]
    noted_by: Mapped[Who]
    decision: Mapped[HeldDecision] = mapped_column(default=HeldDecision.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Who | None]

    session: Mapped[TrainingSession] = relationship()


class DatePrecision(StrEnum):
    EXACT = "exact"
    ON_OR_BEFORE = "on_or_before"

    @property
    def label(self) -> str:
        return {"exact": "Exact", "on_or_before": "On or before"}[self]


class PastKind(StrEnum):
    """Why a completion counts that no register here shows."""

    LEGACY = "legacy"
    PRIOR_LEARNING = "prior_learning"
    ELSEWHERE = "elsewhere"

    @property
    def label(self) -> str:
        return {
            "legacy": "From before the registers",
            "prior_learning": "Prior learning",
            "elsewhere": "Taken elsewhere",
        }[self]


class PastCompletion(Recorded, Model):
    """A completion that no register here shows, with its source and evidence. Counts for coverage and
    cohorts, not for people trained under a contract (4.3, AM-13, AM-14).

    Prior learning and training taken elsewhere were approved by somebody: `approved_by`.
    """

    __tablename__ = "past_completion"
    __natural_key__ = ("person_id", "version_id", "completed_on")

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), index=True)
    completed_on: Mapped[date]
    precision: Mapped[DatePrecision] = mapped_column(default=DatePrecision.EXACT)
    kind: Mapped[PastKind] = mapped_column(default=PastKind.LEGACY)
    source: Mapped[str] = mapped_column(String(250))
    note: Mapped[str] = mapped_column(Text, default="")
    approved_by: Mapped[Who | None]

    person: Mapped[Person] = relationship()
    version: Mapped[CourseVersion] = relationship()

    __extra_args__ = (
        CheckConstraint(
            "(kind = 'legacy') = (approved_by IS NULL)", name="approved_unless_from_before_the_registers"
        ),
    )
