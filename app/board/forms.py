"""Issuing a pack, as it is typed."""

from __future__ import annotations

from typing import Any

from app.board import rules
from app.core import clock
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.also(self._check_asked)

    def _check_asked(self) -> None:
        rules.check_asked(self.meeting.data or "", self.meets_on.data, self.as_at.data, clock.now())


class DraftForm(PackForm):
    """The same in an address: a draft is only looked at."""

    class Meta:
        csrf = False
