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
from app.bookings.rules.interest import (
    ask_to_be_told,
    courses_without_run,
    forget_interest,
    take_back,
    tell_of_runs,
)
from app.bookings.rules.needs import (
    can_say_need,
    can_say_needs_of,
    can_see_joining,
    can_see_need,
    check_can_open_need,
    check_can_say_need,
    forget_needs,
    say_need,
)
from app.bookings.rules.offers import accept, check_can_answer
from app.bookings.rules.places import Wish, book, place
from app.bookings.rules.queue import promote_waiting, settle, why_waiting

__all__ = [
    "Declaration",
    "Wish",
    "accept",
    "approve",
    "ask_to_be_told",
    "book",
    "can_cancel",
    "can_say_need",
    "can_say_needs_of",
    "can_see_joining",
    "can_see_need",
    "cancel",
    "cancel_run",
    "change_capacity",
    "check_can_answer",
    "check_can_book",
    "check_can_book_for",
    "check_can_cancel",
    "check_can_decide",
    "check_can_open_need",
    "check_can_say_need",
    "check_can_see",
    "check_can_see_places",
    "courses_without_run",
    "decline",
    "forget_interest",
    "forget_needs",
    "place",
    "promote_waiting",
    "release_places_of",
    "say_need",
    "settle",
    "take_back",
    "tell_of_runs",
    "transfer",
    "why_waiting",
]
