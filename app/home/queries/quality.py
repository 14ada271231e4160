"""What is recorded that a human must look at: each list is one statement, and its count the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.core.db import another, db, live, row_count
from app.people import queries as people
from app.people.models import Person, PersonKind, Spell
from app.reminders.queries import open_registers


def row_counts(lists: Sequence[Select[Any]]) -> Sequence[int]:
    """How long each of these lists is, all in one statement."""
    return db.session.execute(select(*map(row_count, lists))).one()


def without_email(on: date) -> Select[Any]:
    """People in post or affiliated on a date whom no e-mail can reach, with where they belong."""
    return people.directory(None, None, on=on).where(Person.email.is_(None))


def without_manager(on: date) -> Select[Any]:
    """Staff in post on a date with nobody recorded as their line manager: the academy answers for them."""
    return people.directory(None, PersonKind.STAFF, on=on).where(Spell.manager_id.is_(None))


def with_manager_gone(on: date) -> Select[Any]:
    """Staff in post on a date whose line manager is not, with that manager."""
    theirs = another(Spell, "theirs")
    is_here = exists().where(theirs.person_id == Spell.manager_id, live(theirs), people.covers(theirs, on))
    led = people.directory(None, PersonKind.STAFF, on=on).where(Spell.manager_id.is_not(None), ~is_here)
    return led.options(joinedload(Spell.manager))


def registers_unmarked(now: datetime) -> Select[Any]:
    """Sessions that are over with somebody who is not marked, the oldest first."""
    return open_registers(now)


def leavers_accounts(on: date) -> Select[Any]:
    """The accounts that are still open of people whose last day is over. They can’t sign in any more."""
    return (
        select(User, User.last_day_at_work)
        .options(joinedload(User.person))
        .where(User.active, User.last_day_at_work < on)
        .order_by(User.last_day_at_work.desc(), User.id)
    )
