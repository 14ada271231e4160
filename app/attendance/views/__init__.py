"""The pages of registers and of what people have learnt."""

from __future__ import annotations

from flask import Flask

from app.attendance.views import certificates, learning, registers
from app.attendance.views.blueprint import bp

PAGES = (certificates, learning, registers)


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    certificates.limiter.init_app(app)
    app.register_blueprint(bp)
