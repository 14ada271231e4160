"""What is typed about the lists that people belong to."""

from __future__ import annotations

from app.core import clock
from app.core.forms import CheckboxField, DateField, Form, GuardedForm, Required, TextField
from app.people.forms.fields import TWO_THIRDS, ListField


class NameForm(Form):
    name = TextField("Name", [Required("Enter a name")], max_length=60, render_kw=TWO_THIRDS)


class TeamForm(GuardedForm):
    name = TextField("Name of the team", [Required("Enter a name")], max_length=120, render_kw=TWO_THIRDS)
    service = ListField("Service", [Required("Choose a service")], unknown="Choose a service from the list")


class MovedTeamForm(TeamForm):
    """A team that is there already: from which day it belongs to another service, or that it always did."""

    first_day = DateField(
        "First day in this service",
        description="If the service changes. Leave it empty for today. Until the day before, the team is "
        "counted with the service that it was in; a move of a later day stays as it is recorded.",
    )
    was_wrong = CheckboxField("It was always in this service: another was entered by mistake")


class LastDayForm(Form):
    """Until when a team, an organisation, a venue or a trainer is used."""

    last_day = DateField(
        "Last day",
        [Required("Enter the last day")],
        description="The last day still counts.",
        default=clock.today,
    )


class OrganisationForm(GuardedForm):
    name = TextField(
        "Name of the organisation", [Required("Enter a name")], max_length=200, render_kw=TWO_THIRDS
    )
    sector = ListField("Sector", [Required("Choose a sector")], unknown="Choose a sector from the list")
