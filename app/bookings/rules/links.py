"""The link by which somebody without an account sees and gives up their own place. (MA-02)"""

from __future__ import annotations

from dataclasses import replace

from app.accounts.rules.own_links import check_is_own, own_secret, read_own_secret
from app.bookings.models import Booking
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.mail import Email, link

PURPOSE = "place"


def secret_for(booking: Booking) -> str | None:
    """The secret end of the link to a booking, for whoever has no account to sign in with."""
    return own_secret(PURPOSE, booking.id, booking.person)


def with_own_link(email: Email, secret: str) -> Email:
    """The e-mail with the link that needs no account, where it would lead to the page behind one. Nor can
    they book other dates on such a page: without `runs_link` the academy asks what suits them (U-08)."""
    own = {"booking_link": link(f"/my-place/{secret}"), "runs_link": None}
    return replace(email, context={**email.context, **own})


def booking_of(secret: str) -> Booking:
    """The booking that a link names. Raises RuleBroken when the link is forged, too old, of nothing or
    went to another address than theirs, and when they have an account by now."""
    booking = db.session.get(Booking, read_own_secret(PURPOSE, secret))
    if booking is None:
        raise RuleBroken("The booking that this link was for is no longer here.")
    check_is_own(secret, booking.person, found_at="this place is under “My places”")
    return booking


def holder_of(booking: Booking) -> Actor:
    """Whoever has the link acts as the person whose place it is, for that booking alone."""
    return Actor(name=booking.person.name, person_id=booking.person_id)
