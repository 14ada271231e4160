"""Looking whether a password is right, without letting anybody guess for long."""

from __future__ import annotations

from datetime import datetime

from app.accounts import queries, rules
from app.accounts.rules.signing_in import MOST_GUESSES, WINDOW
from app.core import db as database
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import lasting

TOO_OFTEN = (
    f"There were more than {MOST_GUESSES} wrong passwords for this e-mail address in "
    f"{lasting(WINDOW)}. Wait for {lasting(WINDOW)} and try again, or choose a new password."
)


def check(*, email: str, password: str, wrong: RuleBroken, now: datetime) -> None:
    """Raise `wrong` unless this is the password of that address.

    The guess is counted and committed first, so that many at one moment count too. The slow part, argon2,
    runs outside any transaction: on SQLite nobody who writes waits for it.
    """
    guess_id = rules.count_guess(email=email, now=now)
    db.session.commit()
    if rules.has_guessed_too_often(email=email, now=now):
        rules.forget_guess(guess_id)
        db.session.commit()
        raise RuleBroken(TOO_OFTEN)
    db.session.rollback()
    with database.reading():
        kept = db.session.scalar(queries.password_of(email))
        db.session.rollback()
    if not rules.is_right(password, kept) or kept is None:
        raise wrong
    anew = rules.kept_anew(password, kept)
    rules.forget_guess(guess_id)
    if anew is not None:
        rules.keep_anew(kept=kept, anew=anew)
    db.session.commit()
