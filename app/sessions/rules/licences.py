"""Trainers' licences: who holds which until when, what is flagged for want of one, who is warned. (TR-08)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from app.accounts import queries as accounts
from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken
from app.core.filters import day
from app.core.permissions import Role
from app.outbox import rules as outbox
from app.programmes.models import Course
from app.sessions import emails, queries
from app.sessions.models import Accreditation, Run, Trainer, TrainingSession
from app.sessions.rules.planning import PlannedDay, days_of_run

WARNED_DAYS_BEFORE = (90, 30)


# --- Who holds which -----------------------------------------------------------------------------------


def give_licence(
    *, trainer: Trainer, name: str, expires_on: date, by: Actor, now: datetime, evidence: str = ""
) -> Accreditation:
    """A trainer holds a licence until its last day; the same licence again is renewed."""
    name = " ".join(name.split())
    if not name:
        raise RuleBroken("Enter what the licence is called", field="name")
    held = _named(db.session.scalars(queries.licences_of([trainer.id])), name)
    licence = held or Accreditation(trainer=trainer, name=name)
    changes = audit.differing(
        (f"{licence.name}: last day", held and held.expires_on, expires_on),
        (f"{licence.name}: evidence", held.evidence if held else "", evidence),
    )
    licence.expires_on, licence.evidence = expires_on, evidence
    save_unique(licence, taken=RuleBroken(f"{name} was recorded just now. Look at it again", field="name"))
    if changes:
        audit.record(by=by, verb="trainer:licence", thing=trainer, now=now, changes=changes)
    return licence


def take_licence(*, licence: Accreditation, by: Actor, now: datetime) -> None:
    """A licence that was recorded by mistake, or was taken from its holder, is no more."""
    changes = {f"{licence.name}: last day": (licence.expires_on, None)}
    audit.record(by=by, verb="trainer:licence removed", thing=licence.trainer, now=now, changes=changes)
    db.session.delete(licence)
    db.session.flush()


def _named(licences: Iterable[Accreditation], name: str) -> Accreditation | None:
    return next((one for one in licences if one.name.casefold() == name.casefold()), None)


# --- What is flagged -----------------------------------------------------------------------------------


def licence_warnings(
    course: Course, days: Sequence[PlannedDay], licences: Mapping[int, Sequence[Accreditation]]
) -> list[str]:
    """Which days have a trainer without the licence that the course asks for, by the `licences` that each
    trainer holds. They are saved all the same.

    A licence that ends on 30 April 2022 is good on that day, and not on 1 May.
    """
    name = course.accreditation
    if not name:
        return []
    return [
        _warning(name, one, held)
        for one in days
        if one.trainer and not _is_good(held := _named(licences.get(one.trainer.id, ()), name), one.held_on)
    ]


def licences_asked(course: Course, days: Iterable[PlannedDay]) -> Mapping[int, Sequence[Accreditation]]:
    """The licences that the trainers of these days hold, where the course asks for one; in one question."""
    return _licences(one.trainer.id for one in days if one.trainer) if course.accreditation else {}


def licence_warnings_of_run(run: Run, *, today: date) -> list[str]:
    """The same of a run that is scheduled, of its days to come."""
    course = run.version.course
    to_come = [] if run.is_cancelled else [one for one in days_of_run(run) if one.held_on >= today]
    return licence_warnings(course, to_come, licences_asked(course, to_come))


def sessions_without_licence(sessions: Sequence[TrainingSession], *, today: date) -> set[int]:
    """The ids of those of these sessions that are flagged, with one question for all of them."""
    asking = [
        one
        for one in sessions
        if one.trainer and one.held_on >= today and one.run.version.course.accreditation
    ]
    licences = _licences(one.trainer.id for one in asking if one.trainer)
    return {
        one.id
        for one in asking
        if one.trainer
        and not _is_good(
            _named(licences.get(one.trainer.id, ()), one.run.version.course.accreditation or ""), one.held_on
        )
    }


def runs_without_licence(runs: Sequence[Run], *, today: date) -> set[int]:
    """The ids of those of these runs of which a day to come is flagged."""
    sessions = [one for run in runs if not run.is_cancelled for one in run.sessions]
    flagged = sessions_without_licence(sessions, today=today)
    return {one.run_id for one in sessions if one.id in flagged}


def _licences(trainer_ids: Iterable[int]) -> dict[int, list[Accreditation]]:
    found: dict[int, list[Accreditation]] = {}
    if wanted := set(trainer_ids):
        for licence in db.session.scalars(queries.licences_of(wanted)):
            found.setdefault(licence.trainer_id, []).append(licence)
    return found


def _is_good(licence: Accreditation | None, on: date) -> bool:
    return licence is not None and licence.expires_on >= on


def _warning(name: str, one: PlannedDay, licence: Accreditation | None) -> str:
    assert one.trainer is not None
    if licence is None:
        return f"{one.title}, {day(one.held_on)}: {one.trainer.name} has no {name} recorded."
    return (
        f"{one.title}, {day(one.held_on)}: the {licence.name} of {one.trainer.name} ends before it, on "
        f"{day(licence.expires_on)}."
    )


# --- Who is warned -------------------------------------------------------------------------------------


def warn_of_licence(*, licence: Accreditation, now: datetime) -> int:
    """Warn the academy and the contract managers 90 and 30 days before a licence ends; how many were written.

    Once for each of the two days, and only the newest that has come: whoever records a licence of 20
    more days is warned once. A renewed licence is warned of anew.
    """
    today = clock.day_of(now)
    due = [days for days in WARNED_DAYS_BEFORE if _day_of_warning(licence, days) <= now]
    if not due or licence.expires_on < today:
        return 0
    email = emails.licence_ends(licence, _sessions_after(licence, now), today=today)
    base = f"licence:{licence.id}:{licence.expires_on:%Y-%m-%d}:{min(due)}d"
    return sum(
        outbox.enqueue(
            key=f"{base}:{user.id}",
            kind="licence_ends",
            to_address=user.email,
            to_name=user.name,
            email=email,
            now=now,
            about=licence,
            useful_until=clock.end_of_day(licence.expires_on),
        )
        for user in db.session.scalars(accounts.in_roles(Role.ACADEMY_MANAGER, Role.CONTRACT_MANAGER))
    )


def _day_of_warning(licence: Accreditation, days: int) -> datetime:
    return clock.start_of_day(licence.expires_on - timedelta(days=days))


def _sessions_after(licence: Accreditation, now: datetime) -> list[TrainingSession]:
    """The trainer's sessions beyond the last day, of courses that ask for the licence."""
    coming = db.session.scalars(queries.sessions_of_trainer(licence.trainer_id, ending_after=now))
    return [
        one
        for one in coming
        if one.held_on > licence.expires_on
        and (one.run.version.course.accreditation or "").casefold() == licence.name.casefold()
    ]
