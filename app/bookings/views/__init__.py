"""The pages of places: booking, one's own bookings, and who is on a run."""

from __future__ import annotations

from flask import Flask

from app.bookings.views import booking, catching_up, invitation, inviting, mine, places
from app.bookings.views.blueprint import bp

__all__ = ["booking", "catching_up", "invitation", "inviting", "mine", "places", "register"]
from app.bookings.views import changing, ending, moving, reconfirming

__all__ = ["booking", "changing", "ending", "mine", "moving", "places", "reconfirming", "register"]
from app.bookings.views import causes, charges, leaving

__all__ = ["booking", "causes", "charges", "leaving", "mine", "places", "register"]
from app.bookings.views import by_link

__all__ = ["booking", "by_link", "mine", "places", "register"]
from app.bookings.views import offers, quotas

__all__ = ["booking", "mine", "offers", "places", "quotas", "register"]
from app.bookings.views import answering, requests

__all__ = ["answering", "booking", "mine", "places", "register", "requests"]


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
