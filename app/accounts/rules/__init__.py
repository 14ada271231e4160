"""Who may sign in, with what password, and who may change that."""

from __future__ import annotations

from app.accounts.rules.addresses import change_address
from app.accounts.rules.asking import claim_of, forget_unconfirmed, registration_of
from app.accounts.rules.claims import Claimant, accept_claim, claim, confirm_claim, records_of, refuse_claim
from app.accounts.rules.coordinators import invite_coordinator
from app.accounts.rules.domains import add_domain, remove_domain
from app.accounts.rules.holders import holder_known_as
from app.accounts.rules.inviting import Invited, invite, make_password_link, send_invitation_again
from app.accounts.rules.inviting_many import (
    Candidate,
    candidate,
    invite_many,
    plan_of,
    send_again,
)
from app.accounts.rules.line_managers import make_line_managers, roles_told_of
from app.accounts.rules.links import (
    answer_reset,
    ask_for_reset,
    change_password,
    label_of,
    make_link,
    set_password,
    usable_link,
)
from app.accounts.rules.management import (
    change_account,
    change_roles,
    check_can_close,
    close,
    make_demonstration_account,
    reopen,
    role_change,
    values_of_account,
)
from app.accounts.rules.passwords import check_password, hash_of, is_right, kept_anew
from app.accounts.rules.registering import (
    Newcomer,
    approve,
    check_address,
    check_organisation,
    confirm,
    refuse,
    register,
)
from app.accounts.rules.signing_in import (
    ABSOLUTE_LIFE,
    IDLE_LIFE,
    WARN_AFTER,
    check_can_sign_in,
    count_guess,
    end_session,
    forget_guess,
    has_guessed_too_often,
    keep_anew,
    may_sign_in,
    sign_in,
    why_session_is_over,
)

__all__ = [
    "ABSOLUTE_LIFE",
    "IDLE_LIFE",
    "WARN_AFTER",
    "Candidate",
    "Claimant",
    "Invited",
    "Newcomer",
    "accept_claim",
    "add_domain",
    "answer_reset",
    "approve",
    "ask_for_reset",
    "candidate",
    "change_account",
    "change_address",
    "change_password",
    "change_roles",
    "check_address",
    "check_can_close",
    "check_can_sign_in",
    "check_organisation",
    "check_password",
    "claim",
    "claim_of",
    "close",
    "confirm",
    "confirm_claim",
    "count_guess",
    "end_session",
    "forget_guess",
    "forget_unconfirmed",
    "has_guessed_too_often",
    "hash_of",
    "holder_known_as",
    "invite",
    "invite_coordinator",
    "invite_many",
    "is_right",
    "keep_anew",
    "kept_anew",
    "label_of",
    "make_demonstration_account",
    "make_line_managers",
    "make_link",
    "make_password_link",
    "may_sign_in",
    "plan_of",
    "records_of",
    "refuse",
    "refuse_claim",
    "register",
    "registration_of",
    "remove_domain",
    "reopen",
    "role_change",
    "roles_told_of",
    "send_again",
    "send_invitation_again",
    "set_password",
    "sign_in",
    "usable_link",
    "values_of_account",
    "why_session_is_over",
]
