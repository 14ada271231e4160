"""What people take away as files, one module for each topic."""

from app.attendance.files.certificates import certificate_name, certificate_pdf

__all__ = ["certificate_name", "certificate_pdf"]
