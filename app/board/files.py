"""The board's figures as a file, for a spreadsheet or a chart; and a pack as its three files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from flask import current_app

from app.board.queries import Column, Contents, Line, Section, WeeklyLine, to_be_done
from app.core import clock
from app.core.filters import day, number
from app.core.pdf import pdf_of
from app.core.sheets import Sheet, csv_lines, csv_named, workbook
from app.figures.files import ProgressChart, known_in_words, outlook_of, progress_chart
from app.figures.queries import Figure, count_in_words

COLUMNS = (
    "code",
    "programme",
    "target",
    "kind",
    "as_at",
    "known_at",
    "numerator",
    "denominator",
    "required",
    "met",
    "shown",
    "standing",
    "deadline",
    "rule",
    "notes",
    "colour",
    "colour_reason",
    "is_provisional",
    "must_check_data",
    "people_flagged",
    "own_colour",
    "own_colour_until",
    "own_colour_reason",
    "direction",
    "was",
    "published",
    "forecast_for",
    "likely",
    "best",
    "ceiling",
    "to_book",
    "free_places",
    "place_shortfall",
    "to_book_by_service",
    "outstanding_marks",
    "baseline",
    "milestones",
    "coverage_lost",
    "expected_not_to_come",
)


def figures_csv(lines: Iterable[Line]) -> str:
    """The board's targets as CSV: one line each, with the numbers and the words of its page."""
    now = clock.now()
    rows = (_figure(line.figure, now) | _colours(line) | _ahead(line) for line in lines)
    return csv_named(COLUMNS, rows)


def _figure(figure: Figure, now: datetime) -> dict[str, object]:
    number, whole = figure.counts
    return {
        "code": figure.code,
        "programme": figure.programme,
        "target": figure.title,
        "kind": figure.kind.value,
        "as_at": figure.as_at.isoformat(),
        "known_at": known_in_words(figure, now),
        "numerator": number,
        "denominator": whole,
        "required": figure.asked,
        "met": None if figure.met is None else ("yes" if figure.met else "no"),
        "shown": figure.shown,
        "standing": figure.standing_words,
        "deadline": figure.deadline.isoformat() if figure.deadline else None,
        "rule": figure.rule_words,
        "notes": " ".join(figure.notes),
    }


def _colours(line: Line) -> dict[str, object]:
    figure = line.figure
    verdict, own = figure.verdict, figure.override
    return {
        "colour": verdict.colour.label if verdict else None,
        "colour_reason": verdict.whole_reason if verdict else None,
        "is_provisional": ("yes" if verdict.is_provisional else "no") if verdict else None,
        "must_check_data": ("yes" if verdict.doubt else "no") if verdict else None,
        "people_flagged": figure.flagged_words if verdict else None,
        "own_colour": own.colour.label if own else None,
        "own_colour_until": own.last_day.isoformat() if own else None,
        "own_colour_reason": own.reason if own else None,
        "direction": line.direction.words if line.direction else None,
        "was": line.stood.stood_words if line.stood else None,
        "published": line.published.shown if line.published else None,
    }


def _ahead(line: Line) -> dict[str, object]:
    figure, forecast, first = line.figure, line.figure.forecast, line.figure.baseline
    to_book, free, shortfall, _runs = to_be_done(forecast) if forecast else (None,) * 4
    return {
        "forecast_for": figure.forecast_for.isoformat() if forecast and figure.forecast_for else None,
        "likely": forecast.likely if forecast else None,
        "best": forecast.best if forecast else None,
        "ceiling": forecast.ceiling if forecast else None,
        "to_book": to_book,
        "free_places": free,
        "place_shortfall": shortfall,
        "to_book_by_service": line.to_book_in_words or None,
        "outstanding_marks": None if figure.is_few else figure.outstanding_marks,
        "baseline": first.in_words(figure.denominator or 0, figure.required) if first else None,
        "milestones": line.milestones or None,
        "coverage_lost": line.lost.words if line.lost else None,
        "expected_not_to_come": (forecast.absence_words or None) if forecast else None,
    }


# --- A pack --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """A chart of completions; its rows are the few of its points that are printed below it."""

    title: str
    chart: ProgressChart
    rows: Sequence[Sequence[str]]


def pictures(contents: Contents) -> list[Picture]:
    """The pack's charts: completions against the target, with the range of the forecast."""
    return [_picture(one) for one in contents.weekly_lines]


def _picture(weekly: WeeklyLine) -> Picture:
    figure = weekly.line.figure
    return Picture(
        title=figure.title,
        chart=progress_chart(
            weekly.points, weekly.planned, deadline=figure.deadline, outlook=outlook_of(figure)
        ),
        rows=[
            [
                day(point.on),
                count_in_words(point.complete, point.in_scope, point.shown),
                "" if point.in_scope == 0 else number(point.required),
            ]
            for point in weekly.quarters
        ],
    )


def pack_pdf(contents: Contents) -> bytes:
    """The pack on A4, tagged, and as plain in black and white. Raises RuleBroken when it can’t be made."""
    template = current_app.jinja_env.get_template("board/pack_pdf.html")
    page = template.render(
        contents=contents,
        council=current_app.config["COUNCIL"],
        sections=printed(contents),
        pictures=pictures(contents),
    )
    return pdf_of(page)


def printed(contents: Contents) -> list[Section]:
    """The sections that are read on paper or on a page."""
    return [in_print(section) for section in contents.sections if section.is_printed]


def pack_xlsx(contents: Contents) -> bytes:
    """The pack as a workbook: a sheet for each section, after one that says which pack it is."""
    about = Sheet(contents.title, ("About", "This pack"), contents.facts)
    sheets = [
        Sheet(one.title, [column.title for column in one.columns], one.rows, one.notes)
        for one in contents.sections
    ]
    title = f"{contents.title}: {contents.meeting}"
    return workbook([about, *sheets], title=title, made_at=contents.known_at)


def pack_csv(contents: Contents) -> bytes:
    """The pack as one CSV file: each section after an empty line, under its title."""
    return csv_lines(_lines(contents)).encode()


def _lines(contents: Contents) -> Iterator[tuple[object, ...]]:
    yield (contents.title,)
    yield from contents.facts
    for section in contents.sections:
        yield ()
        yield ("Section", section.title)
        yield tuple(column.title for column in section.columns)
        yield from (tuple(row) for row in section.rows)
        if section.notes:
            yield ()
            yield from (("Note", note) for note in section.notes)


def in_print(section: Section) -> Section:
    """A section as it is read: every cell in words, and no column that is for programs."""
    printed = section.printed
    rows = [
        [_printed(value, column) for column, value in zip(printed.columns, row, strict=True)]
        for row in printed.rows
    ]
    return replace(printed, rows=rows)


def _printed(value: object, column: Column) -> str:
    if isinstance(value, date):
        return day(value)
    if value is None or value == "":
        return "–"
    if isinstance(value, Decimal):
        return f"{value:+.1f}".replace("-", "−") if column.is_change else f"{value:.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
