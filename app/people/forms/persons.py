"""What is typed about who somebody is."""

from __future__ import annotations

from app.core.forms import (
    EmailField,
    Form,
    GuardedForm,
    RadioField,
    Required,
    TextArea,
    TextField,
    choices_of,
)
from app.people.forms.fields import HALF, TEN, TWO_THIRDS
from app.people.models import PersonKind
from app.people.rules.persons import Details


class KindForm(Form):
    kind = RadioField(
        "Who do you want to add?",
        [Required("Choose what kind of person you want to add")],
        choices=choices_of(PersonKind),
    )


class DetailsForm(Form):
    """Who somebody is. Fields that do not suit the kind of person are taken out by `suit`."""

    first_name = TextField("First name", [Required("Enter a first name")], max_length=120, render_kw=HALF)
    last_name = TextField("Last name", [Required("Enter a last name")], max_length=120, render_kw=HALF)
    preferred_name = TextField(
        "Preferred first name",
        description="Only if they go by another first name than the one above.",
        max_length=120,
        render_kw=HALF,
    )
    employee_number = TextField(
        "Employee number",
        description="As in the HR system, with any zeros at its beginning. Leave it empty if there is none.",
        max_length=40,
        render_kw=TEN,
    )
    email = EmailField(
        "E-mail address",
        description="Joining instructions and reminders go here.",
        render_kw={"type": "email", "spellcheck": "false", **TWO_THIRDS},
    )
    swe_number = TextField(
        "Social Work England number",
        description="For example SW12345. Leave it empty if there is none.",
        max_length=20,
        render_kw=TEN,
    )

    def details(self) -> Details:
        """What was typed of who somebody is, as the rules take it."""
        names = Details.__annotations__
        return Details(**{name: self[name].data for name in names if name in self})  # type: ignore[typeddict-item]


class EditForm(DetailsForm, GuardedForm):
    reason = TextArea(
        "Why is it changed?",
        description="Optional. For those who read the history later.",
        max_length=500,
        render_kw={"params": {"rows": "2"}},
    )


def suit(form: Form, kind: PersonKind) -> None:
    """Leave in a form only what is asked about this kind of person."""
    of_staff = {"employee_number", "swe_number", "employment_type", "role_group", "team", "manager"}
    of_staff |= {"career_stage", "fte"}
    unasked = {
        PersonKind.STAFF: {"organisation"},
        PersonKind.PARTNER: of_staff,
        PersonKind.PANEL_MEMBER: of_staff | {"organisation", "job_title"},
    }[kind]
    for name in unasked:
        if name in form:
            del form[name]
