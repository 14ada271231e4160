"""The rules of places: who may have which, taking them, the waiting list, and giving them up."""

from __future__ import annotations

from app.bookings.rules.approvals import Declaration, approve, check_can_decide, decline
from app.bookings.rules.changing import cancel_run, change_capacity, transfer
from app.bookings.rules.eligibility import (
    can_cancel,
    check_can_book,
    check_can_book_for,
    check_can_cancel,
    check_can_see,
    check_can_see_places,
)
from app.bookings.rules.giving_up import cancel, release_places_of
from app.bookings.rules.offers import (
    accept,
    can_answer,
    check_can_answer,
    holder_of_link,
    offered_by,
    turn_down,
)
from app.bookings.rules.places import Wish, book, place
from app.bookings.rules.queue import promote_waiting, settle
from app.bookings.rules.quotas import keep_places, release_quota
from app.bookings.rules.waiting import why_each_waits, why_own_ones_wait, why_waiting

__all__ = [
    "Declaration",
    "Wish",
    "accept",
    "approve",
    "book",
    "can_answer",
    "can_cancel",
    "cancel",
    "cancel_run",
    "change_capacity",
    "check_can_answer",
    "check_can_book",
    "check_can_book_for",
    "check_can_cancel",
    "check_can_decide",
    "check_can_see",
    "check_can_see_places",
    "decline",
    "holder_of_link",
    "keep_places",
    "offered_by",
    "place",
    "promote_waiting",
    "release_places_of",
    "release_quota",
    "settle",
    "transfer",
    "turn_down",
    "why_each_waits",
    "why_own_ones_wait",
    "why_waiting",
]
