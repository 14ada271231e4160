"""The register, as it is filled in on a phone: a choice for each person, and minutes where they matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from app.attendance.rules import NewMark
from app.core.forms import Form, HiddenField, IntegerField, Optional, RadioField, SelectChoice, TextArea
from app.learning.models import Mark, MarkStatus
from app.people.models import Person

# The council's words are long for a phone held in a room full of people: these are theirs in short.
CHOICES = {
    MarkStatus.ATTENDED: "Attended",
    MarkStatus.ATTENDED_LATE: "Late",
    MarkStatus.PARTIAL: "In part",
    MarkStatus.ABSENT_APOLOGIES: "Apologies",
    MarkStatus.ABSENT_NO_NOTICE: "Absent",
    MarkStatus.NOT_RECORDED: "Not recorded",
}


class RegisterForm(Form):
    """The parts of a register that are the same for every session."""

    reason = TextArea("Reason for the correction", max_length=400)

    def marks(
        self, people: Iterable[Person], *, unmarked: Collection[int], for_the_rest: MarkStatus | None = None
    ) -> dict[int, NewMark]:
        """What was changed on the page; `for_the_rest` is for those of whom nothing was chosen.

        What stands as the page showed it is left out, and so is who was not on the page: somebody else may
        have marked them since it was opened. `unmarked` are the people who have no mark now: only they are
        the rest.
        """
        chosen = {}
        for person in people:
            shown = self[f"shown-{person.id}"].raw_data
            if not shown:
                continue
            status = MarkStatus(self[f"mark-{person.id}"].data or MarkStatus.NOT_RECORDED)
            if status is MarkStatus.NOT_RECORDED and for_the_rest is not None and person.id in unmarked:
                status = for_the_rest
            minutes = self[f"minutes-{person.id}"].data if status is MarkStatus.PARTIAL else None
            if _in_short(status, minutes) != shown[0]:
                chosen[person.id] = NewMark(status, minutes)
        return chosen


def register_form(people: Iterable[Person], known: Mapping[int, Mark]) -> RegisterForm:
    """A register with a row for each of these people, filled in with what is known."""
    fields: dict[str, object] = {}
    values: dict[str, object] = {}
    for person in people:
        mark = known.get(person.id)
        status, minutes = (mark.status, mark.minutes) if mark else (MarkStatus.NOT_RECORDED, None)
        fields[f"mark-{person.id}"] = RadioField(
            person.name,
            choices=[SelectChoice(value=status.value, label=label) for status, label in CHOICES.items()],
            validators=[Optional()],
        )
        fields[f"minutes-{person.id}"] = IntegerField("Minutes", [Optional()])
        fields[f"shown-{person.id}"] = HiddenField()
        values[f"mark-{person.id}"] = status.value
        values[f"minutes-{person.id}"] = minutes
        values[f"shown-{person.id}"] = _in_short(status, minutes)
    made: RegisterForm = type("Register", (RegisterForm,), fields)(data=values)
    return made


def _in_short(status: MarkStatus, minutes: int | None) -> str:
    """A mark as the page remembers what it showed: "attended", "partial 200"."""
    return status.value if minutes is None else f"{status.value} {minutes}"
