"""Readers of the files that councils have: text, columns, and rows checked one by one."""

from app.core.tables import (
    MAX_BYTES,
    MAX_LINES,
)
from app.exchange.files.columns import (
    COLUMNS,
    Column,
)
from app.exchange.files.rows import (
    AttendanceRow,
    CompletionRow,
    HrRow,
    MemberRow,
    PartnerRow,
    RunRow,
    read_date,
)
from app.exchange.files.sheet import (
    Problem,
    Sheet,
    check_file,
    read_sheet,
)

__all__ = [
    "COLUMNS",
    "MAX_BYTES",
    "MAX_LINES",
    "AttendanceRow",
    "Column",
    "CompletionRow",
    "HrRow",
    "MemberRow",
    "PartnerRow",
    "Problem",
    "RunRow",
    "Sheet",
    "check_file",
    "read_date",
    "read_sheet",
]
