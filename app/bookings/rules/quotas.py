"""Places kept for partners, or for one sector, until a day is over. (AM-05, MA-04)"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.audit import rules as audit
from app.bookings import queries
from app.bookings.models import Booking, Quota
from app.bookings.rules.eligibility import check_can_schedule
from app.bookings.rules.locks import lock_run
from app.bookings.rules.queue import settle
from app.bookings.rules.times import closes_at
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken
from app.core.filters import day, plural
from app.people.models import Sector
from app.sessions.models import Run, TrainingSession


def keep_places(
    *, run: Run, sector_id: int | None, places: int, kept_until: date, by: Actor, now: datetime
) -> list[Booking]:
    """Keep places in each session for a sector (None: partners of any) until the end of a day.

    A sector has one quota on a run: a second one takes the place of the first. What it leaves free goes to
    the queue. 4 of 16 kept for partners until 8 March: the 13th member of staff waits (AM-05). Returns the
    bookings that got, or were offered, a place.
    """
    _lock(run, by)
    sector = db.session.get(Sector, sector_id) if sector_id is not None else None
    if sector_id is not None and sector is None:
        raise RuleBroken("There is no such sector. Choose one from the list", field="sector")
    quota = queries.quota_for(run.id, sector_id)
    _check(run, quota, places, kept_until, now)
    before = _in_words(quota)
    if quota is None:
        quota = Quota(run_id=run.id, sector_id=sector_id, sector=sector)
    quota.places, quota.kept_until = places, kept_until
    taken = RuleBroken("Somebody else has just kept places for them. Look at it first.", field="sector")
    save_unique(quota, taken=taken)
    _record(run, quota.for_whom, before, _in_words(quota), by=by, now=now)
    return settle(run, now=now)


def release_quota(*, run: Run, sector_id: int | None, by: Actor, now: datetime) -> list[Booking]:
    """Keep no places for a sector any more: they go to the queue. Returns the bookings that got, or were
    offered, one.

    Where none are kept nothing happens, so that a second press of the button does nothing.
    """
    _lock(run, by)
    quota = queries.quota_for(run.id, sector_id)
    if quota is None:
        return []
    before = _in_words(quota)
    db.session.delete(quota)
    db.session.flush()
    _record(run, quota.for_whom, before, None, by=by, now=now)
    return settle(run, now=now)


def shorten_quotas(run: Run, *, by: Actor, now: datetime) -> list[str]:
    """Keep places no longer than they could go to the waiting list, once a run has another date: what became
    of which, in words. Whoever calls has the lock.

    Kept until 12 January on a run of the 20th that moves to Monday the 11th: until Thursday the 7th, since
    booking closes at the end of Friday.
    """
    last, said = _last_day(run), []
    for quota in _in_force(run.id, now):
        if quota.kept_until <= last:
            continue
        before, for_whom, is_over = _in_words(quota), quota.for_whom, last < clock.day_of(now)
        if is_over:
            db.session.delete(quota)
        else:
            quota.kept_until = last
        db.session.flush()
        _record(run, for_whom, before, None if is_over else _in_words(quota), by=by, now=now)
        how_long = "no longer kept" if is_over else f"kept until {day(last)} only"
        said.append(f"The places for {for_whom} are {how_long}: booking closes sooner.")
    if said:
        settle(run, now=now)
    return said


def check_still_keeps(session: TrainingSession, capacity: int, now: datetime) -> None:
    """A session takes no fewer people than are places kept in it."""
    kept = sum(quota.places for quota in _in_force(session.run_id, now))
    if capacity < kept:
        are_kept = plural(kept, "place is", "places are")
        raise RuleBroken(
            f"{are_kept} kept for partners. Enter {kept} or more, or keep fewer", field="capacity"
        )


def _lock(run: Run, by: Actor) -> None:
    check_can_schedule(by, "keep places for partners")
    lock_run(run.id)  # which sees again how many each session takes
    if run.is_cancelled:
        raise RuleBroken(f"{run.code} was cancelled, so no places are kept on it.")


def _check(run: Run, quota: Quota | None, places: int, kept_until: date, now: datetime) -> None:
    if run.first_session.starts_at <= now:
        raise RuleBroken(f"{run.code} has begun, so no places are kept on it any more.")
    if places < 1:
        raise RuleBroken("Places must be 1 or more", field="places")
    if kept_until < clock.day_of(now):
        raise RuleBroken("Kept until must be today or later", field="kept_until")
    if (last := _last_day(run)) < clock.day_of(now):
        raise RuleBroken(
            f"Booking for {run.code} closes too soon for places to be kept: what nobody claims could not go "
            "to the waiting list any more",
            field="kept_until",
        )
    if kept_until > last:
        raise RuleBroken(
            f"Kept until must be {day(last)} or earlier, so that the places can still go to the waiting list "
            f"before booking for {run.code} closes",
            field="kept_until",
        )
    others = sum(one.places for one in _in_force(run.id, now) if one is not quota)
    smallest = min(run.sessions, key=lambda session: session.capacity)
    if others + places > smallest.capacity:
        besides = f", of which {others} {'is' if others == 1 else 'are'} kept for others" if others else ""
        raise RuleBroken(
            f"{smallest.component.title} has {plural(smallest.capacity, 'place')}{besides}. Keep "
            f"{smallest.capacity - others} or fewer",
            field="places",
        )


def _last_day(run: Run) -> date:
    """The last day on which places can be kept: the one before booking closes, since the waiting list gives
    none after that. With 1 working day before Tuesday 15 March it is Sunday 13 March."""
    closes = closes_at(run.sessions, run.version.course.terms)
    return clock.day_of(closes - closes.resolution) - timedelta(days=1)


def _in_force(run_id: int, now: datetime) -> list[Quota]:
    return list(db.session.scalars(queries.quotas_of(run_id, on=clock.day_of(now))))


def _in_words(quota: Quota | None) -> str | None:
    return f"{plural(quota.places, 'place')} until {day(quota.kept_until)}" if quota else None


def _record(
    run: Run, for_whom: str, before: str | None, after: str | None, *, by: Actor, now: datetime
) -> None:
    changes = audit.differing((f"Kept for {for_whom}", before, after))
    if changes:
        audit.record(by=by, verb="run:places kept", thing=run, now=now, label=run.code, changes=changes)
