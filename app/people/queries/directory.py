"""Finding people, where each belonged on a date, and the lists that they belong to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, true
from sqlalchemy.orm import joinedload, lazyload

from app.core.closing import offered
from app.core.db import another, db, live
from app.core.names import Folded, is_found
from app.people.models import BY_NAME, Absence, Organisation, Person, PersonKind, Spell, Team
from app.people.queries.lists import covers, organisations_of, teams_of

# Lists show the names of teams and organisations alone. PostgreSQL plans each statement anew, and two
# tables fewer halve the time that it takes.
_NO_SERVICE_NO_SECTOR = (
    lazyload(Spell.team, Team.service),
    lazyload(Spell.organisation, Organisation.sector),
)


# --- Dates ---------------------------------------------------------------------------------------------


def spells_on(on: date) -> Select[tuple[Spell]]:
    """Everybody in post or affiliated on a date, one spell a person."""
    return select(Spell).where(live(Spell), covers(Spell, on))


def absences_on(on: date, known_at: datetime | None = None) -> Select[tuple[Absence]]:
    """The long-term absences of a date, as known.

    One goes on as long as the employment in which it began, at most: who left on 30 June while away, and
    comes back in November, is not away then.
    """
    post = another(Spell, "post_of_absence")
    is_same_employment = exists().where(
        post.person_id == Absence.person_id,
        live(post, known_at),
        covers(post, on),
        post.employed_from <= Absence.first_day,
    )
    return select(Absence).where(live(Absence, known_at), covers(Absence, on), is_same_employment)


def absent_among(person_ids: Collection[int], on: date) -> Select[tuple[Absence]]:
    """The long-term absences on a date of these people alone."""
    return absences_on(on).where(Absence.person_id.in_(person_ids))


# --- Finding people ------------------------------------------------------------------------------------


@lru_cache(maxsize=32)  # the statement of a day is made once: making it took a third of its time
def directory(
    search: str | None,
    kind: PersonKind | None,
    team_id: int | None = None,
    organisation_id: int | None = None,
    *,
    on: date,
    service_id: int | None = None,
    organisation_named: str | None = None,
    is_everybody: bool = False,
) -> Select[tuple[Person, Spell]]:
    """People by name, each with the spell of the date `on`, narrowed by what is given.

    Only those in post or affiliated on that date; with `is_everybody` also those who had left or had not
    begun, whose spell is then None. The search looks for every word in the names, number and e-mail.
    """
    is_spell_of_the_day = and_(Spell.person_id == Person.id, live(Spell), covers(Spell, on))
    statement = select(Person, Spell).join(Spell, is_spell_of_the_day, isouter=is_everybody)
    if team_id is not None:
        statement = statement.where(Spell.team_id == team_id)
    if service_id is not None:
        statement = statement.where(Spell.team_id.in_(teams_of([service_id], on)))
    if organisation_id is not None:
        statement = statement.where(Spell.organisation_id == organisation_id)
    if organisation_named:
        statement = statement.where(
            Spell.organisation_id.in_(
                select(Organisation.id).where(is_found(organisation_named, Organisation.name))
            )
        )
    if kind is not None:
        statement = statement.where(Person.kind == kind)
    if is_everybody:
        statement = statement.where(Person.merged_into_id.is_(None))
    return _by_name(statement.where(matches(search)).options(*_NO_SERVICE_NO_SECTOR))


@lru_cache(maxsize=8)  # the statement of a day is made once
def directory_count(on: date) -> Select[tuple[int]]:
    """How many the directory of a date shows when nothing narrows it: nobody needs to be looked up for it."""
    return select(func.count()).select_from(Spell).where(live(Spell), covers(Spell, on))


def ids_of(people: Select[Any]) -> Select[tuple[int]]:
    """Who is in a list of people, in no order: what another statement narrows itself to."""
    return people.with_only_columns(Person.id).order_by(None)


def people_in_teams(team_ids: Collection[int], on: date) -> Select[tuple[Person, Spell]]:
    """Everybody whose spell of the date is in one of these teams, by name."""
    return _with_managers(directory(None, None, on=on).where(Spell.team_id.in_(team_ids)))


def people_below(manager_id: int, team_ids: Collection[int], on: date) -> Select[tuple[Person, Spell]]:
    """Who a line manager looks after on a date: the teams managed, and everybody who answers to them.

    Whoever answers to somebody who answers to the manager counts too ("incl. teams below", 3.0); the
    manager does not.
    """
    reports = _reports_of(manager_id, on)
    statement = directory(None, None, on=on).where(
        or_(Spell.team_id.in_(team_ids), Person.id.in_(reports)), Person.id != manager_id
    )
    return _with_managers(statement)


def manages_somebody(person_id: Any, on: date) -> ColumnElement[bool]:
    """Whether anybody in post on a date answers to whom a column names: `manages_somebody(Person.id, on)`."""
    post = another(Spell, "post_below")
    return exists().where(live(post), covers(post, on), post.manager_id == person_id)


def _reports_of(manager_id: int, on: date) -> Select[tuple[int]]:
    """The ids of all who answer to a manager on a date, however many managers stand between.

    UNION, not UNION ALL: two people entered as each other's manager must not make it run for ever.
    """
    direct = select(Spell.person_id).where(live(Spell), covers(Spell, on), Spell.manager_id == manager_id)
    reports = direct.cte("reports", recursive=True)
    below = another(Spell, "below")
    further = select(below.person_id).where(
        live(below),
        covers(below, on),
        below.manager_id == reports.c.person_id,
    )
    reports = reports.union(further)
    return select(reports.c.person_id)


def _with_managers(statement: Select[tuple[Person, Spell]]) -> Select[tuple[Person, Spell]]:
    return statement.options(joinedload(Spell.manager))


def _by_name(statement: Select[tuple[Person, Spell]]) -> Select[tuple[Person, Spell]]:
    return statement.order_by(*BY_NAME)


def matches(search: str | None) -> ColumnElement[bool]:
    """Whether each word of a search is in one of a person's names, number and e-mail, in any case."""
    names = (Person.last_name, Person.first_name, Person.preferred_name)
    return is_found(search, *names, Person.employee_number, Person.email)


