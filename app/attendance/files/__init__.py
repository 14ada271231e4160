"""What registers give to other programs, and take from them."""

from app.attendance.files.attendees import (
    MAX_BYTES,
    Attendee,
    kind_of,
)
from app.attendance.files.certificates import (
    certificate_name,
    certificate_pdf,
)
from app.attendance.files.plain import (
    COLUMNS,
    SessionNames,
    columns_not_read,
    read_plain,
)
from app.attendance.files.records import (
    COMPLETION_COLUMNS,
    record_csv,
)
from app.attendance.files.stamps import Interval, minutes_in
from app.attendance.files.teams import read_teams_report

__all__ = [
    "COLUMNS",
    "COMPLETION_COLUMNS",
    "MAX_BYTES",
    "Attendee",
    "Interval",
    "SessionNames",
    "certificate_name",
    "certificate_pdf",
    "columns_not_read",
    "kind_of",
    "minutes_in",
    "read_plain",
    "read_teams_report",
    "record_csv",
]
