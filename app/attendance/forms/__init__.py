"""What is typed into registers and on the pages around them."""

from __future__ import annotations

from app.attendance.forms.files import FileForm, TakeForm, take_form
from app.attendance.forms.register import CHOICES, RegisterForm, register_form

__all__ = ["CHOICES", "FileForm", "RegisterForm", "TakeForm", "register_form", "take_form"]
