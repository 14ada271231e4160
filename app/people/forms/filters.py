"""What narrows a list of people: it stands in the address, so that a list can be kept and sent."""

from __future__ import annotations

from app.core.forms import CheckboxField, Form, SelectChoice, SelectField, TextField, choices_of
from app.people.forms.fields import DayBox, ListField, is_offered
from app.people.models import PersonKind


class PeopleFilters(Form):
    """What narrows any list of people."""

    class Meta:
        csrf = False

    q = TextField("Name, employee number or e-mail", max_length=100)
    kind = SelectField(
        "Kind",
        [is_offered("Choose a kind from the list")],
        choices=[SelectChoice(value="", label="Everybody"), *choices_of(PersonKind)],
        validate_choice=False,
    )
    service = ListField("Service", unknown="Choose a service from the list")
    team = ListField("Team", unknown="Choose a team from the list")


class DirectoryFilters(PeopleFilters):
    """What narrows the directory."""

    organisation = TextField("Organisation", max_length=100)
    on = DayBox("In post on")
    everybody = CheckboxField("Also those who have left or not yet begun")


class OnFilter(Form):
    """The date that a list of people is of."""

    class Meta:
        csrf = False

    on = DayBox("In post on")


class OrganisationFilters(Form):
    class Meta:
        csrf = False

    q = TextField("Name of the organisation", max_length=100)
    sector = ListField("Sector", unknown="Choose a sector from the list")
