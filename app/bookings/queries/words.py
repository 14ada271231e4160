"""A run and its places as lists of choices name them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from app.core.filters import day, plural, short_day
from app.people.models import Person
from app.sessions.models import Run, TrainingSession


def run_in_words(run: Run, left: int, deadline: date | None = None) -> str:
    """A run with the places that are left, and that it ends too late, if it does: "SOS2-07, from Tue 15 Mar
    2022 (2 places), ends on 6 April 2022, after the deadline"."""
    words = f"{run.code}, from {short_day(run.first_session.held_on)} ({_places(left)})"
    return f"{words}, {_ends(run)}, after the deadline" if _is_late(run, deadline) else words


def late_in_words(runs: Iterable[Run], deadline: date | None) -> list[str]:
    """A sentence for each of these runs that ends too late: "SOS2-07 ends on 6 April 2022, after the deadline
    of 31 March 2022"."""
    return [
        f"{run.code} {_ends(run)}, after the deadline of {day(deadline)}."
        for run in runs
        if deadline and _is_late(run, deadline)
    ]


def _is_late(run: Run, deadline: date | None) -> bool:
    return deadline is not None and run.last_session.held_on > deadline


def _ends(run: Run) -> str:
    return f"ends on {day(run.last_session.held_on)}"


def outside_in_words(people: Sequence[Person]) -> list[str]:
    """Why people on a page can't be chosen: "3 people are left out, as the course is not for them"."""
    if not people:
        return []
    who = plural(len(people), "person is", "people are")
    return [f"{who} left out, as the course is not for their role or organisation."]


def day_in_words(session: TrainingSession, left: int) -> str:
    """A day of a run, likewise: "SOS5-05, Day 3 on Mon 21 Mar 2022 (2 places)"."""
    when = f"{session.component.title} on {short_day(session.held_on)}"
    return f"{session.run.code}, {when} ({_places(left)})"


def _places(left: int) -> str:
    return plural(left, "place") if left > 0 else "full: waiting list"
