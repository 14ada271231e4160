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
from app.sessions.forms import SessionForm
from app.sessions.models import Mode

LONGEST_REASON = 400
NOWHERE = "none"


class BookForm(Form):
    """Check your answers: whose place it is and, for the academy, why it is for them all the same."""

    person = HiddenField()
    session = HiddenField()
    reason = TextArea("Reason for booking somebody the course is not meant for", max_length=LONGEST_REASON)


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
    who = RadioField(
        "Who cancels it?",
        choices=[
            SelectChoice(value="academy", label="The academy"),
            SelectChoice(value="provider", label="The provider"),
        ],
        default="academy",
        description="What a provider cancels is counted against their contract.",
    )
    run = RadioField("Where do the people with a place go?", default=NOWHERE)


class CapacityForm(Form):
    """How many a session takes and, when that is fewer than have a place, who is moved and where to."""

    capacity = IntegerField(
        "Most places", [InputRequired("Enter how many people can attend")], at_least=1, at_most=1000
    )
    moving = CheckboxesField("Who is moved?", validate_choice=False)
    run = RadioField("Where do they go?", default=NOWHERE)
    has_list = HiddenField()


class MoveForm(SessionForm):
    """One session of a run that people are booked on."""

    asks_again = CheckboxField(
        "Ask everybody who has a place to say that they still come",
        description="Another date always asks. Tick this if another time or place should ask too.",
    )


class FewForm(Form):
    """What becomes of a run with fewer people than its minimum (AM-18)."""

    choice = RadioField(
        "What do you want to do?",
        validators=[InputRequired("Choose what becomes of the run")],
        choices=[
            SelectChoice(value="go_ahead", label="Run it anyway"),
            SelectChoice(value="merge", label="Merge it into another run"),
            SelectChoice(value="cancel", label="Cancel it: the next page asks why"),
        ],
    )
    run = RadioField("Which run do they join?")
    reason = TextArea(
        "Reason (optional)",
        max_length=LONGEST_REASON,
        description="If the run is merged, the people who move read it.",
    )


class TransferForm(Form):
    """The run that somebody is moved to: the choices are the open runs of the same course."""

    run = RadioField("Which run?", validators=[InputRequired("Choose a run")])
    reason = TextArea("Reason for moving them all the same", max_length=LONGEST_REASON)


def mode_options() -> list[SelectChoice]:
    """The ways in which sessions are held, for a filter."""
    return [
        SelectChoice(value="", label="Any way"),
        *(SelectChoice(value=mode.value, label=mode.label) for mode in Mode),
    ]


class InviteForm(Form):
    """Whom to invite, or to book, onto which runs: the choices are set by the page."""

    batch = HiddenField()
    people = CheckboxesField("People", validators=[InputRequired("Choose at least one person")])
    runs = CheckboxesField("Runs", validators=[InputRequired("Choose at least one run")])
    how = RadioField(
        "What should happen?",
        choices=[
            SelectChoice(value="invite", label="Invite them: each gets one e-mail with a link to book"),
            SelectChoice(value="book", label="Book them: choose one run, and each is told"),
        ],
        default="invite",
        validators=[InputRequired("Choose whether to invite or to book them")],
    )


class BookManyForm(Form):
    """Whom to book onto a run: the choices are set by the page."""

    people = CheckboxesField("Who", validators=[InputRequired("Choose at least one person")])


class TakeInvitationForm(Form):
    """Which of the runs somebody takes who was invited, with their manager where one must agree."""

    run = RadioField("Which dates suit you?", validators=[InputRequired("Choose one of the runs")])
    manager_name = TextField("Your manager’s name", max_length=200)
    manager_email = EmailField("Your manager’s e-mail address")
