"""Marking registers: what counts, who may mark, and what happens to a mark that was wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.attendance import queries
from app.attendance.rules.measuring import (
    NewMark,
    as_kept,
    as_recorded,
    counts,
    minutes_of,
    opens_on,
    said_of,
)
from app.audit import rules as audit
from app.core import clock
from app.core.actors import COMMAND_LINE, SERVICE, Actor
from app.core.db import db, lock_row, record_all, supersede_all
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import day, listed
from app.core.permissions import Permission
from app.core.workdays import working_days_after
from app.learning.models import Mark, MarkStatus, MarkWay, PartlyHeld, Submission
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import CourseSettings
from app.sessions import queries as sessions_queries
from app.sessions.models import Run, TrainingSession

LOCKED_AFTER_WORKING_DAYS = 10
Fixed = dict[str, Any]  # the values of a mark, without who recorded it and when
_FIXED = ("held_on", "opens_on", "counts")
_WITH_A_KEY = {MarkWay.LINK, MarkWay.CHECK_IN}  # these ways look at a key of their own instead of a role


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
    """A register opens on the day of its session, and never if its run was cancelled before that."""
    if session.is_cancelled:
        raise RuleBroken(f"{session.run.code} was cancelled, so it has no register.")
    if clock.day_of(now) < session.held_on:
        raise RuleBroken(f"This session is on {day(session.held_on)}. Its register opens on that day.")


def is_locked(session: TrainingSession, now: datetime) -> bool:
    return clock.day_of(now) > locked_on(session)


def needs_reason(session: TrainingSession, by: Actor, now: datetime) -> bool:
    """Whether somebody who changes a register is asked why: it is locked, and no job keeps it up to date."""
    return is_locked(session, now) and by not in {SERVICE, COMMAND_LINE}


def check_is_mine_to_correct(session: TrainingSession, by: Actor, now: datetime) -> None:
    """Once a register is locked only the academy corrects it."""
    if needs_reason(session, by, now) and not marks_any_register(by):
        raise RuleBroken(
            f"This register was locked after {day(locked_on(session))}. Ask the academy to correct it."
        )


def check_is_unlocked(session: TrainingSession, by: Actor, now: datetime, reason: str | None) -> None:
    """Ten working days after its session a register is locked: the academy corrects it, with a reason."""
    check_is_mine_to_correct(session, by, now)
    if needs_reason(session, by, now) and not reason:
        raise RuleBroken(
            f"The register of {session.component.title} of {session.run.code} was locked after "
            f"{day(locked_on(session))}. Give a reason for changing it",
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
    run = begin(session)
    if way not in _WITH_A_KEY:
        check_can_see_registers(run, by)
    check_is_open(session, now)
    _check_minutes(session, marks)
    known = {mark.person_id: mark for mark in db.session.scalars(queries.marks_of(session))}
    terms = programmes.settings_of(run.version.course_id)
    changed = _that_differ(session, marks, known, terms)
    if not changed:
        return []
    people = locked_and_unmerged(changed)
    check_is_unlocked(session, by, now, reason)
    submission = _submitted(session, way, by=by, now=now)
    put(
        [
            (known.get(person_id), _fixed(session, run, terms, person_id, new, submission.id, reason))
            for person_id, new in changed.items()
        ],
        by=by,
        now=now,
        recorded_at=recorded_at,
    )
    before = {person_id: mark.status.label for person_id, mark in known.items()}
    changes = {one.name: (before.get(one.id), changed[one.id].status.label) for one in people}
    keep_in_audit(session, "register:marked", changes, by=by, now=now, reason=reason)
    return list(changed)


def _that_differ(
    session: TrainingSession, marks: Mapping[int, NewMark], known: Mapping[int, Mark], terms: CourseSettings
) -> dict[int, NewMark]:
    """Of these marks, as they are kept, those that say something else than what is known."""
    held = db.session.get(PartlyHeld, session.id, populate_existing=True)
    wanted = {person_id: as_kept(new, session, terms, held) for person_id, new in marks.items()}
    return {
        person_id: new for person_id, new in wanted.items() if not _is_the_same(known.get(person_id), new)
    }


def keeping(session: TrainingSession) -> Callable[[NewMark], NewMark]:
    """How a register keeps what is said of somebody: by the course's settings, and what was held of it."""
    terms = programmes.settings_of(session.run.version.course_id)
    held = db.session.get(PartlyHeld, session.id)
    return lambda new: as_kept(new, session, terms, held)


def _submitted(session: TrainingSession, way: MarkWay, *, by: Actor, now: datetime) -> Submission:
    submission = Submission(session_id=session.id, way=way, at=now, by_name=by.name, by_user_id=by.user_id)
    db.session.add(submission)
    db.session.flush()
    return submission


def locked_and_unmerged(person_ids: Iterable[int]) -> Sequence[Person]:
    """The people, locked: no mark lands on a record that was merged since the register was opened. (U-07)"""
    people = select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)
    locked = db.session.scalars(
        people.with_for_update(read=True, key_share=True), execution_options={"populate_existing": True}
    ).all()
    merged = [person.name for person in locked if person.merged_into_id is not None]
    if merged:
        raise RuleBroken(f"{listed(merged)}: merged with another record just now. Load the register again.")
    return locked


