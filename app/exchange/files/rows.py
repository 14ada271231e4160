"""What each line must hold: columns, their meaning, and an answer in words for every wrong value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.config import is_e_mail_address
from app.core import clock
from app.core.tables import Line, Table, read_table
from app.exchange.files.columns import COLUMNS
from app.exchange.models import ImportKind
from app.learning.models import THERE, DatePrecision, MarkStatus
from app.people.models import EmploymentType
from app.people.rules import share_of_full_time
from app.sessions.models import Mode

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_BRITISH = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})(?:[T ]+(\d{1,2}:\d{2}\S*))?")
_MOST = 10_000
HOW_TO_DATE = "Write dates like 2022-03-31 or 31/03/2022."


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, or worth knowing, on one line of the file."""

    line: int
    field: str
    reason: str


def _wrong(sentence: str, field: str | None = None) -> PydanticCustomError:
    """An error whose words are our own; `field` when it is found by comparing two columns."""
    return PydanticCustomError("import", "{sentence}", {"sentence": sentence, "field": field})


@lru_cache(maxsize=20_000)
def read_date(text: str) -> date:
    """2022-03-31 or 31/03/2022; never the US order, so that 03/04/2022 is 3 April.

    Raises an error in words for anything else, and for a year outside `clock.YEARS`.
    """
    found = clock.read_day(text)
    if found is None:
        real = "real " if _ISO.fullmatch(text) or _BRITISH.fullmatch(text) else ""
        raise _wrong(f"“{text}” is not a {real}date. {HOW_TO_DATE}")
    if found.year not in clock.YEARS:
        raise _wrong(f"“{text}” is not in a year from {clock.YEARS[0]} to {clock.YEARS[-1]}.")
    return found


def _one_of(states: type[StrEnum], allowed: Iterable[StrEnum]) -> BeforeValidator:
    """A value of the enum in any case, with spaces or underscores."""
    names = [str(state) for state in allowed]
    words = f"{', '.join(names[:-1])} or {names[-1]}"

    def read(value: Any) -> Any:
        key = re.sub(r"[\s-]+", "_", str(value)).lower()
        if key not in names:
            raise _wrong(f"“{value}” is not one of {words}.")
        return states(key)

    return BeforeValidator(read)


def _read_address(value: Any) -> str:
    text = str(value).lower()
    if not is_e_mail_address(text):
        raise _wrong(f"“{value}” is not an e-mail address.")
    return text


def _read_fte(value: Any) -> Decimal:
    fte = share_of_full_time(str(value))
    if fte is None:
        raise _wrong(f"“{value}” is not a share of full time: use a number above 0, up to 1, such as 0.6.")
    return fte


def _read_time(value: Any) -> time:
    found = _TIME.fullmatch(str(value))
    hours, minutes = (int(part) for part in found.groups()) if found else (24, 0)
    try:
        return time(hours, minutes)
    except ValueError:
        raise _wrong(f"“{value}” is not a time of day. Write times like 09:30.") from None


def _read_moment(value: Any) -> datetime:
    """ "2022-03-29T17:05" or "29/03/2022 17:05" is London's; a date alone is the end of that day."""
    text = str(value)
    found = _MOMENT.fullmatch(text)
    if not found:
        raise _wrong(f"“{text}” is not a time. Write times like 2022-03-29T17:05 or 29/03/2022 17:05.")
    day, rest = read_date(found[1]), found[2]
    if rest is None:
        return clock.end_of_day(day)
    try:
        at = datetime.fromisoformat(f"{day.isoformat()}T{rest if rest[2:3] == ':' else f'0{rest}'}")
    except ValueError:
        raise _wrong(f"“{text}” is not a real time. Write times like 2022-03-29T17:05.") from None
    return at if at.tzinfo else clock.london_time(day, at.time())


def _read_whole(value: Any) -> int:
    text = str(value)
    if not text.isascii() or not text.isdecimal() or int(text) > _MOST:
        raise _wrong(f"“{text}” is not a whole number up to {_MOST:,}.")
    return int(text)


Day = Annotated[date, BeforeValidator(lambda value: read_date(str(value)))]
Address = Annotated[str, BeforeValidator(_read_address), StringConstraints(max_length=254)]
Number = Annotated[str, StringConstraints(max_length=40, pattern=r"^\S+$")]
Name = Annotated[str, StringConstraints(max_length=120)]
Staffing = Annotated[
    EmploymentType,
    _one_of(EmploymentType, (EmploymentType.EMPLOYEE, EmploymentType.AGENCY, EmploymentType.CONTRACTED)),
]
Code = Annotated[str, StringConstraints(max_length=40)]
Time = Annotated[time, BeforeValidator(_read_time)]
Moment = Annotated[datetime, BeforeValidator(_read_moment)]
Whole = Annotated[int, BeforeValidator(_read_whole)]
Held = Annotated[Mode, _one_of(Mode, Mode)]
Attended = Annotated[MarkStatus, _one_of(MarkStatus, MarkStatus)]
Precision = Annotated[DatePrecision, _one_of(DatePrecision, DatePrecision)]


