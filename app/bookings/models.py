"""Places on runs: the booking, the seat that it holds in each session, and how it came to be as it is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, one_of
from app.people.models import Person
from app.sessions.models import Run, TrainingSession


class BookingState(StrEnum):
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"
    CANCELLED_BY_ACADEMY = "cancelled_by_academy"

    @property
    def label(self) -> str:
        return {
            "confirmed": "Confirmed",
            "waitlisted": "On the waiting list",
            "cancelled": "Cancelled",
            "cancelled_by_academy": "Cancelled by the academy",
        }[self]

    @property
    def is_open(self) -> bool:
        """Whether the booking still stands: the person has, or is waiting for, a place."""
        return self in {BookingState.CONFIRMED, BookingState.WAITLISTED}


_OPEN_RUN = text("state IN ('confirmed', 'waitlisted') AND session_id IS NULL")
_OPEN_SESSION = text("state IN ('confirmed', 'waitlisted') AND session_id IS NOT NULL")


class Booking(Model):
    """A person's place on a run: on all of its sessions, or on `session_id` alone (catch-up).

    `queued_at` gives the order of arrival on the waiting list. One open booking for each person and run, or
    for each person and session caught up.
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
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_has_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("training_session.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[BookingState]
    queued_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    run: Mapped[Run] = relationship()
    session: Mapped[TrainingSession | None] = relationship()
    person: Mapped[Person] = relationship()
    seats: Mapped[list[Seat]] = relationship(back_populates="booking")
    moves: Mapped[list[BookingMove]] = relationship(back_populates="booking", order_by="BookingMove.id")


class BookingMove(Model):
    """One change of a booking's state: who, when and why."""

    __tablename__ = "booking_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    from_state: Mapped[BookingState | None] = mapped_column(one_of(BookingState, "from_state"))
    to_state: Mapped[BookingState] = mapped_column(one_of(BookingState, "to_state"))
    at: Mapped[datetime]
    by_user_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str | None] = mapped_column(String(500))

    booking: Mapped[Booking] = relationship(back_populates="moves")


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
