"""The pages of targets, populations and cohorts."""

from __future__ import annotations

from flask import Flask

from app.figures.views import (
    attendance,
    choosing,
    cohorts,
    colours,
    deliverables,
    doubts,
    ending,
    inviting,
    members,
    milestones,
    movement,
    organisation,
    pictures,
    populations,
    programmes,
    publishing,
    reached,
    stated,
    targets,
    training,
    turnover,
)
from app.figures.views.targets import bp

PAGES = (
    choosing,
    cohorts,
    inviting,
    colours,
    deliverables,
    doubts,
    ending,
    members,
    milestones,
    movement,
    organisation,
    attendance,
    pictures,
    turnover,
    populations,
    programmes,
    stated,
    publishing,
    reached,
    targets,
    training,
)


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
