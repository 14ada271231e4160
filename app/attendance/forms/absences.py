"""Why somebody did not come, as they or whoever decides for them say afterwards."""

from __future__ import annotations

from app.attendance.rules import LONGEST_NOTE
from app.bookings.forms import CauseAsked
from app.core.forms import InputRequired, RadioField, TextArea


class AbsenceForm(CauseAsked):
    """Why somebody did not come: one of the academy's reasons, and a few words if they help."""

    cause = RadioField("Reason", [InputRequired("Choose a reason")])
    note = TextArea(
        "Anything the academy should know? (optional)",
        max_length=LONGEST_NOTE,
        description="No medical details, and nothing about a child or family.",
    )
