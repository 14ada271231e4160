"""Who was invited, what people need to take part, and who asked to be told of runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.bookings.models.booking import Booking
from app.core.db import Base, Model, Who
from app.people.models import Person
from app.programmes.models import Course
from app.sessions.models import Run

_INVITED_TO = Table(
    "invitation_run",
    Base.metadata,
    Column("invitation_id", ForeignKey("invitation.id"), primary_key=True),
    Column("run_id", ForeignKey("run.id"), primary_key=True, index=True),
)


class Invitation(Model):
    """Somebody is invited to book one of some runs of a course, by a link that needs no account (MA-02).

    `batch` names the press of the button that made it, so that a second press invites nobody twice (AM-08).
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("batch", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    invited_at: Mapped[datetime]
    invited_by: Mapped[Who]

    person: Mapped[Person] = relationship()
    course: Mapped[Course] = relationship()
    runs: Mapped[list[Run]] = relationship(secondary=_INVITED_TO, order_by="Run.id")


class Need(Model):
    """What should be arranged so that somebody can take part, in the person's own words. (ST-08)

    A table of its own, and no relationship leads to it: what fetches a booking or a person never fetches
    this. It is deleted when the booking ends, when it is emptied, and 30 days after the run. With a booking
    that a merge of two records ended it is kept aside for as long as that can be undone.
    """

    __tablename__ = "need"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), unique=True)
    words: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]

    booking: Mapped[Booking] = relationship()


class Interest(Model):
    """Somebody who asked to be told when a run of a course opens; it ends when they book one."""

    __tablename__ = "interest"
    __table_args__ = (UniqueConstraint("course_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]

    course: Mapped[Course] = relationship()
    person: Mapped[Person] = relationship()


class ToldOfRun(Model):
    """A run of which somebody who had asked was told: once for each person and run."""

    __tablename__ = "told_of_run"
    __table_args__ = (UniqueConstraint("person_id", "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    told_at: Mapped[datetime]
