"""The rules of places: who may have which, taking them, the waiting list, and giving them up."""

from __future__ import annotations

from app.bookings.rules.approvals import Declaration, approve, check_can_decide, decline
from app.bookings.rules.catching_up import check_can_catch_up
from app.bookings.rules.changing import cancel_run, change_capacity, merge_runs, new_objections, transfer
from app.bookings.rules.eligibility import (
    can_be_booked,
    can_cancel,
    check_can_book,
    check_can_book_for,
    check_can_cancel,
    check_can_see,
    check_can_see_places,
    sector_of,
)
from app.bookings.rules.giving_up import cancel, release_places_of
from app.bookings.rules.inviting import PURPOSE as INVITATION
from app.bookings.rules.inviting import Booked, Invited, book_many, by_invitation, invite
from app.bookings.rules.moving import Outcome, move_session
from app.bookings.rules.offers import accept, check_can_answer
from app.bookings.rules.places import Wish, book, place
from app.bookings.rules.queue import promote_waiting, settle, why_waiting
from app.bookings.rules.reconfirming import booking_named_by, reconfirm, remind, to_be_reminded, whose_link

__all__ = [
    "INVITATION",
    "Booked",
    "Declaration",
    "Invited",
    "Outcome",
    "Wish",
    "accept",
    "approve",
    "book",
    "book_many",
    "booking_named_by",
    "by_invitation",
    "can_be_booked",
    "can_cancel",
    "cancel",
    "cancel_run",
    "change_capacity",
    "check_can_answer",
    "check_can_book",
    "check_can_book_for",
    "check_can_cancel",
    "check_can_catch_up",
    "check_can_decide",
    "check_can_see",
    "check_can_see_places",
    "decline",
    "invite",
    "merge_runs",
    "move_session",
    "new_objections",
    "place",
    "promote_waiting",
    "reconfirm",
    "release_places_of",
    "remind",
    "sector_of",
    "settle",
    "to_be_reminded",
    "transfer",
    "whose_link",
    "why_waiting",
]
