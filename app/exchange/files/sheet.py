"""A file as a whole: every line of it, and in words everything that is wrong with any of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import ValidationError, create_model

from app.core.tables import Line, Table, read_table
from app.exchange.files.columns import COLUMNS
from app.exchange.files.rows import BRITISH, DATES, ISO, ROWS, FileRow
from app.exchange.models import ImportKind


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, or worth knowing, on one line of the file."""

    line: int
    field: str
    reason: str


RowT = TypeVar("RowT", bound=FileRow)


@dataclass(frozen=True)
class Sheet(Generic[RowT]):
    """A file as read: its lines, the problems of those that are wrong, and its columns.

    A line whose values can't be told apart is among the problems, and no row. `keys` are the employee numbers
    of all lines, so that a line that is wrong still says who is in the file.
    """

    rows: list[RowT]
    problems: list[Problem]
    present: frozenset[str]
    unknown: list[str]
    lines: int
    keys: frozenset[str]

    def has(self, column: str) -> bool:
        """Whether the file has the column at all: what it does not have, it says nothing about."""
        return column in self.present


def check_file(kind: ImportKind, content: bytes) -> Table:
    """The lines of a file of this kind, not yet checked. Raises RuleBroken when it is no such file."""
    columns = COLUMNS[kind]
    return read_table(
        content,
        known=[column.name for column in columns],
        required=[column.name for column in columns if column.is_required],
        any_of=ROWS[kind].any_of,
    )


def read_sheet(kind: ImportKind, content: bytes) -> Sheet[Any]:
    """Read a file of this kind. Raises RuleBroken when it is no such file; wrong lines are in `problems`."""
    table = check_file(kind, content)
    rows: list[FileRow] = []
    problems = [Problem(line.number, "row", f"This has {line.fault}.") for line in table.lines if line.fault]
    whole = [line for line in table.lines if not line.fault]
    for line in whole:
        row, faults = _read(ROWS[kind], line)
        rows.append(row)
        problems += [Problem(line.number, column, reason) for column, reason in faults.items()]
    wrong = {(problem.line, problem.field) for problem in problems}
    mixed = _mixed_dates(whole, DATES[kind])
    problems += [problem for problem in mixed if (problem.line, problem.field) not in wrong]
    problems.sort(key=lambda problem: problem.line)
    keys = frozenset(line.values.get("employee_number", "") for line in table.lines)
    return Sheet(rows, problems, table.present, table.unknown, len(table.lines), keys)


def _read(kind: type[FileRow], line: Line) -> tuple[FileRow, dict[str, str]]:
    """What a line says, and why not in the columns that are wrong; columns are read beside each other where
    each of them can be read."""
    faults: dict[str, str] = {}
    try:
        row = kind(line=line.number, **line.values)
    except ValidationError as error:
        faults = {str(one["loc"][0]): _sentence(one) for one in error.errors(include_url=False)}
        right = {name: value for name, value in line.values.items() if name not in faults}
        row = _in_part(kind)(line=line.number, **right)
    for columns, fault in kind.together:
        if faults.keys().isdisjoint(columns) and (reason := fault(row)):
            faults[columns[0]] = reason
    return (row.model_copy(update={"wrong": frozenset(faults)}) if faults else row), faults


@cache
def _in_part(kind: type[FileRow]) -> type[FileRow]:
    """Lines of this kind of which nothing but their number is needed."""
    needed = {
        name: (Annotated[field.annotation, *field.metadata] | None, None)
        for name, field in kind.model_fields.items()
        if field.is_required() and name != "line"
    }
    return create_model(kind.__name__, __base__=kind, **needed)  # type: ignore[call-overload]


def _sentence(found: Any) -> str:
    """Pydantic's finding in words for the person who has the file before them."""
    kind, context = found["type"], found.get("ctx") or {}
    if kind == "import":
        return str(context["sentence"])
    if kind == "missing":
        return "This is empty, and every line needs it."
    if kind == "string_too_long":
        return f"This is longer than {context['max_length']} characters."
    if kind == "string_pattern_mismatch":
        return "This must have no spaces in it."
    return "This can’t be read."


def _mixed_dates(lines: list[Line], columns: tuple[str, ...]) -> list[Problem]:
    """One file writes its dates in one way: the lines that do otherwise than most of it are problems.

    A file that writes both 2022-03-04 and 03/04/2022 has come from two places, and one of them may well
    have meant 4 March.
    """
    iso: list[tuple[int, str, str]] = []
    british: list[tuple[int, str, str]] = []
    for line in lines:
        for column in columns:
            text = line.values.get(column)
            if text and ISO.match(text):
                iso.append((line.number, column, text))
            elif text and BRITISH.match(text):
                british.append((line.number, column, text))
    fewer, other = (iso, "31/03/2022") if len(iso) < len(british) else (british, "2022-03-31")
    if not iso or not british:
        return []
    return [
        Problem(line, column, f"“{text}” is written otherwise than the file’s other dates, like {other}.")
        for line, column, text in fewer
    ]
