"""Runs and their sessions, where they are held and by whom."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, or_, select, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.accounts.models import User
from app.commissioning.models import Provider
from app.core.closing import Closes
from app.core.db import Model, Recorded, Who
from app.people.models import NAMES_SOMEBODY
from app.programmes.models import Component, Course, CourseVersion


class Mode(StrEnum):
    VIRTUAL = "virtual"
    IN_PERSON = "in_person"
    HYBRID = "hybrid"

    @property
    def label(self) -> str:
        return {"virtual": "Virtual", "in_person": "In person", "hybrid": "Hybrid"}[self]


class RunState(StrEnum):
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"scheduled": "Scheduled", "cancelled": "Cancelled"}[self]


class RunStanding(StrEnum):
    """Where a run stands at a moment, by its state and its dates."""

    SCHEDULED = "scheduled"
    UNDER_WAY = "under_way"
    OVER = "over"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Venue(Closes, Model):
    """A room: where it is and how people get in."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160), unique=True)
    address: Mapped[str] = mapped_column(Text, default="")
    access: Mapped[str] = mapped_column(Text, default="")


class Trainer(Closes, Model):
    """Somebody who delivers sessions, of a provider or in-house; `user_id` is their account."""

    __tablename__ = "trainer"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_in_lower_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), info={NAMES_SOMEBODY: True})
    email: Mapped[str] = mapped_column(String(254), unique=True, info={NAMES_SOMEBODY: True})
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), unique=True)

    provider: Mapped[Provider | None] = relationship()
    user: Mapped[User | None] = relationship()


class Accreditation(Model):
    """A licence that a trainer holds, such as "Signs of Safety licence", and its last day (TR-08)."""

    __tablename__ = "accreditation"
    __table_args__ = (UniqueConstraint("trainer_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"))
    name: Mapped[str] = mapped_column(String(120))
    expires_on: Mapped[date] = mapped_column(index=True)
    evidence: Mapped[str] = mapped_column(Text, default="")

    trainer: Mapped[Trainer] = relationship()


