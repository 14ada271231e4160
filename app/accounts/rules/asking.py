"""What registrations and claims share: an address shown to be one’s own, then the academy’s answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import delete, select

from app.accounts.models import Claim, Registration, RequestState
from app.audit import rules as audit
from app.core import tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.mail import Email
from app.outbox import rules as outbox

AskedT = TypeVar("AskedT", Registration, Claim)

CONFIRM_WITHIN = timedelta(days=7)
KEPT_UNCONFIRMED = timedelta(days=30)
MOST_AN_HOUR = 5


def ask_to_confirm(
    asked: Registration | Claim, *, purpose: str, email: Callable[..., Email], now: datetime
) -> None:
    """Send the link by which somebody shows that the address is theirs. Until they have, no word that was
    typed goes there: anybody could write to anybody, as the council."""
    token = tokens.make(purpose, asked.id)
    outbox.enqueue(
        key=f"{purpose}:{asked.id}:confirm",
        kind=f"{purpose}_confirm",
        to_address=asked.email,
        to_name="",
        email=email(token=token),
        now=now,
        useful_until=now + CONFIRM_WITHIN,
        secret=token,
    )


def registration_of(token: str, *, purpose: str) -> Registration:
    """The registration that a link names. Raises RuleBroken when the link is forged, too old or used."""
    registration = db.session.get(Registration, tokens.read(purpose, token, lasts=CONFIRM_WITHIN))
    return _unconfirmed(registration)


def claim_of(token: str, *, purpose: str) -> Claim:
    """The claim that a link names; see `registration_of`."""
    claim = db.session.get(Claim, tokens.read(purpose, token, lasts=CONFIRM_WITHIN))
    return _unconfirmed(claim)


def _unconfirmed(asked: AskedT | None) -> AskedT:
    if asked is None:
        raise RuleBroken("What this link was for is no longer here. Begin again.")
    check_unconfirmed(asked)
    return asked


def check_unconfirmed(asked: Registration | Claim) -> None:
    """A link confirms an address once."""
    if asked.state is not RequestState.UNVERIFIED:
        raise RuleBroken(
            "This link was used already: your address is confirmed. You need do nothing more here."
        )


def check_is_waiting(asked: Registration | Claim) -> None:
    """The academy answers what waits for it, once."""
    if asked.state is not RequestState.WAITING:
        by = f" by {asked.decided_by}" if asked.decided_by else ""
        raise RuleBroken(f"This was answered already: {asked.state.label.lower()}{by}.")


def decide(
    asked: Registration | Claim, to: RequestState, *, by: Actor, now: datetime, reason: str | None = None
) -> None:
    """Keep the answer, whose it was and why."""
    was = asked.state
    asked.state, asked.decided_at, asked.decided_by, asked.reason = to, now, by.name, reason
    verb = f"{asked.__tablename__}:{to}"
    changes = {"State": (was.label, to.label)}
    audit.record(by=by, verb=verb, thing=asked, now=now, changes=changes, reason=reason)
    db.session.flush()


def forget_unconfirmed(*, now: datetime) -> int:
    """Delete what was asked 30 days ago with an address that nobody has shown to be theirs. Returns how many
    that were."""
    forgotten = 0
    for kind in (Registration, Claim):
        old = (kind.state == RequestState.UNVERIFIED, kind.asked_at < now - KEPT_UNCONFIRMED)
        ids = list(db.session.scalars(select(kind.id).where(*old)))
        db.session.execute(delete(kind).where(kind.id.in_(ids)))
        forgotten += len(ids)
    return forgotten
