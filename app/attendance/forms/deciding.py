"""What is typed on the pages around a register: reasons, minutes held, another date, walk-ins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.attendance.rules import WalkIn
from app.core import clock
from app.core.editions import edition
from app.core.errors import RuleBroken
from app.core.forms import (
    LONGEST_REASON,
    DateField,
    EmailField,
    Form,
    IntegerField,
    LookedAtForm,
    Optional,
    RadioField,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    TimeField,
    choices_of,
)
from app.people.models import Person
from app.sessions.forms.planning import day_as_typed, offer_resources, planned_as_typed
from app.sessions.models import Mode, TrainingSession
from app.sessions.rules import PlannedSession, warnings_before_saving

SOMEBODY_ELSE = "new"
NOT_HELD, PARTLY = "not_held", "partly"
MINUTES_OF_A_DAY = 24 * 60
COUNTS, AGAIN = "counts", "again"


class AskForm(Form):
    reason = TextArea(
        "Why this part counts",
        [Required("Say why this part of the session counts")],
        max_length=LONGEST_REASON,
        description="The academy reads it and decides. Don’t write about a child or a family here",
    )


class UndoForm(Form):
    reason = TextArea("Reason", max_length=LONGEST_REASON)


class NotHeldForm(Form):
    """What became of a session that did not go as planned."""

    what = RadioField(
        "What happened",
        [Required("Choose what happened")],
        choices=[
            SelectChoice(value=PARTLY, label="It was broken off"),
            SelectChoice(value=NOT_HELD, label="It was not held at all"),
        ],
    )
    minutes = IntegerField(
        "Minutes that were held",
        [Optional()],
        at_most=MINUTES_OF_A_DAY,
        description="Only if it was broken off: how long it lasted until then",
    )
    reason = TextArea("Why", [Required("Say why")], max_length=LONGEST_REASON)


class AnotherDayForm(LookedAtForm):
    """The day on which a session is held again, in a run of its own: where, how and by whom it was to be held
    is filled in, and may be chosen anew."""

    code = TextField("Code of the run", max_length=40)
    held_on = DateField("Date")
    starts = TimeField("Start")
    ends = TimeField("End")
    trainer_id = SelectField("Trainer (optional)")
    mode = SelectField("How it is held", choices=choices_of(Mode))
    venue_id = SelectField("Venue (optional)")
    link = TextField("Link (optional)", max_length=500)
    clash_reason = TextArea("Why both can go ahead", max_length=500)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        offer_resources(self)

    def planned(self, session: TrainingSession) -> PlannedSession | None:
        """The day as it will be held again; None, with a sentence at each box, while something is missing."""
        wanted = (
            (self.held_on, "Enter the date on which it is held again"),
            (self.starts, "Enter the start, like 9:30"),
            (self.ends, "Enter the end, like 16:30"),
            (self.code, "Enter a code for the run"),
        )
        missing = [(field, sentence) for field, sentence in wanted if not field.data]
        for field, sentence in missing:
            field.errors = [*field.errors, sentence]
        return None if missing else planned_as_typed(self, session.capacity)

    def warnings(self, session: TrainingSession) -> list[str]:
        """What to know of the day before it is scheduled, as far as it can be read."""
        day = day_as_typed(session.component.title, self)
        if day is None:
            return []
        (warnings,) = warnings_before_saving(session.run.version.course, [[day]], today=clock.today())
        return warnings

    def check_is_told(self, session: TrainingSession) -> None:
        """All that is to be known of the day stood above the button that was pressed: a room that nobody is
        told of is seen before it is saved, not after."""
        told = self.warnings(session)
        if told and not self.stand_below(edition(told)):
            raise RuleBroken(
                "Nothing is scheduled yet: look at what to know about the day. Press the button again to "
                "schedule it as it is"
            )


class DecideHeldForm(AnotherDayForm):
    """What becomes of those who were there when a session was broken off."""

    decision = RadioField(
        "What becomes of it",
        [Required("Choose what becomes of it")],
        choices=[
            SelectChoice(value=COUNTS, label="It counts for those who were there"),
            SelectChoice(value=AGAIN, label="The day is held again"),
        ],
    )
    reason = TextArea(
        "Reason for the correction",
        max_length=LONGEST_REASON,
        description="Needed if it counts, as the register is locked",
    )


class WalkInForm(Form):
    """Who came without a place; `choice` is asked when somebody like them is known."""

    first_name = TextField("First name", [Required("Enter their first name")], max_length=120)
    last_name = TextField("Last name", [Required("Enter their last name")], max_length=120)
    organisation = TextField(
        "Organisation", [Required("Enter the organisation that they work for")], max_length=200
    )
    email = EmailField(
        "E-mail address (optional)", description="So that they can be sent a certificate and claim it later"
    )
    choice = RadioField("Who is it?", choices=[], validate_choice=False)
    reason = TextArea("Reason for the correction", max_length=LONGEST_REASON)

    def walk_in(self) -> WalkIn:
        return WalkIn(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            organisation=self.organisation.data or "",
            email=self.email.data or None,
        )

    def offer(self, people: Iterable[tuple[Person, str]]) -> None:
        """Those who may be the one at the door, each with where they belong; or somebody else."""
        known = [SelectChoice(value=str(one.id), label=f"{one.name}, {of}") for one, of in people]
        new = SelectChoice(value=SOMEBODY_ELSE, label="Somebody else, who is not known yet")
        self.choice.choices = [*known, new]
