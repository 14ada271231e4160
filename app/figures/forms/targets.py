"""The shape of what is typed about targets."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Field

from app.core.forms import (
    DateField,
    Form,
    IntegerField,
    Optional,
    RadioField,
    Required,
    SelectField,
    TextArea,
    TextField,
    ValidationError,
    choices_from,
    choices_of,
)
from app.figures.models import TargetKind, TargetRule
from app.programmes.models import Course


class KindForm(Form):
    """What kind of measure a new target is; each has its own page after this one."""

    class Meta:
        csrf = False

    kind = RadioField(
        "What is counted?", [Required("Choose what is counted")], choices=choices_of(TargetKind)
    )


class TargetForm(Form):
    """What a target asks. A new one also says what it is called in addresses and commands."""

    code = TextField(
        "Code",
        [Required("Enter a code, like sos-2day-coverage")],
        max_length=60,
        description="For addresses and commands: small letters, figures and hyphens, like sos-2day-coverage",
    )
    title = TextField("Title", [Required("Enter the target’s title")])
    programme = SelectField("Programme", [Required("Choose the programme")])
    population = SelectField("Population", [Required("Choose the population whose people are counted")])
    cohort = SelectField("Cohort", [Required("Choose the cohort whose members are counted")])
    course = SelectField("Course")
    minimum_percent = TextField(
        "Minimum percentage",
        max_length=6,
        description="Of those counted, like 80 or 82.5. Empty: the target is a number, or states none.",
        render_kw={
            "inputmode": "decimal",
            "params": {"classes": "govuk-input--width-4", "suffix": {"text": "%"}},
        },
    )
    minimum_count = IntegerField(
        "Minimum number of people",
        [Optional()],
        at_least=1,
        description="Empty: the target is a percentage, or states none.",
    )
    deadline = DateField(
        "Deadline", description="The last day that still counts. Leave it empty when there is none."
    )
    reason = TextArea(
        "Why the rule changes",
        max_length=500,
        description="Needed when course, minimum or deadline change. Earlier figures keep theirs.",
    )

    def validate_minimum_percent(self, field: Field) -> None:
        if field.data:
            try:
                self.percent = Decimal(field.data.rstrip("% "))
            except InvalidOperation:
                raise ValidationError("Minimum percentage must be a number, like 80 or 82.5") from None
            if not self.percent.is_finite():
                raise ValidationError("Minimum percentage must be a number, like 80 or 82.5")

    percent: Decimal | None = None

    @classmethod
    def of(
        cls, kind: TargetKind, *, is_new: bool, rule: TargetRule | None = None, **values: Any
    ) -> TargetForm:
        """The form with the fields that a target of this kind has; `rule` fills in what it asks now."""
        if rule is not None:
            percent = rule.minimum_percent
            values |= {
                "course": str(rule.course_id or ""),
                "minimum_percent": f"{percent.normalize():f}" if percent is not None else "",
                "minimum_count": rule.minimum_count,
                "deadline": rule.deadline,
            }
        form = cls(**values)
        unwanted = {"reason"} if is_new else {"code", "programme", "population", "cohort"}
        unwanted |= {"population"} if kind is not TargetKind.COVERAGE else set()
        unwanted |= {"cohort"} if kind is not TargetKind.COHORT else set()
        unwanted |= {"minimum_percent"} if kind is TargetKind.PEOPLE_TRAINED else set()
        for name in unwanted:
            delattr(form, name)
        return form

    def offer_courses(self, courses: Sequence[Course], kind: TargetKind) -> None:
        is_cohort = kind is TargetKind.COHORT
        blank = "Each member’s own, by their cause" if is_cohort else "Choose a course"
        self.course.choices = choices_from(courses, blank=blank)
