"""Adding somebody, and putting right what is recorded about who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypedDict, Unpack

from sqlalchemy import select

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db
from app.core.editions import Values
from app.core.errors import RuleBroken, check_all
from app.outbox import rules as outbox
from app.people import queries
from app.people.models import Person, PersonKind
from app.people.rules.promises import promises_kept
from app.people.rules.turns import take_turn_of


class Details(TypedDict, total=False):
    """Who somebody is. Role, team and organisation are dated, and stand in spells instead."""

    first_name: str
    last_name: str
    preferred_name: str | None
    employee_number: str | None
    email: str | None
    swe_number: str | None


DETAILS = {
    "first_name": "First name",
    "last_name": "Last name",
    "preferred_name": "Preferred first name",
    "employee_number": "Employee number",
    "email": "E-mail address",
    "swe_number": "Social Work England number",
}
ONE_PERSONS = ("employee_number", "email")  # no two records have the same

Changes = Mapping[str, Sequence[Any]]  # of each detail: what it was, and what it is
_EDITED = "person:edited"
_MERGES = ("person:merged", "person:merge undone")  # the rooms above that change who somebody is


def add_person(*, kind: PersonKind, by: Actor, now: datetime, **details: Unpack[Details]) -> Person:
    """Record somebody who may be trained; open_spell says where they belong.

    An employee number or an e-mail address belongs to one person alone. Leading zeros are kept: 010008.
    """
    person = Person(kind=kind, created_at=now)
    with promises_kept():
        _set(person, details, by=by, now=now)
        db.session.add(person)
    audit.record(
        by=by,
        verb="person:added",
        thing=person,
        now=now,
        changes={"Kind": (None, kind.label)}
        | _in_words({name: (None, value) for name, value in details.items()}),
    )
    return person


def edit_person(
    *,
    person: Person,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    seen: str | None = None,
    **details: Unpack[Details],
) -> Person:
    """Put right who somebody is; only what is given and differs is changed.

    What could not reach them at their old address goes to the new one (U-18). `seen` is the edition that a
    page was made from.
    """
    person = take_turn_of(person.id)
    values = values_of_person(person)
    audit.check_unchanged(thing=person, values=values, seen=seen, verb=_EDITED, also=_MERGES)
    before = {name: getattr(person, name) for name in details}
    with promises_kept():
        _set(person, details, by=by, now=now)
    if (old := before.get("email")) and person.email and person.email != old:
        outbox.readdress(addresses={old: person.email}, now=now)
    changes = {name: (was, getattr(person, name)) for name, was in before.items()}
    record_edit(person=person, changes=changes, by=by, now=now, reason=reason)
    return person


def record_edit(
    *,
    person: Person,
    changes: Changes,
    by: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """Keep that it was changed who somebody is, each detail from what to what: alike, by whatever changes it,
    a page or a file. (U-29)"""
    told = _in_words(changes)
    if told:
        audit.record(by=by, verb=_EDITED, thing=person, now=now, changes=told, reason=reason)


def values_of_person(person: Person) -> Values:
    """What is saved of who somebody is, in words."""
    only_staff = set() if person.kind is PersonKind.STAFF else {"employee_number", "swe_number"}
    return [(word, getattr(person, name) or "") for name, word in DETAILS.items() if name not in only_staff]


def staff_member(typed: str, *, field: str | None = "manager") -> Person:
    """The one member of staff whom an employee number, an e-mail address or a full name means."""
    found = list(db.session.scalars(queries.staff_named(typed).limit(6)))
    if len(found) == 1:
        return found[0]
    if not found:
        raise RuleBroken(
            f"No member of staff has the employee number, e-mail address or name “{typed}”.", field
        )
    known = ", ".join(f"{one.name} ({one.employee_number or one.email or 'no number'})" for one in found[:5])
    raise RuleBroken(f"More than one person is called “{typed}”. Enter the employee number: {known}.", field)


def check_can_add(kind: PersonKind, details: Details, *, is_somebody_else: bool) -> None:
    """All that is wrong with what is said of somebody new.

    Who is known by the same name may be the one that is being added, unless it is said that they are not.
    """
    clean = _cleaned(details)
    check_all(partial(_check_is_new, clean, is_somebody_else), partial(_check, Person(kind=kind), clean))


def _check_is_new(clean: dict[str, str | None], is_somebody_else: bool) -> None:
    named = queries.namesakes(clean.get("first_name") or "", clean.get("last_name") or "")
    if not is_somebody_else and db.session.scalars(named).first():
        raise RuleBroken(
            "Somebody of this name is already here. If it is somebody else, say so", "is_somebody_else"
        )


def _set(person: Person, details: Details, *, by: Actor, now: datetime) -> None:
    clean = _cleaned(details)
    _check(person, clean)
    for name in ONE_PERSONS:
        _take_over(person, name, clean.get(name), by=by, now=now)
    for name, value in clean.items():
        setattr(person, name, value)


def _cleaned(details: Details) -> dict[str, str | None]:
    return {name: _clean(name, value) for name, value in details.items()}


def _check(person: Person, clean: dict[str, str | None]) -> None:
    with db.session.no_autoflush:
        check_all(
            partial(_check_name, person, clean, "first_name", "Enter a first name."),
            partial(_check_name, person, clean, "last_name", "Enter a last name."),
            partial(_check_has_number, person, clean.get("employee_number")),
            *(partial(_check_is_free, person, name, clean.get(name)) for name in ONE_PERSONS),
        )


def _check_name(person: Person, clean: dict[str, str | None], name: str, message: str) -> None:
    if (name in clean or not getattr(person, name)) and not clean.get(name):
        raise RuleBroken(message, name)


def _check_has_number(person: Person, number: str | None) -> None:
    if number and person.kind is not PersonKind.STAFF:
        raise RuleBroken("Only staff have employee numbers.", "employee_number")


def _clean(name: str, value: Any) -> str | None:
    """White space folded; an e-mail address in lower case; nothing is None."""
    text = " ".join(str(value or "").split())
    return (text.lower() if name == "email" else text) or None


def _check_is_free(person: Person, name: str, value: str | None) -> None:
    other = _other_with(person, name, value)
    if other is not None and other.survivor.id != person.id:
        raise RuleBroken(f"{DETAILS[name]} {value} already belongs to {other.name}.", name)


def _take_over(person: Person, name: str, value: str | None, *, by: Actor, now: datetime) -> None:
    """What a record kept that was merged into this one is given up by it: only one can have it. (U-07)"""
    with db.session.no_autoflush:
        other = _other_with(person, name, value)
    if other is not None:
        setattr(other, name, None)
        db.session.flush()
        reason = f"Given to {person.name}, whose record goes on"
        record_edit(person=other, changes={name: (value, None)}, by=by, now=now, reason=reason)


def _other_with(person: Person, name: str, value: str | None) -> Person | None:
    """The other record that has this number or address."""
    if value is None:
        return None
    statement = select(Person).where(getattr(Person, name) == value, Person.id != (person.id or 0))
    return db.session.scalar(statement)


def _in_words(changes: Changes) -> dict[str, tuple[Any, Any]]:
    return {
        DETAILS[name]: (before, after)
        for name, (before, after) in changes.items()
        if (before or None) != (after or None)
    }
