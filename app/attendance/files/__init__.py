"""What people take away as files, one module for each topic."""

from app.attendance.files.certificates import certificate_name, certificate_pdf
from app.attendance.files.records import COMPLETION_COLUMNS, record_csv

__all__ = ["COMPLETION_COLUMNS", "certificate_name", "certificate_pdf", "record_csv"]
