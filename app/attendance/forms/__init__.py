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
from app.attendance.forms.files import FileForm, TakeForm, take_form
from app.attendance.forms.register import CHOICES, RegisterForm, register_form

__all__ = [
    "AGAIN",
    "CHOICES",
    "NOT_HELD",
    "SOMEBODY_ELSE",
    "AskForm",
    "DecideHeldForm",
    "FileForm",
    "NotHeldForm",
    "RegisterForm",
    "TakeForm",
    "UndoForm",
    "WalkInForm",
    "register_form",
    "take_form",
]
