"""What is typed about the lists that people belong to."""

from __future__ import annotations

from app.core.forms import Form, GuardedForm, Required, TextField
from app.people.forms.fields import TWO_THIRDS, ListField


class NameForm(Form):
    name = TextField("Name", [Required("Enter a name")], max_length=60, render_kw=TWO_THIRDS)


class TeamForm(GuardedForm):
    name = TextField("Name of the team", [Required("Enter a name")], max_length=120, render_kw=TWO_THIRDS)
    service = ListField("Service", [Required("Choose a service")], unknown="Choose a service from the list")


class OrganisationForm(GuardedForm):
    name = TextField(
        "Name of the organisation", [Required("Enter a name")], max_length=200, render_kw=TWO_THIRDS
    )
    sector = ListField("Sector", [Required("Choose a sector")], unknown="Choose a sector from the list")
