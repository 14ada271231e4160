"""The pages of runs, the calendar, venues and trainers."""

from __future__ import annotations

from flask import Flask

from app.sessions.views import (
    accounts,
    calendar,
    changing,
    closing,
    contacts,
    copying,
    joining,
    resources,
    scheduling,
    teaching,
    trainer,
)
from app.sessions.views.runs import bp

__all__ = [
    "accounts",
    "calendar",
    "changing",
    "closing",
    "contacts",
    "copying",
    "joining",
    "register",
    "resources",
    "scheduling",
    "teaching",
    "trainer",
]


def register(app: Flask) -> None:
    """Give the application the pages of runs and what they need."""
    app.register_blueprint(bp)
