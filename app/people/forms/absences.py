"""What is typed about who is away, who decides meanwhile, and on which days somebody works."""

from __future__ import annotations

from app.core.forms import CheckboxesField, DateField, Form, Required, SelectChoice, TextArea, TextField
from app.people.forms.fields import TWO_THIRDS
from app.people.models import WEEKDAYS


class AbsenceForm(Form):
    first_day = DateField("First day", [Required("Enter the first day")])
    last_day = DateField("Last day", description="Leave it empty if it is not known yet.")


class DeputyForm(Form):
    """Who decides while a line manager is away."""

    deputy = TextField(
        "Who decides meanwhile?",
        [Required("Enter who decides meanwhile")],
        description="A member of staff: employee number, e-mail address or full name.",
        render_kw=TWO_THIRDS,
    )
    first_day = DateField("First day", [Required("Enter the first day")])
    last_day = DateField("Last day", [Required("Enter the last day")], description="The last day counts too.")


class WorkingDaysForm(Form):
    """The weekdays on which somebody works, Monday being 1."""

    days = CheckboxesField(
        "Which days?",
        coerce=int,
        choices=[SelectChoice(value=n, label=name) for n, name in enumerate(WEEKDAYS, start=1)],
        description="Leave all empty to say nothing of working days.",
    )


class ReasonForm(Form):
    reason = TextArea(
        "What was wrong?",
        [Required("Say what was wrong")],
        description="For those who read the history later.",
        max_length=500,
        render_kw={"params": {"rows": "2"}},
    )
