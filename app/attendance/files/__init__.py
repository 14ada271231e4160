"""What registers give to other programs, and take from them."""

from app.attendance.files.attendees import (
    MAX_BYTES,
    Attendee,
    kind_of,
)
from app.attendance.files.plain import (
    COLUMNS,
    read_plain,
)
from app.attendance.files.teams import (
    read_teams_report,
)

__all__ = [
    "COLUMNS",
    "MAX_BYTES",
    "Attendee",
    "kind_of",
    "read_plain",
    "read_teams_report",
]
