"""What people are told of their certificates. (ST-10, MA-09, AM-12)"""

from __future__ import annotations

from app.attendance.models import Certificate
from app.core.mail import Email, link


def certificate_issued(certificate: Certificate, secret: str | None = None) -> Email:
    """To the person: the certificate is there. `secret` is the end of the link for who has no account."""
    return Email(
        subject=f"Your certificate: {certificate.course.title}",
        template="attendance/emails/certificate_issued",
        context={
            "certificate": certificate,
            "first_name": certificate.person.called,
            "certificate_link": _address_of(certificate, secret),
        },
    )


def certificate_withdrawn(certificate: Certificate) -> Email:
    """To the person: the certificate does not stand any more, and why."""
    return Email(
        subject=f"Certificate withdrawn: {certificate.course.title}",
        template="attendance/emails/certificate_withdrawn",
        context={
            "certificate": certificate,
            "first_name": certificate.person.called,
        },
    )


def certificate_restored(certificate: Certificate, secret: str | None = None) -> Email:
    """To the person: the certificate that was withdrawn stands again."""
    return Email(
        subject=f"Certificate stands again: {certificate.course.title}",
        template="attendance/emails/certificate_restored",
        context={
            "certificate": certificate,
            "first_name": certificate.person.called,
            "certificate_link": _address_of(certificate, secret),
        },
    )


def certificate_to_be_told(certificate: Certificate) -> Email:
    """To the academy: somebody without an address has to be told that their certificate was withdrawn, or
    stands again."""
    happened = "stands again" if certificate.stands else "withdrawn"
    return Email(
        subject=f"Please tell {certificate.person.name}: certificate {happened}",
        template="attendance/emails/certificate_to_be_told",
        context={
            "certificate": certificate,
            "person_link": link(f"/people/{certificate.person_id}/learning"),
        },
    )


def _address_of(certificate: Certificate, secret: str | None) -> str:
    return link(f"/my-certificate/{secret}" if secret else f"/certificate/{certificate.id}")
