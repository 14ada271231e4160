"""A file of attendance: where it is given, and what is decided about the people in it."""

from __future__ import annotations

from app.attendance.rules import Choices, How, Reading
from app.core.forms import (
    LONGEST_REASON,
    CheckboxField,
    FileField,
    Form,
    Optional,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
)

_LISTED = 100


class FileForm(Form):
    file = FileField(
        "Attendance report or list",
        [Required("Choose a file")],
        description="The CSV file that Teams gives to the organiser, or a list of your own. At most 2 MB.",
        render_kw={"accept": ".csv,.txt,text/csv"},
    )


class TakeForm(Form):
    """What is the same for every file; a field for each person who needs a decision is added to it."""

    replaces = CheckboxField("Replace what the register says")
    reason = TextArea("Reason for the correction", max_length=LONGEST_REASON)

    def choices(self, reading: Reading) -> Choices:
        """What was decided, by the number of the line."""
        unknown = [match.number for match in reading.of(How.UNKNOWN) if f"person-{match.number}" in self]
        asked = [match.number for match in reading.matches if match.needs_a_yes]
        return Choices(
            confirmed=frozenset(number for number in asked if self[f"yes-{number}"].data),
            chosen={one: int(self[f"person-{one}"].data) for one in unknown if self[f"person-{one}"].data},
            typed={one: self[f"other-{one}"].data for one in unknown if self[f"other-{one}"].data},
            replaces=bool(self.replaces.data),
        )


def take_form(reading: Reading) -> TakeForm:
    """A box for each proposal, and for each unknown person a list of those who are not in the file."""
    fields: dict[str, object] = {}
    listed = [SelectChoice(value="", label="Leave out")] + [
        SelectChoice(value=str(person.id), label=person.name) for person in reading.silent[:_LISTED]
    ]
    for match in reading.matches:
        if match.needs_a_yes and match.person:
            fields[f"yes-{match.number}"] = CheckboxField(f"Yes, this is {match.person.name}")
        elif match.how is How.UNKNOWN and match.new is not None:
            who = match.attendee.name
            fields[f"person-{match.number}"] = SelectField(
                f"Who is {who}?", [Optional()], choices=listed, default=""
            )
            fields[f"other-{match.number}"] = TextField(f"Or who else {who} is", max_length=254)
    made: TakeForm = type("Take", (TakeForm,), fields)()
    return made
