"""Why somebody did not come, as they or whoever decides for them say afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from app.attendance.rules import LONGEST_NOTE
from app.bookings.models import LeavingCause
from app.core.forms import Form, InputRequired, RadioField, TextArea, choices_from


class AbsenceForm(Form):
    """Why somebody did not come: one of the academy's reasons, and a few words if they help."""

    cause = RadioField("Reason", [InputRequired("Choose a reason")])
    note = TextArea(
        "Anything the academy should know? (optional)",
        max_length=LONGEST_NOTE,
        description="No medical details, and nothing about a child or family.",
    )

    def offer(self, causes: Sequence[LeavingCause]) -> None:
        """Give the form the reasons to choose from."""
        self.cause.choices = choices_from(causes)
        self.causes = {str(one.id): one for one in causes}

    @property
    def chosen_cause(self) -> LeavingCause | None:
        return self.causes.get(self.cause.data or "")
