"""The address with which somebody signs in, once its holder has another."""

from __future__ import annotations

from datetime import datetime

from app.accounts import emails, queries
from app.accounts.models import User
from app.accounts.rules.inviting import send_invitation_again
from app.accounts.rules.links import end_sessions, label_of, lock_links_of, use_up_links
from app.accounts.rules.signing_in import may_sign_in
from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken
from app.outbox import rules as outbox
from app.people import queries as people


def change_address(*, user: User, email: str, by: Actor, now: datetime) -> None:
    """From now on somebody signs in with another address, to which their links and notices go as well.

    Who is signed in is signed out, and links that went to the address before no longer work. Both addresses
    are told, the one before unless it is somebody else's by now: whoever marries, and whose address passes on
    to a colleague, keeps an account that the colleague hears nothing of. An invitation that nobody has
    accepted goes out anew.
    """
    before, email = user.email, email.strip().lower()
    if email == before:
        raise RuleBroken("That is the address of this account already", "email")
    taken = RuleBroken(f"There is an account for {email} already", "email")
    if db.session.scalar(queries.by_email(email)) is not None:
        raise taken
    lock_links_of([user.id])
    is_to_tell = not people.is_address_of_another(before, user.person_id)
    audit.record(
        by=by,
        verb="account:address changed",
        thing=user,
        now=now,
        label=label_of(user),
        changes={"email": (before, email)},
    )
    user.email = email
    save_unique(user, taken=taken)
    end_sessions(user)
    use_up_links(user, now=now)
    if user.has_accepted:
        for address in [before, email] if is_to_tell else [email]:
            outbox.enqueue(
                key=f"account:{user.id}:address:{now.isoformat()}:{address}",
                kind="address_changed",
                to_address=address,
                to_name=user.name,
                email=emails.address_changed(name=user.name, address=email, now=now),
                now=now,
            )
    elif may_sign_in(user, clock.day_of(now)):
        send_invitation_again(user=user, by=by, now=now)
