"""What the room's pages share: their blueprint."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("attendance", __name__)
