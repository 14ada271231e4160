"""What is typed into registers and on the pages around them."""

from __future__ import annotations

from app.attendance.forms.register import CHOICES, RegisterForm, register_form
from app.attendance.forms.ways import CodeForm, HereForm, LinkForm

__all__ = ["CHOICES", "CodeForm", "HereForm", "LinkForm", "RegisterForm", "register_form"]
