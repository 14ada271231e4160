"""What sections of a pack are made of, and all that they are written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.board.queries.weekly_lines import WeeklyLine
from app.board.queries.whole import Whole
from app.core.filters import day, day_and_time
from app.figures.queries import Figure


@dataclass(frozen=True)
class Column:
    """A column of a section. One that is not printed stands in the workbook and the CSV alone; a change is
    printed with its sign, and is a number there; what is short is printed on one line. A standing is one word
    for programs, and printed as on every page: with its symbol, and the academy's own colour before it."""

    title: str
    is_number: bool = False
    is_printed: bool = True
    is_change: bool = False
    is_short: bool = False
    is_standing: bool = False


@dataclass(frozen=True)
class Section:
    """A table with its title, and notes in words below it. One that is not printed stands in the workbook
    and the CSV alone: a chart is printed in its place. `codes` are the targets of the rows, where a page
    leads to them; `figures` are those of the rows, where a column is a standing; `groups` are what
    the rows belong to, which is printed above or below their first cells."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]
    notes: Sequence[str] = ()
    is_printed: bool = True
    codes: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    groups: Sequence[str] = ()

    @property
    def printed(self) -> Section:
        """The section as it is printed: without the columns that are for programs."""
        kept = [at for at, column in enumerate(self.columns) if column.is_printed]
        rows = [[row[at] for at in kept] for row in self.rows]
        return replace(self, columns=[self.columns[at] for at in kept], rows=rows)


@dataclass(frozen=True)
class Contents:
    """A whole pack; a draft is looked at before it is issued, and says so wherever it is read."""

    meeting: str
    as_at: date
    known_at: datetime
    told: Whole
    sections: Sequence[Section]
    weekly_lines: Sequence[WeeklyLine] = ()
    is_draft: bool = False

    @property
    def title(self) -> str:
        return "Draft, not issued: Board pack" if self.is_draft else "Board pack"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What stands above the sections."""
        return [
            *([("Draft", "Not issued: nothing is published or kept")] if self.is_draft else []),
            ("Meeting", self.meeting),
            ("Figures as at", f"the end of {day(self.as_at)}"),
            ("As known at", day_and_time(self.known_at)),
        ]
