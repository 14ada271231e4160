"""What is typed on the pages of places."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from app.core.forms import (
    DateField,
    Form,
    HiddenField,
    InputRequired,
    IntegerField,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    choices_from,
    choices_of,
)
from app.people.models import Sector
from app.sessions.models import Mode

LONGEST_REASON = 400


class BookForm(Form):
    """Check your answers: whose place it is and, for the academy, why it is for them all the same."""

    person = HiddenField()
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


class CapacityForm(Form):
    capacity = IntegerField(
        "Most places", [InputRequired("Enter how many people can attend")], at_least=1, at_most=1000
    )


class TransferForm(Form):
    """The run that somebody is moved to: the choices are the open runs of the same course."""

    run = RadioField("Which run?", validators=[InputRequired("Choose a run")])


class OfferAnswer(StrEnum):
    """What somebody does with a place that is offered to them."""

    TAKE = "take"
    LEAVE = "leave"
    WAIT_ON = "wait_on"

    @property
    def label(self) -> str:
        return {
            "take": "Yes, take the place",
            "leave": "No, turn it down and leave the waiting list",
            "wait_on": "Not this time: turn it down and wait on, at the end of the list",
        }[self]


class OfferForm(Form):
    answer = RadioField(
        "Is this place taken?",
        validators=[InputRequired("Choose whether the place is taken or turned down")],
        choices=choices_of(OfferAnswer),
    )


class KeepPlacesForm(Form):
    """Places that are kept for a sector, or for partners of any, until the end of a day."""

    sector = SelectField("For whom?")
    places = IntegerField(
        "Places",
        [InputRequired("Enter how many places are kept")],
        at_least=1,
        description="In each session of the run. Places that they take count towards these.",
    )
    kept_until = DateField(
        "Kept until",
        [Required("Enter the last day on which they are kept")],
        description="The last day. What nobody has claimed by then goes to the waiting list, in its order. "
        "For example, 8 3 2027",
    )

    def offer(self, sectors: Iterable[Sector]) -> None:
        """Let these sectors be chosen."""
        self.sector.choices = choices_from(sectors, blank="Partners of any sector")


def mode_options() -> list[SelectChoice]:
    """The ways in which sessions are held, for a filter."""
    return [
        SelectChoice(value="", label="Any way"),
        *(SelectChoice(value=mode.value, label=mode.label) for mode in Mode),
    ]
