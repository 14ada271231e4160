"""The rules of places: who may have which, taking them, the waiting list, and giving them up."""

from __future__ import annotations

from app.bookings.rules.approvals import (
    answer_all,
    approve,
    can_decide,
    check_can_see_request,
    decline,
    mode_for,
    what_speaks_against,
    why_not_decided,
)
from app.bookings.rules.asking import (
    Declaration,
    ask_again,
    checked_declaration,
    is_waiting_for_answer,
    needs_asking,
    remind_at,
    request_by_link,
)
from app.bookings.rules.catching_up import check_can_catch_up, days_to_catch_up
from app.bookings.rules.causes import (
    add_cause,
    change_cause,
)
from app.bookings.rules.changing import (
    can_cancel_run,
    cancel_run,
    change_capacity,
    check_can_end_run,
    merge_runs,
    new_objections,
    preview_merge,
    transfer,
)
from app.bookings.rules.charges import (
    decide,
    remove_rate,
    set_rate,
    take_back,
)
from app.bookings.rules.eligibility import (
    SpokenAgainst,
    can_be_booked,
    can_cancel,
    check_can_book,
    check_can_book_for,
    check_can_cancel,
    check_can_see,
    check_can_see_places,
    check_is_open,
)
from app.bookings.rules.free_notice import (
    is_late_now,
    late_in_words,
    notice_in_words,
    notice_of,
)
from app.bookings.rules.giving_up import (
    cancel,
    release_places_of,
)
from app.bookings.rules.interest import (
    ask_to_be_told,
    courses_without_run,
    forget_interest,
    tell_of_runs,
    withdraw_interest,
)
from app.bookings.rules.inviting import (
    PURPOSE as INVITATION,
)
from app.bookings.rules.inviting import (
    Booked,
    Invited,
    Question,
    asked_before,
    book_many,
    by_invitation,
    check_chosen,
    invite,
    invite_or_book,
)
from app.bookings.rules.links import (
    booking_of,
    holder_of,
    secret_for,
)
from app.bookings.rules.needs import (
    KEPT_AFTER_THE_RUN,
    can_say_need,
    can_say_needs_of,
    can_see_joining,
    can_see_need,
    check_can_open_need,
    forget_needs,
    say_need,
    say_need_at_booking,
    says_other_need,
)
from app.bookings.rules.notices import reconfirm_token
from app.bookings.rules.offers import (
    accept,
    can_answer,
    can_give,
    check_can_answer,
    give,
    holder_of_link,
    offered_by,
    turn_down,
)
from app.bookings.rules.outcomes import Outcome
from app.bookings.rules.passing_on import requests_pass_on
from app.bookings.rules.places import (
    PlaceRequest,
    book,
    place,
)
from app.bookings.rules.proposals import accept_proposal
from app.bookings.rules.queue import (
    promote_waiting,
    settle,
)
from app.bookings.rules.quotas import (
    keep_places,
    release_quota,
)
from app.bookings.rules.reconfirming import (
    booking_named_by,
    reconfirm,
    remind,
    to_be_reminded,
)
from app.bookings.rules.rescheduling import (
    move_session,
)
from app.bookings.rules.substitution import (
    can_substitute,
    check_can_substitute,
    find_colleague,
    substitute,
)
from app.bookings.rules.swapping import place_in_the_way, swap
from app.bookings.rules.times import days_ahead, held_until
from app.bookings.rules.trainers import tell_trainers_of_days
from app.bookings.rules.waiting import (
    goes_to_those_who_wait,
    why_each_waits,
    why_own_ones_wait,
    why_waiting,
)

__all__ = [
    "INVITATION",
    "KEPT_AFTER_THE_RUN",
    "Booked",
    "Declaration",
    "Invited",
    "Outcome",
    "PlaceRequest",
    "Question",
    "SpokenAgainst",
    "accept",
    "accept_proposal",
    "add_cause",
    "answer_all",
    "approve",
    "ask_again",
    "ask_to_be_told",
    "asked_before",
    "book",
    "book_many",
    "booking_named_by",
    "booking_of",
    "by_invitation",
    "can_answer",
    "can_be_booked",
    "can_cancel",
    "can_cancel_run",
    "can_decide",
    "can_give",
    "can_say_need",
    "can_say_needs_of",
    "can_see_joining",
    "can_see_need",
    "can_substitute",
    "cancel",
    "cancel_run",
    "change_capacity",
    "change_cause",
    "check_can_answer",
    "check_can_book",
    "check_can_book_for",
    "check_can_cancel",
    "check_can_catch_up",
    "check_can_end_run",
    "check_can_open_need",
    "check_can_see",
    "check_can_see_places",
    "check_can_see_request",
    "check_can_substitute",
    "check_chosen",
    "check_is_open",
    "checked_declaration",
    "courses_without_run",
    "days_ahead",
    "days_to_catch_up",
    "decide",
    "decline",
    "find_colleague",
    "forget_interest",
    "forget_needs",
    "give",
    "goes_to_those_who_wait",
    "held_until",
    "holder_of",
    "holder_of_link",
    "invite",
    "invite_or_book",
    "is_late_now",
    "is_waiting_for_answer",
    "keep_places",
    "late_in_words",
    "merge_runs",
    "mode_for",
    "move_session",
    "needs_asking",
    "new_objections",
    "notice_in_words",
    "notice_of",
    "offered_by",
    "place",
    "place_in_the_way",
    "preview_merge",
    "promote_waiting",
    "reconfirm",
    "reconfirm_token",
    "release_places_of",
    "release_quota",
    "remind",
    "remind_at",
    "remove_rate",
    "request_by_link",
    "requests_pass_on",
    "say_need",
    "say_need_at_booking",
    "says_other_need",
    "secret_for",
    "set_rate",
    "settle",
    "substitute",
    "swap",
    "take_back",
    "tell_of_runs",
    "tell_trainers_of_days",
    "to_be_reminded",
    "transfer",
    "turn_down",
    "what_speaks_against",
    "why_each_waits",
    "why_not_decided",
    "why_own_ones_wait",
    "why_waiting",
    "withdraw_interest",
]
