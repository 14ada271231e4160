"""What a password must be, and how it is kept: nobody can read one, administrators included. (SA-09)"""

from __future__ import annotations

import secrets
import unicodedata
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import RuleBroken

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 1000
GUESSABLE = Path(__file__).resolve().parent.parent / "guessable.txt"

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_password(password: str, *, email: str, name: str) -> None:
    """A password has 12 characters or more and is not one that anybody would guess; no more is asked.

    Example: "correct gravel teapot" is taken; "Password-2026!" is not, nor is one's own name or address.
    """
    if len(password) < MINIMUM_LENGTH:
        raise RuleBroken(f"Password must be {MINIMUM_LENGTH} characters or more", "password")
    if len(password) > MAXIMUM_LENGTH:
        raise RuleBroken(f"Password must be {MAXIMUM_LENGTH:,} characters or fewer", "password")
    core = _core(password)
    own = {_core(email), _core(email.partition("@")[0]), _core(name)}
    if core in own or core in _guessable() or len(set(password)) < 4:
        raise RuleBroken(
            "Choose a password that is harder to guess, such as three words that no one would put together",
            "password",
        )


def hash_of(password: str) -> str:
    """What is kept of a password: argon2, with a salt of its own."""
    return _hasher.hash(_normal(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether `kept` was kept of this password. None takes as long as a wrong one, and is never right."""
    try:
        return _hasher.verify(kept or _nobodys(), _normal(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def kept_anew(password: str, kept: str) -> str | None:
    """What is to be kept of a right password instead of what was, where keeping one costs other work by now;
    None where it does not."""
    return hash_of(password) if _hasher.check_needs_rehash(kept) else None


def _normal(password: str) -> str:
    """The same characters, however the keyboard composed them."""
    return unicodedata.normalize("NFKD", password[:MAXIMUM_LENGTH])


def _core(password: str) -> str:
    """Small letters and figures alone, as the list of guessable passwords is written."""
    return "".join(letter for letter in password.casefold() if letter.isalnum())


@lru_cache(maxsize=1)
def _guessable() -> frozenset[str]:
    lines = GUESSABLE.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))
