"""Scheduling runs and changing them, and who may see one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row, record, save_unique, supersede
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import long_day
from app.core.permissions import Permission
from app.people import queries as people
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Component, Course, CourseVersion
from app.programmes.rules import checked_code
from app.sessions import queries
from app.sessions.models import Run, SessionDate, TrainingSession
from app.sessions.queries import Doubled, Taken
from app.sessions.rules.clashes import refuse_clashes
from app.sessions.rules.editions import check_unchanged
from app.sessions.rules.fitting import (
    check_change,
    check_run,
    code_taken,
)
from app.sessions.rules.planning import PlannedSession, planned_again

Changes = dict[str, tuple[Any, Any]]


# --- Who may see a run ---------------------------------------------------------------------------------


def own_runs_only(by: Actor) -> int | None:
    """The account whose runs alone are listed: a trainer's own. None for the academy, which sees all."""
    return None if by.can(Permission.SCHEDULE_RUNS) else by.user_id


def check_can_see(run: Run, by: Actor, *, on: date) -> None:
    """The academy sees every run, a trainer their own, and everybody else those open to their audience.

    Whoever books for a team or an organisation sees what is open to anybody in it.
    """
    if by.can(Permission.SCHEDULE_RUNS) or queries.is_trainer_of(run.id, by.user_id):
        return
    if by.can(Permission.BOOK_OWN_PLACE) and by.person_id is not None:
        person = db.session.get(Person, by.person_id)
        if person and programmes.is_in_audience(run.version.course, person, on):
            return
    if _is_for_somebody_of(by, run.version.course, on):
        return
    raise NotAllowed("This run is not one of yours.")


def _is_for_somebody_of(by: Actor, course: Course, on: date) -> bool:
    """Whether a course is for anybody for whom a line manager or a coordinator books. (LM-05, MA-05)"""
    theirs = []
    if by.can(Permission.SEE_OWN_TEAM) and by.person_id is not None:
        theirs.append(people.people_below(by.person_id, by.team_ids, on))
    if by.can(Permission.SEE_OWN_ORGANISATION):
        theirs += [people.people_of(one, on) for one in sorted(by.organisation_ids)]
    audience = programmes.is_audience(course, on)
    return any(db.session.execute(one.where(audience).limit(1)).first() for one in theirs)


def can_see_links(run: Run, by: Actor) -> bool:
    """Whether the page of a run shows the links of its virtual sessions: to the academy and its trainer."""
    return by.can(Permission.SCHEDULE_RUNS) or queries.is_trainer_of(run.id, by.user_id)


# --- Scheduling ----------------------------------------------------------------------------------------


def schedule_run(
    *,
    version: CourseVersion,
    code: str,
    minimum_places: int,
    sessions: Sequence[PlannedSession],
    by: Actor,
    now: datetime,
    clash_reason: str | None = None,
    was_held: bool = False,
    note: str = "",
    components: Sequence[Component] = (),
    recorded_at: datetime | None = None,
) -> Run:
    """A run of a course: one dated session for each component, or for each of these, in their order.

    A room or a trainer in two places at once is refused unless `clash_reason` says why it may be (AM-02).
    So is a day that is over, unless `was_held` says that this is history. Other oddities of dates (bank
    holidays, the deadline) are warnings, see planning: they are saved.
    `recorded_at` is for history that is brought in: when its dates were known.
    """
    components = components or version.components
    _check_each_is_dated(components, sessions)
    check_run(
        [component.title for component in components],
        dict(enumerate(sessions)),
        code=code,
        minimum_places=minimum_places,
        was_held=was_held,
        now=now,
    )
    code = checked_code(code)
    taken = refuse_clashes(sessions, reason=clash_reason)
    run = Run(version=version, code=code, minimum_places=minimum_places, note=note, created_at=now)
    save_unique(run, taken=code_taken(code))
    _add_sessions(run, components, sessions, by=by, now=now, known_from=recorded_at)
    changes, why = _first_words(run) | overridden(taken), clash_reason if taken else None
    keep_in_audit(run, "run:scheduled", changes, by=by, now=now, reason=why)
    return run


def _check_each_is_dated(components: Sequence[Component], sessions: Sequence[PlannedSession]) -> None:
    if len(sessions) != len(components):
        raise RuleBroken(f"This course has {len(components)} days: give each one its date.")


def _add_sessions(
    run: Run,
    components: Sequence[Component],
    sessions: Sequence[PlannedSession],
    *,
    by: Actor,
    now: datetime,
    known_from: datetime | None,
) -> None:
    for component, plan in zip(components, sessions, strict=True):
        session = TrainingSession(run=run, component=component, component_number=component.number)
        _put(session, plan)
        session.capacity = plan.capacity
        db.session.add(session)
        db.session.flush()
        _date(session, plan, by=by, now=now, known_from=known_from)
    db.session.refresh(run)


# --- Changing ------------------------------------------------------------------------------------------


