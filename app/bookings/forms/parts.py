"""What more than one page of places asks."""

from __future__ import annotations

from collections.abc import Sequence

from app.bookings.models import LeavingCause
from app.bookings.rules import KEPT_AFTER_THE_RUN
from app.core.forms import (
    LONGEST_REASON,
    Form,
    RadioField,
    SelectField,
    TextArea,
    choices_from,
)

NOWHERE = "none"
NEEDS = "Is there anything we should arrange so you can take part?"
NEEDS_HINT = (
    "For example an interpreter, step-free access or handouts in large print. Only the academy and the "
    f"trainer of this run see it, and it is deleted {KEPT_AFTER_THE_RUN.days} days after the run. Do not "
    "enter anything about a child or family."
)
NO_CHILD = "Do not enter anything about a child or family."


class CauseAsked(Form):
    """A form that asks for one of the academy's causes, in the field `cause`."""

    cause: RadioField | SelectField

    def offer_causes(self, causes: Sequence[LeavingCause], *, blank: str | None = None) -> None:
        """Give the form the causes to choose from; `blank` is the text of an empty first choice."""
        self.cause.choices = choices_from(causes, blank=blank)
        self.causes = {str(one.id): one for one in causes}

    @property
    def chosen_cause(self) -> LeavingCause | None:
        return self.causes.get(self.cause.data or "")


def needs_asked() -> TextArea:
    """What is asked of everybody who books or has a place, in the same words on every page."""
    return TextArea(f"{NEEDS} (optional)", max_length=1000, description=NEEDS_HINT)


def exception_explained() -> TextArea:
    return TextArea("Reason for booking somebody the course is not meant for", max_length=LONGEST_REASON)
