"""What is written to people about registers."""

from app.attendance.emails.links import register_link

__all__ = ["register_link"]
