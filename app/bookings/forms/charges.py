"""What is typed about missed days: why, what they cost, and whether they are charged."""

from __future__ import annotations

from collections.abc import Sequence

from app.bookings.forms.parts import NO_CHILD
from app.core.forms import (
    LONGEST_REASON,
    CheckboxesField,
    CheckboxField,
    DateField,
    Form,
    InputRequired,
    Optional,
    PoundsField,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    choices_from,
)
from app.people.models import Sector
from app.programmes.models import Course


class CauseForm(Form):
    """A reason for which people give a place up or do not come."""

    name = TextField("Reason", [Required("Enter the reason as people will read it")], max_length=80)
    is_charged = CheckboxField(
        "It is charged", description="What is proposed on the list of charges. Sickness, for example, is not."
    )
    is_offered = CheckboxField("People can choose it", default=True)


class RateForm(Form):
    """What a missed day costs: of which course, of whom, from when on."""

    course = SelectField("Course", [Optional()])
    whom = SelectField("Who pays?", [Required("Choose who pays")])
    from_day = DateField("For days from", [InputRequired("Enter the first day that it holds for")])
    half_day = PoundsField(
        "Half day",
        [InputRequired("Enter what half a day costs")],
        description="A session of 4 hours or less.",
    )
    full_day = PoundsField("Full day", [InputRequired("Enter what a full day costs")])

    def offer(self, courses: Sequence[Course], sectors: Sequence[Sector]) -> None:
        """Give the form the courses and sectors to choose from."""
        self.course.choices = choices_from(courses, blank="All courses")
        self.whom.choices = [
            SelectChoice(value="", label="Choose who pays"),
            SelectChoice(value="partners", label="Partners"),
            *(SelectChoice(value=str(one.id), label=f"Partners: {one.name}") for one in sectors),
            SelectChoice(value="staff", label="Staff"),
        ]


class DecisionForm(Form):
    """Whether missed days are charged."""

    days = CheckboxesField("Which days?", validators=[InputRequired("Choose a day")])
    answer = RadioField(
        "What becomes of them?",
        validators=[InputRequired("Choose whether they are charged")],
        choices=[
            SelectChoice(value="waive", label="Not charged"),
            SelectChoice(value="charge", label="Charged"),
        ],
    )
    cause = SelectField("Why did they not come? (optional)", [Optional()])
    reason = TextArea(
        "Reason for the decision",
        max_length=LONGEST_REASON,
        description=f"Needed when it is not charged. {NO_CHILD}",
    )
