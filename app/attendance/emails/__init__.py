"""What people are told of their training, one module for each topic."""

from app.attendance.emails.declared import declaration_answered

__all__ = ["declaration_answered"]
