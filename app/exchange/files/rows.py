"""What each line must hold: columns, their meaning, and an answer in words for every wrong value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from app.config import is_e_mail_address
from app.core import clock
from app.exchange.models import ImportKind
from app.learning.models import THERE, DatePrecision, MarkStatus
from app.people.models import EmploymentType
from app.people.rules import share_of_full_time
from app.sessions.models import Mode

ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
BRITISH = re.compile(r"\d{1,2}/\d{1,2}/\d{4}")
_MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?Z?$")  # what a report adds to a day
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})(?:[T ]+(\d{1,2}:\d{2}\S*))?")
_MOST = 10_000
HOW_TO_DATE = "Write dates like 2022-03-31 or 31/03/2022."


def _wrong(sentence: str) -> PydanticCustomError:
    """An error whose words are our own."""
    return PydanticCustomError("import", "{sentence}", {"sentence": sentence})


@lru_cache(maxsize=20_000)
def read_date(text: str) -> date:
    """2022-03-31 or 31/03/2022; never the US order, so that 03/04/2022 is 3 April. At midnight, as HR’s
    reports write days ("2022-03-31T00:00:00"), it is that day.

    Raises an error in words for anything else, and for a year outside `clock.YEARS`.
    """
    day = _MIDNIGHT.sub("", text)
    found = clock.read_day(day)
    if found is None:
        real = "real " if ISO.fullmatch(day) or BRITISH.fullmatch(day) else ""
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


class Together(NamedTuple):
    """Columns that are read beside each other, and why they can't both be right; told of the first."""

    columns: tuple[str, ...]
    fault: Callable[[Any], str | None]


class FileRow(BaseModel):
    """One line, checked; `line` is its number in the file. What was empty or had no column is None.

    `wrong` are the columns that have a problem. What can't be read of them is None too, also where every line
    needs it: so that all else that is wrong with the line is told at the same time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    together: ClassVar[tuple[Together, ...]] = ()
    any_of: ClassVar[tuple[str, ...]] = ()  # the columns of which a file needs one

    line: int
    wrong: frozenset[str] = frozenset()

    def is_right_in(self, *columns: str) -> bool:
        """Whether these columns can be read: a rule looks at a line by no other."""
        return self.wrong.isdisjoint(columns)


def _last_day(row: HrRow) -> str | None:
    is_wrong = row.end_date and row.end_date < row.start_date
    return "The last day is before the start date." if is_wrong else None


def _manager(row: HrRow) -> str | None:
    is_wrong = row.line_manager_employee_number == row.employee_number
    return "Nobody can be their own manager." if is_wrong else None


def _absence(row: HrRow) -> str | None:
    begins, ends = row.long_term_absence_from, row.long_term_absence_to
    if not ends or (begins and ends >= begins):
        return None
    return "The absence ends before it begins." if begins else "The absence needs a first day."


class HrRow(FileRow):
    together = (
        Together(("end_date", "start_date"), _last_day),
        Together(("line_manager_employee_number", "employee_number"), _manager),
        Together(("long_term_absence_to", "long_term_absence_from"), _absence),
    )

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


def _whose(row: _ByNumberOrAddress) -> str | None:
    is_told = row.employee_number or row.email
    return None if is_told else "Fill in the employee number or the e-mail address."


class _ByNumberOrAddress(FileRow):
    any_of: ClassVar[tuple[str, ...]] = ("employee_number", "email")
    together: ClassVar[tuple[Together, ...]] = (Together(any_of, _whose),)

    employee_number: Number | None = None
    email: Address | None = None


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


def _minutes(row: AttendanceRow) -> str | None:
    if row.status is MarkStatus.PARTIAL and row.minutes is None:
        return "Say how many minutes were attended."
    if row.status is MarkStatus.ATTENDED and row.minutes is not None:
        return (
            "Minutes are for somebody who was there in part or came late: write partial or attended_late "
            "as the status, or leave them empty."
        )
    if row.minutes == 0 and row.status is MarkStatus.ATTENDED_LATE:
        return (
            "Nobody is late who was there for no minute of it: write absent_apologies or "
            "absent_no_notice as the status, or the minutes that they were there."
        )
    if row.minutes and row.status not in THERE:
        return f"Nobody attends {row.minutes} minutes and is “{row.status}”."
    return None


class AttendanceRow(_ByNumberOrAddress):
    together = (*_ByNumberOrAddress.together, Together(("minutes", "status"), _minutes))

    run_code: Code
    component: Whole
    status: Attended
    minutes: Whole | None = None
    recorded_at: Moment | None = None


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
