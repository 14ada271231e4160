"""What is typed into registers and on the pages around them."""

from __future__ import annotations

from app.attendance.forms.certificates import CodeForm, ReflectionForm
from app.attendance.forms.register import CHOICES, RegisterForm, register_form

__all__ = ["CHOICES", "CodeForm", "ReflectionForm", "RegisterForm", "register_form"]
