"""What a coordinator types about the own organisation."""

from __future__ import annotations

from app.core.forms import EmailField, Form, InputRequired, IntegerField, Required, TextField

MOST_PEOPLE = 100_000


class HeadcountForm(Form):
    headcount = IntegerField(
        "Staff count",
        [InputRequired("Enter how many people work for your organisation")],
        at_least=1,
        at_most=MOST_PEOPLE,
        description="How many people work for your organisation in all: your own figure.",
    )


class ColleagueForm(Form):
    """Somebody of the own organisation who is not recorded yet."""

    first_name = TextField("First name", [Required("Enter their first name")], max_length=120)
    last_name = TextField("Last name", [Required("Enter their last name")], max_length=120)
    email = EmailField(
        "Their work e-mail address",
        [Required("Enter their e-mail address: places and reminders go there")],
        render_kw={"type": "email", "spellcheck": "false", "autocomplete": "off"},
    )
    job_title = TextField("Their role (optional)", max_length=120)
