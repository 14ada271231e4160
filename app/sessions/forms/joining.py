"""What is typed about joining: instructions and materials."""

from __future__ import annotations

from app.core.forms import CheckboxField, Form, Required, TextArea, TextField


class InstructionsForm(Form):
    """What those with a place need to know; empty for none."""

    words = TextArea(
        "Joining instructions (optional)",
        max_length=4000,
        description="What to bring, how to get in, how to join. Web addresses become links. Only those with "
        "a confirmed place read it, in their confirmation, their reminders and on their booking.",
    )


class RunInstructionsForm(InstructionsForm):
    is_instead = CheckboxField("Show these instead of the course’s instructions")


class MaterialForm(Form):
    title = TextField(
        "Title",
        [Required("Enter what the material is called")],
        max_length=160,
        description="As people will see it, like Slides of day 1",
    )
    address = TextField(
        "Web address",
        [Required("Enter the address where the material lies")],
        max_length=500,
        description="Begins with https://",
        render_kw={"type": "url", "spellcheck": "false", "autocomplete": "off"},
    )
