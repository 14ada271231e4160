"""A new version of a course: its days, and which of the old ones count for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.forms import Form, Required, SelectChoice, SelectField, TextArea
from app.programmes.forms import COMPONENTS_HINT
from app.programmes.models import CourseVersion


class VersionForm(Form):
    components = TextArea(
        "Days or parts", [Required("Enter at least one day or part, like Day 1")], description=COMPONENTS_HINT
    )


class MappingForm(Form):
    """For each new component the old one that counts for it: `mapping_form` adds a choice for each day."""

    reason = TextArea(
        "Why these days count, or why none does",
        [Required("Say why these days count, or why none does")],
        max_length=500,
    )

    def counts(self) -> dict[int, int]:
        """What was chosen: the number of a new component -> that of the old one."""
        chosen = {
            int(name.removeprefix("old_")): field.data
            for name, field in self._fields.items()
            if name.startswith("old_")
        }
        return {number: int(old) for number, old in chosen.items() if old}


def mapping_form(before: CourseVersion, titles: Sequence[str], suggested: dict[int, int]) -> MappingForm:
    """The form of one new version, with a choice for each of its days."""
    choices = [SelectChoice(value="", label="None")]
    choices += [SelectChoice(value=str(one.number), label=one.title) for one in before.components]
    fields: dict[str, Any] = {
        f"old_{number}": SelectField(f"Counts for {title}", choices=choices)
        for number, title in enumerate(titles, start=1)
    }
    form_of_version = type("MappingFormOfVersion", (MappingForm,), fields)
    form: MappingForm = form_of_version(data={f"old_{number}": str(old) for number, old in suggested.items()})
    return form


def components_text(version: CourseVersion) -> str:
    """A version's components as they are typed: one on each line."""
    return "\n".join(component.title for component in version.components)
