"""What a job did, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tally:
    """How many items were done, passed over because nothing was needed, and failed."""

    done: int = 0
    skipped: int = 0
    failed: int = 0

    @property
    def words(self) -> str:
        """The tally as a sentence: "3 done, 0 no longer needed, 1 failed."."""
        return f"{self.done} done, {self.skipped} no longer needed, {self.failed} failed."
