"""What accounts are told by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.core.mail import Email
from app.core.permissions import Role


def invitation(*, name: str, roles: Sequence[Role], token: str, until: datetime) -> Email:
    """To somebody who was given an account: where to set a password, and until when."""
    return Email(
        subject="Your account for academy training",
        template="accounts/emails/invitation",
        context={"name": name, "roles": [role.label for role in roles], "token": token, "until": until},
    )


def password_reset(*, name: str, token: str) -> Email:
    """To somebody who has forgotten their password."""
    return Email(
        subject="Choose a new password",
        template="accounts/emails/password_reset",
        context={"name": name, "token": token},
    )


def password_changed(*, name: str, now: datetime) -> Email:
    """To the holder of an account whose password was changed, in case it was somebody else."""
    return Email(
        subject="Your password was changed",
        template="accounts/emails/password_changed",
        context={"name": name, "at": now},
    )


def address_changed(*, name: str, address: str, now: datetime) -> Email:
    """To both addresses of an account that has another one from now on, in case it was not wanted."""
    return Email(
        subject="You sign in with another address now",
        template="accounts/emails/address_changed",
        context={"name": name, "address": address, "at": now},
    )


def confirm_registration(*, token: str) -> Email:
    """To an address that somebody gave when registering: where to show that it is theirs.

    Anybody can give any address and any name, so the name is not in it.
    """
    return Email(
        subject="Confirm your e-mail address",
        template="accounts/emails/confirm_address",
        context={"path": f"/register/confirm/{token}", "what": "an account for academy training"},
    )


def confirm_claim(*, token: str) -> Email:
    """To the new address of somebody who claims an earlier history, who may be anybody yet."""
    return Email(
        subject="Confirm your new e-mail address",
        template="accounts/emails/confirm_address",
        context={"path": f"/claim/confirm/{token}", "what": "your earlier training record"},
    )


def already_registered(*, name: str) -> Email:
    """To an address with an account, with which somebody tried to register again."""
    return Email(
        subject="You already have an account",
        template="accounts/emails/already_registered",
        context={"name": name},
    )


def refused(*, name: str, what: str, reason: str) -> Email:
    """The academy refused an account or a claim: `what` says which."""
    return Email(
        subject=f"Your request for {what} was refused",
        template="accounts/emails/refused",
        context={"name": name, "what": what, "reason": reason},
    )


def claim_accepted(*, name: str, has_account: bool) -> Email:
    """A claimed history is theirs again, under the new address."""
    return Email(
        subject="Your training record has your new e-mail address",
        template="accounts/emails/claim_accepted",
        context={"name": name, "has_account": has_account},
    )
