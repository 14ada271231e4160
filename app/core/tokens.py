"""The secret end of an e-mailed link: signed, for one purpose, and over after a time. Nothing is stored.

A link only opens a page; what it is for happens when a button is pressed there, since mail scanners open
links too. So a token is not used up by being read: the thing that it names says whether it still stands.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from app.core import clock
from app.core.errors import RuleBroken

LINK_LASTS = timedelta(days=30)

# Without the letters and digits that are mistaken for each other when they are read out or typed.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
SHORT = 6


def make(purpose: str, ident: int) -> str:
    """A token that names the row `ident` for a purpose: make("approval", 42)."""
    return str(_signer(purpose).dumps([ident, int(clock.now().timestamp())]))


def read(purpose: str, token: str, *, lasts: timedelta = LINK_LASTS) -> int:
    """The id that a token names. Raises RuleBroken when it is not one of ours, or is too old."""
    try:
        ident, made_at = _signer(purpose).loads(token)
    except BadSignature:
        raise RuleBroken(
            "This link is not complete or not one of ours. Open it from the e-mail again."
        ) from None
    if clock.now().timestamp() - made_at > lasts.total_seconds():
        raise RuleBroken(f"This link has run out: it worked for {_in_words(lasts)}.")
    return int(ident)


def short_code(purpose: str, *of: int) -> str:
    """A code that people can type, and that only the service can work out: K7QF2M."""
    words = ":".join(["takeup", purpose, *map(str, of)]).encode()
    digest = hmac.new(current_app.config["SECRET_KEY"].encode(), words, hashlib.sha256).digest()
    number = int.from_bytes(digest[:16], "big")
    return "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(SHORT))


def _in_words(lasts: timedelta) -> str:
    return f"{lasts.days} days" if lasts.days else f"{lasts // timedelta(minutes=1)} minutes"


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"takeup-link-{purpose}")
