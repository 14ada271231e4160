"""Whom a place can be given to, and what is known of how places were given up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased, joinedload

from app.bookings.models import Booking, LeavingCause, Seat
from app.core.db import db, live
from app.core.names import Folded
from app.people.models import BY_NAME, Person, Spell
from app.people.queries import covers, is_called


def replacement_of(booking: Booking) -> Booking | None:
    """The booking that took a booking's place over, if one did."""
    return db.session.scalar(select(Booking).where(Booking.replaces_id == booking.id))


def moved_to(booking_ids: Collection[int]) -> dict[int, Booking]:
    """By booking, the one on another run that the same person has, or had, instead: they were moved."""
    was = aliased(Booking)
    found = db.session.execute(
        select(was.id, Booking)
        .join(was, Booking.replaces_id == was.id)
        .where(was.id.in_(booking_ids), was.person_id == Booking.person_id, was.run_id != Booking.run_id)
        .options(joinedload(Booking.run))
        .order_by(Booking.id)
    ).unique()
    return dict(found.tuples().all())


def seat_numbers(booking: Booking) -> dict[int, int]:
    """The seat that a booking holds in each of its sessions."""
    rows = db.session.execute(
        select(Seat.session_id, Seat.number).where(Seat.booking_id == booking.id, Seat.released_at.is_(None))
    )
    return dict(rows.tuples().all())


def colleagues_named(spell: Spell, typed: str, *, on: date) -> Select[tuple[Person]]:
    """Who on a day is a partner of the same organisation, or a panel member too, with exactly this e-mail
    address or name."""
    is_colleague = (
        select(Spell.id)
        .where(
            Spell.person_id == Person.id,
            live(Spell),
            covers(Spell, on),
            Spell.employment_type == spell.employment_type,
            Spell.organisation_id == spell.organisation_id
            if spell.organisation_id
            else Spell.organisation_id.is_(None),
        )
        .exists()
    )
    return (
        select(Person)
        .where(
            is_colleague,
            or_(
                Person.email == typed.strip().lower(),
                is_called(typed),
            ),
        )
        .order_by(*BY_NAME)
    )


def every_cause() -> Select[tuple[LeavingCause]]:
    """The academy's list of causes, those that are no longer offered last."""
    return select(LeavingCause).order_by(LeavingCause.is_offered.desc(), LeavingCause.id)


def cause_named(name: str) -> Select[tuple[LeavingCause]]:
    return select(LeavingCause).where(Folded(LeavingCause.name) == Folded(name))
