"""The pages of registers and of what people have learnt."""

from __future__ import annotations

from flask import Flask

from app.attendance.views import deciding, doors, files, learning, registers, undoing
from app.attendance.views.blueprint import bp

PAGES = (deciding, doors, files, learning, registers, undoing)


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
