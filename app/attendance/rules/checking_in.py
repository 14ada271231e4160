"""Checking in by a code that is shown in the room, or in the meeting, and changes every minute.

A photograph of it is of no use: the code is good while it is shown and for a minute after. Opening it is
exchanged for a ticket of 15 minutes, so that signing in loses nothing. Only those who have a place check
in, each for themselves, and what a trainer marked stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hmac import compare_digest

from app.attendance import queries
from app.attendance.rules.marking import record_marks
from app.attendance.rules.measuring import status_for
from app.bookings import queries as bookings
from app.core import tokens
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import clock_time, day, day_and_time, lasting
from app.learning.models import Mark, MarkWay
from app.people.models import Person
from app.programmes import queries as programmes
from app.sessions.models import Run, TrainingSession

PURPOSE = "check-in"
OPENS_BEFORE = timedelta(minutes=30)
TICKET_LASTS = timedelta(minutes=15)
ON_THE_WALL = "check-in-screen"
SCREEN_LASTS = timedelta(hours=12)
_MINUTE = timedelta(minutes=1)
_NOT_SHOWN = "This code is not the one that is shown. Scan or type the one that is shown now."
_RUN_OUT = "This code has run out: it changes every minute. Scan or type the one that is shown now."


# --- When, and by which code ---------------------------------------------------------------------------


def check_in_opens_at(session: TrainingSession) -> datetime:
    """People check in from 30 minutes before a session until its end."""
    return session.starts_at - OPENS_BEFORE


def check_is_checking_in(session: TrainingSession, now: datetime) -> None:
    """Whether people can check in to a session at this instant."""
    title = session.component.title
    if session.run.is_cancelled:
        raise RuleBroken(f"{session.run.code} was cancelled, so nobody can check in.")
    if now < check_in_opens_at(session):
        raise RuleBroken(f"Checking in to {title} opens on {day_and_time(check_in_opens_at(session))}.")
    if now >= session.ends_at:
        raise RuleBroken(
            f"Checking in to {title} ended with the session, at {clock_time(session.ends_at)} on "
            f"{day(session.held_on)}. Tell the trainer if you were there."
        )


def code_shown(session: TrainingSession, now: datetime) -> str:
    """The code that is shown in this minute: K7QF2M."""
    return tokens.short_code(PURPOSE, session.id, _minute(now))


def check_code(session: TrainingSession, code: str, now: datetime) -> None:
    """The code is that of this minute or of the one before; one that was shown earlier has run out."""
    check_is_checking_in(session, now)
    if not _is_shown(session, code, now):
        raise RuleBroken(_RUN_OUT if _was_shown(session, code, now) else _NOT_SHOWN)


def session_showing(code: str, now: datetime) -> TrainingSession:
    """The session in which a code that somebody typed is shown now."""
    code = "".join(letter for letter in code.upper() if letter.isalnum())
    open_now = db.session.scalars(queries.sessions_checking_in(now, opens_before=OPENS_BEFORE)).all()
    for session in open_now:
        if _is_shown(session, code, now):
            return session
    raise RuleBroken(
        _RUN_OUT if any(_was_shown(one, code, now) for one in open_now) else _NOT_SHOWN, field="code"
    )


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _is_shown(session: TrainingSession, code: str, now: datetime) -> bool:
    return any(compare_digest(code_shown(session, at).encode(), code.encode()) for at in (now, now - _MINUTE))


def _was_shown(session: TrainingSession, code: str, now: datetime) -> bool:
    return any(code_shown(session, at) == code for at in _minutes_before(session, now))


def _minutes_before(session: TrainingSession, now: datetime) -> Iterator[datetime]:
    at = now
    while at > check_in_opens_at(session):
        at -= _MINUTE
        yield at


# --- The ticket ----------------------------------------------------------------------------------------


def ticket_for(session: TrainingSession) -> str:
    """What a code is exchanged for when it is opened: good for 15 minutes, for this session alone."""
    return tokens.make(PURPOSE, session.id)


def session_of_ticket(ticket: str, now: datetime) -> TrainingSession:
    """The session to which a ticket lets people check in. Raises RuleBroken, with why, when it does not."""
    try:
        session = db.session.get(TrainingSession, tokens.read(PURPOSE, ticket, lasts=TICKET_LASTS))
    except RuleBroken:
        session = None
    if session is None:
        raise RuleBroken(
            f"This page was open for more than {lasting(TICKET_LASTS)}, or its address is not complete. Scan "
            "or type the code that is shown now."
        )
    check_is_checking_in(session, now)
    return session


def ticket_for_screen(session: TrainingSession) -> str:
    """What lets a browser show the codes of one session, and nothing else, for the 12 hours of a day."""
    return tokens.make(ON_THE_WALL, session.id)


def is_ticket_for_screen(session: TrainingSession, ticket: str) -> bool:
    """Whether a browser that has this ticket may show the codes of the session."""
    try:
        return tokens.read(ON_THE_WALL, ticket, lasts=SCREEN_LASTS) == session.id
    except RuleBroken:
        return False


# --- Checking in ---------------------------------------------------------------------------------------


def check_has_place(session: TrainingSession, person: Person) -> None:
    """Only somebody with a confirmed place in the session checks in."""
    if db.session.scalar(bookings.place_in(session, person.id)) is None:
        raise RuleBroken(
            f"{person.name} has no place in {session.component.title} of {session.run.code}. Tell the "
            "trainer, who can add people at the door."
        )


def person_booked(session: TrainingSession, reference: str, email: str) -> Person:
    """Whose place in a session it is, by the reference of their booking and their e-mail address."""
    typed = "".join(letter for letter in reference.upper() if letter.isalnum())
    person = db.session.scalar(
        bookings.holder_known_as({typed, f"{typed[:4]}-{typed[4:]}"}, email.lower(), session)
    )
    if person is None:
        raise RuleBroken(
            "No place in this session has this reference and e-mail address. The reference is in the e-mail "
            "that confirmed your place",
            field="reference",
        )
    return person


def check_in(*, session: TrainingSession, person: Person, by: Actor, now: datetime) -> Mark:
    """Somebody says for themselves that they are there: attended, or late by the course's grace (TR-03).

    The mark is what the register says then. What stands there already stays: pressing twice does nothing,
    and neither does pressing after the trainer marked.
    """
    if by.person_id != person.id:
        raise NotAllowed("Everybody checks in for themselves.")
    run = lock_row(Run, session.run_id)
    db.session.expire(session)
    check_is_checking_in(session, now)
    check_has_place(session, person)
    if (known := db.session.scalar(queries.mark_of(session, person.id))) is not None:
        return known
    new = status_for(None, session, programmes.settings_of(run.version.course_id), now)
    record_marks(session=session, marks={person.id: new}, by=by, now=now, way=MarkWay.CHECK_IN)
    return db.session.scalars(queries.mark_of(session, person.id)).one()
