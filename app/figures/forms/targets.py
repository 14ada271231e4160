"""The shape of what is typed about targets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.forms import (
    DateField,
    Form,
    GuardedForm,
    IntegerField,
    Optional,
    RadioField,
    Required,
    SelectField,
    TextArea,
    TextField,
    choices_from,
    choices_of,
)
from app.figures.forms.numbers import DecimalField
from app.figures.forms.populations import NEW_RULE
from app.figures.models import ReachStep, TargetKind, TargetRule
from app.figures.queries import DEFAULT_SCORE_MARGIN, ENOUGH_PLACES, USUAL_PERCENT
from app.programmes.models import Course

# What a target of each kind asks; the order on the page is the template's.
_COMPLETIONS = {"course", "minimum_percent", "minimum_count", "deadline", "planning_absence"}
ASKED = {
    TargetKind.COVERAGE: _COMPLETIONS,
    TargetKind.COHORT: _COMPLETIONS,
    TargetKind.PEOPLE_TRAINED: _COMPLETIONS - {"minimum_percent"},
    TargetKind.DELIVERABLE: {"minimum_count", "unit", "deadline"},
    TargetKind.REACH: {"course", "minimum_count", "deadline"},
    TargetKind.SCORE: {"minimum_score", "score_margin", "deadline"},
}
_SCOPES = {
    TargetKind.COVERAGE: {"population"},
    TargetKind.COHORT: {"cohort"},
    TargetKind.REACH: {"reach_step", "population"},
}
_BLANK_COURSE = {
    TargetKind.COHORT: "Each member’s own, by their cause",
    TargetKind.REACH: "Every course of the programme",
}


class KindForm(Form):
    """What kind of measure a new target is; each has its own page after this one."""

    class Meta:
        csrf = False

    kind = RadioField(
        "What is counted?", [Required("Choose what is counted")], choices=choices_of(TargetKind)
    )


class EndForm(Form):
    """The last day on which a target is asked for, and why no longer."""

    last_day = DateField(
        "Last day",
        [Required("Enter the last day on which the target is asked for")],
        description="It still counts. Of a target set up by mistake: a day before its programme began.",
    )
    reason = TextArea(
        "Why it ends",
        [Required("Say why the target ends")],
        max_length=500,
        description="The board reads it. Name nobody.",
    )


class TargetForm(GuardedForm):
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
    reach_step = RadioField(
        "Which step is the headline?",
        [Required("Choose the step that is counted")],
        choices=choices_of(ReachStep),
        description="All four are shown on the target’s page, each by itself",
    )
    course = SelectField("Course")
    minimum_percent = DecimalField(
        "Minimum percentage",
        like="80 or 82.5",
        suffix="%",
        description="Of those counted, like 80 or 82.5. Empty: the target is a number, or states none.",
    )
    minimum_count = IntegerField(
        "Minimum number of people",
        [Optional()],
        at_least=1,
        description="Empty: the target is a percentage, or states none.",
    )
    unit = TextField(
        "What the contract calls them",
        max_length=120,
        description="For several, like “practice-led training sessions”. Empty: sessions.",
    )
    minimum_score = DecimalField(
        "Minimum score",
        like="7 or 7.5",
        description="A mean on the scale of 1 to 10, like 7.5. Empty: the target states none.",
    )
    score_margin = DecimalField(
        "How far below is amber",
        like="0.5",
        description=f"In points of the scale, like 0.5. Empty: {DEFAULT_SCORE_MARGIN}.",
    )
    deadline = DateField(
        "Deadline", description="The last day that still counts. Leave it empty when there is none."
    )
    planning_absence = DecimalField(
        "Planning non-attendance",
        like="10",
        suffix="%",
        description=f"Of those booked, how many a forecast expects not to come. Empty: {USUAL_PERCENT}, and "
        f"from {ENOUGH_PLACES} past places on what this programme has seen.",
    )
    reason = TextArea(
        "Why the rule changes",
        max_length=500,
        description="Needed when anything but the title changes. The board reads it: name nobody. "
        f"{NEW_RULE}",
    )

    @classmethod
    def of(
        cls, kind: TargetKind, *, is_new: bool, rule: TargetRule | None = None, **values: Any
    ) -> TargetForm:
        """The form with the fields that a target of this kind has; `rule` fills in what it asks now."""
        asked = ASKED[kind]
        if rule is not None:
            values |= {name: getattr(rule, name) for name in asked - {"course"}}
            values["course"] = str(rule.course_id or "")
        form = cls(**values)
        wanted = (
            asked
            | {"title"}
            | ({"code", "programme"} | _SCOPES.get(kind, set()) if is_new else {"reason", "seen"})
        )
        for name in set(form._fields) - wanted - {"csrf_token"}:
            delattr(form, name)
        form._word(kind)
        return form

    def _word(self, kind: TargetKind) -> None:
        """A deliverable counts sessions, and reach needs no population."""
        if kind is TargetKind.DELIVERABLE:
            self.minimum_count.label.text = "Number of sessions contracted"
            self.minimum_count.description = "As the contract states it, like 17"
        if kind in (TargetKind.REACH, TargetKind.PEOPLE_TRAINED):
            self.minimum_count.description = "Empty: the target states none."
        if kind is TargetKind.REACH and self.population:
            self.population.validators = [Optional()]
            self.population.description = "Empty: everybody, from the council and from every partner"

    def offer_courses(self, courses: Sequence[Course], kind: TargetKind) -> None:
        if self.course:
            self.course.choices = choices_from(courses, blank=_BLANK_COURSE.get(kind, "Choose a course"))