class Run(Model):
    """One scheduled delivery of a course version: one session for each component.

    Its row is the lock that every writer of occupancy takes (U-04). `is_cancelled_by_provider`: it was the
    provider who cancelled it, which their contract answers for (U-05). `goes_ahead_at`: when the academy
    decided to hold it although it has fewer people than its minimum (AM-18). `cancelled_at` is unknown of
    what was brought in as cancelled. `contacts_shown_at`: since when
    its trainers see how to reach the people on it; None is not at all (TR-01).
    """

    __tablename__ = "run"
    __table_args__ = (
        CheckConstraint("minimum_places >= 1", name="at_least_one_place"),
        CheckConstraint("cancelled_at IS NULL OR state = 'cancelled'", name="only_cancelled_has_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), index=True)
    state: Mapped[RunState] = mapped_column(default=RunState.SCHEDULED)
    cancelled_at: Mapped[datetime | None]
    is_cancelled_by_provider: Mapped[bool] = mapped_column(default=False)
    goes_ahead_at: Mapped[datetime | None]
    contacts_shown_at: Mapped[datetime | None]
    minimum_places: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    version: Mapped[CourseVersion] = relationship()
    sessions: Mapped[list[TrainingSession]] = relationship(
        back_populates="run", order_by="TrainingSession.component_number"
    )
    instructions_that_apply: Mapped[list[JoiningInstructions]] = relationship(
        primaryjoin=lambda: or_(
            foreign(JoiningInstructions.run_id) == Run.id,
            JoiningInstructions.course_id
            == select(CourseVersion.course_id).where(CourseVersion.id == Run.version_id).scalar_subquery(),
        ),
        viewonly=True,
    )

    @property
    def joining_instructions(self) -> list[str]:
        """What those with a place are told: the course's words, then the run's own, or these instead; last,
        the note that goes with the run's dates."""
        own = [one for one in self.instructions_that_apply if one.run_id is not None]
        of_the_course = [one for one in self.instructions_that_apply if one.run_id is None]
        is_instead = any(one.is_instead for one in own)
        told = [one.words for one in (own if is_instead else [*of_the_course, *own])]
        return [*told, self.note] if self.note else told

    @property
    def is_cancelled(self) -> bool:
        return self.state is RunState.CANCELLED

    @property
    def is_mistake(self) -> bool:
        """Cancelled when all of it was over: it had been entered by mistake, and none of it was held."""
        return self.cancelled_at is not None and self.last_session.ends_at <= self.cancelled_at

    def standing_at(self, moment: datetime) -> RunStanding:
        """Under way from the start of its first session, over at the end of its last."""
        if self.is_cancelled:
            return RunStanding.CANCELLED
        if moment < self.first_session.starts_at:
            return RunStanding.SCHEDULED
        return RunStanding.UNDER_WAY if moment < self.last_session.ends_at else RunStanding.OVER

    @property
    def first_session(self) -> TrainingSession:
        return min(self.sessions, key=lambda session: session.starts_at)

    @property
    def last_session(self) -> TrainingSession:
        return max(self.sessions, key=lambda session: session.starts_at)

    @property
    def capacity(self) -> int:
        """The most people who can do the whole run: the smallest of its sessions' capacities."""
        return min(session.capacity for session in self.sessions)


class TrainingSession(Model):
    """A dated, timed component of a run. Capacity is counted here; the date is recorded in SessionDate.

    `revisions` is how often how, where or by whom it is held changed without another date or time: with the
    dates it makes the SEQUENCE of calendar entries (U-05).
    """

    __tablename__ = "training_session"
    __table_args__ = (
        UniqueConstraint("run_id", "component_id"),
        UniqueConstraint("run_id", "component_number"),
        Index("uq_training_session_id_run_id", "id", "run_id", unique=True),  # for bookings of a day
        CheckConstraint("capacity >= 1", name="at_least_one_place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), index=True)
    component_number: Mapped[int]
    mode: Mapped[Mode]
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"), index=True)
    link: Mapped[str | None] = mapped_column(String(500))
    trainer_id: Mapped[int | None] = mapped_column(ForeignKey("trainer.id"), index=True)
    capacity: Mapped[int]
    revisions: Mapped[int] = mapped_column(default=0)

    run: Mapped[Run] = relationship(back_populates="sessions")
    component: Mapped[Component] = relationship(lazy="joined")
    venue: Mapped[Venue | None] = relationship(lazy="joined")
    trainer: Mapped[Trainer | None] = relationship(lazy="joined")
    dated: Mapped[SessionDate] = relationship(
        primaryjoin="and_(TrainingSession.id == SessionDate.session_id, SessionDate.superseded_at.is_(None))",
        lazy="joined",
        uselist=False,
        viewonly=True,
    )

    @property
    def held_on(self) -> date:
        """The date in London on which it is (to be) held, as known now."""
        return self.dated.held_on

    @property
    def starts_at(self) -> datetime:
        return self.dated.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.dated.ends_at

    @property
    def is_cancelled(self) -> bool:
        """Whether its run was cancelled before it began, or had been entered by mistake: of a run that ends
        after day 1, day 1 was held."""
        run = self.run
        if run.cancelled_at is None:
            return run.is_cancelled
        return run.cancelled_at < self.starts_at or run.is_mistake


class SessionDate(Recorded, Model):
    """When a session is held. A move is supersede + append: a figure can be asked as known before it."""

    __tablename__ = "session_date"
    __natural_key__ = ("session_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    held_on: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    __extra_args__ = (CheckConstraint("ends_at > starts_at", name="ends_after_start"),)


Index("ix_session_date_starts_at", SessionDate.starts_at, SessionDate.ends_at)


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return self.value.capitalize()


class DateProposal(Model):
    """Another date that a trainer proposes for a session; nothing moves until the academy accepts. (TR-06)"""

    __tablename__ = "date_proposal"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_or_not"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_at_and_by_together"),
        Index(
            "uq_date_proposal_open",
            "session_id",
            unique=True,
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    held_on: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.PROPOSED)
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[Who]
    proposed_by_user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Who | None]
    answer: Mapped[str | None] = mapped_column(String(500))

    session: Mapped[TrainingSession] = relationship()


class TrainerUnable(Model):
    """A trainer's word that they can't hold a session, such as for illness on the day (TR-07).

    It stands until it is taken back, or until the session has another trainer or another date.
    """

    __tablename__ = "trainer_unable"

    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), primary_key=True)
    trainer_id: Mapped[int] = mapped_column(ForeignKey("trainer.id"), index=True)
    held_on: Mapped[date]
    words: Mapped[str] = mapped_column(String(500))
    said_at: Mapped[datetime]

    session: Mapped[TrainingSession] = relationship()
    trainer: Mapped[Trainer] = relationship()


_OF_A_COURSE_OR_A_RUN = "(course_id IS NULL) <> (run_id IS NULL)"


class JoiningInstructions(Model):
    """What those who have a place need to know to take part: of a course, or of one run of it.

    A run's own stand below the course's or, with `is_instead`, in their place. Plain text; its addresses
    become links where it is shown. Only those with a confirmed place read it: it may hold a passcode.
    """

    __tablename__ = "joining_instructions"
    __table_args__ = (
        CheckConstraint(_OF_A_COURSE_OR_A_RUN, name="of_a_course_or_of_a_run"),
        CheckConstraint("run_id IS NOT NULL OR NOT is_instead", name="only_a_run_has_its_own_instead"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), unique=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), unique=True)
    words: Mapped[str] = mapped_column(Text)
    is_instead: Mapped[bool] = mapped_column(default=False)


class Material(Model):
    """A page or a file elsewhere that goes with a course, or with one run of it: its title and its address.

    `position` is its place in the order, from 1; one that was removed leaves a gap.
    """

    __tablename__ = "material"
    __table_args__ = (
        CheckConstraint(_OF_A_COURSE_OR_A_RUN, name="of_a_course_or_of_a_run"),
        CheckConstraint("substr(address, 1, 8) = 'https://'", name="address_is_https"),
        CheckConstraint("position >= 1", name="counted_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    address: Mapped[str] = mapped_column(String(500))
    position: Mapped[int]

    course: Mapped[Course | None] = relationship()
    run: Mapped[Run | None] = relationship()

    @property
    def belongs_to(self) -> Run | Course:
        """The run or the course whose material it is."""
        of = self.run or self.course
        assert of is not None
        return of
