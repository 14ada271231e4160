"""What is typed into registers and on the pages around them."""

from __future__ import annotations

from app.attendance.forms.deciding import (
    AGAIN,
    NOT_HELD,
    SOMEBODY_ELSE,
    AskForm,
    DecideHeldForm,
    NotHeldForm,
    UndoForm,
    WalkInForm,
)
from app.attendance.forms.register import CHOICES, RegisterForm, register_form
from app.attendance.forms.ways import CodeForm, HereForm, LinkForm

__all__ = [
    "AGAIN",
    "CHOICES",
    "NOT_HELD",
    "SOMEBODY_ELSE",
    "AskForm",
    "CodeForm",
    "DecideHeldForm",
    "HereForm",
    "LinkForm",
    "NotHeldForm",
    "RegisterForm",
    "UndoForm",
    "WalkInForm",
    "register_form",
]
