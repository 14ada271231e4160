"""What a missed day costs, and what the academy decided of one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.bookings.models.booking import LeavingCause
from app.core.db import Model, Recorded
from app.people.models import Sector
from app.programmes.models import Course


def _one_rate(name: str, which: str, *columns: str) -> Index:
    return Index(name, *columns, unique=True, sqlite_where=text(which), postgresql_where=text(which))


class ChargeRate(Model):
    """What a missed day costs, from a date on: of staff, of partners, or of the partners of one sector.

    A rate of one course comes before the council's, a sector's before that of partners; 0 is free. A session
    of 4 hours or less is half a day. Whom no rate fits is never charged. (AM-19)
    """

    __tablename__ = "charge_rate"
    __table_args__ = (
        _one_rate(
            "uq_charge_rate_council",
            "course_id IS NULL AND sector_id IS NULL",
            "is_for_staff",
            "from_day",
        ),
        _one_rate(
            "uq_charge_rate_council_sector",
            "course_id IS NULL AND sector_id IS NOT NULL",
            "sector_id",
            "from_day",
        ),
        _one_rate(
            "uq_charge_rate_course",
            "course_id IS NOT NULL AND sector_id IS NULL",
            "course_id",
            "is_for_staff",
            "from_day",
        ),
        _one_rate(
            "uq_charge_rate_course_sector",
            "course_id IS NOT NULL AND sector_id IS NOT NULL",
            "course_id",
            "sector_id",
            "from_day",
        ),
        CheckConstraint("half_day >= 0 AND full_day >= half_day", name="a_full_day_costs_more"),
        CheckConstraint("NOT is_for_staff OR sector_id IS NULL", name="sectors_are_of_partners"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    is_for_staff: Mapped[bool]
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sector.id"), index=True)
    from_day: Mapped[date]
    half_day: Mapped[Decimal]
    full_day: Mapped[Decimal]

    course: Mapped[Course | None] = relationship()
    sector: Mapped[Sector | None] = relationship(lazy="joined")

    @property
    def for_whom(self) -> str:
        if self.is_for_staff:
            return "Staff"
        return f"Partners: {self.sector.name}" if self.sector else "Partners"


class ChargeDecision(Recorded, Model):
    """What the academy decided of a day that somebody missed: charged or waived, with its reason.

    Taking it back supersedes it, and what the terms propose holds again. (AM-19)
    """

    __tablename__ = "charge_decision"
    __natural_key__ = ("booking_id", "session_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    is_charged: Mapped[bool]
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("leaving_cause.id"), index=True)

    cause: Mapped[LeavingCause | None] = relationship()

    __extra_args__ = (CheckConstraint("is_charged OR reason IS NOT NULL", name="waived_with_a_reason"),)
