"""The booking, the seat that it holds in each session, and how it came to be as it is."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from app.core.db import Model, Who, one_of
from app.people.models import Person, Sector
from app.sessions.models import Run, TrainingSession


class BookingState(StrEnum):
    """What a booking is (4.1). Requested and offered ones hold their seats until `held_until`."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    OFFERED = "offered"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    CANCELLED_LATE = "cancelled_late"
    CANCELLED_BY_ACADEMY = "cancelled_by_academy"
    CANCELLED_BY_PROVIDER = "cancelled_by_provider"
    RELEASED = "released"
    SUBSTITUTED = "substituted"

    @property
    def label(self) -> str:
        return {
            "requested": "Waiting for approval",
            "confirmed": "Confirmed",
            "waitlisted": "On the waiting list",
            "offered": "Offered",
            "declined": "Declined",
            "cancelled": "Cancelled",
            "cancelled_late": "Cancelled late",
            "cancelled_by_academy": "Cancelled by the academy",
            "cancelled_by_provider": "Cancelled by the provider",
            "released": "Released",
            "substituted": "Given to a colleague",
        }[self]

    @property
    def is_open(self) -> bool:
        """Whether the booking still stands: the person has, or may yet have, a place."""
        return self.holds_seats or self is BookingState.WAITLISTED

    @property
    def holds_seats(self) -> bool:
        """Whether the booking holds a seat in each of its sessions: the capacity invariant counts it."""
        return self in {BookingState.REQUESTED, BookingState.OFFERED, BookingState.CONFIRMED}

    @property
    def is_held_for_a_time(self) -> bool:
        """Whether the seats are held only until `held_until`."""
        return self in {BookingState.REQUESTED, BookingState.OFFERED}


class ReleaseCause(StrEnum):
    """Why a booking was released, whoever released it."""

    LEFT = "left"
    NOT_ANSWERED = "not_answered"
    NOT_RECONFIRMED = "not_reconfirmed"
    MERGED = "merged"

    @property
    def label(self) -> str:
        """What the person, and whoever looks at the booking, reads as the reason."""
        return {
            "left": "Left before the training",
            "not_answered": "The request was not answered in time",
            "not_reconfirmed": "Not reconfirmed in time",
            "merged": "Two records of one person were merged: the other booking stays",
        }[self]


class Freed(StrEnum):
    """What became of a place that ran out: somebody else has it now, it is free and can still be booked, or
    it is free and booking has closed."""

    PASSED_ON = "passed_on"
    FREE = "free"
    CLOSED = "closed"


_OPEN = "state IN ('requested', 'confirmed', 'waitlisted', 'offered')"


_OPEN_RUN = text(f"{_OPEN} AND session_id IS NULL")


_OPEN_SESSION = text(f"{_OPEN} AND session_id IS NOT NULL")


