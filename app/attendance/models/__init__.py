"""How registers are opened, what is decided about marks, and what people take away."""

from app.attendance.models.decisions import AbsenceAnswer, PartialAcceptance
from app.attendance.models.records import (
    Certificate,
    ClaimState,
    DeclaredTraining,
    Reflection,
)
from app.attendance.models.ways import (
    AttendanceFile,
    FileKind,
    RegisterLink,
)

__all__ = [
    "AbsenceAnswer",
    "AttendanceFile",
    "Certificate",
    "ClaimState",
    "DeclaredTraining",
    "FileKind",
    "PartialAcceptance",
    "Reflection",
    "RegisterLink",
]
