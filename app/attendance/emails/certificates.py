"""What people are told of their certificates. (ST-10, MA-09, AM-12)"""

from __future__ import annotations

from app.attendance.models import Award
from app.core.mail import Email, link


def certificate_issued(award: Award, secret: str | None = None) -> Email:
    """To the person: the certificate is there. `secret` is the end of the link for who has no account."""
    return Email(
        subject=f"Your certificate: {award.course.title}",
        template="attendance/emails/certificate_issued",
        context={
            "award": award,
            "first_name": award.person.called,
            "certificate_link": link(f"/my-certificate/{secret}" if secret else f"/certificate/{award.id}"),
        },
    )


def certificate_withdrawn(award: Award) -> Email:
    """To the person: the certificate does not stand any more, and why."""
    return Email(
        subject=f"Certificate withdrawn: {award.course.title}",
        template="attendance/emails/certificate_withdrawn",
        context={
            "award": award,
            "first_name": award.person.called,
        },
    )


def withdrawn_to_be_told(award: Award) -> Email:
    """To the academy: somebody without an address has to be told that their certificate was withdrawn."""
    return Email(
        subject=f"Please tell {award.person.name}: certificate withdrawn",
        template="attendance/emails/withdrawn_to_be_told",
        context={"award": award, "person_link": link(f"/people/{award.person_id}/learning")},
    )
