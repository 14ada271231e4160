"""What the service writes to people about their places."""

from __future__ import annotations

from app.bookings.emails.approvals import (
    agreed_while_waiting,
    agreement_declared,
    approval_asked,
    request_declined,
    request_expired,
    request_passed_on,
    request_withdrawn,
)
from app.bookings.emails.changes import (
    carried_over,
    clashes_of_carried,
    clashes_of_team,
    reconfirm_soon,
    run_cancelled,
    run_joined,
    session_changed,
)
from app.bookings.emails.invitations import invitation, run_opened
from app.bookings.emails.parts import place_of
from app.bookings.emails.places import (
    colleague_gave_up,
    manager_told,
    offer_lapsed,
    on_waiting_list,
    place_cancelled,
    place_confirmed,
    place_given_on,
    place_objected,
    place_offered,
    place_released,
    place_requested,
)
from app.bookings.emails.trainers import (
    trainer_days,
    trainer_days_over,
    trainer_run_cancelled,
    trainer_session_changed,
)

__all__ = [
    "agreed_while_waiting",
    "agreement_declared",
    "approval_asked",
    "carried_over",
    "clashes_of_carried",
    "clashes_of_team",
    "colleague_gave_up",
    "invitation",
    "manager_told",
    "offer_lapsed",
    "on_waiting_list",
    "place_cancelled",
    "place_confirmed",
    "place_given_on",
    "place_objected",
    "place_of",
    "place_offered",
    "place_released",
    "place_requested",
    "reconfirm_soon",
    "request_declined",
    "request_expired",
    "request_passed_on",
    "request_withdrawn",
    "run_cancelled",
    "run_joined",
    "run_opened",
    "session_changed",
    "trainer_days",
    "trainer_days_over",
    "trainer_run_cancelled",
    "trainer_session_changed",
]
