"""The plain list of attendance: email or name, minutes, and a status if there is one. (TR-04)"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.attendance.files.attendees import PLAIN_COLUMNS, Attendee, check_number, read_text
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.core.tables import Line, Table, read_table
from app.learning.models import THERE, MarkStatus

COLUMNS = PLAIN_COLUMNS[:4]  # those of the template
MOST_NAMED = 10  # lines: of more the sentence could not be read
_STATUSES = {
    status.value: status
    for status in MarkStatus
    if status not in {MarkStatus.NOT_HELD, MarkStatus.NOT_RECORDED}
}


@dataclass(frozen=True)
class SessionNames:
    """How a list may name its session: by the code of the run alone, or with the day."""

    run_code: str
    number: int
    title: str

    def include(self, ref: str) -> bool:
        """ "SOS2-08", "SOS2-08/1" and "sos2-08 day 1" are all day 1 of SOS2-08; "SOS2-080 day 1", a day of
        another run, and "SOS2-08 day 2" are not."""
        words = " ".join(ref.casefold().split())
        code = self.run_code.casefold()
        found = re.fullmatch(re.escape(code) + r"[ ,;:/][ ,;:/–-]*(.+)", words)
        if found is None:
            return words == code
        number = re.fullmatch(r"(?:day |session )?0*(\d{1,4})", found[1])
        is_number = number is not None and int(number[1]) == self.number
        return is_number or found[1] == self.title.casefold()


def read_plain(content: bytes, *, names: SessionNames) -> list[Attendee]:
    """Who is on the list, each person once.

    Raises RuleBroken with a sentence for each line that can't be read, contradicts another, or names another
    session in its column session_ref; of many, for the first ten.
    """
    table = _table(content)
    if not table.present & {"email", "name"}:
        raise RuleBroken("The file has no column email and no column name.", "file")
    check_number(len(table.lines))
    people: dict[str, Attendee] = {}
    wrong: list[str] = []
    for line in table.lines:
        try:
            _take(line, people, names)
        except RuleBroken as error:
            wrong.append(error.message)
    if wrong:
        more = len(wrong) - MOST_NAMED
        rest = [f"{plural(more, 'more line')} can’t be read either."] if more > 0 else []
        raise RuleBroken(" ".join([*wrong[:MOST_NAMED], *rest]), "file")
    return list(people.values())


def columns_not_read(content: bytes) -> list[str]:
    """The columns of a plain list that nothing is read from."""
    return _table(content).unknown


def _table(content: bytes) -> Table:
    text = read_text(content)  # also in UTF-16, as Excel writes “Unicode text”
    return read_table(text.encode(), known=PLAIN_COLUMNS, required=())


def _take(line: Line, people: dict[str, Attendee], names: SessionNames) -> None:
    """Add whom a line names, unless an earlier one said the same of them."""
    if line.fault:
        raise _wrong(line, f"this has {line.fault}.")
    ref = line.values.get("session_ref", "")
    if ref and not names.include(ref):
        raise _wrong(line, f"“{ref}” is not {names.title} of {names.run_code}.")
    one = _attendee(line)
    first = people.setdefault(one.email or one.name.casefold(), one)
    if (first.minutes, first.status) != (one.minutes, one.status):
        raise _wrong(line, f"{one.name} is on line {first.line} already, otherwise.")


def _attendee(line: Line) -> Attendee:
    email, name = line.values.get("email", "").lower() or None, line.values.get("name", "")
    if not email and not name:
        raise _wrong(line, "fill in an e-mail address or a name.")
    if email and "@" not in email:
        raise _wrong(line, f"“{email}” is not an e-mail address.")
    status, minutes = _status(line), _minutes(line)
    if status is MarkStatus.PARTIAL and minutes is None:
        raise _wrong(line, "say how many minutes were attended.")
    if minutes and status is not None and status not in THERE:
        raise _wrong(line, f"nobody attends {plural(minutes, 'minute')} and is absent.")
    if minutes == 0 and status in THERE:
        raise _wrong(line, "who was there for 0 minutes missed all of it and is absent.")
    return Attendee(line=line.number, name=name or email or "", email=email, minutes=minutes, status=status)


def _status(line: Line) -> MarkStatus | None:
    text = line.values.get("status", "")
    key = re.sub(r"[\s-]+", "_", text).lower()
    if key in {"", MarkStatus.NOT_RECORDED}:
        return None
    if key not in _STATUSES:
        raise _wrong(line, f"“{text}” is not one of {', '.join(_STATUSES)}.")
    return _STATUSES[key]


def _minutes(line: Line) -> int | None:
    text = line.values.get("minutes", "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise _wrong(line, f"“{text}” is not a number of minutes.")
    return int(text)


def _wrong(line: Line, sentence: str) -> RuleBroken:
    return RuleBroken(f"Line {line.number}: {sentence}", "file")
