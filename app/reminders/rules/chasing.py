"""What the academy must chase, in words, and the e-mail of it on Monday morning. (AM-09)"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.accounts import queries as accounts
from app.core import clock, workdays
from app.core.db import db
from app.core.filters import day, plural, short_day
from app.outbox.rules import enqueue
from app.reminders import emails, queries
from app.reminders.rules.missing import monday_now
from app.reminders.rules.occasions import looks_until
from app.sessions import queries as sessions

WRITTEN_AT = time(8, 0)
STILL_HELPS = timedelta(hours=24)


class Subject(StrEnum):
    """What something to chase is about: the first page lists them under these headings, in this order."""

    REGISTERS = "Registers"
    RUNS = "Runs and places"
    PEOPLE = "People"


class Chase(NamedTuple):
    """One thing to chase: in words, where to go, a detail, and what it is about."""

    text: str
    path: str
    detail: str | None
    about: Subject


def chases(now: datetime) -> list[Chase]:
    """Everything to chase: "2 registers are not complete"; nothing when all is well."""
    return [*_registers(now), *_approvals(now), *from_trainers(now), *thin_runs(now), *questions(now)]


def _registers(now: datetime) -> Iterator[Chase]:
    found = db.session.execute(queries.open_registers_in_all(now).limit(1)).first()
    if found:
        oldest, count = found
        days = (clock.day_of(now) - oldest.held_on).days
        is_one = count == 1
        yield Chase(
            f"{plural(count, 'register')} {'is' if is_one else 'are'} not complete",
            f"/sessions/{oldest.id}/register" if is_one else "/data-quality/registers",
            f"{'It has waited' if is_one else 'The oldest has waited'} for {plural(days, 'day')}.",
            Subject.REGISTERS,
        )


def _approvals(now: datetime) -> Iterator[Chase]:
    count = len(db.session.scalars(queries.late_approvals(now)).unique().all())
    if count:
        verb = "has" if count == 1 else "have"
        yield Chase(
            f"{plural(count, 'request')} {verb} waited for more than 2 working days",
            "/requests",
            "You can answer in place of the manager who was asked.",
            Subject.RUNS,
        )


def thin_runs(now: datetime) -> Iterator[Chase]:
    """The runs that will not fill, the soonest first."""
    for run, course, starts_at, confirmed in db.session.execute(
        queries.under_filled_runs(now, looks_until(now))
    ):
        yield Chase(
            f"{run.code} has {confirmed} booked of at least {run.minimum_places}",
            f"/runs/{run.id}/too-few",
            f"{course.title}, begins {day(clock.day_of(starts_at))}",
            Subject.RUNS,
        )


def from_trainers(now: datetime) -> Iterator[Chase]:
    """Sessions that nobody can hold, and the other dates that trainers propose, the soonest first."""
    for unable in db.session.scalars(sessions.trainers_unable(now)):
        session = unable.session
        yield Chase(
            f"{unable.trainer.name} can’t hold {session.run.code}, {session.component.title}",
            f"/runs/{session.run_id}",
            f"It is on {short_day(session.held_on)}. The people on it know nothing of this yet.",
            Subject.RUNS,
        )
    for proposal in db.session.scalars(sessions.open_proposals(now)):
        session = proposal.session
        yield Chase(
            f"{proposal.proposed_by} proposes another date for {session.run.code}, {session.component.title}",
            f"/proposals/{proposal.id}",
            f"{short_day(proposal.held_on)} instead of {short_day(session.held_on)}",
            Subject.RUNS,
        )


# What waits for the academy's word: how it is counted, in words for one and for many, where to go, and what
# it is about.
_QUESTIONS = (
    (
        "parts",
        "person who attended in part waits for you to agree",
        "people who attended in part wait for you to agree",
        "/registers/to-decide#parts",
        Subject.REGISTERS,
    ),
    (
        "partly_held",
        "session was broken off: decide whether it counts",
        "sessions were broken off: decide whether they count",
        "/registers/to-decide#partly-held",
        Subject.REGISTERS,
    ),
    (
        "not_held",
        "session was not held: give it another day",
        "sessions were not held: give them another day",
        "/registers/to-decide#not-held",
        Subject.REGISTERS,
    ),
    (
        "declared",
        "course taken elsewhere waits for your answer",
        "courses taken elsewhere wait for your answer",
        "/declared-training",
        Subject.PEOPLE,
    ),
    (
        "to_be_told",
        "person whom no e-mail reaches must be told by you what became of their place",
        "people whom no e-mail reaches must be told by you what became of their place",
        "/data-quality/to-be-told",
        Subject.PEOPLE,
    ),
    (
        "untold",
        "certificate is withdrawn from somebody who has no e-mail address: tell them",
        "certificates are withdrawn from people who have no e-mail address: tell them",
        "/people/{untold_person_id}/learning",
        Subject.PEOPLE,
    ),
    (
        "registrations",
        "person asks for an account",
        "people ask for an account",
        "/registrations",
        Subject.PEOPLE,
    ),
    (
        "claims",
        "person claims an earlier training record",
        "people claim an earlier training record",
        "/claims",
        Subject.PEOPLE,
    ),
    (
        "unreachable",
        "person can’t be reached by e-mail",
        "people can’t be reached by e-mail",
        "/data-quality/unreachable",
        Subject.PEOPLE,
    ),
    (
        "repeated",
        "person missed three sessions in a year without notice",
        "people missed three sessions in a year without notice",
        "/absences/repeated",
        Subject.PEOPLE,
    ),
)


def questions(now: datetime) -> Iterator[Chase]:
    """What waits for the academy's word, one line for each kind: the first page lists these too."""
    found = asdict(queries.waiting(now))
    for name, one, many, path, about in _QUESTIONS:
        if found[name]:
            yield Chase(plural(found[name], one, many), path.format(**found), None, about)


# --- On Monday -----------------------------------------------------------------------------------------


def digest_at(now: datetime) -> datetime:
    """When this week's is written: on Monday at 08:00 or, if that is a bank holiday, on the day after."""
    first = monday_now(now)
    if not workdays.is_working_day(first):
        first = workdays.working_days_after(first, 1)
    return clock.london_time(first, WRITTEN_AT)


def is_time_for_digest(now: datetime) -> bool:
    """From Monday at 08:00 for a day: a list of Monday's that comes on Thursday would be wrong."""
    return digest_at(now) <= now < digest_at(now) + STILL_HELPS


def write_digest(*, to_chase: Sequence[Chase], now: datetime) -> int:
    """Write to each academy manager what there is to chase, if there is anything; how many letters."""
    if not to_chase:
        return 0
    week = f"{monday_now(now):%Y-%m-%d}"
    return sum(
        enqueue(
            key=f"digest:{week}:user:{user.id}",
            kind="digest",
            to_address=user.email,
            to_name=user.name,
            email=emails.digest(user.name, [(one.text, one.detail, one.path) for one in to_chase]),
            now=now,
            useful_until=digest_at(now) + STILL_HELPS,
        )
        for user in db.session.scalars(accounts.academy_managers())
    )
