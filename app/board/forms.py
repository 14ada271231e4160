"""Issuing a pack, as it is typed."""

from __future__ import annotations

from app.core.forms import DateField, Form, Required, TextField


class PackForm(Form):
    """For which meeting, and the day of its figures."""

    meeting = TextField(
        "Meeting", [Required("Enter the meeting’s name")], max_length=160, description="Like “Project board”"
    )
    meets_on = DateField("Day of the meeting", [Required("Enter the day of the meeting")])
    as_at = DateField(
        "Figures as at",
        [Required("Enter the day of the figures")],
        description="What had happened by the end of this day, as known at the press of the button.",
    )


class DraftForm(PackForm):
    """The same in an address: a draft is only looked at."""

    class Meta:
        csrf = False
