"""Where somebody belongs: a post is opened, changed from a day, and ended on a last day."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict, Unpack

from sqlalchemy import select

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, live, record, supersede
from app.core.errors import RuleBroken
from app.core.filters import day
from app.people import queries
from app.people.models import EmploymentType, Person, PersonKind, Spell
from app.people.rules.closing import check_not_outlasting, end_with_organisation
from app.people.rules.days import ONE_DAY
from app.people.rules.promises import promises_kept
from app.people.rules.turns import take_turn_of

TYPES_OF_STAFF = tuple(one for one in EmploymentType if one.kind is PersonKind.STAFF)


class Post(TypedDict, total=False):
    """What a spell says besides its days."""

    employment_type: EmploymentType
    job_title: str | None
    role_group_id: int | None
    team_id: int | None
    organisation_id: int | None
    manager_id: int | None
    fte: Decimal | None
    career_stage: str | None


POST_FIELDS = tuple(Post.__annotations__)


def open_spell(
    *,
    person: Person,
    first_day: date,
    by: Actor,
    now: datetime,
    last_day: date | None = None,
    recorded_at: datetime | None = None,
    reason: str | None = None,
    **post: Unpack[Post],
) -> Spell:
    """Somebody joins, or comes back: a new employment or affiliation from `first_day`.

    Leaving and returning are two employments, each with its own days (U-06). Partners and panel members
    need no employment type: theirs follows from what they are. Whoever joins an organisation that is to be
    closed belongs to it until its last day, unless another is said.
    """
    person = take_turn_of(person.id)
    if person.merged_into_id is not None:
        raise RuleBroken(f"{person.name}’s record was merged into another. Record the post there.")
    of_their_kind = next(one for one in EmploymentType if one.kind is person.kind)
    post.setdefault("employment_type", of_their_kind)
    spell = Spell(
        person_id=person.id,
        first_day=first_day,
        last_day=last_day,
        employed_from=first_day,
        reason=reason,
        **post,
    )
    end_with_organisation(spell)
    check_spell(spell, person, person.kind)
    check_no_overlap(person, first_day, spell.last_day)
    with promises_kept():
        record(spell, by=by.name, now=now, recorded_at=recorded_at)
    _keep(person, spell, "post:opened", by=by, now=now, before={}, reason=reason)
    return spell


def change_spell(
    *, person: Person, on: date, by: Actor, now: datetime, reason: str | None = None, **changes: Unpack[Post]
) -> Spell:
    """From the day `on`, somebody has another role, team, manager or type; the old post ends the day before.

    A register of last year still shows last year's team. A change on the very first day of a post
    replaces it.
    """
    person = take_turn_of(person.id)
    spell = covering(person, on)
    if spell is None:
        raise RuleBroken(f"{person.name} is not in post on {day(on)}.", "on")
    if all(getattr(spell, name) == value for name, value in changes.items()):
        raise RuleBroken("Nothing here differs from what is recorded. Change something, or go back.")
    before = in_words(spell) | {"First day": day(on)}
    known_from = supersede(spell, by=by.name, now=now)
    with promises_kept():
        if spell.first_day < on:
            record(copy_of(spell, last_day=on - ONE_DAY), by=by.name, now=now, recorded_at=known_from)
        changed = copy_of(spell, first_day=on, reason=reason, **changes)
        check_spell(changed, person, spell.employment_type.kind)
        record(changed, by=by.name, now=now, recorded_at=known_from)
    from_day = {"From": (None, day(on))}
    _keep(person, changed, "post:changed", by=by, now=now, before=before, reason=reason, also=from_day)
    return changed


def end_spell(
    *, person: Person, last_day: date, by: Actor, now: datetime, reason: str | None = None
) -> Spell:
    """Somebody leaves: `last_day` still counts, the day after does not (U-06).

    What was entered for later days of the same employment falls away: a move from 1 October too, when the
    last day turns out to be 30 September.
    """
    person = take_turn_of(person.id)
    spell = covering(person, last_day)
    if spell is None:
        raise RuleBroken(f"{person.name} is not in post on {day(last_day)}.", "last_day")
    later = [
        one
        for one in live_spells(person)
        if one.first_day > last_day and one.employed_from == spell.employed_from
    ]
    expected = [spell, *later][-1].last_day
    if expected == last_day:
        return spell
    before = in_words(spell) | {"Last day": day(expected) or None}
    for one in later:
        supersede(one, by=by.name, now=now)
    known_from = supersede(spell, by=by.name, now=now)
    with promises_kept():
        ended = copy_of(spell, last_day=last_day, reason=reason)
        record(ended, by=by.name, now=now, recorded_at=known_from)
    _keep(person, ended, "post:ended", by=by, now=now, before=before, reason=reason)
    return ended


# --- What the verbs share ------------------------------------------------------------------------------


def live_spells(person: Person) -> list[Spell]:
    """A person's posts as known now, in the order of their days, fresh from the database."""
    statement = select(Spell).where(Spell.person_id == person.id, live(Spell)).order_by(Spell.first_day)
    return list(db.session.scalars(statement))


