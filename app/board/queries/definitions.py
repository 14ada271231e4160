"""The section of a pack that says what its figures count, and what its words mean."""

from __future__ import annotations

from app.board.queries.shape import Column, Section
from app.board.queries.whole import Whole
from app.figures.models import TargetKind

_KINDS = {
    TargetKind.COVERAGE: "of the people in post on the day who fit the rule, those who hold a completion "
    "that is current. Who left is out of both numbers, so that it can fall though nobody unlearned anything.",
    TargetKind.COHORT: "of the members of a list on the day, those who completed all that is required of "
    "them. A target’s deadline includes its day.",
    TargetKind.PEOPLE_TRAINED: "distinct people who completed under the programme, whether or not they have "
    "since left. It has no denominator.",
    TargetKind.DELIVERABLE: "sessions that the contract counts and that were held.",
    TargetKind.REACH: "people whom training was offered to, who were invited, booked or came.",
    TargetKind.SCORE: "the mean of the answers to one question, of those who replied.",
}
_WORDS = (
    "As at: what had happened by the end of the day. As known: what had been recorded by then.",
    "Required: the fewest people that reach the minimum, computed exactly. Rounded percentages are never "
    "compared; a percentage shows a decimal where the whole number would mislead.",
    "Restated: the figure of an earlier day, by what is known now. What was published is never changed.",
    "Likely: as some who are booked don’t come. Best case: everybody who is booked comes. Likely if every "
    "free place is filled: some of those don’t come either, so that it can be below the best case.",
    "Provisional: marks that are not recorded yet could change the colour. Check data: more than 10% of the "
    "people counted have records in doubt.",
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
    return Section(
        "Definitions", columns, rows, [*(f"{kind.label}: {_KINDS[kind]}" for kind in kinds), *_WORDS]
    )
