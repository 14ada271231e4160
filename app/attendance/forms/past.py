"""Completions that no register here shows, as the academy enters them and as people declare them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.attendance.rules import Evidence
from app.core.db import db
from app.core.forms import (
    DateField,
    Form,
    InputRequired,
    Optional,
    RadioField,
    Required,
    SelectField,
    TextArea,
    TextField,
    choices_from,
    choices_of,
)
from app.learning.models import DatePrecision, PastCompletion, PastKind
from app.programmes import queries as programmes

_BY_THE_ACADEMY = (PastKind.PRIOR_LEARNING, PastKind.LEGACY)


# In the order in which pages show them, which is the order of their errors.
class _KindForm(Form):
    kind = RadioField(
        "What is it?",
        [Required("Choose what it is")],
        choices=[one for one in choices_of(PastKind) if one.value in _BY_THE_ACADEMY],
        description="Prior learning is accepted by whoever enters it. Neither counts as people trained here.",
    )


class _CourseForm(Form):
    course_id = SelectField("Course", [Required("Choose a course")])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        courses = db.session.scalars(programmes.courses())
        self.course_id.choices = choices_from(courses, blank="Choose a course")


class EvidenceForm(Form):
    completed_on = DateField(
        "Completed on",
        [InputRequired("Enter the date on which it was completed")],
        description="Like 31 8 2021",
    )
    precision = RadioField(
        "How exact is the date?", choices=choices_of(DatePrecision), default=DatePrecision.EXACT.value
    )
    source = TextField(
        "Source",
        [Required("Enter where this comes from, like a certificate or a spreadsheet")],
        max_length=250,
        description="For example, a certificate, another council’s record or a spreadsheet",
    )
    note = TextArea("Evidence note (optional)", max_length=2000)

    def evidence(self) -> Evidence:
        """What was typed of when, and of what says so."""
        return Evidence(
            completed_on=self.completed_on.data or date.max,
            source=self.source.data or "",
            precision=DatePrecision(self.precision.data),
            note=self.note.data or "",
        )


class PastForm(_KindForm, _CourseForm, EvidenceForm):
    """Prior learning, or a completion from before the registers, as the academy enters it."""


class CorrectPastForm(EvidenceForm):
    reason = TextArea("Why it is corrected", [Required("Say why it is corrected")], max_length=500)


class TakeBackPastForm(Form):
    reason = TextArea("Why it is taken back", [Required("Say why it is taken back")], max_length=500)


class DeclareForm(_CourseForm, EvidenceForm):
    source = TextField(
        "Who delivered it",
        [Required("Enter who delivered it, like another council")],
        max_length=200,
        description="For example, another council, a university or a training company",
    )
    note = TextArea(
        "What shows it",
        [Required("Say what shows it, like a certificate and its number")],
        max_length=2000,
        description="For example, “certificate 4711, my manager has a copy”. Do not write about anybody’s "
        "case here.",
    )


class AnswerForm(Form):
    answer = TextArea(
        "Your words to them (optional)",
        [Optional()],
        max_length=500,
        description="They are in the e-mail. If you do not accept it, say why.",
    )


def values_of_past(past: PastCompletion) -> dict[str, Any]:
    """A past completion as its form shows it."""
    return {
        "completed_on": past.completed_on,
        "precision": past.precision.value,
        "source": past.source,
        "note": past.note,
    }
