"""What trainers type about their sessions, what the academy answers, and licences."""

from __future__ import annotations

from enum import StrEnum

from app.core.forms import (
    LONGEST_REASON,
    DateField,
    Form,
    InputRequired,
    LookedAtForm,
    RadioField,
    Required,
    TextArea,
    TextField,
    TimeField,
    choices_of,
)


class ProposalForm(Form):
    """Another date for a session."""

    held_on = DateField("Date", [InputRequired("Enter the date")])
    starts = TimeField("Start", [InputRequired("Enter the start, like 9:30")])
    ends = TimeField("End", [InputRequired("Enter the end, like 16:30")])
    reason = TextArea(
        "Why",
        [Required("Tell the academy why you propose it")],
        max_length=500,
        description="Only the academy reads it",
    )


class ProposalAnswer(StrEnum):
    """What the academy does with a date that is proposed."""

    ACCEPT = "accept"
    DECLINE = "decline"

    @property
    def label(self) -> str:
        return {
            "accept": "Accept: the session moves, and everybody on the run is told",
            "decline": "Decline: the date stays as it is",
        }[self]


class ProposalAnswerForm(LookedAtForm):
    answer = RadioField(
        "What do you want to do?",
        validators=[InputRequired("Choose whether to accept the date")],
        choices=choices_of(ProposalAnswer),
    )
    reason = TextArea(
        "Why it changes (optional)",
        max_length=LONGEST_REASON,
        description="If you accept: who has a place, or waits for one, reads it",
    )
    words = TextArea(
        "Your answer to the trainer",
        max_length=500,
        description="Needed if you decline; the trainer reads it",
    )
    clash_reason = TextArea("Why both can go ahead", max_length=500)


class UnableForm(Form):
    words = TextArea(
        "What the academy should know (optional)",
        max_length=500,
        description="Such as whether you can hold it on another day. You need not say why.",
    )


class LicenceForm(Form):
    name = TextField(
        "Licence",
        [Required("Enter what the licence is called")],
        max_length=120,
        description="As the course calls it, like Signs of Safety licence",
    )
    expires_on = DateField("Last day", [InputRequired("Enter the last day on which it is valid")])
    evidence = TextArea(
        "Evidence (optional)", max_length=1000, description="Such as the number of the certificate"
    )
