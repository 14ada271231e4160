"""What a coordinator types about the own organisation."""

from __future__ import annotations

from app.core.forms import Form, InputRequired, IntegerField
from app.people.rules import MOST_PEOPLE


class HeadcountForm(Form):
    headcount = IntegerField(
        "Staff count",
        [InputRequired("Enter how many people work for your organisation")],
        at_least=1,
        at_most=MOST_PEOPLE,
        description="How many people work for your organisation in all: your own figure.",
    )
