"""The secret end of an e-mailed link: signed, for one purpose, and over after a time. Nothing is stored.

A link only opens a page; what it is for happens when a button is pressed there, since mail scanners open
links too. So a token is not used up by being read: the thing that it names says whether it still stands.
One that is e-mailed to somebody bears the mark of the address, too: once theirs is another, whoever reads the
old mailbox can do nothing by it.
"""

from __future__ import annotations

import base64
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

_MARK = "~"  # stands between a token and the mark of the address that it is sent to
_MARK_LENGTH = 22
_NOT_OURS = "This link is not complete or not one of ours. Open it from the e-mail again."


def make(purpose: str, ident: int, *, to: str | None = None) -> str:
    """A token that names the row `ident` for a purpose: make("approval", 42); `to` is the e-mail address that
    it is sent to."""
    token = str(_signer(purpose).dumps([ident, int(clock.now().timestamp())]))
    return _marked(token, to) if to else token


def sent_on(token: str, to: str) -> str:
    """The token of an e-mail that goes to a corrected address instead: it bears the mark of that one."""
    plain, has_mark, _mark = token.partition(_MARK)
    return _marked(plain, to) if has_mark else token


def check_sent_to(token: str, address: str | None) -> None:
    """A token that was e-mailed is good only while the address that it went to is still theirs."""
    plain, _, mark = token.partition(_MARK)
    if len(mark) != _MARK_LENGTH:
        raise RuleBroken(_NOT_OURS)
    if address is None or not hmac.compare_digest(token.encode(), _marked(plain, address).encode()):
        raise RuleBroken(
            "This link was sent to another e-mail address than the one that is known now. Open it from the "
            "newest e-mail, or ask the academy."
        )


def read(purpose: str, token: str, *, lasts: timedelta = LINK_LASTS) -> int:
    """The id that a token names. Raises RuleBroken when it is not one of ours, or is too old."""
    try:
        ident, made_at = _signer(purpose).loads(token.partition(_MARK)[0])
    except BadSignature:
        raise RuleBroken(_NOT_OURS) from None
    if clock.now().timestamp() - made_at > lasts.total_seconds():
        raise RuleBroken(f"This link has run out: it worked for {_in_words(lasts)}.")
    return int(ident)


def short_code(purpose: str, *of: int) -> str:
    """A code that people can type, and that only the service can work out: K7QF2M."""
    number = int.from_bytes(_digest("takeup", purpose, *map(str, of)), "big")
    return "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(SHORT))


def _marked(token: str, address: str) -> str:
    mark = base64.urlsafe_b64encode(_digest("takeup-sent-to", token, address.strip().lower()))
    return f"{token}{_MARK}{mark.decode().rstrip('=')}"


def _digest(*words: str) -> bytes:
    """What only the service can work out of these words."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, ":".join(words).encode(), hashlib.sha256).digest()[:16]


def _in_words(lasts: timedelta) -> str:
    return f"{lasts.days} days" if lasts.days else f"{lasts // timedelta(minutes=1)} minutes"


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"takeup-link-{purpose}")
