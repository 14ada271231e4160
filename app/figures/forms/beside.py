"""The shape of what is typed beside a target: stated figures, milestones, ticks, and a colour of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.core.forms import (
    CheckboxesField,
    CheckboxField,
    DateField,
    Form,
    HiddenField,
    InputRequired,
    IntegerField,
    Optional,
    RadioField,
    Required,
    SelectChoice,
    TextArea,
    TextField,
)
from app.figures import rules
from app.figures.forms.numbers import DecimalField
from app.figures.models import OVERRIDE_DAYS, Milestone, StatedFigure, TargetKind
from app.figures.queries import SessionOnDay

_NUMBERS = ("numerator", "denominator")
_SCORES = ("score", "replies")


class StatedForm(Form):
    """A figure as a document states it: a number, perhaps of how many; or a score, perhaps of how many."""

    source = TextField(
        "Document",
        [Required("Enter the document that states it")],
        max_length=250,
        description="Its name and date, like “Variation of contract, 26 January 2022”",
    )
    as_at = DateField(
        "The day that it is of",
        [Required("Enter the day that the figure is of")],
        description="When the document names only a month, enter its last day and tick the box below.",
    )
    is_day_assumed = CheckboxField("The document does not state the day")
    numerator = IntegerField("Number", [InputRequired("Enter the number that the document states")])
    denominator = IntegerField(
        "Of how many",
        [Optional()],
        at_least=1,
        description="Leave it empty when the document does not say.",
    )
    score = DecimalField(
        "Score", like="7 or 7.4", description="The mean on the scale of 1 to 10, as it is stated, like 7.4"
    )
    replies = IntegerField(
        "How many replied",
        [Optional()],
        at_least=1,
        description="Leave it empty when the document does not say.",
    )
    is_approximate = CheckboxField("The document says “approximately”")
    reason = TextArea(
        "Why it is corrected",
        [Required("Say why it is corrected")],
        max_length=500,
        description="What was typed before stays with this reason.",
    )

    @classmethod
    def of(cls, kind: TargetKind, figure: StatedFigure | None = None) -> StatedForm:
        """The form for a target of this kind; `figure` fills in what is to be corrected."""
        form = cls(obj=figure)
        for name in _NUMBERS if kind is TargetKind.SCORE else _SCORES:
            delattr(form, name)
        if figure is None:
            del form.reason
        elif not form.is_submitted():
            form.reason.data = ""
        return form

    def stated(self) -> dict[str, Any]:
        """What the document states, for the rules that keep it."""
        names = ("source", "as_at", "is_day_assumed", "is_approximate", *_NUMBERS, *_SCORES)
        return {name: self[name].data for name in names if name in self}


class MilestoneForm(Form):
    """A benchmark on the way: how many, or which share, by the end of a day."""

    title = TextField("What it is called", max_length=160, description="Optional, like “Half-way”")
    due_on = DateField("By the end of", [Required("Enter the day of the milestone")])
    minimum_percent = DecimalField(
        "Percentage", like="80 or 82.5", suffix="%", description="Or leave it empty and enter a number."
    )
    minimum_count = IntegerField("Number", [Optional()], at_least=1)
    reason = TextArea(
        "Why the milestone changes",
        [Required("Say why the milestone changes")],
        max_length=500,
        description="The milestone as it was stays with this reason.",
    )

    @classmethod
    def of(cls, kind: TargetKind, milestone: Milestone | None = None) -> MilestoneForm:
        """The form for a target of this kind; `milestone` fills in what is to be changed."""
        form = cls(obj=milestone)
        if not kind.has_scope:
            del form.minimum_percent
        if milestone is None:
            del form.reason
        elif not form.is_submitted():
            form.reason.data = ""
        return form

    def asked(self) -> dict[str, Any]:
        """What the benchmark asks, for the rules that keep it."""
        return {
            "title": self.title.data or "",
            "due_on": self.due_on.data,
            "minimum_percent": self.minimum_percent.data if self.minimum_percent else None,
            "minimum_count": self.minimum_count.data,
        }


class TakeBackForm(Form):
    reason = TextArea("Why", [Required("Say why")], max_length=500, description="It stays in the history.")


class ColourForm(Form):
    """The academy's own colour for a target, for a time and with its reason."""

    colour = RadioField(
        "Colour",
        [Required("Choose a colour")],
        choices=[SelectChoice(value=one.value, label=one.label) for one in rules.CHOSEN],
    )
    days = IntegerField(
        "For how many days",
        [InputRequired("Enter for how many days")],
        at_least=1,
        at_most=OVERRIDE_DAYS,
        description=f"From today, {OVERRIDE_DAYS} at most",
    )
    reason = TextArea(
        "Reason",
        [Required("Say why the colour is overridden")],
        max_length=500,
        description="It is printed beside both colours. Name nobody.",
    )


class SessionsForm(Form):
    """Which of the sessions on this page count for the deliverable."""

    sessions = CheckboxesField("Tick the sessions that count")
    offered = HiddenField()
    reason = TextArea(
        "Why sessions no longer count", max_length=500, description="Needed when a tick is taken away."
    )

    @classmethod
    def of(cls, sessions: Iterable[SessionOnDay]) -> SessionsForm:
        """The form for the sessions on a page, ticked as they are."""
        listed = list(sessions)
        form = cls(
            sessions=[str(one.session_id) for one in listed if one.is_ticked],
            offered=" ".join(str(one.session_id) for one in listed),
        )
        form.sessions.choices = [
            SelectChoice(value=str(one.session_id), label=f"{one.course}: {one.component}") for one in listed
        ]
        return form

    def session_ids(self) -> list[int]:
        """The sessions that the page offered when it was opened: one added since keeps what it has."""
        return [int(one) for one in (self.offered.data or "").split() if one.isdecimal()]
