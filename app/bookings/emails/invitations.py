"""To whoever is invited, or asked to be told of runs."""

from __future__ import annotations

from collections.abc import Sequence

from app.bookings.models import Invitation
from app.core.mail import Email, link
from app.people.models import Person
from app.programmes.models import Course
from app.sessions.models import Run


def invitation(invited: Invitation, token: str) -> Email:
    """They are invited to book one of some runs; the link needs no account (MA-02, AM-08)."""
    person = invited.person
    return Email(
        subject=f"Book your place on {invited.course.title}",
        template="bookings/emails/invitation",
        context={
            "first_name": person.called,
            "course": invited.course,
            "runs": invited.runs,
            "invitation_link": link(f"/invitations/{token}"),
        },
    )


def run_opened(person: Person, course: Course, runs: Sequence[Run]) -> Email:
    """They asked to be told when a run of a course opens: all that opened since, in one message."""
    return Email(
        subject=f"{course.title}: {'new dates' if len(runs) > 1 else 'a new date'} to book",
        template="bookings/emails/run_opened",
        context={
            "first_name": person.called,
            "course": course,
            "runs": [(run, link(f"/runs/{run.id}/book")) for run in runs],
            "asked_link": link("/book"),
        },
    )
