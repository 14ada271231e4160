"""Forms: fields that look as GOV.UK's do, keep what was typed, and answer in sentences."""

from __future__ import annotations

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError

from app.core.forms.base import Form, Part, ReadOnce, named
from app.core.forms.dates import DateField, TimeField
from app.core.forms.fields import (
    LARGEST_INTEGER,
    LONGEST_REASON,
    CheckboxesField,
    CheckboxField,
    EmailField,
    FileField,
    HiddenField,
    IntegerField,
    NameField,
    PartField,
    PartsField,
    PasswordField,
    PoundsField,
    RadioField,
    Required,
    SelectField,
    TextArea,
    TextField,
    choices_from,
    choices_of,
)
from app.core.forms.guarded import GuardedForm, LookedAtForm

__all__ = [
    "LARGEST_INTEGER",
    "LONGEST_REASON",
    "CheckboxField",
    "CheckboxesField",
    "DateField",
    "EmailField",
    "FileField",
    "Form",
    "GuardedForm",
    "HiddenField",
    "InputRequired",
    "IntegerField",
    "LookedAtForm",
    "NameField",
    "Optional",
    "Part",
    "PartField",
    "PartsField",
    "PasswordField",
    "PoundsField",
    "RadioField",
    "ReadOnce",
    "Required",
    "SelectChoice",
    "SelectField",
    "TextArea",
    "TextField",
    "TimeField",
    "ValidationError",
    "choices_from",
    "choices_of",
    "named",
]
