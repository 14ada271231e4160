"""Walk-ins: whoever comes without a place is written into the register, known or not. (AM-17, U-08)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.attendance import queries
from app.attendance.rules.marking import (
    begin,
    check_can_see_registers,
    check_is_unlocked,
    keep_in_audit,
    marks_any_register,
    record_marks,
)
from app.attendance.rules.matching import name_key
from app.attendance.rules.measuring import NewMark
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.learning.models import Mark, MarkStatus, MarkWay
from app.people import queries as people
from app.people import rules as people_rules
from app.people.models import Organisation, Person, PersonKind, Sector
from app.sessions.models import TrainingSession

SECTOR_OF_NEW = "Other"


@dataclass(frozen=True)
class WalkIn:
    """Somebody at the door, as they say it themselves; the e-mail address may be missing."""

    first_name: str
    last_name: str
    organisation: str
    email: str | None = None


def alike(who: WalkIn, *, session: TrainingSession, by: Actor) -> list[Person]:
    """Who of those that are known may be the one at the door: by address, then by name.

    An address tells a trainer no name of somebody who is not on the run (3.0): they are proposed to the
    academy alone, unless the name that was typed is theirs as well.
    """
    found: dict[int, Person] = {}
    known = _holder(who)
    if known is not None and _may_propose(known, who, session, by):
        found[known.id] = known
    found |= {one.id: one for one in db.session.scalars(people.namesakes(who.first_name, who.last_name))}
    return list(found.values())


def _holder(who: WalkIn) -> Person | None:
    """Whoever is known under the address that was typed."""
    return people.known_as(who.email) if who.email else None


def _may_propose(known: Person, who: WalkIn, session: TrainingSession, by: Actor) -> bool:
    names = {name_key(f"{first} {known.last_name}") for first in (known.first_name, known.preferred_name)}
    if marks_any_register(by) or name_key(f"{who.first_name} {who.last_name}") in names:
        return True
    return queries.is_on_run(session.run_id, known.id)


def mark_at_the_door(
    *,
    session: TrainingSession,
    who: WalkIn | Person,
    by: Actor,
    now: datetime,
    is_somebody_else: bool = False,
    reason: str | None = None,
) -> Person:
    """Mark somebody attended who had no place: a record that was chosen, or a partner who is added with it.

    Whoever is to be added may be one of those that are known, unless it is said that they are somebody else.

    Nobody is asked to make an account to be counted (U-08). There may be more people than places: who is in
    the room is in the room. What the register says of somebody already is changed there, where it is seen.
    """
    begin(session)
    check_can_see_registers(session.run, by)
    check_is_unlocked(session, by, now, reason)
    if isinstance(who, Person):
        _check_is_not_marked(session, who)
    elif not is_somebody_else and alike(who, session=session, by=by):
        raise RuleBroken("Somebody like them is known. Choose who it is", field="choice")
    person = who if isinstance(who, Person) else _added(who, session, by=by, now=now)
    marks = {person.id: NewMark(MarkStatus.ATTENDED)}
    record_marks(session=session, marks=marks, by=by, now=now, way=MarkWay.AT_THE_DOOR, reason=reason)
    return person


def _check_is_not_marked(session: TrainingSession, person: Person) -> None:
    mark = db.session.scalar(queries.marks_of(session).where(Mark.person_id == person.id))
    if mark is not None and mark.status is not MarkStatus.ATTENDED:
        raise RuleBroken(
            f"{person.name} is on the register already, marked “{mark.status.label}”. Change that on the "
            "register",
            field="choice",
        )


def over_capacity(session: TrainingSession) -> str | None:
    """ "17 people are on the register of a session for 16." Nothing while there is room."""
    count, _ = queries.register_counts([session.id])[session.id]
    if count <= session.capacity:
        return None
    return f"{count} people are on the register of a session for {session.capacity}."


def _added(who: WalkIn, session: TrainingSession, *, by: Actor, now: datetime) -> Person:
    """A partner, of an organisation that is known under that name or is added too.

    Where the address is that of somebody whom a trainer may not be told of, they are added without it, and
    the run's history tells the academy, who finds out whether the two are one.
    """
    known = _holder(who)
    if known is not None and _may_propose(known, who, session, by):
        raise RuleBroken("Somebody with this e-mail address is known already: choose them", field="choice")
    if known is not None:
        told = {f"{who.first_name} {who.last_name} gave the address of": (None, f"{known.name}, {who.email}")}
        keep_in_audit(session, "register:walk-in to match", told, by=by, now=now)
    organisation = _organisation(who.organisation, by=by, now=now)
    person = people_rules.add_person(
        kind=PersonKind.PARTNER,
        first_name=who.first_name,
        last_name=who.last_name,
        email=None if known else who.email,
        by=by,
        now=now,
    )
    people_rules.open_spell(
        person=person, first_day=session.held_on, by=by, now=now, organisation_id=organisation.id
    )
    return person


def _organisation(typed: str, *, by: Actor, now: datetime) -> Organisation:
    name = " ".join(typed.split())
    if not name:
        raise RuleBroken("Enter the organisation that they work for", field="organisation")
    known: Organisation | None = db.session.scalar(people.with_name(Organisation, name))
    if known is not None:
        return known
    sector: Sector | None = db.session.scalar(people.with_name(Sector, SECTOR_OF_NEW))
    sector = sector or people_rules.add_sector(name=SECTOR_OF_NEW, by=by, now=now)
    return people_rules.add_organisation(name=name, sector=sector, by=by, now=now)
