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
