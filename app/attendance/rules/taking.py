"""Taking in a file of attendance: what it would change, and the press that takes it. (TR-04)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.attendance import queries
from app.attendance.files import (
    Attendee,
    Interval,
    SessionNames,
    columns_not_read,
    kind_of,
    minutes_in,
    read_plain,
    read_teams_report,
)
from app.attendance.models import AttendanceFile, FileKind
from app.attendance.rules.marking import (
    begin,
    check_can_see_registers,
    check_is_open,
    marks_any_register,
    record_marks,
)
from app.attendance.rules.matching import How, Match, Register, found_people, is_news, name_key
from app.attendance.rules.measuring import NewMark, counts, minutes_of, status_for
from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.learning.models import THERE, MarkStatus, MarkWay
from app.people import queries as people
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import CourseSettings
from app.sessions.models import TrainingSession

FILES_ARE_KEPT = timedelta(days=90)
_WAYS = {FileKind.TEAMS: MarkWay.TEAMS_REPORT, FileKind.PLAIN: MarkWay.FILE}


@dataclass(frozen=True)
class Reading:
    """What a file says beside what the register says; `silent` have a place and are not in the file, and
    `unread` are columns that nothing is read from."""

    matches: list[Match]
    silent: list[Person]
    unread: list[str]

    def of(self, how: How) -> list[Match]:
        return [match for match in self.matches if match.how is how]

    @property
    def contradicted(self) -> list[Match]:
        """Those whom the register has already, otherwise than the file."""
        return [match for match in self.matches if match.was is not None and match.changes]


@dataclass(frozen=True)
class Choices:
    """What somebody decided about a file, by the number of the line: which proposals are right, who the
    unknown are (chosen from a list, or typed), and whether marks that say otherwise are replaced."""

    confirmed: frozenset[int] = frozenset()
    chosen: Mapping[int, int] = field(default_factory=dict)
    typed: Mapping[int, str] = field(default_factory=dict)
    replaces: bool = False


def upload_file(
    *, session: TrainingSession, filename: str, content: bytes, by: Actor, now: datetime
) -> AttendanceFile:
    """Keep a file of attendance so that what it says can be looked at. Nothing is marked yet.

    Raises RuleBroken with a sentence when it is no such file, or one of another session.
    """
    check_can_see_registers(session.run, by)
    check_is_open(session, now)
    kind = kind_of(content)
    _read(kind, content, session)
    file = AttendanceFile(
        session_id=session.id,
        kind=kind,
        filename="".join(letter for letter in filename if letter.isprintable())[-250:] or "file.csv",
        content=content,
        uploaded_at=now,
        uploaded_by=by.name,
    )
    db.session.add(file)
    db.session.flush()
    return file


def _read(kind: FileKind, content: bytes, session: TrainingSession) -> list[Attendee]:
    if kind is FileKind.TEAMS:
        return read_teams_report(content, held_on=session.held_on)
    names = SessionNames(session.run.code, session.component_number, session.component.title)
    attendees = read_plain(content, names=names)
    longest = minutes_of(session)
    for one in attendees:
        if one.minutes is not None and one.minutes > longest:
            raise RuleBroken(
                f"Line {one.line}: {plural(one.minutes, 'minute')}, and the session lasts {longest}.", "file"
            )
    return attendees


def reading_of(file: AttendanceFile, by: Actor) -> Reading:
    """What a file would record as things stand now, each of its people matched. Changes nothing.

    Whoever has a place and is not in the file stays as they are: somebody who opted out of the report is
    missing from it, and was there all the same.
    """
    if file.content is None:
        raise RuleBroken("This file is no longer kept, so it can’t be taken in.")
    session = file.session
    attendees = _read(file.kind, file.content, session)
    register = Register.of(session)
    found = found_people(attendees, session, register, in_directory=marks_any_register(by))
    terms = programmes.settings_of(session.run.version.course_id)
    is_our_clock = any(_times(one, session) for one in attendees)
    matches = []
    for number, (one, (how, person)) in enumerate(zip(attendees, found, strict=True)):
        new = _mark_of(one, session, terms, is_our_clock=is_our_clock)
        match = Match(
            number=number,
            attendee=one,
            how=how,
            person=person,
            has_place=person is not None and person.id in register.places,
            new=new,
            counts=new is not None and counts(new, session, terms.minimum_percent),
            was=register.marks.get(person.id) if person else None,
        )
        matches.append(match)
    in_file = {match.person.id for match in matches if match.person}
    silent = [person for ident, person in register.places.items() if ident not in in_file]
    unread = columns_not_read(file.content) if file.kind is FileKind.PLAIN else []
    return Reading(matches, silent, unread)


# --- What a line makes of a mark -----------------------------------------------------------------------


def _mark_of(
    one: Attendee, session: TrainingSession, terms: CourseSettings, *, is_our_clock: bool
) -> NewMark | None:
    """The mark that a line makes by the course's minimum and grace; None when it has nothing to record.

    Minutes are those within the session, and who came early, left and rejoined came when they rejoined: in
    the meeting from 08:00 to 09:30 and from 11:00, somebody was 90 minutes late to a session from 09:30. A
    report whose times all lie outside it was written by a clock of another country: its minutes are taken
    alone.

    Beside a status the minutes stand as stated, but for "attended", which says no more than that somebody
    was there: of 420 minutes, "100, attended" is 100 minutes.
    """
    is_measured = one.status is None or (one.status is MarkStatus.ATTENDED and one.minutes is not None)
    if one.status is not None and not is_measured:
        return NewMark(one.status, one.minutes if one.status in THERE else None)
    minutes, arrived_at = one.minutes, None
    if is_our_clock and one.times:
        times = _times(one, session)
        minutes = None if minutes is None else _minutes_within(minutes, one.times, times)
        arrived_at = times[0].begins if times else session.ends_at
    if minutes is None:
        return status_for(None, session, terms, arrived_at)
    return status_for(minutes, session, terms, arrived_at) if minutes else None


def _minutes_within(minutes: int, times: Sequence[Interval], within: Sequence[Interval]) -> int:
    """Of the minutes that a report gives somebody, those within the session: what their times say of before
    and after it is taken off. Of 408 minutes that began 2 minutes early they were there for 406."""
    during = minutes_in(within)
    outside = minutes_in(times) - during
    return min(minutes, max(during, minutes - outside))


def _times(one: Attendee, session: TrainingSession) -> list[Interval]:
    """When somebody was there during the session, as far as the file says it."""
    return one.times_within(session.starts_at, session.ends_at)


# --- Taking it -----------------------------------------------------------------------------------------


def take_file(
    *, file: AttendanceFile, choices: Choices, by: Actor, now: datetime, reason: str | None = None
) -> list[int]:
    """Record what a file says, as it was looked at and decided; whose marks changed.

    A proposal that nobody confirmed and an unknown for whom nobody was chosen are left out; so is a mark
    that says otherwise, unless it is to be replaced. Compared again at this moment, under the run's lock.
    """
    locked = lock_row(AttendanceFile, file.id)
    if locked is None or locked.taken_at is not None:
        raise RuleBroken("This file was taken in already.")
    session = locked.session
    check_can_see_registers(begin(session), by)
    reading = reading_of(locked, by)
    register = Register.of(session)
    wanted: dict[int, NewMark] = {}
    for match in reading.matches:
        person = _decided(match, choices, reading, register, by)
        if person is None or match.new is None:
            continue
        if person.id in wanted:
            raise RuleBroken(f"{person.name} is chosen twice: leave one out", field=f"person-{match.number}")
        wanted[person.id] = match.new
    marks = {ident: new for ident, new in wanted.items() if _may_record(ident, new, register, choices)}
    changed = record_marks(
        session=session, marks=marks, by=by, now=now, way=_WAYS[locked.kind], reason=reason
    )
    locked.taken_at = now
    if changed:
        locked.submission = db.session.scalar(queries.newest_submission(session, now))
    db.session.flush()
    return changed


def _may_record(ident: int, new: NewMark, register: Register, choices: Choices) -> bool:
    was = register.marks.get(ident)
    return is_news(was, new) and (was is None or choices.replaces)


def _decided(
    match: Match, choices: Choices, reading: Reading, register: Register, by: Actor
) -> Person | None:
    """Whom a line is about, as far as that was found or decided."""
    if match.how is How.UNKNOWN:
        return _chosen(match, choices, reading, register, by)
    if match.needs_a_yes and match.number not in choices.confirmed:
        return None
    return match.person


def _chosen(match: Match, choices: Choices, reading: Reading, register: Register, by: Actor) -> Person | None:
    """Somebody chosen from the list of those who are not in the file, or typed."""
    name, ident = f"person-{match.number}", choices.chosen.get(match.number)
    person = next((one for one in reading.silent if one.id == ident), None)
    if ident is not None and person is None:
        raise RuleBroken("Choose again: whom you chose is not on the list any more", field=name)
    typed = choices.typed.get(match.number)
    if typed:
        name = f"other-{match.number}"
        person = _typed(typed, register, by)
        if person is None:
            raise RuleBroken(f"There is nobody with the address or number {typed}", field=name)
    was = register.marks.get(person.id) if person else None
    if person and match.new and was and is_news(was, match.new) and not choices.replaces:
        raise RuleBroken(
            f"{person.name} is marked “{was.status.label}” already: leave them out, or replace marks",
            field=name,
        )
    return person


def _typed(typed: str, register: Register, by: Actor) -> Person | None:
    """The person with this address or number; for a trainer only somebody on the register."""
    if not marks_any_register(by):
        return _on_the_register(typed, register.people.values())
    return people.known_as(typed)


def _on_the_register(typed: str, known: Iterable[Person]) -> Person | None:
    wanted = typed.strip().lower()
    found = [
        one
        for one in known
        if wanted in {one.email, one.employee_number} or name_key(typed) == name_key(one.name)
    ]
    return found[0] if len(found) == 1 else None


# --- Throwing away and forgetting ----------------------------------------------------------------------


def discard_file(*, file: AttendanceFile, by: Actor) -> None:
    """Throw away a file that was only looked at."""
    locked = lock_row(AttendanceFile, file.id)
    check_can_see_registers(file.session.run, by)
    if locked is None or locked.taken_at is not None:
        raise RuleBroken("This file was taken in: its marks can be undone on the register.")
    db.session.delete(locked)


def forget_file(*, file: AttendanceFile, by: Actor, now: datetime) -> bool:
    """After 90 days what stood in a file is forgotten; of one that nobody took nothing is left. (TR-04)"""
    locked = lock_row(AttendanceFile, file.id)
    if locked is None or locked.uploaded_at >= now - FILES_ARE_KEPT:
        return False
    audit.record(by=by, verb="attendance file:forgotten", thing=locked, label=locked.filename, now=now)
    if locked.taken_at is None:
        db.session.delete(locked)
    else:
        locked.content = None
    return True
