"""Which places go when the last days of a file are applied, and stay gone when it is undone. (U-06)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select

from app.bookings import queries as bookings
from app.bookings.models import Booking
from app.core.db import db
from app.exchange.models import FileImport
from app.exchange.queries import pieces
from app.exchange.rules.ledger import Ledger
from app.exchange.rules.plans import Group, Plan
from app.people.models import Spell


def places_that_go(plan: Plan, *, now: datetime) -> list[Booking]:
    """The bookings of the file's leavers, and of those missing from it, on days after their last one."""
    endings = Ledger()
    for one in plan.endings.values():
        endings.add(one)
    last_days = _last_days(plan.ledger, plan, Group.LEAVERS) | _last_days(endings, plan, Group.MISSING)
    return bookings.places_after(last_days, now) if last_days else []


def places_not_given_back(file_import: FileImport, *, now: datetime) -> list[Booking]:
    """The bookings that were released because of an import: those with a day of a post that it ended.

    Undoing it does not give them back, since their seats were free for others at once: the academy books
    them again where there is still room.
    """
    ended = set(file_import.changes["superseded"].get(Spell.__tablename__, ()))
    if file_import.applied_at is None or not ended:
        return []
    asked = bookings.lost_by_leavers(since=file_import.applied_at, until=file_import.undone_at or now)
    lost = db.session.scalars(asked).unique().all()
    posts: defaultdict[int, list[Spell]] = defaultdict(list)
    for ids in pieces({one.person_id for one in lost}):
        for post in db.session.scalars(select(Spell).where(Spell.person_id.in_(ids))):
            posts[post.person_id].append(post)
    return [
        one
        for one in lost
        if any(
            post.id in ended and post.covers(session.held_on)
            for post in posts[one.person_id]
            for session in one.sessions
            if session.starts_at > now
        )
    ]


def _last_days(ledger: Ledger, plan: Plan, group: Group) -> dict[int, date]:
    """By person, the last day of the latest post that the file records for them."""
    leavers = {one.person for one in plan.differences.get(group, ()) if isinstance(one.person, int)}
    latest: dict[int, date] = {}
    for person, last_day in _ended(ledger):
        if person in leavers:
            latest[person] = max(last_day, latest.get(person, last_day))
    return latest


def _ended(ledger: Ledger) -> Iterable[tuple[int, date]]:
    for fact in ledger.recorded[Spell.__tablename__]:
        person, last_day = fact.values["person_id"], fact.values["last_day"]
        if isinstance(person, int) and last_day is not None:
            yield person, last_day
