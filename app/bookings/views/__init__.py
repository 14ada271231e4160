"""The pages of places: booking, one's own bookings, and who is on a run."""

from __future__ import annotations

from flask import Flask

from app.bookings.views import booking, interest, mine, places, taking_part
from app.bookings.views.blueprint import bp

__all__ = ["booking", "interest", "mine", "places", "register", "taking_part"]


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
