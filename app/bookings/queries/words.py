"""A run and its places as lists of choices name them."""

from __future__ import annotations

from app.core.filters import plural, short_day
from app.sessions.models import Run, TrainingSession


def run_in_words(run: Run, left: int) -> str:
    """A run with the places that are left: "SOS2-07, from Tue 15 Mar 2022 (2 places)"."""
    return f"{run.code}, from {short_day(run.first_session.held_on)} ({_places(left)})"


def day_in_words(session: TrainingSession, left: int) -> str:
    """A day of a run, likewise: "SOS5-05, Day 3 on Mon 21 Mar 2022 (2 places)"."""
    when = f"{session.component.title} on {short_day(session.held_on)}"
    return f"{session.run.code}, {when} ({_places(left)})"


def _places(left: int) -> str:
    return plural(left, "place") if left > 0 else "full: waiting list"
