"""What more than one page of places asks."""

from __future__ import annotations

from app.bookings.rules import KEPT_AFTER_THE_RUN
from app.core.forms import TextArea

LONGEST_REASON = 400
NOWHERE = "none"
NEEDS = "Is there anything we should arrange so you can take part?"
NEEDS_HINT = (
    "For example an interpreter, step-free access or handouts in large print. Only the academy and the "
    f"trainer of this run see it, and it is deleted {KEPT_AFTER_THE_RUN.days} days after the run. Do not "
    "enter anything about a child or family."
)
NO_CHILD = "Do not enter anything about a child or family."


def needs_asked() -> TextArea:
    """What is asked of everybody who books or has a place, in the same words on every page."""
    return TextArea(f"{NEEDS} (optional)", max_length=1000, description=NEEDS_HINT)


def exception_explained() -> TextArea:
    return TextArea("Reason for booking somebody the course is not meant for", max_length=LONGEST_REASON)
