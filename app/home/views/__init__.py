"""The first page, the pages that everybody may read, and the frame of every page."""

from __future__ import annotations

from flask import Flask

from app.home.views import first_page, frame, information, learning, quality


def register(app: Flask) -> None:
    """Give the application this room's pages, and every page its frame."""
    frame.install(app)
    app.register_blueprint(first_page.bp)
    app.register_blueprint(information.bp)
    app.register_blueprint(quality.bp)
    app.register_blueprint(learning.bp)
