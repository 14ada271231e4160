"""Until when a team or an organisation is used; rooms above close their venues and trainers likewise."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.closing import Closes
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.core.filters import day, plural
from app.people import queries
from app.people.models import Organisation, Spell, Team


def record_last_day(*, thing: Team | Organisation, last_day: date, by: Actor, now: datetime) -> None:
    """A team or an organisation is closed: after its last day nobody belongs to it.

    Whoever is in it after that day stands in the way: they have moved, or have left. A team that was wound
    up with 31 March 2022 has people on that day. Figures of any day stay what they are.
    """
    lock_row(type(thing), thing.id)
    after = queries.people_after(thing, last_day).order_by(None).subquery()
    count = db.session.scalar(select(func.count()).select_from(after)) or 0
    if count:
        belong, posts = ("belongs", "post") if count == 1 else ("belong", "posts")
        raise RuleBroken(
            f"{plural(count, 'person', 'people')} {belong} to {thing.name} after {day(last_day)}. Move them "
            f"or end their {posts} first, or choose a later day.",
            "last_day",
        )
    keep_last_day(thing, last_day, by=by, now=now)


def keep_last_day(thing: Closes, last_day: date, *, by: Actor, now: datetime) -> None:
    """Whoever calls has locked it, and seen that nothing uses it after that day."""
    if thing.last_day is not None:
        raise RuleBroken(
            f"The last day of {thing.name} is {day(thing.last_day)} already. Take it back to choose another.",
            "last_day",
        )
    thing.last_day = last_day
    _keep(thing, "last day recorded", None, by=by, now=now)


def take_back_last_day(*, thing: Closes, by: Actor, now: datetime) -> None:
    """It is used again, as though it had never been closed: what was wound up too early, or by mistake."""
    lock_row(type(thing), thing.id)
    was = thing.last_day
    if was is None:
        raise RuleBroken(f"{thing.name} has no last day: it is in use.")
    thing.last_day = None
    _keep(thing, "last day taken back", was, by=by, now=now)


def as_listed(thing: Closes) -> str:
    """What a list to choose from calls it: its name, and until when it is used, if not for good.

    "Night, until 31 March 2022".
    """
    return f"{thing.name}{until(thing.last_day)}"


def until(last_day: date | None) -> str:
    """What follows the name in a list; nothing where there is no last day."""
    return f", until {day(last_day)}" if last_day else ""


def to_use_again(thing: Closes) -> str:
    """What to do about a name that something closed has."""
    return f" Take that last day back to choose {thing.name} again." if thing.last_day else ""


def check_not_outlasting(spell: Spell) -> None:
    """No post goes on in a team, or with an organisation, after its last day.

    Its row stays locked, so that of somebody who joins and whoever closes it at once, the second sees what
    the first saved. Those who join share the lock: were it each one's own, one who joins Kim's team under Kim
    and a change of Kim's own post would wait for each other.
    """
    for model, ident in ((Team, spell.team_id), (Organisation, spell.organisation_id)):
        thing: Closes | None = None if ident is None else lock_row(model, ident, is_shared=True)
        if thing is None or thing.last_day is None:
            continue
        if spell.last_day is None or spell.last_day > thing.last_day:
            what = model.__tablename__
            raise RuleBroken(
                f"The last day of {thing.name} is {day(thing.last_day)}: choose another {what}, or days "
                "up to then.",
                what,
            )


def end_with_organisation(spell: Spell) -> None:
    """A partner's time that has no last day ends with the organisation, if that is to be closed: who comes to
    a session in its last weeks is not asked when they leave."""
    if spell.organisation_id is None or spell.last_day is not None:
        return
    organisation = db.session.get_one(Organisation, spell.organisation_id)
    if not organisation.is_closed_on(spell.first_day):
        spell.last_day = organisation.last_day


def _keep(thing: Closes, verb: str, was: date | None, *, by: Actor, now: datetime) -> None:
    db.session.flush()
    changes = {"Last day": (was, thing.last_day)}
    audit.record(by=by, verb=f"{type(thing).__tablename__}:{verb}", thing=thing, now=now, changes=changes)
