"""What is typed about venues and trainers."""

from __future__ import annotations

from typing import Any

from app.accounts.models import User
from app.commissioning import queries as commissioning
from app.commissioning.models import Provider
from app.core.db import db
from app.core.forms import (
    EmailField,
    GuardedForm,
    Required,
    SelectChoice,
    SelectField,
    TextArea,
    TextField,
    choices_from,
)
from app.sessions import queries


class VenueForm(GuardedForm):
    name = TextField(
        "Name",
        [Required("Enter the venue’s name")],
        max_length=160,
        description="The building and the room, like Plough Lane, Room 1",
    )
    address = TextArea("Address (optional)", max_length=500)
    access = TextArea(
        "Getting in (optional)",
        max_length=1000,
        description="Parking, step-free way in, hearing loop, whom to ask at the door",
    )


class TrainerForm(GuardedForm):
    name = TextField("Name", [Required("Enter the trainer’s name")])
    email = EmailField(
        "E-mail address",
        [Required("Enter the trainer’s e-mail address")],
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
    )
    provider_id = SelectField("Provider (optional)")
    user_id = SelectField(
        "Account (optional)",
        description="The account that the trainer signs in with: it shows them their own runs and registers. "
        "An administrator invites it, as a trainer; one with the address above is linked by itself.",
    )

    def __init__(self, trainer_id: int | None = None, **values: Any) -> None:
        super().__init__(**values)
        providers = db.session.scalars(commissioning.providers())
        self.provider_id.choices = choices_from(providers, blank="None: of the academy")
        self.user_id.choices = [SelectChoice(value="", label="None: does not sign in")] + [
            SelectChoice(value=str(user.id), label=f"{user.name} ({user.email})")
            for user in queries.accounts_for_trainer(trainer_id)
        ]

    def provider(self) -> Provider | None:
        """The provider that was chosen."""
        return db.session.get(Provider, int(self.provider_id.data)) if self.provider_id.data else None

    def user(self) -> User | None:
        """The account that was chosen."""
        return db.session.get(User, int(self.user_id.data)) if self.user_id.data else None
