"""What is typed about somebody of a partner organisation, by its coordinator or by the academy."""

from __future__ import annotations

from app.core.forms import CheckboxField, EmailField, Form, NameField, Required, TextField


class ColleagueForm(Form):
    """Somebody of the own organisation who is not recorded yet."""

    first_name = NameField("First name", [Required("Enter their first name")], max_length=120)
    last_name = NameField("Last name", [Required("Enter their last name")], max_length=120)
    email = EmailField(
        "Their work e-mail address",
        [Required("Enter their e-mail address: places and reminders go there")],
        render_kw={"type": "email", "spellcheck": "false", "autocomplete": "off"},
    )
    job_title = TextField("Their role (optional)", max_length=120)
    is_somebody_else = CheckboxField("This is somebody else of the same name")
