"""The shape of what is chosen when two records become one."""

from __future__ import annotations

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.core.forms import LookedAtForm, RadioField, Required
from app.merging.rules import differing, taken_by_default
from app.people.models import Person
from app.people.rules import DETAILS

OWN, OTHER = "own", "other"


def _in_a_sentence(name: str) -> str:
    words = DETAILS[name]
    return words if words.startswith("Social Work England") else words[0].lower() + words[1:]


def _choice(name: str) -> RadioField:
    return RadioField(
        f"Which {_in_a_sentence(name)} do they keep?",
        [Required(f"Choose which {_in_a_sentence(name)} to keep")],
    )


class MergeForm(LookedAtForm):
    """For each detail that differs: which of the two values the person keeps."""

    first_name = _choice("first_name")
    last_name = _choice("last_name")
    preferred_name = _choice("preferred_name")
    employee_number = _choice("employee_number")
    email = _choice("email")
    swe_number = _choice("swe_number")

    @classmethod
    def of(cls, survivor: Person, merged: Person) -> MergeForm:
        asked = differing(survivor, merged)
        taken = taken_by_default(survivor, merged)
        form = cls(data={name: OTHER if name in taken else OWN for name in asked})
        for name in DETAILS:
            if name not in asked:
                del form[name]
            else:
                form[name].choices = [
                    SelectChoice(value=OWN, label=getattr(survivor, name) or "None"),
                    SelectChoice(value=OTHER, label=getattr(merged, name)),
                ]
        return form

    @property
    def taken(self) -> list[str]:
        """The details of the other record that go on."""
        return [name for name in DETAILS if name in self._fields and self._fields[name].data == OTHER]
