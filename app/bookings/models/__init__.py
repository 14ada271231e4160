"""Places on runs, and what belongs to them."""

from __future__ import annotations

from app.bookings.models.asking import Interest, Invitation, Need, ToldOfRun
from app.bookings.models.booking import (
    Approval,
    Booking,
    BookingMove,
    BookingState,
    FormerHolder,
    Freed,
    LeavingCause,
    Quota,
    ReleaseCause,
    Seat,
)
from app.bookings.models.charges import ChargeDecision, ChargeRate

__all__ = [
    "Approval",
    "Booking",
    "BookingMove",
    "BookingState",
    "ChargeDecision",
    "ChargeRate",
    "FormerHolder",
    "Freed",
    "Interest",
    "Invitation",
    "LeavingCause",
    "Need",
    "Quota",
    "ReleaseCause",
    "Seat",
    "ToldOfRun",
]
