"""What somebody should know about the days of new runs before they are saved. It stops nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.programmes.models import Course
from app.sessions.models import TrainingSession
from app.sessions.rules.licences import licence_warnings, licences_asked
from app.sessions.rules.planning import (
    PlannedDay,
    days_of_run,
    link_warnings,
    venue_warnings,
    warnings_about,
)


def warnings_before_saving(
    course: Course, runs: Sequence[Sequence[PlannedDay]], *, today: date
) -> list[list[str]]:
    """Of each of these runs of a course, by its days: what is odd about their dates, which trainers have no
    licence for them, and which have no venue, or no link, yet. (AM-02, AM-04, TR-08)"""
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


def warnings_before_moving(session: TrainingSession, planned: PlannedDay, *, today: date) -> list[str]:
    """What there is to know of a run once a session of it is on another date, and was not before.

    Day 1 from Tuesday 15 March 2022 to Sunday 20 March, with Day 2 on the 16th: that it is at a weekend, and
    that Day 2 is before it. On the same date there is nothing new. (U-05, AM-02)
    """
    if planned.held_on == session.held_on:
        return []
    run, days = session.run, days_of_run(session.run)
    moved = [planned if one is session else day for one, day in zip(run.sessions, days, strict=True)]
    before, after = warnings_before_saving(run.version.course, [days, moved], today=today)
    return [warning for warning in after if warning not in before]