def change_run(
    *,
    run: Run,
    code: str,
    minimum_places: int,
    note: str,
    by: Actor,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Change a run's code, the fewest people it goes ahead with, and its note.

    `seen` is the edition that whoever saves had before them: when it is not the newest, they are refused and
    shown it (U-29).
    """
    code = checked_code(code)
    locked(run)
    check_unchanged(run, seen)
    if not 1 <= minimum_places <= run.capacity:
        raise RuleBroken(f"Fewest places must be between 1 and {run.capacity}", field="minimum_places")
    if queries.run_coded(code) not in (None, run):
        raise code_taken(code)
    changes = audit.differing(
        ("Code", run.code, code),
        ("Fewest places", run.minimum_places, minimum_places),
        ("Note", run.note, note),
    )
    run.code, run.minimum_places, run.note = code, minimum_places, note
    save_unique(run, taken=code_taken(code))
    if changes:
        keep_in_audit(run, "run:changed", changes, by=by, now=now)


def change_session(
    *,
    session: TrainingSession,
    planned: PlannedSession,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    clash_reason: str | None = None,
    seen: str | None = None,
) -> None:
    """Move a session, or change how, where or by whom it is held. Its capacity is not changed here.

    Bookings calls it, for it knows whom to tell. A new date or time is appended and the old one superseded,
    so that figures as known before still read the old one. Once a session has begun, another date for it is
    a correction, and needs a reason; so does a date that is over, which is more often a slip than meant.
    """
    run = locked(session.run)
    check_unchanged(session, seen)
    was = planned_again(session)
    check_change(session, planned, reason=reason, now=now)
    taken = refuse_clashes([planned], reason=clash_reason, apart_from=[session.id])
    changes = _changes_of_session(session, was, planned)
    if not changes:
        return
    _put(session, planned)
    if (planned.starts_at, planned.ends_at) != (session.starts_at, session.ends_at):
        known_from = supersede(session.dated, by=by.name, now=now)
        _date(session, planned, by=by, now=now, known_from=known_from, reason=reason)
    elif is_held_otherwise(was, planned) or was.trainer is not planned.trainer:
        session.revisions += 1
    db.session.flush()
    changes |= overridden(taken, clash_reason if reason else None)
    why = reason or (clash_reason if taken else None)
    keep_in_audit(run, "run:session changed", changes, by=by, now=now, reason=why)


def set_capacity(*, session: TrainingSession, capacity: int, by: Actor, now: datetime) -> None:
    """Change how many people a session takes.

    Whoever calls has locked the run, knows that as many seats as are taken remain, and promotes from the
    waiting list: that is why bookings does it and no page of this room.
    """
    check_capacity(session, capacity)
    changes = audit.differing((f"{session.component.title}: most places", session.capacity, capacity))
    if changes:
        session.capacity = capacity
        keep_in_audit(session.run, "run:session changed", changes, by=by, now=now)


def is_held_otherwise(was: PlannedSession, planned: PlannedSession) -> bool:
    """Whether the people who come must know something else than another date: how, where, by which link."""
    now, then = ((one.mode, one.venue_id, one.link or None) for one in (planned, was))
    return now != then


# --- Checks --------------------------------------------------------------------------------------------


def locked(run: Run) -> Run:
    """The run and its sessions as they are now, locked, so that nobody else changes them meanwhile."""
    lock_row(Run, run.id)
    for session in run.sessions:
        db.session.expire(session)
    check_not_cancelled(run)
    return run


def check_not_cancelled(run: Run) -> None:
    """A run that was cancelled stays as it was."""
    if run.is_cancelled:
        raise RuleBroken(f"{run.code} was cancelled, so it can’t be changed.")


def check_capacity(session: TrainingSession, capacity: int) -> None:
    """A session takes no fewer people than its run needs to be held."""
    if capacity < session.run.minimum_places:
        raise RuleBroken(
            f"Most places must be {session.run.minimum_places} or more, the fewest that the run needs",
            field="capacity",
        )


# --- Parts of the above --------------------------------------------------------------------------------


def keep_in_audit(
    run: Run, verb: str, changes: Changes, *, by: Actor, now: datetime, reason: str | None = None
) -> None:
    """In the run's history, which the academy alone sees."""
    audit.record(by=by, verb=verb, thing=run, now=now, label=run.code, changes=changes, reason=reason)


def _put(session: TrainingSession, plan: PlannedSession) -> None:
    session.mode, session.link = plan.mode, plan.link or None
    session.venue, session.trainer = plan.venue, plan.trainer


def _date(
    session: TrainingSession,
    plan: PlannedSession,
    *,
    by: Actor,
    now: datetime,
    known_from: datetime | None = None,
    reason: str | None = None,
) -> None:
    dated = SessionDate(
        session_id=session.id,
        held_on=plan.held_on,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        reason=reason,
    )
    record(dated, by=by.name, now=now, recorded_at=known_from)
    db.session.flush()
    db.session.expire(session, ["dated"])


def _first_words(run: Run) -> Changes:
    return {session.component.title: (None, _when(planned_again(session))) for session in run.sessions}


def _changes_of_session(session: TrainingSession, was: PlannedSession, planned: PlannedSession) -> Changes:
    title = session.component.title
    return audit.differing(
        (title, _when(was), _when(planned)),
        (f"{title}: how", was.mode.label, planned.mode.label),
        (f"{title}: venue", was.venue and was.venue.name, planned.venue and planned.venue.name),
        _link_as_recorded(title, was.link, planned.link or None),
        (f"{title}: trainer", was.trainer and was.trainer.name, planned.trainer and planned.trainer.name),
    )


def _link_as_recorded(title: str, was: str | None, now: str | None) -> tuple[str, str | None, str | None]:
    """That a link changed, and not what it is: whoever reads the audit has no place behind it."""
    if was == now:
        return f"{title}: link", None, None
    return f"{title}: link", was and "One", now and "Another"


def _when(plan: PlannedSession) -> str:
    return f"{long_day(plan.held_on)}, {plan.starts:%H:%M} to {plan.ends:%H:%M}"


def overridden(taken: Sequence[Taken | Doubled], why: str | None = None) -> Changes:
    """What is taken at the same time, and why that may be where the change has another reason besides."""
    although = " ".join(one.sentence for one in taken).removesuffix(".")
    said = {"Goes ahead although": although, "Both can go ahead since": why}
    return {name: (None, words) for name, words in said.items() if taken and words}
