"""What stands in a pack, section by section: its page, PDF, workbook and CSV are all written from this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.board.models import Pack
from app.core.filters import day, day_and_time
from app.figures import queries as figures
from app.figures.models import PublishedFigure, TargetKind
from app.figures.queries import Figure, Restated

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
    "Joined and left: came into, and went out of, those counted. Completed: while counted on both days.",
)


@dataclass(frozen=True)
class Column:
    """A column of a section. One that is not printed stands in the workbook and the CSV alone."""

    title: str
    is_number: bool = False
    is_printed: bool = True


@dataclass(frozen=True)
class Section:
    """A table with its title, and notes in words below it."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    notes: Sequence[str] = ()

    @property
    def printed(self) -> Section:
        """The section as it is printed: without the columns that are for programs."""
        kept = [at for at, column in enumerate(self.columns) if column.is_printed]
        rows = [[row[at] for at in kept] for row in self.rows]
        return Section(self.title, [self.columns[at] for at in kept], rows, self.notes)


@dataclass(frozen=True)
class Material:
    """What a pack is written from: its figures with what was published of each, and the pack before it."""

    meeting: str
    meets_on: date
    as_at: date
    known_at: datetime
    figures: Sequence[tuple[Figure, PublishedFigure]]
    last: Pack | None
    last_figures: Sequence[PublishedFigure]


@dataclass(frozen=True)
class Contents:
    """A whole pack."""

    title: str
    meeting: str
    meets_on: date
    as_at: date
    known_at: datetime
    sections: Sequence[Section]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What stands above the sections."""
        return [
            ("Meeting", f"{self.meeting}, {day(self.meets_on)}"),
            ("Figures as at", f"the end of {day(self.as_at)}"),
            ("As known at", day_and_time(self.known_at)),
        ]


def contents(material: Material) -> Contents:
    """The pack of a meeting: every section in its order."""
    return Contents(
        title="Board pack",
        meeting=material.meeting,
        meets_on=material.meets_on,
        as_at=material.as_at,
        known_at=material.known_at,
        sections=[section(material) for section in SECTIONS],
    )


def _where_targets_stand(material: Material) -> Section:
    """Each target's headline: 41 of 110 (37%), what is required by when, the colour and why."""
    columns = (
        Column("Target"),
        Column("Programme"),
        Column("Code", is_printed=False),
        Column("Kind", is_printed=False),
        Column("Figure"),
        Column("Complete", is_number=True, is_printed=False),
        Column("Denominator", is_number=True, is_printed=False),
        Column("Shown", is_printed=False),
        Column("Required", is_number=True),
        Column("Deadline"),
        Column("Standing"),
        Column("Why"),
        Column("Second lines", is_printed=False),
    )
    rows = [
        (
            figure.title,
            figure.programme,
            figure.code,
            figure.kind.label,
            figures.count_in_words(one.numerator, one.denominator, one.shown),
            one.numerator,
            one.denominator,
            one.shown,
            one.required if one.denominator != 0 else None,
            figure.deadline,
            one.colour.label,
            one.colour_reason,
            " ".join(figure.notes),
        )
        for figure, one in material.figures
    ]
    lines = [f"{figure.title}: {' '.join(figure.notes)}" for figure, _one in material.figures if figure.notes]
    notes = lines or ([] if rows else ["There are no targets yet, so there are no figures."])
    return Section("Where each target stands", columns, rows, notes)


def _what_moved(material: Material) -> Section:
    """Since the pack before: what it said, what that is as known now and why, and what happened since."""
    columns = (
        Column("Target"),
        Column("In the last pack"),
        Column("The same, as known now"),
        Column("Why restated"),
        Column("Now"),
        Column("What moved"),
    )
    title = "What moved since the last pack"
    last = material.last
    if last is None:
        return Section(title, columns, [], ["This is the first pack."])
    restated = figures.all_restated(material.last_figures, known_at=material.known_at)
    then = {one.published.target_id: one for one in restated}
    people = figures.people_of([one for _figure, one in material.figures])
    rows = [
        (figure.title, *_moved(then[one.target_id], one, people[one.id]))
        if one.target_id in then
        else (figure.title, "Not in it", "", "", _quoted(one), "")
        for figure, one in material.figures
    ]
    note = (
        f"The last pack: {last.meeting}, {day(last.meets_on)}; figures as at {day(last.as_at)}, as known at "
    )
    return Section(title, columns, rows, [f"{note}{day_and_time(last.known_at)}."])


def _moved(
    then: Restated, now: PublishedFigure, people: Mapping[int, bool]
) -> tuple[str, str, str, str, str]:
    known, words = then.now, ""
    if figures.counts_people(now.target) and then.published.as_at <= now.as_at:
        words = figures.moved_since(then, now, people).in_words
    return (
        _quoted(then.published),
        figures.count_in_words(known.numerator, known.denominator, known.shown),
        " ".join(then.reasons),
        _quoted(now),
        words,
    )


def _quoted(one: PublishedFigure) -> str:
    return figures.count_in_words(one.numerator, one.denominator, one.shown)


def _definitions(material: Material) -> Section:
    """What is counted, of whom and by which rule; and what the words mean."""
    columns = (
        Column("Target"),
        Column("What is counted, and what is asked"),
        Column("Who is counted"),
        Column("Version of the rule", is_number=True),
    )
    rows = [
        (figure.title, one.rule_words, one.scope_words, one.rule_number) for figure, one in material.figures
    ]
    kinds = dict.fromkeys(figure.kind for figure, _one in material.figures)
    return Section(
        "Definitions", columns, rows, [*(f"{kind.label}: {_KINDS[kind]}" for kind in kinds), *_WORDS]
    )


SECTIONS: tuple[Callable[[Material], Section], ...] = (_where_targets_stand, _what_moved, _definitions)
