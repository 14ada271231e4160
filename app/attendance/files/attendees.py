"""What every file of attendance comes down to: a list of people, each with what it says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.attendance.models import FileKind
from app.core.errors import RuleBroken
from app.core.tables import decode
from app.learning.models import MarkStatus

MAX_BYTES = 2 * 1024 * 1024
MAX_PEOPLE = 2_000
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PLAIN_COLUMNS = {"email", "name", "minutes", "status"}


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person as a file names them, on `line`. Minutes that it does not give are not known: None.

    `arrived_at` and `left_at` are instants, if the file says them. `label` is what Teams puts behind the
    name of somebody from elsewhere: "External".
    """

    line: int
    name: str
    email: str | None = None
    minutes: int | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    status: MarkStatus | None = None
    is_organiser: bool = False
    label: str | None = None


def read_text(content: bytes) -> str:
    """The text of a file of attendance; Teams writes UTF-16 with its mark, or UTF-8.

    Raises RuleBroken with a sentence when it is too big or not text at all.
    """
    if len(content) > MAX_BYTES:
        raise RuleBroken("The file is larger than 2 MB, so it is no list of attendance.", "file")
    if content.startswith(_UTF_16_MARKS):
        return decode(content, encodings=("utf-16",))
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):  # its mark was lost: every other byte is 0
        high = content[first:400:2]
        if high.count(0) * 3 > len(high) and len(content) % 2 == 0:
            return decode(content, encodings=(encoding,))
    return decode(content)


def kind_of(content: bytes) -> FileKind:
    """Which kind of file this is: the plain one names its columns in its first line."""
    first = read_text(content).lstrip("\r\n").splitlines()[0]
    names = {name.strip(' "').lower() for name in re.split(r"[,;\t]", first)}
    is_plain = len(names & _PLAIN_COLUMNS) >= 2 or (bool(names) and names <= _PLAIN_COLUMNS)
    return FileKind.PLAIN if is_plain else FileKind.TEAMS


def check_number(people: int) -> None:
    """A file of attendance is about one session."""
    if not people:
        raise RuleBroken("There is nobody in this file.", "file")
    if people > MAX_PEOPLE:
        raise RuleBroken(
            f"The file has more than {MAX_PEOPLE:,} people, so it is not of one session.", "file"
        )