def covering(person: Person, on: date) -> Spell | None:
    return next((spell for spell in live_spells(person) if spell.covers(on)), None)


def copy_of(spell: Spell, **changes: Any) -> Spell:
    """A spell that says the same but for `changes`, not yet recorded."""
    names = ("person_id", "first_day", "last_day", "employed_from", *POST_FIELDS)
    return Spell(**({name: getattr(spell, name) for name in names} | changes))


def share_of_full_time(typed: str) -> Decimal | None:
    """The part of full time that somebody works, to three places: 0.6 is 0.600. None of what is no such part:
    half, nan, 1.2, and 0.0004, which would be kept as 0."""
    try:
        share = Decimal(typed).quantize(Decimal("0.001"))
    except InvalidOperation:
        return None
    return share if share.is_finite() and 0 < share <= 1 else None


def check_spell(spell: Spell, person: Person, kind: PersonKind) -> None:
    """A post suits what somebody is by it and ends after it begins; its manager is another member of staff.

    A new post is one of the person's own kind. A partner's time that came to a member of staff by a merge
    stays a partner's, however it is changed: who returns to the council begins a new post.
    """
    if spell.last_day is not None and spell.last_day < spell.first_day:
        raise RuleBroken(
            f"The last day must be on or after the first day, {day(spell.first_day)}.", "last_day"
        )
    if spell.employment_type.kind is not kind:
        raise RuleBroken(
            f"{kind.label} can’t be recorded as “{spell.employment_type.label}”.", "employment_type"
        )
    if kind is PersonKind.PARTNER and spell.organisation_id is None:
        raise RuleBroken("Choose the organisation that the partner belongs to.", "organisation")
    if kind is not PersonKind.PARTNER and spell.organisation_id is not None:
        raise RuleBroken("Only partners belong to an organisation. End the post before it first.")
    check_not_outlasting(spell)
    if spell.manager_id is not None:
        _check_manager(spell.manager_id, person, kind)


def _check_manager(manager_id: int, person: Person, kind: PersonKind) -> None:
    if kind is not PersonKind.STAFF:
        raise RuleBroken("Only staff have a line manager here.", "manager")
    if manager_id == person.id:
        raise RuleBroken(f"{person.name} can’t be their own line manager.", "manager")
    manager = db.session.get(Person, manager_id)
    if manager is None or manager.kind is not PersonKind.STAFF:
        raise RuleBroken("A line manager must be a member of staff.", "manager")


def check_no_overlap(person: Person, first_day: date, last_day: date | None) -> None:
    """Nobody is in two places on one day; the database refuses it too."""
    taken = db.session.execute(queries.overlapping(Spell, person.id, first_day, last_day)).first()
    if taken is not None:
        begun, ended = taken
        until = f" to {day(ended)}" if ended else ", without a last day"
        raise RuleBroken(
            f"{person.name} already has a post from {day(begun)}{until}. Choose days outside it, or end it "
            "first.",
            "first_day",
        )


def in_words(spell: Spell) -> dict[str, Any]:
    """What a spell says, by the names that people read in the history."""
    return {
        "First day": day(spell.first_day),
        "Last day": day(spell.last_day) or None,
        "Employment type": spell.employment_type.label,
        "Job title": spell.job_title,
        "Role group": spell.role_group.name if spell.role_group else None,
        "Team": spell.team.name if spell.team else None,
        "Organisation": spell.organisation.name if spell.organisation else None,
        "Line manager": spell.manager.name if spell.manager else None,
        "Full-time equivalent": spell.fte,
        "Career stage": spell.career_stage,
    }


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def _keep(
    person: Person,
    spell: Spell,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    before: dict[str, Any],
    reason: str | None,
    also: dict[str, tuple[Any, Any]] | None = None,
) -> None:
    """Keep in the audit what a post says that it did not say before; the person's posts are read anew."""
    changes = (also or {}) | differences(before, in_words(spell))
    audit.record(by=by, verb=verb, thing=person, now=now, changes=changes, reason=reason)
    db.session.flush()
    db.session.expire(person, ["spells"])
