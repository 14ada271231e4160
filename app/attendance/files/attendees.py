"""What every file of attendance comes down to: a list of people, each with what it says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from app.attendance.files.stamps import Interval
from app.attendance.models import FileKind
from app.core.errors import RuleBroken
from app.core.tables import decode
from app.learning.models import MarkStatus

MAX_BYTES = 2 * 1024 * 1024
MAX_PEOPLE = 2_000
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
PLAIN_COLUMNS = ("email", "name", "minutes", "status", "session_ref")


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person as a file names them, on `line`. Minutes that it does not give are not known: None.

    `times` are when they were there, in their order, if the file says so. `label` is what Teams puts behind
    the name of somebody from elsewhere: "External".
    """

    line: int
    name: str
    email: str | None = None
    minutes: int | None = None
    times: tuple[Interval, ...] = ()
    status: MarkStatus | None = None
    is_organiser: bool = False
    label: str | None = None

    def times_within(self, begins: datetime, ends: datetime) -> list[Interval]:
        """When they were there between two instants, each minute once."""
        return [
            Interval(max(one.begins, begins), min(one.ends, ends))
            for one in self.times
            if one.begins < ends and one.ends > begins
        ]


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
    """Which kind of file this is, by its first line. A plain list has a column of minutes or of statuses, or
    says nothing but who was there; a list of names, addresses and times without a title is one of Teams."""
    first = read_text(content).lstrip("\r\n").splitlines()[0]
    names = {name.strip(' "').lower() for name in re.split(r"[,;\t]", first)}
    is_plain = bool(names & {"minutes", "status"}) or names <= set(PLAIN_COLUMNS)
    return FileKind.PLAIN if is_plain else FileKind.TEAMS


def check_number(people: int) -> None:
    """A file of attendance is about one session."""
    if not people:
        raise RuleBroken("There is nobody in this file.", "file")
    if people > MAX_PEOPLE:
        raise RuleBroken(
            f"The file has more than {MAX_PEOPLE:,} people, so it is not of one session.", "file"
        )
