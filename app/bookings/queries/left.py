"""The seats left for one person: less what is kept for others (AM-05)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date

from sqlalchemy import Select, exists, func, select

from app.bookings.models import Booking, Quota, Seat
from app.bookings.queries.occupancy import seats_taken
from app.bookings.queries.quotas import kept_for_others, unclaimed
from app.core.db import db
from app.people.models import Person
from app.sessions.models import Run, TrainingSession


def places_left_for(person: Person, runs: Sequence[Run], *, on: date) -> dict[int, int]:
    """For each run, how many people from this person's sector could still book all of its sessions.

    The fullest session decides. Two statements, however many runs there are.
    """
    left = seats_left_for(person, [session for run in runs for session in run.sessions], on=on)
    return {run.id: min(left[session.id] for session in run.sessions) for run in runs}


def places_left_unless_kept(
    runs: Sequence[Run], is_kept: Callable[[Quota], bool], *, on: date
) -> dict[int, int]:
    """For each run, how many of some people could still book all of its sessions; `is_kept` says of which
    quotas the places are kept from them. Two statements, however many runs there are."""
    quotas = _quotas([run.id for run in runs], on)
    taken = _taken([one.id for run in runs for one in run.sessions], by_sector=bool(quotas))

    def left(session: TrainingSession) -> int:
        of_run = unclaimed(quotas.get(session.run_id, ()), taken[session.id])
        kept = sum(places for quota, places in of_run if is_kept(quota))
        return max(0, session.capacity - taken[session.id].total() - kept)

    return {run.id: min(map(left, run.sessions)) for run in runs}


def seats_left_for(person: Person, sessions: Sequence[TrainingSession], *, on: date) -> dict[int, int]:
    """For each session, how many people from this person's sector could still have a seat in it.

    Those of one run are wanted together: the person comes to all from the sector of the first.
    """
    wanted = defaultdict(list)
    for session in sessions:
        wanted[session.run_id].append(session)
    quotas = _quotas(wanted.keys(), on)
    taken = _taken([session.id for session in sessions], by_sector=bool(quotas))
    left = {}
    for run_id, of_run in wanted.items():
        sector = sector_of(person, of_run) if run_id in quotas else None
        for one in of_run:
            kept = kept_for_others(quotas.get(run_id, ()), taken[one.id], sector)
            left[one.id] = max(0, one.capacity - taken[one.id].total() - kept)
    return left


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


def _taken(session_ids: Collection[int], *, by_sector: bool) -> dict[int, Counter[int | None]]:
    """The seats taken in each session, from each sector where that matters: it takes four times as long."""
    if not by_sector:
        return {one: Counter({None: seats}) for one, seats in seats_taken(session_ids).items()}
    taken: dict[int, Counter[int | None]] = defaultdict(Counter)
    rows = db.session.execute(
        select(Seat.session_id, Booking.sector_id, func.count())
        .join(Booking, Booking.id == Seat.booking_id)
        .where(Seat.session_id.in_(session_ids), Seat.released_at.is_(None))
        .group_by(Seat.session_id, Booking.sector_id)
    )
    for session_id, sector_id, count in rows:
        taken[session_id][sector_id] = count
    return taken


def sector_of(person: Person, wanted: Sequence[TrainingSession]) -> int | None:
    """The sector that somebody comes from on the first wanted day; None for staff and panel members."""
    spell = person.spell_on(min(session.held_on for session in wanted))
    return spell.organisation.sector_id if spell and spell.organisation else None
