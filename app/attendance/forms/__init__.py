"""What is typed into registers and on the pages around them."""

from __future__ import annotations

from app.attendance.forms.past import (
    AnswerForm,
    CorrectPastForm,
    DeclareForm,
    PastForm,
    TakeBackPastForm,
    values_of_past,
)
from app.attendance.forms.register import CHOICES, AbsenceForm, RegisterForm, register_form
from app.attendance.forms.versions import MappingForm, VersionForm, components_text, mapping_form

__all__ = [
    "CHOICES",
    "AbsenceForm",
    "AnswerForm",
    "CorrectPastForm",
    "DeclareForm",
    "MappingForm",
    "PastForm",
    "RegisterForm",
    "TakeBackPastForm",
    "VersionForm",
    "components_text",
    "mapping_form",
    "register_form",
    "values_of_past",
]
