"""Published figures as whoever asks may see them: what was published is kept whole (BM-04, BM-05)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.core.filters import day
from app.figures.models import Colour, ColourOverride, PublishedFigure, Standing
from app.figures.queries.arithmetic import FEW, count_in_words, is_few
from app.figures.queries.definitions import threshold_in_words
from app.figures.queries.few import as_seen
from app.figures.queries.overrides import overrides_published


@dataclass(frozen=True)
class AsPublished:
    """A published figure with the academy's own colour of its day, if it gave one. `of_few`: of 1 to 4 people
    or replies; `is_few`: so that whoever may not see names is told no number of it."""

    row: PublishedFigure
    own: ColourOverride | None = None
    of_few: bool = False
    is_few: bool = False

    def for_the_board(self) -> AsPublished:
        """The same for those who may not see names: of few that they are few, and nothing else (BM-05)."""
        return replace(self, is_few=True, own=None) if self.of_few else self

    @property
    def count(self) -> str:
        """ "239 of 263 (91%)"; of a few perhaps "fewer than 5"."""
        return few_published(self.row) if self.is_few else quoted(self.row)

    @property
    def asked(self) -> int | Decimal | None:
        return None if self.is_few else self.row.asked

    @property
    def rule_words(self) -> str:
        """What was counted, and what was asked, as it read then; of few not how many that was."""
        asked, told = (threshold_in_words(self.row.rule, required) for required in (self.row.required, None))
        if not self.is_few or asked == told:
            return self.row.rule_words
        return f"{self.row.rule_words.rpartition(asked)[0]}{told}"

    @property
    def standing(self) -> Standing | None:
        """The one word of it where it has no colour."""
        if not self.is_few:
            return self.row.standing
        return Standing.FEW if self.row.score is None else Standing.FEW_REPLIES

    @property
    def colour(self) -> Colour:
        return Colour.NO_DATA if self.is_few else self.row.colour

    @property
    def reason(self) -> str:
        """Why it had its computed colour; nothing where the word of its standing says it."""
        return "" if self.standing else self.row.colour_reason

    @property
    def why(self) -> str:
        """The same, after the academy's own reason if it gave a colour."""
        return why_in_words(self.own, self.reason)

    @property
    def stood_words(self) -> str:
        """How it stood: "● Green"."""
        return stood_in_words(self.own, None if self.standing else self.colour, self.standing)


def stood_in_words(own: ColourOverride | None, colour: Colour | None, standing: Standing | None) -> str:
    """Each colour with its symbol, or the one word of what has none: "● Green", "No minimum stated",
    "◆ Amber, the academy’s own, and ▲ Red, computed"."""
    computed = f"{colour.symbol} {colour.label}" if colour else (standing.label if standing else "")
    if own is None:
        return computed
    return f"{own.colour.symbol} {own.colour.label}, the academy’s own, and {computed}, computed"


def why_in_words(own: ColourOverride | None, computed: str) -> str:
    """Why it stands so, the academy's own reason first; nothing where its standing says it."""
    if own is None:
        return computed
    said = f"The academy’s own, until {day(own.last_day)}: {own.reason.rstrip('.')}."
    return f"{said} As computed: {computed}" if computed else said


def as_published(rows: Sequence[PublishedFigure], *, sees_names: bool) -> list[AsPublished]:
    """These published figures, as whoever asks may see them."""
    own, few = overrides_published(rows), of_few(rows)
    return as_seen((AsPublished(one, own.get(one.id), one.id in few) for one in rows), sees_names=sees_names)


def quoted(row: PublishedFigure) -> str:
    """A published figure as it is quoted: "239 of 263 (91%)"."""
    return count_in_words(row.numerator, row.denominator, row.shown)


def few_published(row: PublishedFigure) -> str:
    """What is said in its place of one of few people, or replies."""
    return FEW if row.score is None else f"{FEW} replies"


def of_few(rows: Collection[PublishedFigure]) -> set[int]:
    """Which of these, by their ids, are of 1 to 4 people or replies."""
    return {one.id for one in rows if is_few(one.denominator) or is_few(one.replies)}
