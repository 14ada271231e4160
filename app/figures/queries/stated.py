"""Figures that documents state: beside what is computed, with the difference, and never mixed (U-25)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Select, select

from app.core.db import db, live
from app.core.filters import day
from app.figures.models import StatedFigure, Target, TargetKind
from app.figures.queries.arithmetic import FEW, is_few, shown_percent
from app.figures.queries.figure import Figure
from app.figures.queries.score import Score, Wave, replies_words

KEPT_AS_STATED = (
    "Stated figures are kept as the document has them. They never change what is computed, and nothing adds "
    "them to it."
)


def stated_figures(
    target_ids: Collection[int], known_at: datetime | None = None
) -> dict[int, list[StatedFigure]]:
    """What documents state of targets, by the target's id, the earliest day first."""
    if not target_ids:
        return {}
    statement = (
        select(StatedFigure)
        .where(StatedFigure.target_id.in_(sorted(target_ids)), live(StatedFigure, known_at))
        .order_by(StatedFigure.as_at, StatedFigure.id)
    )
    found: dict[int, list[StatedFigure]] = defaultdict(list)
    for one in db.session.scalars(statement):
        found[one.target_id].append(one)
    return found


def stated_figure(target: Target, figure_id: int) -> Select[tuple[StatedFigure]]:
    """One live stated figure of a target."""
    return select(StatedFigure).where(
        StatedFigure.id == figure_id, StatedFigure.target_id == target.id, live(StatedFigure)
    )


def ever_stated(target: Target, as_at: date) -> Select[tuple[StatedFigure]]:
    """Whatever was stated of a target for a day, even if it was corrected or taken back since."""
    return select(StatedFigure).where(StatedFigure.target_id == target.id, StatedFigure.as_at == as_at)


def scores(
    targets: Sequence[Target],
    *,
    as_at: date,
    known_at: datetime | None = None,
    found: Mapping[int, Sequence[StatedFigure]] | None = None,
) -> dict[int, Score | None]:
    """Of each target that is a score: its waves up to a date, or None when no document states one. `found`
    is what documents state, for whoever has asked for it already."""
    wanted = {target.id for target in targets if target.kind is TargetKind.SCORE}
    stated = stated_figures(wanted, known_at) if found is None else found
    by_target: dict[int, Score | None] = {}
    for target_id in wanted:
        waves = tuple(
            Wave(one.as_at, one.score, one.replies, one.is_approximate)
            for one in stated.get(target_id, [])
            if one.score is not None and one.as_at <= as_at
        )
        by_target[target_id] = Score(waves) if waves else None
    return by_target


@dataclass(frozen=True)
class Comparison:
    """A stated figure beside what is computed for the same day; `computed` is None where nothing can be.
    `minimum_percent` is what the target asks."""

    stated: StatedFigure
    computed: Figure | None
    minimum_percent: Decimal | None = None
    hides_few: bool = False  # for those who may not see names

    def for_the_board(self) -> Comparison:
        """The same for those who may not see names: of 1 to 4 people or replies, stated or computed, that
        they are few (BM-05)."""
        return replace(self, computed=self.computed and self.computed.for_the_board(), hides_few=True)

    @property
    def is_few(self) -> bool:
        """Whether what is stated is not told."""
        return self.hides_few and (is_few(self.stated.denominator) or is_few(self.stated.replies))

    @property
    def shown(self) -> str:
        """The figure as the document has it: "239 of 263 (91%)", "approximately 300", "6.0, 84 replies"; of
        80% that are asked, 87 of 109 is "79.8%" (4.5.4)."""
        one = self.stated
        if self.is_few:
            return FEW if one.score is None else f"{FEW} replies"
        about = "approximately " if one.is_approximate else ""
        if one.score is not None:
            return f"{about}{one.score:.1f}, {replies_words(one.replies)}"
        if one.denominator is None:
            return f"{about}{one.numerator:,}"
        percent = shown_percent(one.numerator or 0, one.denominator, self.minimum_percent)
        return f"{about}{one.numerator:,} of {one.denominator:,} ({percent})"

    @property
    def day_words(self) -> str:
        return f"{day(self.stated.as_at)}{', day not stated' if self.stated.is_day_assumed else ''}"

    @property
    def computed_words(self) -> str | None:
        """What is computed for that day: "236 of 263 (90%)"."""
        figure = self.computed
        if figure is None:
            return None
        if figure.denominator is None:
            return f"{figure.numerator:,}"
        if figure.has_no_one:
            return figure.shown
        return f"{figure.numerator:,} of {figure.denominator:,} ({figure.shown})"

    @property
    def difference_words(self) -> str:
        """How the two differ: "Stated 239, computed 236: a difference of 3". Neither is ever adjusted."""
        figure, stated = self.computed, self.stated
        if figure is None or stated.numerator is None:
            return "Nothing is computed to compare it with."
        if self.is_few or figure.is_few:
            return f"Not shown, as one of them is of {FEW} people."
        about = "approximately " if stated.is_approximate else ""
        lines = []
        if stated.numerator != figure.numerator:
            lines.append(_difference(f"Stated {about}", "computed", stated.numerator, figure.numerator))
        whole, counted = stated.denominator, figure.denominator
        if whole is not None and counted is not None and whole != counted:
            lines.append(_difference(f"Stated of {about}", "computed of", whole, counted))
        return ". ".join(lines) or "The computed figure is the same."


def _difference(stated: str, computed: str, one: int, other: int) -> str:
    return f"{stated}{one:,}, {computed} {other:,}: a difference of {abs(one - other):,}"
