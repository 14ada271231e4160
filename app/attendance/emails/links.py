"""To whoever marks a register without an account."""

from __future__ import annotations

from datetime import date, datetime

from app.attendance.models import RegisterLink
from app.core.mail import Email, link


def register_link(made: RegisterLink, secret: str, *, opens_at: datetime, last_day: date) -> Email:
    """Their link to one session's register, and from when until when it works (TR-05)."""
    session = made.session
    return Email(
        subject=f"Register of {session.run.code}, {session.component.title}",
        template="attendance/emails/register_link",
        context={
            "name": made.to_name,
            "made_by": made.made_by,
            "session": session,
            "run": session.run,
            "course": session.run.version.course,
            "opens_at": opens_at,
            "last_day": last_day,
            "register_link": link(f"/register-links/{secret}"),
        },
    )
