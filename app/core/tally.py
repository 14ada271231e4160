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
    def is_idle(self) -> bool:
        return not (self.done or self.skipped or self.failed)
