"""A Teams report that waits to be looked at, for the register that nobody has marked yet."""

from __future__ import annotations

from datetime import datetime

from app.attendance.rules import upload_file
from app.bookings.queries import confirmed_on
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.demonstration.rules.desk import run_named
from app.people.models import Person
from app.sessions.models import TrainingSession

_HEADING = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"


def fill(*, by: Actor, now: datetime) -> None:
    """Most came and are known by their address, one came as a guest, one under no name; two are not in it."""
    session = run_named("TRAUMA-2DAY-04").sessions[0]
    people = [booking.person for booking in db.session.scalars(confirmed_on(session))]
    content = _written(session, people[:-2]).encode("utf-16")
    upload_file(session=session, filename="Attendance report.csv", content=content, by=by, now=now)


def _written(session: TrainingSession, people: list[Person]) -> str:
    starts, ends = (_at(moment) for moment in (session.starts_at, session.ends_at))
    lines = ["1. Summary", "Meeting title\tDay 1", f"Start time\t{starts}", "", "2. Participants", _HEADING]
    lines.append(f"Meeting host\t{starts}\t{ends}\t7h 0m 0s\thost@demo.example\t\tOrganizer")
    for place, person in enumerate(people):
        is_guest = place == len(people) - 1
        name, email = (f"{person.name} (External)", "") if is_guest else (person.name, person.email or "")
        stayed = "2h 30m 0s" if place == 2 else "6h 48m 51s"
        lines.append(f"{name}\t{starts}\t{ends}\t{stayed}\t{email}\t{email}\tPresenter")
    lines.append(f"Guest (Unverified)\t{starts}\t{ends}\t6h 12m 2s\t\t\tAttendee")
    return "\r\n".join(lines)


def _at(moment: datetime) -> str:
    """As Teams writes it for an organiser in America: "3/15/22, 9:28:00 AM"."""
    at = clock.london(moment)
    return f"{at.month}/{at.day}/{at:%y}, {at.hour % 12 or 12}:{at:%M:%S %p}"
