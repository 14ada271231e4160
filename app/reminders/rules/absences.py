"""Asking why somebody did not come: them and whoever decides for them. (U-02, LM-06)"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from app.attendance import queries as attendance
from app.attendance import rules as registers
from app.bookings import queries as bookings
from app.core import clock, workdays
from app.core.db import db
from app.learning.models import Mark
from app.outbox import queries as outbox
from app.outbox.models import Message
from app.outbox.rules import enqueue
from app.people.models import Person
from app.reminders import emails

ASKED_AT = time(9, 0)
LOOK_BACK_FOR_ABSENCES = timedelta(days=14)


def ask_from(marked_at: datetime) -> datetime:
    """When it is asked about: at 09:00 on the working day after the register was marked.

    Marked on Tuesday 15 March 2022 at 17:05: on Wednesday 16 March. On Friday evening: on Monday.
    """
    day = clock.day_of(marked_at)
    return clock.london_time(workdays.working_days_after(day, 1), ASKED_AT)


def absences_to_ask_about(marks: Iterable[Mark], *, now: datetime) -> list[Mark]:
    """Those of these no-shows about which it is time to ask and nobody was asked yet."""
    due = {_key(mark): mark for mark in marks if mark.submission and ask_from(mark.submission.at) <= now}
    keys = [f"{key}:{what}" for key in due for what in ("told", "asked")]
    written = {key.rpartition(":")[0] for key in outbox.keys_written(keys)}
    return [mark for key, mark in due.items() if key not in written]


def ask_about_absence(*, mark: Mark, now: datetime) -> int:
    """Write what is due about one no-show, to the person and to whoever decides for them; how many letters.

    Who has left meanwhile is not asked, nor is their manager. The key makes each once for a person and a
    session, however often the register is corrected.
    """
    today = clock.day_of(now)
    if mark.person.spell_on(today) is None:
        return 0
    decides = bookings.approver_of(mark.person, on=today)
    written = _write("told", mark.person, mark, now=now)
    return written + (_write("asked", decides, mark, now=now) if decides is not None else 0)


def _write(what: str, reader: Person, mark: Mark, *, now: datetime) -> int:
    if not reader.email:
        return 0
    secret = registers.secret_for_absence(mark, reader)
    return int(
        enqueue(
            key=f"{_key(mark)}:{what}",
            kind=f"absence_{what}",
            to_address=reader.email,
            to_name=reader.name,
            email=emails.absence(mark, reader, secret),
            now=now,
            about=mark,
            useful_until=now + LOOK_BACK_FOR_ABSENCES,
            secret=secret,
        )
    )


def _key(mark: Mark) -> str:
    return f"absence:session:{mark.session_id}:person:{mark.person_id}"


def absence_is_still_right(message: Message, _now: datetime) -> bool:
    """Whether the register still says so, and whoever is asked has not been answered for already."""
    mark = db.session.get(Mark, message.about_id)
    if mark is None or not attendance.stands_as_no_show(mark):
        return False
    return attendance.answer_of(mark) is None
