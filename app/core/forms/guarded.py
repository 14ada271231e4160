"""Forms that know what stood on the page that they were sent from. (U-29)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.core import clock
from app.core.editions import ChangedMeanwhile, opened
from app.core.forms.base import Form
from app.core.forms.fields import HiddenField


class LookedAtForm(Form):
    """A button below what it would do; `seen` is the edition of that."""

    seen = HiddenField()

    def stand_below(self, edition: str) -> bool:
        """Ask about this; whether it is what was looked at when the button was pressed."""
        was_seen, self.seen.data = self.seen.data == edition, edition
        return was_seen


class _SeenField(HiddenField):
    """The edition that a page is made from, and when it was opened."""

    def process_data(self, value: str | None) -> None:
        super().process_data(opened(value, clock.now()) if value else None)


class GuardedForm(Form):
    """A form that is not saved over what somebody else saved since it was opened.

    `seen` is the edition that it was made from, and when that was; `theirs` is what is saved now, when that
    is another.
    """

    seen = _SeenField()
    theirs: Sequence[tuple[str, str]] = ()

    @contextmanager
    def noticing_changes(self) -> Iterator[None]:
        """Keep what somebody else saved, to be shown; the next press of the button saves over it."""
        try:
            yield
        except ChangedMeanwhile as error:
            self.theirs = error.values
            self.seen.process_data(error.edition)
            raise
