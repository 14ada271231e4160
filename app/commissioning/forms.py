"""What is typed about providers."""

from __future__ import annotations

from collections.abc import Sequence

from app.commissioning.models import Provider
from app.core.forms import Form, HiddenField, RadioField, Required, SelectChoice, TextField

ANOTHER = "another"


class ProviderForm(Form):
    name = TextField(
        "Legal name",
        [Required("Enter the provider’s name")],
        description="As it stands in the contract, like Hillside Training Ltd",
    )


class NewProviderForm(ProviderForm):
    """A new provider, with a question that is asked only when the list has one that looks like it (I-02)."""

    near: Sequence[Provider] = ()
    same_as = RadioField("Is this a provider that is on the list already?", choices=[], validate_choice=False)
    asked = HiddenField()

    def propose(self, near: Sequence[Provider]) -> None:
        """Ask whether the name is one of these providers'."""
        self.near = near
        self.same_as.choices = [
            *(
                SelectChoice(value=str(one.id), label=f"Yes, it is another spelling of {one.name}")
                for one in near
            ),
            SelectChoice(value=ANOTHER, label="No, it is another provider"),
        ]

    @property
    def answer(self) -> str | None:
        """What was chosen, if it is one of the choices."""
        chosen = self.same_as.data
        return chosen if chosen in {ANOTHER, *(str(one.id) for one in self.near)} else None

    @property
    def was_asked(self) -> bool:
        """Whether the page that was sent had the question on it."""
        return bool(self.asked.data)


class SpellingForm(Form):
    name = TextField(
        "Another spelling",
        [Required("Enter the spelling")],
        description="As it stands in a document or a file, like Hillside Training Limited",
    )
