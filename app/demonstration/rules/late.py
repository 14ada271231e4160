"""A run that ends after the deadline, and who is booked on it though others end in time. (U-11)"""

from __future__ import annotations

from datetime import datetime, time

from app.bookings import rules as bookings
from app.core import clock, workdays
from app.core.actors import Actor
from app.core.db import db
from app.demonstration import queries
from app.demonstration.rules.current import PRACTITIONERS
from app.demonstration.rules.desk import run_named
from app.sessions import rules as sessions
from app.sessions.rules import PlannedSession

LAST_BUT = -4  # of the practitioners in post the last three are away, and whoever is before them has no place


def fill(*, by: Actor, now: datetime) -> None:
    """The first day of one more run is the last but two before the deadline, its second comes after it."""
    version = run_named("TRAUMA-2DAY-09").version
    deadline = version.course.programme.deadline
    assert deadline is not None
    days = workdays.working_days_before(deadline, 3), workdays.working_days_after(deadline, 4)
    run = sessions.schedule_run(
        version=version,
        code="TRAUMA-2DAY-10",
        minimum_places=version.course.minimum_places,
        sessions=[
            PlannedSession(
                held_on=day,
                starts=time(9, 30),
                ends=time(16, 30),
                capacity=12,
                link="https://meet.demo.example/trauma-2day-10",
            )
            for day in days
        ],
        by=by,
        now=now,
    )
    practitioners = db.session.scalars(queries.staff_in_role_groups(PRACTITIONERS, clock.day_of(now)))
    bookings.book(run=run, person=practitioners.all()[LAST_BUT], by=by, now=now)
