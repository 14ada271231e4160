"""Readers of the files that councils have: text, columns, and rows checked one by one."""

from app.exchange.files.rows import (
    COLUMNS,
    Column,
    CompletionRow,
    FileRow,
    HrRow,
    MemberRow,
    PartnerRow,
    Problem,
    Sheet,
    check_file,
    read_date,
    read_sheet,
)
from app.exchange.files.text import MAX_BYTES, MAX_LINES

__all__ = [
    "COLUMNS",
    "MAX_BYTES",
    "MAX_LINES",
    "Column",
    "CompletionRow",
    "FileRow",
    "HrRow",
    "MemberRow",
    "PartnerRow",
    "Problem",
    "Sheet",
    "check_file",
    "read_date",
    "read_sheet",
]