def _check_minutes(session: TrainingSession, marks: Mapping[int, NewMark]) -> None:
    longest = minutes_of(session)
    for person_id, new in marks.items():
        if new.status is MarkStatus.PARTIAL and new.minutes is None:
            raise RuleBroken("Enter how many minutes were attended", field=f"minutes-{person_id}")
        if new.status is MarkStatus.ATTENDED_LATE and new.minutes == 0:
            raise RuleBroken(
                f"Minutes late must be fewer than {longest}, the length of the session. Who missed all of it "
                "is absent",
                field=f"late-{person_id}",
            )
        # 0 is what somebody has who came after a session was broken off, or was there outside its times.
        if new.minutes is not None and not 0 <= new.minutes <= longest:
            name = "late" if new.status is MarkStatus.ATTENDED_LATE else "minutes"
            raise RuleBroken(
                f"Minutes must be between 0 and {longest}, the length of the session",
                field=f"{name}-{person_id}",
            )


def _is_the_same(mark: Mark | None, new: NewMark) -> bool:
    """What was accepted stays accepted when the same minutes are recorded once more, and what was said."""
    if mark is None:
        return new.status is MarkStatus.NOT_RECORDED
    is_accepted_anew = new.accepted_by is not None and new.accepted_by != mark.accepted_by
    is_said_otherwise = new.said is not None and new.said != as_recorded(mark).said
    is_as_it_was = (mark.status, mark.minutes) == (new.status, new.minutes)
    return is_as_it_was and not is_accepted_anew and not is_said_otherwise


def _fixed(
    session: TrainingSession,
    run: Run,
    terms: CourseSettings,
    person_id: int,
    new: NewMark,
    submission_id: int | None,
    reason: str | None,
) -> Fixed | None:
    """The mark as it will be kept, with all that completion reads fixed; None when it is taken back."""
    if new.status is MarkStatus.NOT_RECORDED:
        return None
    return {
        "person_id": person_id,
        "session_id": session.id,
        "version_id": run.version_id,
        "component": session.component_number,
        "status": new.status,
        "minutes": new.minutes,
        "accepted_by": new.accepted_by,
        "said_status": new.said and new.said.status,
        "said_minutes": new.said and new.said.minutes,
        "counts": counts(new, session, terms.minimum_percent),
        "held_on": session.held_on,
        "opens_on": opens_on(session.held_on, terms.catch_up_months),
        "submission_id": submission_id,
        "reason": reason,
    }


def put(
    pairs: Sequence[tuple[Mark | None, Fixed | None]],
    *,
    by: Actor,
    now: datetime,
    recorded_at: datetime | None = None,
) -> None:
    """Let the second of each pair take the place of the first, so that at no instant both are known.

    A few statements, however many people.
    """
    known_from = recorded_at or now
    superseded = [was for was, _ in pairs if was is not None]
    until = supersede_all(superseded, by=by.name, now=known_from)
    after = {was.person_id: instant for was, instant in zip(superseded, until, strict=True)}
    facts = [
        new | {"recorded_at": after.get(new["person_id"], known_from)} for _, new in pairs if new is not None
    ]
    record_all(Mark, facts, by=by.name, now=now)


def keep_in_audit(
    session: TrainingSession,
    verb: str,
    changes: Mapping[str, tuple[Any, Any]],
    *,
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """One entry for one action, however many people it was about, in the run's history, which the academy
    alone sees."""
    told = {"Session": (None, session.component.title), **changes}
    run = session.run
    audit.record(by=by, verb=verb, thing=run, now=now, label=run.code, changes=told, reason=reason)


def refix_marks(*, session: TrainingSession, by: Actor, now: datetime) -> int:
    """Bring a register up to date with what its marks were fixed from; how many marks changed.

    Day 2 was held on 22 March, and not on the 15th: its marks say the 22nd from now on. Other times of the
    session, or another catch-up window of the course, are followed alike; who came 20 minutes late stays 20
    minutes late, unless they checked in: their time of coming is known. Each mark is superseded and recorded
    anew, so that figures as known before stay as they were. (4.4, AM-12)
    """
    run = begin(session)
    terms = programmes.settings_of(run.version.course_id)
    dates = db.session.scalars(queries.dates_of(session)).all()
    held = db.session.get(PartlyHeld, session.id, populate_existing=True)
    why = "Date, times or window changed"
    pairs = []
    for mark in db.session.scalars(queries.marks_of(session).options(joinedload(Mark.submission))).all():
        said = said_of(mark, session, dates)
        kept = as_kept(said, session, terms, held)
        new = _fixed(session, run, terms, mark.person_id, kept, mark.submission_id, why)
        if new is None:
            continue
        is_another = as_recorded(mark) not in (said, kept)
        if is_another or any(new[name] != getattr(mark, name) for name in _FIXED):
            pairs.append((mark, new))
    put(pairs, by=by, now=now)
    if pairs:
        changes = {"Held on": (None, session.held_on), "Marks": (None, len(pairs))}
        keep_in_audit(session, "register:brought up to date", changes, by=by, now=now, reason=why)
    return len(pairs)


def begin(session: TrainingSession) -> Run:
    """Take the run's turn, then see the session as it stands: its date may have changed meanwhile."""
    run: Run = lock_row(Run, session.run_id)
    db.session.expire(session)
    return run
