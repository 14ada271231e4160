"""The pages of places: booking, one's own bookings, and who is on a run."""

from __future__ import annotations

from flask import Flask

from app.bookings.views import booking, leaving, mine, places
from app.bookings.views.blueprint import bp

__all__ = ["booking", "leaving", "mine", "places", "register"]


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
