"""Marking registers: what counts, who may mark, and what happens to a mark that was wrong."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app.attendance import queries
from app.audit import rules as audit
from app.core import clock
from app.core.actors import COMMAND_LINE, SERVICE, Actor
from app.core.db import db, lock_row, record, supersede
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import day, listed
from app.core.permissions import Permission
from app.core.workdays import working_days_after
from app.learning.models import Mark, MarkStatus, MarkWay, Submission
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import CourseTerms
from app.sessions import queries as sessions_queries
from app.sessions.models import Run, TrainingSession

LOCKED_AFTER_WORKING_DAYS = 10
_ATTENDED = {MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE}
_FIXED = ("held_on", "opens_on", "counts")
_WITH_A_KEY = {MarkWay.LINK, MarkWay.CHECK_IN}  # these ways look at a key of their own instead of a role


@dataclass(frozen=True)
class NewMark:
    """What is to be recorded of one person: minutes when part of the session was attended, and who accepted
    a part that is too short."""

    status: MarkStatus
    minutes: int | None = None
    accepted_by: str | None = None


# --- What a mark says ----------------------------------------------------------------------------------


def opens_on(held_on: date, catch_up_months: int | None) -> date | None:
    """The earliest date on which another component may lie, for a set that is closed on `held_on`.

    The same day of the month that many months before, or the month's last day when it has no such day:
    3 months before 31 May is 28 February, or 29 in a leap year. None when there is no window. (4.3)
    """
    if catch_up_months is None:
        return None
    months = held_on.year * 12 + held_on.month - 1 - catch_up_months
    year, month = divmod(months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(held_on.day, monthrange(year, month + 1)[1]))


def counts(new: NewMark, session: TrainingSession, minimum_percent: int) -> bool:
    """Whether a mark counts: attended, also late, or at least the course's share of the minutes (4.1).

    With 80%, 320 of 360 minutes count and 287 do not; no share is ever rounded (TR-03).
    """
    if new.accepted_by:
        return True
    if new.status is MarkStatus.PARTIAL and new.minutes is not None:
        return new.minutes * 100 >= minimum_percent * minutes_of(session)
    return new.status in _ATTENDED


def minutes_of(session: TrainingSession) -> int:
    """How long a session lasts."""
    return int((session.ends_at - session.starts_at).total_seconds()) // 60


def locked_on(session: TrainingSession) -> date:
    """The last day on which its trainer can change a register; after it, only the academy (AM-12)."""
    return working_days_after(session.held_on, LOCKED_AFTER_WORKING_DAYS)


# --- Who may mark --------------------------------------------------------------------------------------


def marks_any_register(by: Actor) -> bool:
    """The academy marks any register; so do the service itself and whoever has its command line."""
    is_academy = by.can(Permission.MARK_REGISTERS) and by.can(Permission.BOOK_ANYONE)
    return is_academy or by in {SERVICE, COMMAND_LINE}


def check_can_see_registers(run: Run, by: Actor) -> None:
    """A register is for the academy, and for the trainers of its own run (3.0)."""
    if marks_any_register(by):
        return
    if by.can(Permission.MARK_REGISTERS) and sessions_queries.is_trainer_of(run.id, by.user_id):
        return
    raise NotAllowed("You can see and mark the registers of your own runs only.")


def check_is_open(session: TrainingSession, now: datetime) -> None:
    """A register opens on the day of its session, and never for a run that was cancelled."""
    if session.run.is_cancelled:
        raise RuleBroken(f"{session.run.code} was cancelled, so it has no register.")
    if clock.london(now).date() < session.held_on:
        raise RuleBroken(f"This session is on {day(session.held_on)}. Its register opens on that day.")


def is_locked(session: TrainingSession, now: datetime) -> bool:
    return clock.london(now).date() > locked_on(session)


def _check_is_unlocked(session: TrainingSession, by: Actor, now: datetime, reason: str | None) -> None:
    """Ten working days after its session a register is locked: the academy corrects it, with a reason."""
    if not is_locked(session, now) or by in {SERVICE, COMMAND_LINE}:
        return
    if not marks_any_register(by):
        raise RuleBroken(
            f"This register was locked after {day(locked_on(session))}. Ask the academy to correct it."
        )
    if not reason:
        raise RuleBroken(
            f"This register was locked after {day(locked_on(session))}. Give a reason for changing it",
            field="reason",
        )


# --- Marking -------------------------------------------------------------------------------------------


def record_marks(
    *,
    session: TrainingSession,
    marks: Mapping[int, NewMark],
    by: Actor,
    now: datetime,
    way: MarkWay = MarkWay.REGISTER,
    recorded_at: datetime | None = None,
    reason: str | None = None,
) -> list[int]:
    """Record who attended a session, by the person's id; whose marks changed.

    What is as it was stays untouched, so that sending a register twice does nothing. What differs is
    superseded and recorded anew; "not recorded" takes a mark back. The marks of one call are one submission,
    which came by this `way`. `recorded_at` is for history that is brought in: when it was known. (U-10)
    """
    run = _begin(session)
    if way not in _WITH_A_KEY:
        check_can_see_registers(run, by)
    check_is_open(session, now)
    _check_minutes(session, marks)
    known = {
        mark.person_id: mark
        for mark in db.session.scalars(queries.marks_of(session))
        if mark.person_id in marks
    }
    changed = [person_id for person_id, new in marks.items() if not _is_the_same(known.get(person_id), new)]
    if not changed:
        return []
    _check_nobody_was_merged(changed)
    if recorded_at is None:
        _check_is_unlocked(session, by, now, reason)
    terms = programmes.terms_of(run.version.course_id)
    submission = _submitted(session, way, by=by, now=now)
    for person_id in changed:
        fixed = _fixed(session, run, terms, person_id, marks[person_id], reason)
        if fixed is not None:
            fixed.submission = submission
        _put(known.get(person_id), fixed, by=by, now=now, recorded_at=recorded_at)
    db.session.flush()
    _keep_in_audit(session, run, known, {one: marks[one] for one in changed}, by=by, now=now, reason=reason)
    return changed


def _submitted(session: TrainingSession, way: MarkWay, *, by: Actor, now: datetime) -> Submission:
    submission = Submission(session_id=session.id, way=way, at=now, by_name=by.name, by_user_id=by.user_id)
    db.session.add(submission)
    return submission


def _check_nobody_was_merged(person_ids: list[int]) -> None:
    """No mark lands on a record that was merged since the register was opened. (U-07)"""
    people = select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)
    locked = db.session.scalars(
        people.with_for_update(read=True, key_share=True), execution_options={"populate_existing": True}
    )
    merged = [person.name for person in locked if person.merged_into_id is not None]
    if merged:
        raise RuleBroken(f"{listed(merged)}: merged with another record just now. Load the register again.")


def _check_minutes(session: TrainingSession, marks: Mapping[int, NewMark]) -> None:
    longest = minutes_of(session)
    for person_id, new in marks.items():
        if new.status is MarkStatus.PARTIAL and new.minutes is None:
            raise RuleBroken("Enter how many minutes were attended", field=f"minutes-{person_id}")
        if new.minutes is not None and not 0 <= new.minutes <= longest:
            raise RuleBroken(
                f"Minutes must be between 0 and {longest}, the length of the session",
                field=f"minutes-{person_id}",
            )


def _is_the_same(mark: Mark | None, new: NewMark) -> bool:
    if mark is None:
        return new.status is MarkStatus.NOT_RECORDED
    return (mark.status, mark.minutes, mark.accepted_by) == (new.status, new.minutes, new.accepted_by)


def _fixed(
    session: TrainingSession,
    run: Run,
    terms: CourseTerms,
    person_id: int,
    new: NewMark,
    reason: str | None,
) -> Mark | None:
    """The mark as it will be kept, with all that completion reads fixed; None when it is taken back."""
    if new.status is MarkStatus.NOT_RECORDED:
        return None
    return Mark(
        person_id=person_id,
        session_id=session.id,
        version_id=run.version_id,
        component=session.component_number,
        status=new.status,
        minutes=new.minutes,
        accepted_by=new.accepted_by,
        counts=counts(new, session, terms.minimum_percent),
        held_on=session.held_on,
        opens_on=opens_on(session.held_on, terms.catch_up_months),
        reason=reason,
    )


def _put(
    was: Mark | None, new: Mark | None, *, by: Actor, now: datetime, recorded_at: datetime | None
) -> None:
    """Let `new` take the place of `was`, so that at no instant both are known."""
    known_from = recorded_at or now
    if was is not None:
        known_from = supersede(was, by=by.name, now=known_from)
    if new is not None:
        record(new, by=by.name, now=now, recorded_at=known_from)


def _keep_in_audit(
    session: TrainingSession,
    run: Run,
    known: Mapping[int, Mark],
    changed: Mapping[int, NewMark],
    *,
    by: Actor,
    now: datetime,
    reason: str | None,
) -> None:
    people = db.session.scalars(select(Person).where(Person.id.in_(changed))).all()
    before = {person_id: mark.status.label for person_id, mark in known.items()}
    audit.record(
        by=by,
        verb="register:marked",
        thing=session,
        now=now,
        label=_label(session, run),
        changes={person.name: (before.get(person.id), changed[person.id].status.label) for person in people},
        reason=reason,
    )


def refix_marks(*, session: TrainingSession, by: Actor, now: datetime) -> int:
    """Bring a register up to date with what its marks were fixed from; how many marks changed.

    Day 2 was held on 22 March, and not on the 15th: its marks say the 22nd from now on. Another length of
    the session, or another catch-up window of the course, is followed alike. Each mark is superseded and
    recorded anew, so that figures as known before stay as they were. (4.4, AM-12)
    """
    run = _begin(session)
    terms = programmes.terms_of(run.version.course_id)
    refixed = 0
    for mark in db.session.scalars(queries.marks_of(session)).all():
        as_it_was = NewMark(mark.status, mark.minutes, mark.accepted_by)
        new = _fixed(session, run, terms, mark.person_id, as_it_was, "Date, length or window changed")
        if new is not None and any(getattr(new, name) != getattr(mark, name) for name in _FIXED):
            new.submission_id = mark.submission_id
            _put(mark, new, by=by, now=now, recorded_at=None)
            refixed += 1
    if refixed:
        audit.record(
            by=by,
            verb="register:brought up to date",
            thing=session,
            now=now,
            label=_label(session, run),
            changes={"Held on": (None, session.held_on), "Marks": (None, refixed)},
        )
    return refixed


def _begin(session: TrainingSession) -> Run:
    """Take the run's turn, then see the session as it stands: its date may have changed meanwhile."""
    run: Run = lock_row(Run, session.run_id)
    db.session.expire(session)
    return run


def _label(session: TrainingSession, run: Run) -> str:
    return f"{run.code}, {session.component.title}"
