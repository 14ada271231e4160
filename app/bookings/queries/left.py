"""The seats left for one person: less what is kept for others (AM-05)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, exists, func, select

from app.bookings.models import Booking, Quota, Seat
from app.bookings.queries.lists import bookable_runs
from app.bookings.queries.occupancy import OPEN_STATES, seats_taken
from app.bookings.queries.quotas import is_kept_from_sector, kept_for_others
from app.core import clock
from app.core.db import db
from app.people.models import Person
from app.sessions.models import Mode, Run, TrainingSession


def places_left_for(person: Person, runs: Sequence[Run], *, on: date) -> dict[int, int]:
    """For each run, how many people from this person's sector could still book all of its sessions.

    Two statements, however many runs there are.
    """
    return _of_the_fullest(runs, seats_left_for(person, _sessions_of(runs), on=on))


def places_left_unless_kept(
    runs: Sequence[Run], is_kept: Callable[[Quota], bool], *, on: date
) -> dict[int, int]:
    """The same for people of whom `is_kept` says whether the places of a quota are kept from them."""
    return _of_the_fullest(runs, seats_left_unless_kept(_sessions_of(runs), is_kept, on=on))


def places_left_for_each(sectors: Collection[int | None], runs: Sequence[Run], *, on: date) -> dict[int, int]:
    """The same for several people of these sectors (None: staff), whoever of them they are: what is kept from
    any of them is not counted."""

    def is_kept(quota: Quota) -> bool:
        return any(is_kept_from_sector(quota, sector_id) for sector_id in sectors)

    return places_left_unless_kept(runs, is_kept, on=on)


def sectors_on(run_id: int) -> set[int | None]:
    """The sectors that those come from who have, or wait for, a place on a run; None for staff."""
    of_the_run = (Booking.run_id == run_id, Booking.state.in_(OPEN_STATES))
    return set(db.session.scalars(select(Booking.sector_id).where(*of_the_run).distinct()))


def seats_left_for(person: Person, sessions: Sequence[TrainingSession], *, on: date) -> dict[int, int]:
    """For each session, how many people from this person's sector could still have a seat in it.

    Those of one run are wanted together: the person comes to all from the sector of the first.
    """
    wanted = defaultdict(list)
    for session in sessions:
        wanted[session.run_id].append(session)

    @cache
    def sector(run_id: int) -> int | None:
        return sector_of(person, wanted[run_id])

    return seats_left_unless_kept(
        sessions, lambda quota: is_kept_from_sector(quota, sector(quota.run_id)), on=on
    )


def seats_left_unless_kept(
    sessions: Sequence[TrainingSession], is_kept: Callable[[Quota], bool], *, on: date
) -> dict[int, int]:
    """For each session, how many seats are left for people from whom those quotas are kept of which `is_kept`
    says so."""
    quotas = _quotas({session.run_id for session in sessions}, on)
    taken = _taken([session.id for session in sessions], by_sector=bool(quotas))
    left = {}
    for one in sessions:
        kept = kept_for_others(quotas.get(one.run_id, ()), taken[one.id], is_kept)
        left[one.id] = max(0, one.capacity - taken[one.id].total() - kept)
    return left


def _sessions_of(runs: Sequence[Run]) -> list[TrainingSession]:
    return [session for run in runs for session in run.sessions]


def _of_the_fullest(runs: Sequence[Run], left: Mapping[int, int]) -> dict[int, int]:
    """Of each run, what is left in its fullest session."""
    return {run.id: min(left[session.id] for session in run.sessions) for run in runs}


def runs_with_places_for(
    person: Person, course_ids: Collection[int], *, now: datetime, mode: Mode | None = None
) -> Select[tuple[Run]]:
    """The runs of these courses that can be booked and have a place that is not kept for others, soonest
    first."""
    runs = bookable_runs(course_ids, now=now, mode=mode, only_with_places=True)
    on = clock.day_of(now)
    keeps = exists().where(Quota.run_id == Run.id, Quota.kept_until >= on)
    with_quotas = db.session.scalars(runs.where(keeps)).all()
    left = places_left_for(person, with_quotas, on=on)
    return runs.where(Run.id.not_in([run_id for run_id, places in left.items() if not places]))


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
    return spell.organisation.sector.id if spell and spell.organisation else None
