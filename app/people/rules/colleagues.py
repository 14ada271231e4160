"""What a coordinator does for the own organisation: adds colleagues, states how many people work there."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row, record, supersede
from app.core.errors import RuleBroken, check_all
from app.people import queries
from app.people.models import Organisation, Person, PersonKind, StatedHeadcount
from app.people.rules.access import check_can_act_for
from app.people.rules.persons import add_person
from app.people.rules.spells import open_spell

MOST_PEOPLE = 100_000


def add_colleague(
    *,
    organisation: Organisation,
    first_name: str,
    last_name: str,
    email: str | None,
    job_title: str | None,
    by: Actor,
    now: datetime,
    is_somebody_else: bool = False,
) -> Person:
    """Somebody new of the coordinator’s own organisation, from today on. (MA-05)

    An address that the records know is refused without a word about whose it is. Somebody who is in the
    organisation's list under the same name may be the one that is being added, unless it is said that they
    are not.
    """
    check_can_act_for(organisation.id, by)
    today = clock.day_of(now)
    check_all(
        partial(_check_address, email, organisation, today),
        partial(_check_is_new, first_name, last_name, organisation, today, is_somebody_else),
    )
    person = add_person(
        kind=PersonKind.PARTNER, first_name=first_name, last_name=last_name, email=email, by=by, now=now
    )
    open_spell(
        person=person,
        first_day=today,
        by=by,
        now=now,
        organisation_id=organisation.id,
        job_title=job_title,
    )
    return person


def _check_address(email: str | None, organisation: Organisation, today: date) -> None:
    if not email:
        raise RuleBroken("Enter their e-mail address: places and reminders go there", "email")
    known = queries.known_as(email)
    if known is not None:
        spell = known.spell_on(today)
        if spell is not None and spell.organisation_id == organisation.id:
            raise RuleBroken(f"{known.name} has this address and is in your list already", "email")
        raise RuleBroken("This address is recorded elsewhere. Ask the academy to move the record", "email")


def _check_is_new(
    first_name: str, last_name: str, organisation: Organisation, today: date, is_somebody_else: bool
) -> None:
    if not is_somebody_else and queries.namesakes_at(organisation.id, first_name, last_name, on=today):
        raise RuleBroken(
            "Somebody of this name is in your list already. If it is somebody else, say so",
            "is_somebody_else",
        )


def state_headcount(
    *, organisation: Organisation, year: int, headcount: int, by: Actor, now: datetime
) -> StatedHeadcount:
    """How many people the organisation says that it has in a year: kept with who said so, and when.

    60 for 2026-27 is stated again as 64 in January: both stay on record, and the second counts. (MA-10)
    """
    check_can_act_for(organisation.id, by)
    if not 1 <= headcount <= MOST_PEOPLE:
        raise RuleBroken(f"Enter a number of people from 1 to {MOST_PEOPLE:,}", "headcount")
    lock_row(Organisation, organisation.id)
    stated = db.session.scalar(queries.stated_headcount(organisation.id, year))
    if stated is not None and stated.headcount == headcount:
        return stated
    known_from = supersede(stated, by=by.name, now=now) if stated else None
    new = StatedHeadcount(organisation_id=organisation.id, year=year, headcount=headcount)
    record(new, by=by.name, now=now, recorded_at=known_from)
    db.session.flush()
    changes = {"Year": (None, year), "People": (stated.headcount if stated else None, headcount)}
    audit.record(by=by, verb="headcount:stated", thing=organisation, now=now, changes=changes)
    return new
