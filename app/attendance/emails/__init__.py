"""What people are told of registers and of their training, one module for each topic."""

from app.attendance.emails.certificates import (
    certificate_issued,
    certificate_restored,
    certificate_to_be_told,
    certificate_withdrawn,
)
from app.attendance.emails.declared import declaration_answered
from app.attendance.emails.links import register_link

__all__ = [
    "certificate_issued",
    "certificate_restored",
    "certificate_to_be_told",
    "certificate_withdrawn",
    "declaration_answered",
    "register_link",
]
