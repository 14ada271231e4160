"""What is typed on the pages of places."""

from __future__ import annotations

from app.core.forms import (
    Form,
    HiddenField,
    InputRequired,
    IntegerField,
    RadioField,
    Required,
    SelectChoice,
    TextArea,
)
from app.sessions.models import Mode

LONGEST_REASON = 400
NEEDS = "Is there anything we should arrange so you can take part?"
NEEDS_HINT = (
    "For example an interpreter, step-free access or handouts in large print. Only the academy and the "
    "trainer of this run see it, and it is deleted 30 days after the run. Do not enter anything about a "
    "child or family."
)


class BookForm(Form):
    """Check your answers: whose place it is and, for the academy, why it is for them all the same."""

    person = HiddenField()
    needs = TextArea(f"{NEEDS} (optional)", max_length=1000, description=NEEDS_HINT)
    reason = TextArea("Reason for booking somebody the course is not meant for", max_length=LONGEST_REASON)


class NeedForm(Form):
    """What should be arranged; empty deletes it."""

    words = TextArea(f"{NEEDS} (optional)", max_length=1000, description=NEEDS_HINT)


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
