"""What is typed on the pages of places."""

from __future__ import annotations

from app.core.forms import (
    CheckboxesField,
    CheckboxField,
    EmailField,
    Form,
    HiddenField,
    InputRequired,
    IntegerField,
    RadioField,
    Required,
    SelectChoice,
    TextArea,
    TextField,
)
from app.sessions.models import Mode

LONGEST_REASON = 400


class BookForm(Form):
    """Check your answers: whose place it is and, for the academy, why it is for them all the same."""

    person = HiddenField()
    reason = TextArea("Reason for booking somebody the course is not meant for", max_length=LONGEST_REASON)


class DeclaringBookForm(BookForm):
    """The same, where whoever books declares that their manager agrees (MA-03)."""

    manager_name = TextField(
        "Your manager’s name",
        [Required("Enter your manager’s name")],
        render_kw={"params": {"classes": "govuk-!-width-two-thirds"}, "autocomplete": "off"},
    )
    manager_email = EmailField(
        "Your manager’s e-mail address",
        [Required("Enter your manager’s e-mail address")],
        description="We send your manager a copy of this booking.",
        render_kw={
            "type": "email",
            "autocomplete": "off",
            "spellcheck": "false",
            "params": {"classes": "govuk-!-width-two-thirds"},
        },
    )
    manager_agrees = CheckboxField(
        "My manager agrees", [Required("Ask your manager, then tick that they agree")]
    )


class AnswerForm(Form):
    """The answer to one request: the button says which; why, when it is no."""

    reason = TextArea(
        "Why do you decline? (only if you decline)",
        max_length=LONGEST_REASON,
        description="The person reads it: for example “cover needed, try April”.",
    )


class AnswersForm(AnswerForm):
    """The answer to several requests at once; the choices are those that are shown."""

    requests = CheckboxesField("Requests", coerce=int)


class CancelForm(Form):
    """Giving up a place, or taking it back."""

    reason = TextArea("Reason (optional)", max_length=LONGEST_REASON)


class CancelRunForm(Form):
    reason = TextArea(
        "Why is the run cancelled?",
        [Required("Enter why the run is cancelled: everybody who has a place will read it")],
        max_length=LONGEST_REASON,
        description="Everybody who has a place, or waits for one, will read this.",
    )


class CapacityForm(Form):
    capacity = IntegerField(
        "Most places", [InputRequired("Enter how many people can attend")], at_least=1, at_most=1000
    )


class TransferForm(Form):
    """The run that somebody is moved to: the choices are the open runs of the same course."""

    run = RadioField("Which run?", validators=[InputRequired("Choose a run")])


def mode_options() -> list[SelectChoice]:
    """The ways in which sessions are held, for a filter."""
    return [
        SelectChoice(value="", label="Any way"),
        *(SelectChoice(value=mode.value, label=mode.label) for mode in Mode),
    ]
