"""The rules of places: who may have which, taking them, the waiting list, and giving them up."""

from __future__ import annotations

from app.bookings.rules.approvals import (
    Answers,
    answer_all,
    approve,
    check_can_decide,
    check_can_see_request,
    decline,
    mode_for,
    why_not_decided,
)
from app.bookings.rules.asking import (
    Declaration,
    ask_again,
    is_waiting_for_answer,
    needs_asking,
    remind_at,
    request_by_link,
)
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
from app.bookings.rules.offers import accept, check_can_answer
from app.bookings.rules.places import Wish, book, place
from app.bookings.rules.queue import promote_waiting, settle, why_waiting
from app.bookings.rules.times import held_until

__all__ = [
    "Answers",
    "Declaration",
    "Wish",
    "accept",
    "answer_all",
    "approve",
    "ask_again",
    "book",
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
    "check_can_see_request",
    "decline",
    "held_until",
    "is_waiting_for_answer",
    "mode_for",
    "needs_asking",
    "place",
    "promote_waiting",
    "release_places_of",
    "remind_at",
    "request_by_link",
    "settle",
    "transfer",
    "why_not_decided",
    "why_waiting",
]
