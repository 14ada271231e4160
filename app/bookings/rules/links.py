"""The link by which somebody without an account sees and gives up their own place. (MA-02)"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.accounts import queries as accounts
from app.bookings.models import Booking
from app.core import tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.mail import Email, link

PURPOSE = "place"
LINK_LASTS = timedelta(days=365)


def secret_for(booking: Booking) -> str | None:
    """The secret end of the link to a booking, for whoever has no account to sign in with."""
    if accounts.has_account(booking.person_id):
        return None
    return tokens.make(PURPOSE, booking.id, to=booking.person.email)


def with_own_link(email: Email, secret: str) -> Email:
    """The e-mail with the link that needs no account, where it would lead to the page behind one. Nor can
    they book other dates on such a page: without `runs_link` the academy asks what suits them (U-08)."""
    own = {"booking_link": link(f"/my-place/{secret}"), "runs_link": None}
    return replace(email, context={**email.context, **own})


def booking_of(secret: str) -> Booking:
    """The booking that a link names. Raises RuleBroken when the link is forged, too old, of nothing or
    went to another address than theirs, and when they have an account by now."""
    booking = db.session.get(Booking, tokens.read(PURPOSE, secret, lasts=LINK_LASTS))
    if booking is None:
        raise RuleBroken("The booking that this link was for is no longer here.")
    tokens.check_sent_to(secret, booking.person.email)
    if accounts.has_account(booking.person_id):
        raise RuleBroken("You have an account by now. Sign in: this place is under “My places”.")
    return booking


def holder_of(booking: Booking) -> Actor:
    """Whoever has the link acts as the person whose place it is, for that booking alone."""
    return Actor(name=booking.person.name, person_id=booking.person_id)
