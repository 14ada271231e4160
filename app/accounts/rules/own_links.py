"""Links by which somebody without an account reaches one thing of theirs: a place, a certificate. (MA-02)

Whoever has an account signs in: from then on no such link opens anything.
"""

from __future__ import annotations

from datetime import timedelta

from app.accounts import queries
from app.core import tokens
from app.core.errors import RuleBroken
from app.people.models import Person

LASTS = timedelta(days=365)


def own_secret(purpose: str, thing_id: int, person: Person) -> str | None:
    """The secret end of a link to what is somebody's own; None where they have an account to sign in with."""
    return None if queries.has_account(person.id) else tokens.make(purpose, thing_id, to=person.email)


def read_own_secret(purpose: str, secret: str) -> int:
    """The id of what a link leads to. Raises RuleBroken when it is forged, or more than a year old."""
    return tokens.read(purpose, secret, lasts=LASTS)


def check_is_own(secret: str, person: Person, *, found_at: str) -> None:
    """A link is for the address that it went to, until its reader has an account: then they are told where
    that shows the same thing, such as "this place is under “My places”"."""
    tokens.check_sent_to(secret, person.email)
    if queries.has_account(person.id):
        raise RuleBroken(f"You have an account by now. Sign in: {found_at}.")
