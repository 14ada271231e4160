"""The pages of places: booking and giving up, requests and offers, and who is on a run."""

from __future__ import annotations

from flask import Flask

from app.bookings.views import (
    answering,
    booking,
    by_link,
    catching_up,
    causes,
    changing,
    charges,
    deputies,
    ending,
    interest,
    invitation,
    inviting,
    leavers,
    leaving,
    mine,
    moving,
    offers,
    places,
    proposals,
    quotas,
    reconfirming,
    requests,
    run_lists,
    runs,
    taking_part,
)
from app.bookings.views.blueprint import bp

__all__ = [
    "answering",
    "booking",
    "by_link",
    "catching_up",
    "causes",
    "changing",
    "charges",
    "deputies",
    "ending",
    "interest",
    "invitation",
    "inviting",
    "leavers",
    "leaving",
    "mine",
    "moving",
    "offers",
    "places",
    "proposals",
    "quotas",
    "reconfirming",
    "register",
    "requests",
    "run_lists",
    "runs",
    "taking_part",
]


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
