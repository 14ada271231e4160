"""What somebody should know about the days of new runs before they are saved. It stops nobody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.programmes.models import Course
from app.sessions.rules.licences import licence_warnings, licences_asked
from app.sessions.rules.planning import PlannedDay, link_warnings, venue_warnings, warnings_about


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