class Booking(Model):
    """A person's place on a run: on all of its sessions, or on `session_id` alone (catch-up).

    The waiting list goes by `has_priority` (moved, or with a place lost, by the academy or the provider),
    then by `queued_at`, the order of arrival. `sector_id` is the sector that the person came from, which
    quotas are counted by.
    `lapses` are offers that ran out; `passed_until`: an offer was turned down, and no other is made before
    then. `reconfirm_by`: the dates changed, and the place is released unless the person says by then that
    they still come (U-05); `reconfirmed_at` is when they last said so. `override_reason`: why the academy
    booked somebody for whom a check said no; that check is not made again. `replaces_id` is the booking
    whose place this one took over, which no other did. One open booking for each person and run, or for each
    person and session caught up, which is one of the run.
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index(
            "uq_booking_open_run",
            "run_id",
            "person_id",
            unique=True,
            sqlite_where=_OPEN_RUN,
            postgresql_where=_OPEN_RUN,
        ),
        Index(
            "uq_booking_open_session",
            "session_id",
            "person_id",
            unique=True,
            sqlite_where=_OPEN_SESSION,
            postgresql_where=_OPEN_SESSION,
        ),
        Index("ix_booking_queue", "run_id", "state", "queued_at", "id"),
        Index("ix_booking_held_until", "held_until"),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_has_a_time"),
        CheckConstraint(
            "(state IN ('requested', 'offered')) = (held_until IS NOT NULL)", name="held_for_a_time_or_not"
        ),
        CheckConstraint("reconfirm_by IS NULL OR state = 'confirmed'", name="only_places_are_reconfirmed"),
        CheckConstraint("lapses >= 0", name="lapses_not_negative"),
        ForeignKeyConstraint(["session_id", "run_id"], ["training_session.id", "training_session.run_id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    session_id: Mapped[int | None] = mapped_column(index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[BookingState]
    queued_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    held_until: Mapped[datetime | None]
    has_priority: Mapped[bool] = mapped_column(default=False)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sector.id"), index=True)
    lapses: Mapped[int] = mapped_column(default=0)
    passed_until: Mapped[datetime | None]
    reconfirm_by: Mapped[datetime | None] = mapped_column(index=True)
    reconfirmed_at: Mapped[datetime | None]
    override_reason: Mapped[str | None] = mapped_column(String(500))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True, unique=True)

    run: Mapped[Run] = relationship()
    session: Mapped[TrainingSession | None] = relationship(
        primaryjoin=lambda: foreign(Booking.session_id) == TrainingSession.id
    )
    person: Mapped[Person] = relationship()
    seats: Mapped[list[Seat]] = relationship(back_populates="booking")
    moves: Mapped[list[BookingMove]] = relationship(back_populates="booking", order_by="BookingMove.id")
    approval: Mapped[Approval | None] = relationship(back_populates="booking")
    replaces: Mapped[Booking | None] = relationship(remote_side=[id])

    @property
    def sessions(self) -> list[TrainingSession]:
        """The sessions that the booking is for, by date: all of its run, or the one caught up."""
        wanted = [one for one in self.run.sessions if self.session_id in (None, one.id)]
        return sorted(wanted, key=lambda session: session.starts_at)

    @property
    def ends_at(self) -> datetime:
        """When the last of its sessions to end does."""
        return max(one.ends_at for one in self.sessions)


class FormerHolder(Model):
    """Whose a booking was until a merge of two records, or its undoing, gave it to the other one.

    Figures as known before that instant read the place under this person (4.4).
    """

    __tablename__ = "former_holder"
    __table_args__ = (Index("ix_former_holder_booking_id", "booking_id", "until", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    until: Mapped[datetime]


class BookingMove(Model):
    """One change of a booking's state: who, when and why.

    `charged_percent` is kept when a place is given up late while charges are listed: the share of the charge
    that the terms ask at that moment, whatever becomes of the terms. On the first move it is what not to come
    costs: 100, or 0 where the terms list no charges. `released_for` is the cause of a release.
    """

    __tablename__ = "booking_move"
    __table_args__ = (
        CheckConstraint("released_for IS NULL OR to_state = 'released'", name="only_released_for"),
        CheckConstraint("charged_percent BETWEEN 0 AND 100", name="charged_percent_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    from_state: Mapped[BookingState | None] = mapped_column(one_of(BookingState, "from_state"))
    to_state: Mapped[BookingState] = mapped_column(one_of(BookingState, "to_state"))
    at: Mapped[datetime]
    by_user_id: Mapped[int | None]
    by_name: Mapped[Who]
    reason: Mapped[str | None] = mapped_column(String(500))
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("leaving_cause.id"), index=True)
    charged_percent: Mapped[int | None]
    released_for: Mapped[ReleaseCause | None]

    booking: Mapped[Booking] = relationship(back_populates="moves")
    cause: Mapped[LeavingCause | None] = relationship()


class LeavingCause(Model):
    """Why people give a place up or do not come, as a list that the academy keeps: sickness, workload.

    `is_charged` is what is proposed for the list of charges; `is_offered` whether it can still be chosen.
    """

    __tablename__ = "leaving_cause"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    is_charged: Mapped[bool]
    is_offered: Mapped[bool] = mapped_column(default=True)


class Approval(Model):
    """The agreement that a booking needs: asked of `approver_id` (None: of the academy), or declared.

    A declared one is decided when it is made, and names the manager who is told. `decided_by` is who
    pressed the button, with for whom when a deputy did.
    """

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (is_approved IS NULL)", name="decided_at_and_how_together"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_at_and_by_together"),
        CheckConstraint(
            "(declared_name IS NULL) = (declared_email IS NULL)", name="declared_name_and_email_together"
        ),
        CheckConstraint("declared_name IS NULL OR is_approved", name="declared_is_approved"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    is_approved: Mapped[bool | None]
    decided_by: Mapped[Who | None]
    declared_name: Mapped[str | None] = mapped_column(String(200))
    declared_email: Mapped[str | None] = mapped_column(String(254))

    booking: Mapped[Booking] = relationship(back_populates="approval")
    approver: Mapped[Person | None] = relationship()

    @property
    def is_pending(self) -> bool:
        return self.decided_at is None


class Quota(Model):
    """Places in each session of a run that are kept, until the end of a day, for one sector.

    Without `sector_id` they are kept for partners of any sector. (AM-05, MA-04)
    """

    __tablename__ = "quota"
    __table_args__ = (
        UniqueConstraint("run_id", "sector_id"),
        Index(
            "uq_quota_any_sector",
            "run_id",
            unique=True,
            sqlite_where=text("sector_id IS NULL"),
            postgresql_where=text("sector_id IS NULL"),
        ),
        CheckConstraint("places >= 1", name="a_place_or_more"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sector.id"), index=True)
    places: Mapped[int]
    kept_until: Mapped[date]

    sector: Mapped[Sector | None] = relationship(lazy="joined")

    @property
    def for_whom(self) -> str:
        return self.sector.name if self.sector else "Partners"


class Seat(Model):
    """A numbered seat in one session, held by one booking. Numbers run from 1 to the session's capacity.

    The unique keys stand behind the recount under the run's lock: no seat number is held twice, and no
    booking holds two seats in one session, whatever the code does (U-04).
    """

    __tablename__ = "seat"
    __table_args__ = (
        Index(
            "uq_seat_number_live",
            "session_id",
            "number",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index(
            "uq_seat_booking_live",
            "booking_id",
            "session_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        CheckConstraint("number >= 1", name="numbered_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"))
    number: Mapped[int]
    taken_at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    booking: Mapped[Booking] = relationship(back_populates="seats")
