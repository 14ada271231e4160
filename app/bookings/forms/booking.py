"""What is typed by whoever books, answers for or gives up a place."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from app.bookings.forms.parts import NO_CHILD, CauseAsked, exception_explained, needs_asked
from app.bookings.models import LeavingCause
from app.core.forms import (
    LONGEST_REASON,
    CheckboxesField,
    CheckboxField,
    EmailField,
    Form,
    HiddenField,
    InputRequired,
    NameField,
    Optional,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    choices_of,
)
from app.sessions.models import Mode


class BookForm(Form):
    """Check your answers: whose place it is and, for the academy, why it is for them all the same."""

    person = HiddenField()
    session = HiddenField()
    reason = exception_explained()
    needs = needs_asked()


class SwapForm(BookForm, CauseAsked):
    """The same, where a place of one's own at the same time is given up for it."""

    cause = SelectField("Why is the place given up?", [Optional()])

    def offer(self, causes: Sequence[LeavingCause]) -> None:
        self.offer_causes(causes, blank="Choose a reason")


class NeedForm(Form):
    """What should be arranged; empty deletes it."""

    words = needs_asked()


class DeclaringBookForm(BookForm):
    """The same, where whoever books declares that their manager agrees (MA-03)."""

    manager_name = NameField(
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
    reason = exception_explained()  # once more, so that mistakes are listed in the order of the page
    needs = needs_asked()


class AnswerForm(Form):
    """An answer to a request: the button says which; why, when it is no."""

    reason = TextArea(
        "Why do you decline? (only if you decline)",
        max_length=LONGEST_REASON,
        description="The person reads it: for example “cover needed, try April”.",
    )


class OneAnswerForm(AnswerForm):
    """The answer to one request, with why it is approved in spite of what speaks against it."""

    anyway = TextArea("Why is it approved all the same?", max_length=LONGEST_REASON, description=NO_CHILD)


class AnswersForm(AnswerForm):
    """The answer to several requests at once; the choices are those that are shown."""

    requests = CheckboxesField("Requests", coerce=int)


class CancelForm(CauseAsked):
    """Giving up a place, or taking it back: who wanted it (asked of the academy alone), and why."""

    wish = RadioField(
        "Who wants this?",
        validators=[InputRequired("Choose who wants this")],
        choices=[
            SelectChoice(value="person", label="They asked us to cancel"),
            SelectChoice(value="academy", label="The academy takes the place back"),
        ],
    )
    cause = SelectField("Why is the place given up?", [Optional()])
    reason = TextArea("Anything else? (optional)", max_length=LONGEST_REASON, description=NO_CHILD)

    def offer(self, causes: Sequence[LeavingCause], *, asks_wish: bool) -> None:
        """Give the form the causes to choose from; without `asks_wish` it is plain whose wish it is."""
        self.offer_causes(causes, blank="Choose a reason")
        if not asks_wish:
            del self.wish

    @property
    def is_asked_for(self) -> bool:
        return "wish" in self and self.wish.data == "person"


class SubstituteForm(Form):
    """Who takes a place over and, for the academy, why they may all the same."""

    colleague = TextField("Who takes the place?", [Required("Enter who takes the place")], max_length=200)
    reason = TextArea("Reason for doing it anyway", max_length=LONGEST_REASON)


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


def mode_options() -> list[SelectChoice]:
    """The ways in which sessions are held, for a filter."""
    return [
        SelectChoice(value="", label="Any way"),
        *(SelectChoice(value=mode.value, label=mode.label) for mode in Mode),
    ]
