"""Sessions that were broken off or not held at all, and what becomes of those who were there. (U-23)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from string import ascii_uppercase

from app.attendance import queries
from app.attendance.rules.marking import (
    begin,
    check_can_see_registers,
    check_is_mine_to_correct,
    check_is_open,
    check_is_unlocked,
    keep_in_audit,
    marks_any_register,
    record_marks,
)
from app.attendance.rules.measuring import NewMark, as_recorded, minutes_of
from app.bookings import rules as bookings
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken, check_all
from app.learning.models import THERE, HeldDecision, Mark, MarkStatus, PartlyHeld
from app.people.models import Person
from app.sessions import queries as sessions_queries
from app.sessions import rules as sessions
from app.sessions.models import Run, TrainingSession
from app.sessions.rules import PlannedSession
from app.sessions.rules.fitting import check_code


def mark_not_held(
    *, session: TrainingSession, person_ids: Collection[int], reason: str, by: Actor, now: datetime
) -> int:
    """Nobody could attend, as the session was not held: everybody on its register is marked so at once."""
    if not reason.strip():
        raise RuleBroken("Say why the session was not held", field="reason")
    marks = dict.fromkeys(person_ids, NewMark(MarkStatus.NOT_HELD))
    return len(record_marks(session=session, marks=marks, by=by, now=now, reason=reason.strip()))


def note_partly_held(
    *, session: TrainingSession, minutes: int, reason: str, by: Actor, now: datetime
) -> PartlyHeld:
    """The session was broken off after so many minutes: everybody who was there has these minutes.

    Whoever is marked as there from now on has them too. The academy decides what becomes of it.
    """
    check_can_see_registers(session.run, by)
    begin(session)
    check_is_open(session, now)
    check_is_unlocked(session, by, now, reason)
    longest = minutes_of(session) - 1
    if not 1 <= minutes <= longest:
        raise RuleBroken(
            f"Minutes must be between 1 and {longest}: the session was to last longer", "minutes"
        )
    if not reason.strip():
        raise RuleBroken("Say why the session was broken off", field="reason")
    held = db.session.get(PartlyHeld, session.id, populate_existing=True)
    was = held.minutes if held else None
    if held is None:
        held = PartlyHeld(session_id=session.id, minutes=minutes)
        db.session.add(held)
    _check_is_undecided(held)
    held.minutes, held.reason, held.noted_at, held.noted_by = minutes, reason.strip(), now, by.name
    db.session.flush()
    changes = {"Minutes held": (was, minutes)}
    keep_in_audit(session, "register:partly held", changes, by=by, now=now, reason=held.reason)
    _credit(session, by=by, now=now, reason=held.reason)
    return held


def check_can_take_back_held(session: TrainingSession, by: Actor, now: datetime) -> PartlyHeld:
    """Whoever may correct the register says that it was held in full after all, until the academy decides;
    what was noted of it."""
    check_can_see_registers(session.run, by)
    held = db.session.get(PartlyHeld, session.id, populate_existing=True)
    if held is None:
        raise RuleBroken("This session is not noted as broken off, or not any more: nothing changed.")
    check_is_mine_to_correct(session, by, now)
    _check_is_undecided(held)
    return held


def take_back_partly_held(
    *, session: TrainingSession, by: Actor, now: datetime, reason: str | None = None
) -> None:
    """It was held in full after all: who was there to its end attended, or came as late as was said of them.
    Once the register is locked the academy says why (AM-12)."""
    begin(session)
    held = check_can_take_back_held(session, by, now)
    check_is_unlocked(session, by, now, reason)
    why = reason or "Held in full after all"
    changes = {"Minutes held": (held.minutes, None)}
    db.session.delete(held)
    db.session.flush()
    keep_in_audit(session, "register:held in full", changes, by=by, now=now, reason=why)
    _credit(session, by=by, now=now, reason=why)


def check_can_decide_held(held: PartlyHeld, by: Actor) -> None:
    """The academy decides, once."""
    if not marks_any_register(by):
        raise NotAllowed("Only the academy decides what becomes of a session that was broken off.")
    _check_is_undecided(held)


def decide_that_it_counts(*, held: PartlyHeld, by: Actor, now: datetime, reason: str | None = None) -> int:
    """What was held counts as the whole session, for whoever was there for the course’s share of it. Once
    the register is locked the academy says why (AM-12)."""
    session, why = held.session, reason or held.reason
    check_can_decide_held(held, by)
    check_is_unlocked(session, by, now, reason)
    _decide(held, HeldDecision.COUNTS, by=by, now=now, reason=why)
    marks = {one.person_id: replace(as_recorded(one), accepted_by=None) for one in _people_there(session)}
    return len(record_marks(session=session, marks=marks, by=by, now=now, reason=why))


def code_for_again(session: TrainingSession) -> str:
    """A free code for one day held again: SOS2-07-2B for day 2 of SOS2-07, then SOS2-07-2C."""
    base = f"{session.run.code[:36]}-{session.component_number}"
    taken = sessions_queries.codes_like(base)
    return next(code for letter in ascii_uppercase[1:] if (code := f"{base}{letter}") not in taken)


def hold_again(
    *,
    held: PartlyHeld,
    planned: PlannedSession,
    code: str,
    by: Actor,
    now: datetime,
    clash_reason: str | None = None,
) -> tuple[Run, list[Person]]:
    """The day is held again, in a run of that day alone, with a place for everybody who was there.

    SOS2-07 was broken off on day 2: SOS2-07-2B is day 2 alone. Their marks stay as they are; with the new
    day they complete. Returned with the run: who will have left by then, and has no place.
    """
    check_can_decide_held(held, by)
    session = held.session
    _decide(held, HeldDecision.AGAIN, by=by, now=now, reason=held.reason)
    there = {one.person_id for one in _people_there(session)}
    people = [one for one in db.session.scalars(queries.people_on(session)) if one.id in there]
    return _schedule_again(
        session, people, planned, code, what="broken off", by=by, now=now, clash_reason=clash_reason
    )


def check_can_hold_another_day(by: Actor) -> None:
    """The academy gives a session that was not held another day."""
    if not marks_any_register(by):
        raise NotAllowed("Only the academy gives a session that was not held another day.")


def hold_another_day(
    *,
    session: TrainingSession,
    planned: PlannedSession,
    code: str,
    by: Actor,
    now: datetime,
    clash_reason: str | None = None,
) -> tuple[Run, list[Person]]:
    """A session that was not held at all is held another day, for everybody who was to be there.

    The snow closed day 2 of SOS2-07: SOS2-07-2B is day 2 alone, with a place for each of the 14 who are
    marked "not held" and have not found another day since. Returned as by `hold_again`.
    """
    check_can_hold_another_day(by)
    begin(session)
    people = db.session.scalars(queries.without_another_day(session, now)).all()
    if not people:
        raise RuleBroken("Everybody who was to be there has another day for it already")
    return _schedule_again(
        session, people, planned, code, what="not held", by=by, now=now, clash_reason=clash_reason
    )


def _schedule_again(
    session: TrainingSession,
    people: Sequence[Person],
    planned: PlannedSession,
    code: str,
    *,
    what: str,
    by: Actor,
    now: datetime,
    clash_reason: str | None,
) -> tuple[Run, list[Person]]:
    """The run of that day alone, with their places; who has no place."""
    check_all(
        partial(check_code, code),
        partial(_check_is_to_come, planned, now),
        partial(sessions.check_session, session.component.title, planned),
    )
    run = sessions.schedule_run(
        version=session.run.version,
        components=[session.component],
        code=code,
        minimum_places=1,
        sessions=[replace(planned, capacity=max(planned.capacity, len(people), 1))],
        by=by,
        now=now,
        clash_reason=clash_reason,
        note=f"{session.component.title} of {session.run.code}, which was {what}, held again",
    )
    return run, _book_all(run, people, by=by, now=now)


def _check_is_to_come(planned: PlannedSession, now: datetime) -> None:
    if planned.starts_at <= now:
        raise RuleBroken("Choose a date that is still to come", field="held_on")


def _book_all(run: Run, people: Sequence[Person], *, by: Actor, now: datetime) -> list[Person]:
    """Book everybody who is still here on the day; who is not."""
    (session,) = run.sessions
    reason = f"{session.component.title} is held again"
    left_out = []
    for person in sorted(people, key=lambda one: one.id):
        if person.spell_on(session.held_on) is None:
            left_out.append(person)
        else:
            bookings.book(run=run, person=person, session=session, by=by, now=now, reason=reason)
    return left_out


def _decide(held: PartlyHeld, decision: HeldDecision, *, by: Actor, now: datetime, reason: str) -> None:
    begin(held.session)
    db.session.refresh(held)
    check_can_decide_held(held, by)
    held.decision, held.decided_at, held.decided_by = decision, now, by.name
    db.session.flush()
    changes = {"Decision": (HeldDecision.OPEN.label, decision.label)}
    keep_in_audit(held.session, "register:partly held decided", changes, by=by, now=now, reason=reason)


def _check_is_undecided(held: PartlyHeld) -> None:
    if held.decided_at is not None:
        raise RuleBroken(f"{held.decided_by} has decided already: {held.decision.label.lower()}.")


def _people_there(session: TrainingSession) -> list[Mark]:
    return [one for one in db.session.scalars(queries.marks_of(session)) if one.status in THERE]


def _credit(session: TrainingSession, *, by: Actor, now: datetime, reason: str) -> None:
    """Work every mark out anew from what was said of people, as much of the session as was held."""
    marks = {one.person_id: as_recorded(one) for one in _people_there(session)}
    record_marks(session=session, marks=marks, by=by, now=now, reason=reason)
