"""The locks of runs and people, under which places change: runs first, the smallest id first. (U-09)"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from app.bookings.models import Booking
from app.core.db import db
from app.people.models import Person
from app.sessions.models import Run, RunState

SEEN_AGAIN = [
    "state",
    "confirmed_at",
    "held_until",
    "reconfirm_by",
    "reconfirmed_at",
    "lapses",
    "passed_until",
    "queued_at",
    "has_priority",
    "override_reason",
    "person_id",
]


def lock_run_for(run: Run, *people: Person) -> None:
    """Take the lock of a run, then of those who want a place there, the smallest id first, in one statement.

    So two places at the same time for one person are asked for one after the other (U-09). Whether the run is
    cancelled is seen again; what is loaded of its sessions stays.
    """
    asked = {"run_id": run.id, "person_ids": [one.id for one in people]}
    set_committed_value(run, "state", db.session.scalars(_run_and_people(), asked).all()[0])


@cache
def _run_and_people() -> Select[tuple[RunState]]:
    """Made once, as each booking asks it."""
    return (
        select(Run.state)
        .join(Person, Person.id.in_(bindparam("person_ids", expanding=True)))
        .where(Run.id == bindparam("run_id"))
        .order_by(Person.id)
        .with_for_update(of=[Run, Person], key_share=True)
    )


def lock_run_of(booking: Booking) -> Run:
    """Take the lock of a booking's run, then see the booking, whose it is, and the dates of the sessions, as
    they stand: somebody may have been quicker."""
    run = lock_run(booking.run_id)
    db.session.refresh(booking, SEEN_AGAIN)
    if booking.person.id != booking.person_id:  # it is another's by now
        db.session.expire(booking, ["person"])
    set_committed_value(booking, "run", run)
    return run


def lock_run(run_id: int) -> Run:
    """Take the lock of a run, then see its sessions and their dates as they stand.

    The sessions are read in a statement of their own: what a statement joins to the row that it waits for is
    as it was before the wait.
    """
    return db.session.execute(
        _run_and_sessions(), {"run_id": run_id}, execution_options={"populate_existing": True}
    ).scalar_one()


@cache
def _run_and_sessions() -> Select[tuple[Run]]:
    """Made once, as each answer to a request or an offer asks it."""
    return (
        select(Run)
        .where(Run.id == bindparam("run_id"))
        .options(selectinload(Run.sessions))
        .with_for_update(of=Run)
    )


def lock_runs(run_ids: Iterable[int]) -> None:
    """The locks of several runs, the smallest id first, so that two who change the same ones wait for each
    other and not for ever. All of them come before any person's (see `lock_if_free`)."""
    for run_id in sorted(set(run_ids)):
        lock_run(run_id)


def lock_if_free(person: Person) -> bool:
    """Take the lock of somebody who may be given a place, unless somebody else has it at this instant.

    It is not waited for: whoever promotes holds others' locks already, and two who did would wait for each
    other for ever. (U-09)
    """
    return db.session.scalar(_person_if_free(), {"person_id": person.id}) is not None


@cache
def _person_if_free() -> Select[tuple[int]]:
    """Made once, as each promotion asks it."""
    only_one = select(Person.id).where(Person.id == bindparam("person_id"))
    return only_one.with_for_update(key_share=True, skip_locked=True)
