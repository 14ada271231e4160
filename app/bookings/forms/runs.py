"""What is typed by the academy about all of a run, or who of it is moved."""

from __future__ import annotations

from collections.abc import Iterable

from app.bookings.forms.parts import NOWHERE
from app.core.forms import (
    LONGEST_REASON,
    CheckboxesField,
    CheckboxField,
    DateField,
    Form,
    HiddenField,
    InputRequired,
    IntegerField,
    LookedAtForm,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    choices_from,
)
from app.people.models import Sector
from app.sessions.forms import SessionForm


class CancelRunForm(Form):
    reason = TextArea(
        "Why is the run cancelled?",
        [Required("Enter why the run is cancelled")],
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


class MistakeForm(Form):
    """A run that is over, and on which nobody ever was."""

    reason = TextArea(
        "What is the mistake?",
        [Required("Enter what the mistake is")],
        max_length=LONGEST_REASON,
        description="Such as a slip of the year. It stands in the run’s history.",
    )


class CapacityForm(Form):
    """How many a session takes and, when that is fewer than have a place, who is moved and where to."""

    capacity = IntegerField(
        "Most places", [InputRequired("Enter how many people can attend")], at_least=1, at_most=1000
    )
    moving = CheckboxesField("Who is moved?", validate_choice=False)
    run = RadioField("Where do they go?", default=NOWHERE)
    has_list = HiddenField()


class MoveForm(SessionForm):
    """One session of a run that people are booked on; `known` is the edition of what stood above the button
    about another date."""

    known = HiddenField()
    asks_again = CheckboxField(
        "Ask everybody who has a place to say that they still come",
        description="Another date asks by itself. Tick this if another time or place should ask too.",
    )


class FewForm(Form):
    """What becomes of a run with too few people (AM-18)."""

    choice = RadioField(
        "What do you want to do?",
        validators=[InputRequired("Choose what becomes of the run")],
        choices=[
            SelectChoice(value="go_ahead", label="Run it anyway"),
            SelectChoice(value="merge", label="Merge it into another run: the next page says who goes where"),
            SelectChoice(value="cancel", label="Cancel it: the next page asks why"),
        ],
    )
    run = RadioField("Which run do they join?")
    reason = TextArea(
        "Reason (optional)",
        max_length=LONGEST_REASON,
        description="If the run is merged, the people who move read it.",
    )


class MergeForm(LookedAtForm):
    """The button below what a merge comes to."""

    reason = TextArea(
        "Reason (optional)", max_length=LONGEST_REASON, description="The people who move read it."
    )


class TransferForm(Form):
    """The run that somebody is moved to: the choices are the open runs of the same course."""

    run = RadioField("Which run?", validators=[InputRequired("Choose a run")])
    reason = TextArea("Reason for moving them all the same", max_length=LONGEST_REASON)


class KeepPlacesForm(Form):
    """Places that are kept for a sector, or for partners of any, until the end of a day."""

    sector = SelectField("For whom?")
    places = IntegerField(
        "Places",
        [InputRequired("Enter how many places are kept")],
        at_least=1,
        at_most=1000,
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
