"""What two records of one person hold, and the merges so far."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.bookings.models import Booking
from app.bookings.queries import OPEN_STATES
from app.core.db import db, live
from app.learning.models import Mark, PastCompletion
from app.learning.queries import says_something
from app.merging.models import Merge
from app.people.models import BY_NAME, Person, PersonKind, Spell
from app.people.queries import matches


def live_facts_of(model: type[Any], person_id: int) -> Select[Any]:
    """What is known now of one kind about a person, oldest row first."""
    return select(model).where(model.person_id == person_id, live(model)).order_by(model.id)


def live_spells_managed_by(person_id: int) -> Select[tuple[Spell]]:
    return select(Spell).where(Spell.manager_id == person_id, live(Spell)).order_by(Spell.id)


def open_bookings_of_both(first_id: int, second_id: int) -> Select[tuple[Booking]]:
    """What two records have, or wait for, by run."""
    return (
        select(Booking)
        .where(Booking.person_id.in_([first_id, second_id]), Booking.state.in_(OPEN_STATES))
        .order_by(Booking.run_id, Booking.id)
    )


def people_named(typed: str, *, apart_from: Person, only_staff: bool) -> Select[tuple[Person]]:
    """The records that a search finds beside one, by name; only staff for who may see no others."""
    statement = (
        select(Person)
        .options(joinedload(Person.spells))
        .where(matches(typed), Person.id != apart_from.id, Person.merged_into_id.is_(None))
        .order_by(*BY_NAME)
    )
    return statement.where(Person.kind == PersonKind.STAFF) if only_staff else statement


# --- Merges --------------------------------------------------------------------------------------------


def merges(*, only_staff: bool) -> Select[tuple[Merge]]:
    """Every merge, newest first; only of staff for who may see no others."""
    statement = (
        select(Merge)
        .options(joinedload(Merge.survivor), joinedload(Merge.merged))
        .order_by(Merge.merged_at.desc(), Merge.id.desc())
    )
    if not only_staff:
        return statement
    staff = select(Person.id).where(Person.kind == PersonKind.STAFF)
    return statement.where(Merge.survivor_id.in_(staff), Merge.merged_id.in_(staff))


def undone_since(merge: Merge) -> Select[tuple[Merge]]:
    """The merges, of whomever, that were undone after this one was made."""
    return select(Merge).where(Merge.undone_at >= merge.merged_at, Merge.id != merge.id).order_by(Merge.id)


def still_closed_since(user_id: int, closed_at: datetime) -> Select[tuple[User]]:
    """The account, if it is closed and nobody opened or closed it after that."""
    since = exists().where(
        AuditEntry.thing_type == User.__tablename__,
        AuditEntry.thing_id == User.id,
        AuditEntry.verb.in_(("account:opened again", "account:closed")),
        AuditEntry.at > closed_at,
    )
    return select(User).where(User.id == user_id, ~User.active, ~since)


# --- Beside each other ---------------------------------------------------------------------------------


def holdings(person_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """For each person: how many marks, past completions, open bookings and accounts they have."""
    counts: dict[int, dict[str, int]] = {ident: {} for ident in person_ids}
    for name, column, *conditions in (
        ("marks", Mark.person_id, says_something()),
        ("past", PastCompletion.person_id, live(PastCompletion)),
        ("bookings", Booking.person_id, Booking.state.in_(OPEN_STATES)),
        ("accounts", User.person_id, User.active),
    ):
        rows = db.session.execute(
            select(column, func.count()).where(column.in_(person_ids), *conditions).group_by(column)
        )
        found = dict(rows.tuples().all())
        for ident in person_ids:
            counts[ident][name] = found.get(ident, 0)
    return counts
