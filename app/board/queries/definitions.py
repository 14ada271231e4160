"""The section of a pack that says what its figures count, and what its words mean."""

from __future__ import annotations

from app.board.queries.shape import Column, Section
from app.board.queries.whole import Whole
from app.figures import queries as figures

_WORDS = (
    "As at: what had happened by the end of the day; a deadline includes its day. As known: what had been "
    "recorded by then.",
    "Required: the fewest people that reach the minimum, computed exactly. Rounded percentages are never "
    "compared; a percentage shows a decimal where the whole number would mislead.",
    "Restated: the figure of an earlier day, by what is known now. What was published is never changed.",
    "Likely: as some who are booked don’t come. Best case: everybody who is booked comes. Likely if every "
    "free place is filled: some of those don’t come either, so that it can be below the best case.",
    f"Expected not to come: {figures.HOW_PLANNED}",
    "Provisional: marks or registers that are not recorded yet could change the colour. Check data: "
    f"{figures.CHECK_DATA}.",
    "Joined and left: came into, and went out of, those counted. Completed: while counted on both days.",
)


def definitions(told: Whole) -> Section:
    """What is counted, of whom and by which rule; and what the words mean."""
    columns = (
        Column("Target"),
        Column("What is counted, and what is asked"),
        Column("Who is counted"),
        Column("Version of the rule", is_number=True),
    )
    rows = [
        (
            line.figure.title,
            line.figure.rule_words,
            line.figure.scope_words,
            line.plan.rule.number if line.plan else 1,
        )
        for line in told.lines
    ]
    kinds = dict.fromkeys(line.figure.kind for line in told.lines)
    meanings = [f"{kind.label}: {kind.meaning[:1].lower()}{kind.meaning[1:]}" for kind in kinds]
    return Section("Definitions", columns, rows, [*meanings, *_WORDS])
