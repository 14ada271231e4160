"""Signing in: how often one may guess, which accounts may, and how long a session lasts."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import delete, update

from app.accounts import queries
from app.accounts.models import EndedSession, User, WrongPassword
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day, lasting

WINDOW = timedelta(minutes=5)
MOST_GUESSES = 10

IDLE_LIFE = timedelta(minutes=30)
WARN_AFTER = timedelta(minutes=25)
ABSOLUTE_LIFE = timedelta(hours=12)

ASK = "Ask the academy if you need it: the address is below."


def count_guess(*, email: str, now: datetime) -> int:
    """Count a guess at a password, before anybody looks whether it is right; the id forgets it again.

    The count must be committed before `has_guessed_too_often` is asked: then of many guesses at one moment,
    in however many processes, no more than 10 are looked at.
    """
    db.session.execute(
        delete(WrongPassword)
        .where(WrongPassword.at <= now - WINDOW)
        .execution_options(synchronize_session=False)
    )
    guess = WrongPassword(email=email, at=now)
    db.session.add(guess)
    db.session.flush()
    return guess.id


def has_guessed_too_often(*, email: str, now: datetime) -> bool:
    """Whether the guess just counted is the 11th within 5 minutes: it is refused even if right. (SA-09)"""
    return (db.session.scalar(queries.guesses_since(email, now - WINDOW)) or 0) > MOST_GUESSES


def forget_guess(guess_id: int) -> None:
    """A guess that was right, or that nobody looked at, does not count."""
    db.session.execute(delete(WrongPassword).where(WrongPassword.id == guess_id))


def keep_anew(*, kept: str, anew: str) -> None:
    """A right password is kept with the work that it costs now, unless somebody has changed it meanwhile.

    Nobody can work out of what was kept what should be: so it happens when somebody signs in.
    """
    db.session.execute(update(User).where(User.password == kept).values(password=anew))


def sign_in(*, user: User, now: datetime) -> None:
    """Somebody who gave the right password signs in, if their account may."""
    check_can_sign_in(user, clock.day_of(now))
    user.last_signed_in_at = now


def why_shut(user: User, on: date) -> str | None:
    """A closed account, one whose last day is over or whose person has left can't sign in. (BM-10, U-06)

    Example: employment that ends on 11 February lets in on the 11th, and not on the 12th.
    """
    if not user.active:
        return "This account was closed."
    if user.is_expired(on):
        return f"This account ended on {day(user.expires_on)}."
    left_on = user.last_day_at_work
    if left_on is not None and left_on < on:
        return f"This account ended on {day(left_on)}, the last day at work that we know of."
    return None


def check_can_sign_in(user: User, on: date) -> None:
    """Whoever can't sign in is told why, and whom to ask."""
    if why := why_shut(user, on):
        raise RuleBroken(f"{why} {ASK}")


def may_sign_in(user: User, on: date) -> bool:
    return why_shut(user, on) is None


def end_session(key: str, *, now: datetime) -> None:
    """Somebody signs out: the session with this key is over wherever its cookie was copied to, and no other
    one of theirs. What is kept of sessions that would be over by now anyway goes."""
    db.session.execute(
        delete(EndedSession)
        .where(EndedSession.ended_at <= now - ABSOLUTE_LIFE)
        .execution_options(synchronize_session=False)
    )
    db.session.add(EndedSession(key=key, ended_at=now))


def why_session_is_over(*, signed_in_at: float | None, seen_at: float | None, now: datetime) -> str | None:
    """Why a session that began and was last used at these instants is over, in words; None while it is not.

    30 minutes without doing anything end it, and 12 hours in all; one that can't say when it began is over.
    """
    if signed_in_at is None or seen_at is None:
        return "You were signed out. Sign in again to carry on."
    moment = now.timestamp()
    if moment - signed_in_at >= ABSOLUTE_LIFE.total_seconds():
        return (
            f"You were signed out after {lasting(ABSOLUTE_LIFE)}, as everybody is. Sign in again to carry on."
        )
    if moment - seen_at >= IDLE_LIFE.total_seconds():
        idle = lasting(IDLE_LIFE)
        return f"You were signed out because you did nothing for {idle}. Sign in again to carry on."
    return None
