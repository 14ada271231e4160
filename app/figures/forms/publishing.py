"""Publishing figures, as it is typed."""

from __future__ import annotations

from app.core.forms import DateField, Form, Required, TextField


class PublishForm(Form):
    """The day of the figures, and what they are published for."""

    as_at = DateField(
        "Figures as at",
        [Required("Enter the day of the figures")],
        description="What had happened by the end of this day, as known at the press of the button.",
    )
    occasion = TextField(
        "What they are published for",
        [Required("Say what the figures are published for")],
        description="Such as a meeting or a return: “Project board, 14 September 2021”",
    )


class SnapshotForm(PublishForm):
    """The same in an address: what would be published is only looked at."""

    class Meta:
        csrf = False
