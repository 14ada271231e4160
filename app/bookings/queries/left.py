"""The places left for one person: less what is kept for others (AM-05)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from app.bookings.models import Booking, Quota, Seat
from app.bookings.queries.quotas import kept_for_others
from app.core.db import db
from app.people.models import Person
from app.sessions.models import Run, TrainingSession

Taken = dict[int, Counter[int | None]]


def places_left_for(person: Person, runs: Sequence[Run], *, on: date) -> dict[int, int]:
    """For each run, how many people from this person's sector could still book all of its sessions.

    The fullest session decides. Two statements, however many runs there are.
    """
    ids = [run.id for run in runs]
    quotas = _quotas(ids, on)
    capacity, taken = _taken(ids)
    return {
        run.id: max(
            0,
            min(
                places - seats.total() - kept_for_others(quotas[run.id], seats, _sector_of(person, run))
                for places, seats in ((capacity[run.id][one], taken[one]) for one in capacity[run.id])
            ),
        )
        for run in runs
    }


def runs_full_for(person: Person, statement: Select[tuple[Run]], *, on: date) -> list[int]:
    """Of these runs, those with quotas on which nothing is left for somebody."""
    keeps = exists().where(Quota.run_id == Run.id, Quota.kept_until >= on)
    runs = db.session.scalars(statement.where(keeps)).all()
    return [run_id for run_id, left in places_left_for(person, runs, on=on).items() if not left]


def _quotas(run_ids: Collection[int], on: date) -> dict[int, list[Quota]]:
    found: dict[int, list[Quota]] = defaultdict(list)
    for quota in db.session.scalars(select(Quota).where(Quota.run_id.in_(run_ids), Quota.kept_until >= on)):
        found[quota.run_id].append(quota)
    return found


def _taken(run_ids: Collection[int]) -> tuple[dict[int, dict[int, int]], Taken]:
    """The capacity of each session, by run, and the seats taken in it from each sector."""
    holder = aliased(Booking)
    rows = db.session.execute(
        select(
            TrainingSession.run_id,
            TrainingSession.id,
            TrainingSession.capacity,
            holder.sector_id,
            func.count(Seat.id),
        )
        .outerjoin(Seat, and_(Seat.session_id == TrainingSession.id, Seat.released_at.is_(None)))
        .outerjoin(holder, holder.id == Seat.booking_id)
        .where(TrainingSession.run_id.in_(run_ids))
        .group_by(TrainingSession.run_id, TrainingSession.id, TrainingSession.capacity, holder.sector_id)
    )
    capacity: dict[int, dict[int, int]] = defaultdict(dict)
    taken: Taken = defaultdict(Counter)
    for run_id, session_id, places, sector_id, count in rows:
        capacity[run_id][session_id] = places
        taken[session_id][sector_id] += count
    return capacity, taken


def _sector_of(person: Person, run: Run) -> int | None:
    """The sector that somebody comes from on the first day; None for staff and panel members."""
    spell = person.spell_on(run.first_session.held_on)
    return spell.organisation.sector_id if spell and spell.organisation else None
