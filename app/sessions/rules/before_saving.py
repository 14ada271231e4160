"""What somebody should know about the days of new runs before they are saved. It stops nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.core.editions import check_looked_at
from app.programmes.models import Course
from app.sessions.models import TrainingSession
from app.sessions.rules.licences import licence_warnings, licences_asked
from app.sessions.rules.planning import (
    PlannedDay,
    days_of_run,
    link_warnings,
    venue_warnings,
    warnings_about,
    year_warnings,
    year_warnings_of_move,
)


def warnings_before_saving(
    course: Course, runs: Sequence[Sequence[PlannedDay]], *, today: date
) -> list[list[str]]:
    """Of each of these new runs of a course, by its days: what is odd about their dates, which trainers have
    no licence for them, and which have no venue, or no link, yet. (AM-02, AM-04, TR-08)"""
    known = _known_of(course, runs, today)
    return [[*year_warnings(days, today=today), *of_run] for days, of_run in zip(runs, known, strict=True)]


def warnings_before_moving(session: TrainingSession, planned: PlannedDay, *, today: date) -> list[str]:
    """What there is to know of a run once a session of it is on another date, and was not before.

    Day 1 from Tuesday 15 March 2022 to Sunday 20 March, with Day 2 on the 16th: that it is at a weekend, and
    that Day 2 is before it. On the same date there is nothing new. (U-05, AM-02)
    """
    if planned.held_on == session.held_on:
        return []
    run, days = session.run, days_of_run(session.run)
    moved = [planned if one is session else day for one, day in zip(run.sessions, days, strict=True)]
    before, after = _known_of(run.version.course, [days, moved], today)
    new = [warning for warning in after if warning not in before]
    return [*year_warnings_of_move(session.held_on, planned), *new]


def check_days_looked_at(
    course: Course, days: Sequence[PlannedDay], seen: str | None, *, today: date
) -> None:
    """All that is to be known of the days of a new run stood above the button that was pressed: `seen` is the
    edition of that."""
    (warnings,) = warnings_before_saving(course, [days], today=today)
    if warnings:
        check_looked_at(warnings, seen, _NOT_LOOKED_AT)


_NOT_LOOKED_AT = (
    "Nothing is scheduled yet: look at what to know about the days. Press the button again to schedule the "
    "run as it is"
)


def _known_of(course: Course, runs: Sequence[Sequence[PlannedDay]], today: date) -> list[list[str]]:
    licences = licences_asked(course, [day for days in runs for day in days])
    return [
        [
            *warnings_about(days, course.programme),
            *licence_warnings(course, days, licences),
            *venue_warnings(days, today=today),
            *link_warnings(days, today=today),
        ]
        for days in runs
    ]
