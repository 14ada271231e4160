"""How many sessions of a deliverable are delivered, to come and left: in numbers and in words (TR-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.filters import day, number, plural


@dataclass(frozen=True)
class Deliveries:
    """How a deliverable stands: sessions contracted, delivered, and ticked and still to come.

    `met_on` is when the last that was contracted was delivered, None while some are left.
    `confirmed` and `unconfirmed` are those to come by the deadline; unconfirmed has no trainer, a trainer
    who can't hold it, or another date proposed. `later` are to come after the deadline. All of that is by,
    or after, the day to come `by` where one before the deadline is asked for. `none_ticked_of` is how many
    sessions of the programme were held, unless their register says otherwise, while none is ticked.
    """

    contracted: int
    delivered: int
    confirmed: int
    unconfirmed: int
    later: int
    not_marked: int
    days_left: int | None
    met_on: date | None = None
    by: date | None = None
    none_ticked_of: int = 0

    @property
    def none_ticked_words(self) -> str:
        """Why nothing is delivered although training was held: "36 sessions were held, and none is ticked to
        count"; nothing once any is."""
        if not self.none_ticked_of:
            return ""
        were = plural(self.none_ticked_of, "session was", "sessions were")
        none_is = "is not" if self.none_ticked_of == 1 else "none is"
        return f"{were} held, and {none_is} ticked to count."

    @property
    def left(self) -> int:
        return max(0, self.contracted - self.delivered)

    @property
    def not_scheduled(self) -> int:
        """How many contracted sessions have no date by then."""
        return max(0, self.left - self.confirmed - self.unconfirmed - self.not_marked)

    @property
    def not_scheduled_told(self) -> int | str:
        """The same for a table: 4, or "4 or 5" while a session whose register is not marked yet may turn out
        not to have been held."""
        most = max(0, self.left - self.confirmed - self.unconfirmed)
        least = self.not_scheduled
        if most == least:
            return least
        return f"{least:,} {'or' if most == least + 1 else 'to'} {most:,}"

    @property
    def not_scheduled_words(self) -> str:
        """ "4 or 5 not scheduled"; nothing where all have a date."""
        told = self.not_scheduled_told
        return f"{told if isinstance(told, str) else number(told)} not scheduled" if told else ""

    @property
    def in_words(self) -> str:
        """ "11 of 17 sessions delivered, 4 scheduled, 2 not scheduled, 28 days left" (TR-10)."""
        return ", ".join(self.parts)

    @property
    def parts(self) -> list[str]:
        """The same, a line for each."""
        parts = [f"{self.delivered:,} of {self.contracted:,} sessions delivered"]
        scheduled = self.confirmed + self.unconfirmed
        parts.append(f"{scheduled:,} scheduled" + (f" by {day(self.by)}" if self.by else ""))
        if self.unconfirmed:
            parts.append(f"{self.unconfirmed:,} of these unconfirmed")
        if self.not_marked:
            parts.append(f"{self.not_marked:,} with no register marked yet")
        if self.not_scheduled_words:
            parts.append(self.not_scheduled_words + (" by then" if self.by else ""))
        if self.later:
            parts.append(f"{self.later:,} after {'that day' if self.by else 'the deadline'}")
        if self.days_left is not None:
            over = self.days_left < 0
            parts.append("the deadline is over" if over else f"{plural(self.days_left, 'day')} left")
        return parts
