"""What people are told of their training, one module for each topic."""

from app.attendance.emails.certificates import (
    certificate_issued,
    certificate_withdrawn,
    withdrawn_to_be_told,
)

__all__ = ["certificate_issued", "certificate_withdrawn", "withdrawn_to_be_told"]
