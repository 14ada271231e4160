"""The plain list of attendance: email or name, minutes, and a status if there is one. (TR-04)"""

from __future__ import annotations

import re

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


def read_plain(content: bytes, *, run_code: str) -> list[Attendee]:
    """Who is on the list, each person once.

    Raises RuleBroken with a sentence for each line that can't be read, contradicts another, or is about a
    session of another run (`session_ref`); of many, for the first ten.
    """
    table = _table(content)
    if not table.present & {"email", "name"}:
        raise RuleBroken("The file has no column email and no column name.", "file")
    check_number(len(table.lines))
    people: dict[str, Attendee] = {}
    wrong: list[str] = []
    for line in table.lines:
        try:
            _take(line, people, run_code)
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


def _take(line: Line, people: dict[str, Attendee], run_code: str) -> None:
    """Add whom a line names, unless an earlier one said the same of them."""
    ref = line.values.get("session_ref", "")
    if ref and not ref.casefold().startswith(run_code.casefold()):
        raise _wrong(line, f"“{ref}” is not a session of {run_code}.")
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
