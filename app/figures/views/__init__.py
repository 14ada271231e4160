"""The pages of targets, populations and cohorts."""

from __future__ import annotations

from flask import Flask

from app.figures.views import (
    cohorts,
    inviting,
    members,
    organisation,
    populations,
    targets,
    training,
)
from app.figures.views.targets import bp

PAGES = (
    cohorts,
    inviting,
    members,
    organisation,
    populations,
    targets,
    training,
)


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
