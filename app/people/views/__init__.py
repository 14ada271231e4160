"""The pages of people: the directory, a person, teams, organisations and the lists behind them."""

from __future__ import annotations

from flask import Flask

from app.people.views import (
    absences,
    addresses,
    closing,
    directory,
    lists,
    organisations,
    person,
    posts,
    teams,
    working_days,
)
from app.people.views.blueprint import bp

__all__ = [
    "absences",
    "addresses",
    "closing",
    "directory",
    "lists",
    "organisations",
    "person",
    "posts",
    "register",
    "teams",
    "working_days",
]


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
