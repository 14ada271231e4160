"""The pages of registers, certificates and training records."""

from __future__ import annotations

from flask import Flask

from app.attendance.views import certificates, record, registers
from app.attendance.views.blueprint import bp

PAGES = (certificates, record, registers)


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    certificates.limiter.init_app(app)
    app.register_blueprint(bp)
    app.register_blueprint(certificates.bp)
    app.register_blueprint(record.bp)