def known_as(reference: str) -> Person | None:
    """Whose employee number or e-mail address this is.

    One that a record kept when it was merged into another belongs to the person whose record goes on. (U-07)
    """
    reference = reference.strip()
    is_known = or_(Person.employee_number == reference, Person.email == reference.lower())
    person = db.session.scalar(select(Person).where(is_known))
    return person.survivor if person is not None else None


def is_address_of_another(email: str, person_id: int | None) -> bool:
    """Whether an address is by now that of somebody else in the directory than this person: of whom it was
    before may not be written to under it. Nobody in particular has no other."""
    owner = known_as(email) if person_id is not None else None
    return owner is not None and owner.id != person_id


def owners_of(addresses: Collection[str]) -> dict[str, int]:
    """By address, the id of the person whose it is; addresses of nobody in the directory are left out."""
    found = db.session.scalars(select(Person).where(Person.email.in_(addresses)))
    return {person.email: person.survivor.id for person in found if person.email}


def staff_named(typed: str) -> Select[tuple[Person]]:
    """Members of staff with exactly this employee number, e-mail address or name ("Sam Oduya")."""
    typed = " ".join(typed.split())
    return (
        select(Person)
        .where(
            Person.kind == PersonKind.STAFF,
            Person.merged_into_id.is_(None),
            or_(
                Person.employee_number == typed,
                Person.email == typed.lower(),
                is_called(typed),
            ),
        )
        .order_by(*BY_NAME)
    )


def namesakes(first_name: str, last_name: str) -> Select[tuple[Person]]:
    """People already recorded under this name: perhaps the same person."""
    return (
        select(Person)
        .where(
            Person.merged_into_id.is_(None),
            is_called(f"{first_name} {last_name}"),
        )
        .order_by(Person.id)
        .limit(5)
    )


def is_called(name: str) -> ColumnElement[bool]:
    """Whether this is somebody's whole name, with their first or their preferred one, however it is written:
    "SAM O'DUYA" is Sam O’Duya."""
    first, preferred = (
        Folded(called + " " + Person.last_name) == Folded(name)
        for called in (Person.first_name, Person.preferred_name)
    )
    return or_(first, and_(Person.preferred_name.is_not(None), preferred))  # most people have none


# --- One person ----------------------------------------------------------------------------------------


def spells_of(person: Person) -> Select[tuple[Spell]]:
    """A person's posts as known now, newest first, with the managers."""
    return (
        select(Spell)
        .where(Spell.person_id == person.id, live(Spell))
        .options(joinedload(Spell.manager))
        .order_by(Spell.first_day.desc())
    )


def absences_of(person: Person) -> Select[tuple[Absence]]:
    """A person's long-term absences as known now, newest first."""
    return (
        select(Absence)
        .where(Absence.person_id == person.id, live(Absence))
        .order_by(Absence.first_day.desc())
    )


def superseded_spells_of(person: Person) -> Select[tuple[Spell]]:
    """What was once recorded of a person's posts and is no longer what is known, latest correction first."""
    return (
        select(Spell)
        .where(Spell.person_id == person.id, Spell.superseded_at.is_not(None))
        .options(joinedload(Spell.manager))
        .order_by(Spell.superseded_at.desc(), Spell.first_day.desc(), Spell.id.desc())
    )


def superseded_absences_of(person: Person) -> Select[tuple[Absence]]:
    return (
        select(Absence)
        .where(Absence.person_id == person.id, Absence.superseded_at.is_not(None))
        .order_by(Absence.superseded_at.desc(), Absence.first_day.desc(), Absence.id.desc())
    )


def overlapping(
    fact: type[Spell] | type[Absence], person_id: int, first_day: date, last_day: date | None
) -> Select[tuple[date, date | None]]:
    """The first and last days of a person's live facts that share a day with a span, earliest first."""
    begins_in_time = true() if last_day is None else fact.first_day <= last_day
    return (
        select(fact.first_day, fact.last_day)
        .where(
            fact.person_id == person_id,
            live(fact),
            begins_in_time,
            or_(fact.last_day.is_(None), fact.last_day >= first_day),
        )
        .order_by(fact.first_day)
    )


def is_managed_by(person_id: int, manager_id: int, on: date) -> bool:
    """Whether a person answers to a manager on a date, directly or through other managers."""
    return db.session.scalar(select(literal(person_id).in_(_reports_of(manager_id, on)))) or False


# --- Organisations -------------------------------------------------------------------------------------


def organisations(
    search: str | None = None,
    sector_id: int | None = None,
    *,
    open_on: date | None = None,
    also: Collection[int] = (),
) -> Select[tuple[Organisation]]:
    """Partner organisations by name, or those that can be chosen on a day; what has a last day comes last. A
    search looks for every word in the name."""
    of = Organisation
    statement = (
        select(of)
        .where(offered(of, open_on, also))
        .order_by(of.last_day.is_not(None), func.lower(of.name), of.id)
    )
    if sector_id is not None:
        statement = statement.where(Organisation.id.in_(organisations_of([sector_id])))
    return statement.where(is_found(search, Organisation.name))
