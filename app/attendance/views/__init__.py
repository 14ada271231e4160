"""The pages of registers, certificates and training records."""

from __future__ import annotations

from flask import Flask

from app.attendance.views import (
    absences,
    by_link,
    certificates,
    checking_in,
    deciding,
    delivering,
    doors,
    files,
    holding,
    past,
    record,
    registers,
    screen,
    undoing,
    versions,
)
from app.attendance.views.blueprint import bp

PAGES = (
    absences,
    by_link,
    certificates,
    checking_in,
    deciding,
    delivering,
    doors,
    files,
    holding,
    past,
    record,
    registers,
    screen,
    undoing,
    versions,
)


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
    app.register_blueprint(certificates.bp)
    app.register_blueprint(record.bp)
