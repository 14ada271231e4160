"""Putting right a post that was recorded wrongly: unlike a change from a day, it was never so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Unpack

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, record, supersede
from app.core.errors import RuleBroken
from app.core.filters import day
from app.people.models import Person, Spell
from app.people.rules.closing import check_not_outlasting
from app.people.rules.days import ONE_DAY
from app.people.rules.promises import promises_kept
from app.people.rules.spells import (
    POST_FIELDS,
    Post,
    check_no_overlap,
    check_spell,
    copy_of,
    differences,
    in_words,
    live_spells,
)
from app.people.rules.turns import take_turn_of


def correct_spell(
    *,
    spell: Spell,
    first_day: date,
    last_day: date | None,
    reason: str | None,
    by: Actor,
    now: datetime,
    **post: Unpack[Post],
) -> Spell:
    """The post was recorded wrongly: what is said now has always been so; what was known then is kept.

    When its first day moves, the last day of the post before it in the same employment moves along, so
    that no day is lost between them. Correcting the first post moves the start of the employment.
    """
    person, why = _begin(spell, reason)
    before = in_words(spell)
    corrected = copy_of(spell, first_day=first_day, last_day=last_day, reason=why, **post)
    if _says_the_same(corrected, spell):
        raise RuleBroken("Nothing here differs from what is recorded. Change something, or go back.")
    previous = _neighbour_before(person, spell)
    known_from = supersede(spell, by=by.name, now=now)
    with promises_kept():
        if first_day != spell.first_day:
            known_from = _move_first_day(person, corrected, spell, previous, by=by, now=now)
        check_spell(corrected, person, spell.employment_type.kind)
        check_no_overlap(person, first_day, last_day)
        record(corrected, by=by.name, now=now, recorded_at=known_from)
    changes = differences(before, in_words(corrected))
    audit.record(by=by, verb="post:corrected", thing=person, now=now, changes=changes, reason=why)
    db.session.expire(person, ["spells"])
    return corrected


def withdraw_spell(*, spell: Spell, reason: str | None, by: Actor, now: datetime) -> None:
    """The post was recorded by mistake and never was; the one before it in the employment goes on instead."""
    person, why = _begin(spell, reason)
    previous = _neighbour_before(person, spell)
    known_from = supersede(spell, by=by.name, now=now)
    with promises_kept():
        if previous is not None:
            _move_end(previous, spell.last_day, why, by=by, now=now, known_from=known_from)
        else:
            rest = [one for one in live_spells(person) if one.employed_from == spell.employed_from]
            if rest:
                _move_start_of_employment(person, spell.employed_from, rest[0].first_day, by=by, now=now)
    changes = differences(in_words(spell), dict.fromkeys(in_words(spell)))
    audit.record(by=by, verb="post:removed", thing=person, now=now, changes=changes, reason=why)
    db.session.expire(person, ["spells"])


def _begin(spell: Spell, reason: str | None) -> tuple[Person, str]:
    """Take the person's turn, see that the post is still what is known, and that a reason is given."""
    person = take_turn_of(spell.person_id)
    db.session.refresh(spell)
    if not spell.is_live:
        raise RuleBroken("Somebody else has changed this post meanwhile. Load the person’s page again.")
    why = (reason or "").strip()
    if not why:
        raise RuleBroken("Say what was wrong, for those who read the history.", "reason")
    return person, why


def _says_the_same(corrected: Spell, spell: Spell) -> bool:
    names = ("first_day", "last_day", *POST_FIELDS)
    return all(getattr(corrected, name) == getattr(spell, name) for name in names)


def _neighbour_before(person: Person, spell: Spell) -> Spell | None:
    """The post of the same employment that ended the day before."""
    for other in live_spells(person):
        is_same_employment = other.employed_from == spell.employed_from
        if is_same_employment and other.last_day == spell.first_day - ONE_DAY:
            return other
    return None


def _move_first_day(
    person: Person, corrected: Spell, spell: Spell, previous: Spell | None, *, by: Actor, now: datetime
) -> datetime:
    """What touches the old first day moves with it: the post before it, or the start of the employment.

    Returns since when that is known.
    """
    assert spell.superseded_at is not None
    known_from = spell.superseded_at
    if spell.first_day == spell.employed_from:
        _move_start_of_employment(person, spell.employed_from, corrected.first_day, by=by, now=now)
        corrected.employed_from = corrected.first_day
    elif previous is not None:
        if corrected.first_day <= previous.first_day:
            raise RuleBroken(
                f"The post before this one began on {day(previous.first_day)}. Choose a later day, or "
                "correct that post first.",
                "first_day",
            )
        last_day = corrected.first_day - ONE_DAY
        return _move_end(previous, last_day, corrected.reason, by=by, now=now, known_from=known_from)
    elif corrected.first_day < spell.employed_from:
        raise RuleBroken(
            f"The employment began on {day(spell.employed_from)}. Choose that day or a later one.",
            "first_day",
        )
    return known_from


def _move_end(
    previous: Spell, last_day: date | None, why: str | None, *, by: Actor, now: datetime, known_from: datetime
) -> datetime:
    """The post before it ends on another day, known not sooner than that the other was wrong."""
    known_from = supersede(previous, by=by.name, now=known_from)
    moved = copy_of(previous, last_day=last_day, reason=why)
    check_not_outlasting(moved)
    record(moved, by=by.name, now=now, recorded_at=known_from)
    db.session.flush()
    return known_from


def _move_start_of_employment(
    person: Person, employed_from: date, moved_to: date, *, by: Actor, now: datetime
) -> None:
    """The other posts of an employment begin with it."""
    for other in live_spells(person):
        if other.employed_from == employed_from:
            if other.first_day < moved_to:
                raise RuleBroken(
                    f"There is a post in this employment from {day(other.first_day)}. Choose an earlier "
                    "day, or correct that post first.",
                    "first_day",
                )
            known_from = supersede(other, by=by.name, now=now)
            moved = copy_of(other, employed_from=moved_to)
            record(moved, by=by.name, now=now, recorded_at=known_from)
            db.session.flush()
