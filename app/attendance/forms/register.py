"""The register, as it is filled in on a phone: a choice for each person, and minutes where they matter.

Its rows are no fields of WTForms: a register of five hundred would have two thousand of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import sqlalchemy
from flask import request
from werkzeug.datastructures import MultiDict

from app.attendance.rules import NewMark, keeping, minutes_of
from app.core.filters import plural
from app.core.forms import (
    LONGEST_REASON,
    Form,
    TextArea,
)
from app.learning.models import MarkStatus
from app.people.models import Person
from app.sessions.models import TrainingSession

# The council's words are long for a phone held in a room full of people: these are theirs in short.
CHOICES = {
    MarkStatus.ATTENDED: "Attended",
    MarkStatus.ATTENDED_LATE: "Late",
    MarkStatus.PARTIAL: "In part",
    MarkStatus.ABSENT_APOLOGIES: "Apologies",
    MarkStatus.ABSENT_NO_NOTICE: "Absent",
    MarkStatus.NOT_RECORDED: "Not recorded",
}
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_ASTRAY = {
    "minutes": "Minutes there are for somebody who was there in part: choose “In part” for {name}, or clear "
    "them",
    "late": "Minutes late are for somebody who came late: choose “Late” for {name}, or clear them",
}


@dataclass(slots=True)
class Row:
    """One person's row: what is chosen and typed in it, and what the page had shown before.

    `was_sent` is whether the row was on the page that was sent, `is_changed` whether somebody chose or typed
    something in it, and `is_news` whether its mark is another by now. `late` is how many minutes late. What
    is known stands in plain words, so that nothing is read again when the page comes back with an error:
    `now` as `shown` says it, by whom, and `is_short` when part of the session was attended that does not
    count.
    """

    id: int
    name: str
    chosen: str
    shown: str
    now: str
    by: str = ""
    minutes: str = ""
    late: str = ""
    mark_id: int | None = None
    words: str = MarkStatus.NOT_RECORDED.label
    note: str = ""
    is_short: bool = False
    was_sent: bool = False
    is_changed: bool = False
    is_news: bool = False
    error: str | None = None
    wrong: str = ""  # the box that the error is about

    def read(self, sent: MultiDict[str, str], longest: int) -> None:
        """Take in what was sent; a row in which nothing was chosen or typed says what is known now.

        Somebody who came onto the register after the page was opened was not on it: nothing is asked of
        whoever sends it, and the row stays as it is now. Minutes that the page itself had filled in go with
        the mark that they were of: who is put from "in part" to "attended" leaves nothing behind. So a box
        beside another mark holds what somebody typed.
        """
        shown = sent.get(f"shown-{self.id}")
        if not shown:
            return
        self.was_sent, self.is_news = True, shown != self.now
        status = shown.partition(" ")[0]
        chosen = sent.get(f"mark-{self.id}") or status
        minutes, late = (sent.get(f"{box}-{self.id}", "").strip() for box in ("minutes", "late"))
        filled_in = _filled_in(shown, longest)
        if chosen != MarkStatus.PARTIAL and minutes == filled_in[0]:
            minutes = ""
        if chosen != MarkStatus.ATTENDED_LATE and late == filled_in[1]:
            late = ""
        self.is_changed = (chosen, minutes, late) != (status, *filled_in)
        if self.is_changed:
            self.shown, self.chosen, self.minutes, self.late = shown, chosen, minutes, late

    @property
    def news(self) -> str:
        """What a mark that was changed meanwhile is now, in words; one that is gone was taken back."""
        return "mark taken back" if self.mark_id is None else self.words.lower()

    @property
    def astray(self) -> str | None:
        """The box in which minutes are typed that the chosen mark does not take, if there is one."""
        if self.minutes and self.chosen != MarkStatus.PARTIAL:
            return "minutes"
        if self.late and self.chosen != MarkStatus.ATTENDED_LATE:
            return "late"
        return None

    def objection(self, longest: int) -> tuple[str, str] | None:
        """What is wrong with the row, and in which of its boxes; a session lasts `longest` minutes. Nothing
        is where nothing was changed: what stands in the register is not for this page to judge."""
        if not self.is_changed:
            return None
        status = _status(self.chosen)
        if status is None or (status is MarkStatus.NOT_HELD and self.now != self.chosen):
            return "mark", f"Choose one of the marks for {self.name}"
        if status is MarkStatus.PARTIAL and not self.minutes:
            return "minutes", f"Enter how many minutes {self.name} attended"
        if self.astray:
            return self.astray, _ASTRAY[self.astray].format(name=self.name)
        typed = {MarkStatus.PARTIAL: self.minutes, MarkStatus.ATTENDED_LATE: self.late}.get(status)
        if not typed:
            return None
        box = "minutes" if status is MarkStatus.PARTIAL else "late"
        if not _NUMBER.fullmatch(typed):
            return box, f"Minutes of {self.name} must be a whole number, like 40"
        least = 1 if status is MarkStatus.PARTIAL else 0
        if not least <= int(typed) <= longest:
            within = f"between {least} and {longest}, the length of the session"
            return box, f"Minutes of {self.name} must be {within}"
        return None

    def is_outdated(self, new: NewMark, kept: NewMark) -> bool:
        """Whether the mark is another since the page was opened that asks for a `new` one. Whose it is does
        not matter: two people may have one name, or one link.

        Who sends the own page twice meets the own mark, as it was `kept` by the course's settings.
        """
        is_as_shown = _in_short(new.status, new.minutes) in {self.shown, self.now}
        return not is_as_shown and _in_short(kept.status, kept.minutes) != self.now

    def new_mark(self, longest: int) -> NewMark:
        """What the row says, once nothing is wrong with it."""
        status = MarkStatus(self.chosen)
        if status is MarkStatus.PARTIAL:
            return NewMark(status, int(self.minutes))
        if status is MarkStatus.ATTENDED_LATE and self.late:
            return NewMark(status, longest - int(self.late))
        return NewMark(status)


class RegisterForm(Form):
    """A row for each person, and the parts of a register that are the same for every session."""

    reason = TextArea("Reason for the correction", max_length=LONGEST_REASON)

    def __init__(self, rows: list[Row], session: TrainingSession) -> None:
        super().__init__()
        self.rows, self.session, self.longest = rows, session, minutes_of(session)
        if self.is_submitted():
            for row in rows:
                row.read(request.form, self.longest)

    @property
    def is_held(self) -> bool:
        """Whether no mark that is known says that the session was not held."""
        return all(row.words != MarkStatus.NOT_HELD.label for row in self.rows)

    @property
    def marked(self) -> int:
        """For how many people a mark is chosen."""
        return sum(row.chosen != MarkStatus.NOT_RECORDED for row in self.rows)

    @cached_property
    def usual_note(self) -> str | None:
        """What most rows would say of how their mark came here, which is then said once above them all."""
        notes = Counter(row.note for row in self.rows if row.note).most_common(1)
        return notes[0][0] if notes and notes[0][1] > 1 else None

    @property
    def marked_meanwhile(self) -> list[Row]:
        """The rows whose marks were changed after the page was opened that is sent now."""
        return [row for row in self.rows if row.is_news]

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """Every row that is wrong says so, in the order of the page."""
        is_valid = super().validate(extra_validators)
        wrong = [(row, row.objection(self.longest)) for row in self.rows]
        for row, objection in wrong:
            found = objection or self._outdated(row)
            if found is not None:
                self._say(row, *found)
                is_valid = False
        return is_valid

    def _outdated(self, row: Row) -> tuple[str, str] | None:
        """The page comes back with what stands now, so that who saves it once more has seen that."""
        if not row.is_changed or not row.is_news:
            return None
        new = row.new_mark(self.longest)
        if not row.is_outdated(new, self._keep(new)):
            return None
        row.shown = row.now
        since = "after this page was opened"
        if row.mark_id is None:
            return "mark", f"The mark of {row.name} was taken back {since}. To record one, save again"
        return "mark", f"{row.name} was marked {row.words.lower()} {since}. To change that, save again"

    @cached_property
    def _keep(self) -> Callable[[NewMark], NewMark]:
        return keeping(self.session)

    def add_error(self, message: str, field: str | None = None) -> None:
        """A rule that names a box of a row, such as "minutes-12", is heard there."""
        box, _, ident = (field or "").partition("-")
        row = next((one for one in self.rows if str(one.id) == ident), None)
        if row is None:
            super().add_error(message, field)
        else:
            self._say(row, box, message)

    def _say(self, row: Row, box: str, message: str) -> None:
        row.error, row.wrong = message, box
        name = f"{box}-{row.id}"
        self._fields[name] = SimpleNamespace(  # what the error summary reads of a field
            id=name, name=name, type="Row", errors=[message]
        )

    def marks(self, *, for_the_rest: MarkStatus | None = None) -> dict[int, NewMark]:
        """What was changed on the page; `for_the_rest` is for those of whom nothing was chosen or is known.

        What stands as the page showed it is left out, and so is who was not on the page: somebody else may
        have marked them, or taken their mark back, since it was opened.
        """
        changed = {}
        for row in self.rows:
            is_unmarked = row.chosen == MarkStatus.NOT_RECORDED and row.mark_id is None
            if for_the_rest is not None and is_unmarked and row.was_sent and not row.is_news:
                changed[row.id] = NewMark(for_the_rest)
            elif row.is_changed:
                changed[row.id] = row.new_mark(self.longest)
        return changed


def register_form(
    session: TrainingSession,
    people: Iterable[Person],
    known: Mapping[int, sqlalchemy.Row[Any]],
) -> RegisterForm:
    """A register with a row for each of these people, filled in with what is known (`shown_marks_of`)."""
    longest = minutes_of(session)
    return RegisterForm([_row(person, known.get(person.id), longest) for person in people], session)


def _row(person: Person, mark: sqlalchemy.Row[Any] | None, longest: int) -> Row:
    if mark is None:
        nothing = MarkStatus.NOT_RECORDED.value
        return Row(person.id, person.name, nothing, nothing, nothing)
    now = _in_short(mark.status, mark.minutes)
    row = Row(person.id, person.name, mark.status.value, now, now)
    row.mark_id, row.by = mark.id, mark.recorded_by
    row.words, row.note = mark.status.label_with(mark.minutes), _note(mark)
    row.minutes, row.late = _filled_in(now, longest)
    row.is_short = mark.status is MarkStatus.PARTIAL and not mark.counts
    return row


def _note(mark: sqlalchemy.Row[Any]) -> str:
    """How a mark came here, by whom, and whether a part counts: "By link, Tom Ash. 150 minutes count." """
    came = f"{mark.way.label}, {mark.recorded_by}." if mark.way else f"{mark.recorded_by}."
    if mark.status is MarkStatus.NOT_HELD:  # no choice of a row says so
        return f"{mark.status.label}. {came}"
    if mark.status is MarkStatus.ATTENDED_LATE and mark.minutes is None:  # its box is empty
        return f"Minutes late not noted. {came}"
    if mark.status is not MarkStatus.PARTIAL:
        return came
    if mark.accepted_by:
        return f"{came} {plural(mark.minutes, 'minute')}, accepted by {mark.accepted_by}."
    one, many = ("counts", "count") if mark.counts else ("does not count", "do not count")
    return f"{came} {plural(mark.minutes, f'minute {one}', f'minutes {many}')}."


def _status(chosen: str) -> MarkStatus | None:
    """The mark of this name; "not held" is chosen for a whole session, and only stays in a row."""
    try:
        return MarkStatus(chosen)
    except ValueError:
        return None


def _filled_in(shown: str, longest: int) -> tuple[str, str]:
    """What a page that showed "partial 200" has in its boxes: the minutes there, and the minutes late."""
    status, _, minutes = shown.partition(" ")
    if status == MarkStatus.PARTIAL:
        return minutes, ""
    if status == MarkStatus.ATTENDED_LATE and _NUMBER.fullmatch(minutes):
        return "", str(max(0, longest - int(minutes)))
    return "", ""


def _in_short(status: MarkStatus, minutes: int | None) -> str:
    """A mark as the page remembers what it showed: "attended", "partial 200"."""
    return status.value if minutes is None else f"{status.value} {minutes}"
