"""The board's page and its packs."""

from __future__ import annotations

from flask import Flask

from app.board.views import packs, side
from app.board.views.side import bp

PAGES = (packs, side)


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