class FileRow(BaseModel):
    """One line, checked; `line` is its number in the file. What was empty or had no column is None."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    line: int


class HrRow(FileRow):
    employee_number: Number
    first_name: Name
    last_name: Name
    preferred_name: Name | None = None
    work_email: Address | None = None
    job_title: Name
    role_group: Name | None = None
    team: Name | None = None
    service: Name | None = None
    line_manager_employee_number: Number | None = None
    employment_type: Staffing | None = None
    start_date: Day
    end_date: Day | None = None
    fte: Annotated[Decimal, BeforeValidator(_read_fte)] | None = None
    long_term_absence_from: Day | None = None
    long_term_absence_to: Day | None = None
    career_stage: Annotated[str, StringConstraints(max_length=60)] | None = None
    swe_number: Annotated[str, StringConstraints(max_length=20)] | None = None

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.end_date and self.end_date < self.start_date:
            raise _wrong("The last day is before the start date.", "end_date")
        if self.line_manager_employee_number == self.employee_number:
            raise _wrong("Nobody can be their own manager.", "line_manager_employee_number")
        begins, ends = self.long_term_absence_from, self.long_term_absence_to
        if ends and (not begins or ends < begins):
            reason = "The absence ends before it begins." if begins else "The absence needs a first day."
            raise _wrong(reason, "long_term_absence_to")
        return self


class _ByNumberOrAddress(FileRow):
    employee_number: Number | None = None
    email: Address | None = None

    @model_validator(mode="after")
    def _check_person(self) -> Self:
        if not self.employee_number and not self.email:
            raise _wrong("Fill in the employee number or the e-mail address.", "employee_number")
        return self


class CompletionRow(_ByNumberOrAddress):
    course_code: Code
    completion_date: Day
    date_precision: Precision | None = None
    source: Annotated[str, StringConstraints(max_length=250)] | None = None
    note: str | None = None


class MemberRow(_ByNumberOrAddress):
    reason: Annotated[str, StringConstraints(max_length=60)]
    joined_on: Day


class PartnerRow(FileRow):
    first_name: Name
    last_name: Name
    email: Address | None = None
    organisation: Annotated[str, StringConstraints(max_length=200)]
    sector: Annotated[str, StringConstraints(max_length=60)]
    role: Name | None = None


class RunRow(FileRow):
    run_code: Code
    course_code: Code
    component: Whole
    date: Day
    start_time: Time
    end_time: Time
    mode: Held
    venue: Annotated[str, StringConstraints(max_length=160)] | None = None
    capacity: Whole
    trainer_email: Address | None = None


class AttendanceRow(_ByNumberOrAddress):
    run_code: Code
    component: Whole
    status: Attended
    minutes: Whole | None = None
    recorded_at: Moment | None = None

    @model_validator(mode="after")
    def _check_minutes(self) -> Self:
        if self.status is MarkStatus.PARTIAL and self.minutes is None:
            raise _wrong("Say how many minutes were attended.", "minutes")
        if self.status is MarkStatus.ATTENDED and self.minutes is not None:
            raise _wrong(
                "Minutes are for somebody who was there in part or came late: write partial or attended_late "
                "as the status, or leave them empty.",
                "minutes",
            )
        if self.minutes == 0 and self.status is MarkStatus.ATTENDED_LATE:
            raise _wrong(
                "Nobody is late who was there for no minute of it: write absent_apologies or "
                "absent_no_notice as the status, or the minutes that they were there.",
                "minutes",
            )
        if self.minutes and self.status not in THERE:
            raise _wrong(f"Nobody attends {self.minutes} minutes and is “{self.status}”.", "minutes")
        return self


ROWS: dict[ImportKind, type[FileRow]] = {
    ImportKind.PEOPLE: HrRow,
    ImportKind.COMPLETIONS: CompletionRow,
    ImportKind.PARTNERS: PartnerRow,
    ImportKind.COHORT: MemberRow,
    ImportKind.RUNS: RunRow,
    ImportKind.ATTENDANCE: AttendanceRow,
}
DATES: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.PEOPLE: ("start_date", "end_date", "long_term_absence_from", "long_term_absence_to"),
    ImportKind.COMPLETIONS: ("completion_date",),
    ImportKind.PARTNERS: (),
    ImportKind.COHORT: ("joined_on",),
    ImportKind.RUNS: ("date",),
    ImportKind.ATTENDANCE: ("recorded_at",),
}

RowT = TypeVar("RowT", bound=FileRow)


@dataclass(frozen=True)
class Sheet(Generic[RowT]):
    """A file as read: the lines that are right, the problems of those that are not, and its columns.

    `keys` are the employee numbers of all lines, so that a line that is wrong still says who is in the file.
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
    )


def read_sheet(kind: ImportKind, content: bytes) -> Sheet[Any]:
    """Read a file of this kind. Raises RuleBroken when it is no such file; wrong lines are in `problems`."""
    table = check_file(kind, content)
    rows: list[FileRow] = []
    problems: list[Problem] = []
    for line in table.lines:
        try:
            rows.append(ROWS[kind](line=line.number, **line.values))
        except ValidationError as error:
            problems.extend(_problem(line, detail) for detail in error.errors(include_url=False))
    wrong = {(problem.line, problem.field) for problem in problems}
    mixed = _mixed_dates(table.lines, DATES[kind])
    problems += [problem for problem in mixed if (problem.line, problem.field) not in wrong]
    problems.sort(key=lambda problem: problem.line)
    keys = frozenset(line.values.get("employee_number", "") for line in table.lines)
    return Sheet(rows, problems, table.present, table.unknown, len(table.lines), keys)


def _problem(line: Line, detail: Any) -> Problem:
    """Pydantic's finding in words for the person who has the file before them."""
    context = detail.get("ctx") or {}
    field = context.get("field") or (str(detail["loc"][0]) if detail["loc"] else "")
    return Problem(line.number, field, _sentence(detail["type"], context))


def _sentence(kind: str, context: dict[str, Any]) -> str:
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
            if text and _ISO.match(text):
                iso.append((line.number, column, text))
            elif text and _BRITISH.match(text):
                british.append((line.number, column, text))
    fewer, other = (iso, "31/03/2022") if len(iso) < len(british) else (british, "2022-03-31")
    if not iso or not british:
        return []
    return [
        Problem(line, column, f"“{text}” is written otherwise than the file’s other dates, like {other}.")
        for line, column, text in fewer
    ]
