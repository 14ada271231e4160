"""What people are told of registers and of their training, one module for each topic."""

from app.attendance.emails.declared import declaration_answered
from app.attendance.emails.links import register_link

__all__ = ["declaration_answered", "register_link"]
