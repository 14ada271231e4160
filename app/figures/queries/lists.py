"""Targets, populations and cohorts, with their rules and members, as pages list and find them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core.db import db, live, row_count
from app.core.names import folded
from app.figures.models import (
    Cohort,
    Membership,
    Population,
    PopulationRule,
    Target,
    TargetEnd,
)
from app.figures.queries import scopes
from app.figures.queries.ending import had_ended
from app.figures.queries.notes import Stated
from app.people.models import BY_NAME, Person, Spell
from app.people.queries import matches
from app.programmes.models import Programme, ProgrammeDates


def targets(*, as_at: date, known_at: datetime | None = None) -> Select[tuple[Target]]:
    """The targets that are asked for on a day, by their programmes and in the order in which they were set
    up: all but those that had ended by then, as far as that was known."""
    return every_target().where(~had_ended(as_at, known_at))


def targets_of_programme(
    programme: Programme, *, as_at: date, known_at: datetime | None = None
) -> Select[tuple[Target]]:
    """Those of one programme that are asked for on a day."""
    return targets(as_at=as_at, known_at=known_at).where(Target.programme_id == programme.id)


def has_targets() -> bool:
    """Whether any target was ever set up, ended or not."""
    return db.session.scalar(select(exists(select(Target.id)))) or False


def every_target() -> Select[tuple[Target]]:
    """Every target, those that have ended among them, in the same order."""
    return (
        select(Target)
        .join(Target.programme)
        .join(Programme.dates)
        .options(
            contains_eager(Target.programme).contains_eager(Programme.dates),
            joinedload(Target.population),
            joinedload(Target.cohort).lazyload(Cohort.requirements),  # a figure’s plan has them
        )
        .order_by(ProgrammeDates.deadline.desc().nulls_first(), Programme.title, Target.id)
    )


def targets_with_ends(known_at: datetime | None = None) -> Select[tuple[Target, TargetEnd | None]]:
    """Every target in the same order, each with its end, which may be still to come; None of one that has
    none."""
    its_end = and_(TargetEnd.target_id == Target.id, live(TargetEnd, known_at))
    return every_target().outerjoin(TargetEnd, its_end).add_columns(TargetEnd)


def target_coded(code: str) -> Select[tuple[Target]]:
    """The target with a code, ended or not; capitals make no difference."""
    return every_target().where(Target.code == code.strip().lower())


# --- Populations ---------------------------------------------------------------------------------------


def populations() -> Select[tuple[Population]]:
    """Every population by name."""
    return select(Population).order_by(func.lower(Population.name), Population.id)


def population_coded(code: str) -> Select[tuple[Population]]:
    """The population with a code."""
    return select(Population).where(Population.code == code.strip().lower())


def population_called(name: str) -> Select[tuple[Population]]:
    """The population of a name; capitals and spaces make no difference."""
    return select(Population).where(Population.folded_name == folded(name))


def rules_of_population(population: Population) -> Select[tuple[PopulationRule]]:
    """Every rule that a population has had, the newest first."""
    return (
        select(PopulationRule)
        .where(PopulationRule.population_id == population.id)
        .order_by(PopulationRule.recorded_at.desc(), PopulationRule.id.desc())
    )


def career_stages() -> Select[tuple[str]]:
    """The career stages that people have or had, each once: what HR calls them, and no list of ours."""
    stage = func.coalesce(Spell.career_stage, "")
    return select(stage).where(Spell.career_stage.is_not(None), live(Spell)).distinct()


def targets_of_population(population: Population) -> Select[tuple[Target]]:
    """The targets whose denominator is this population, those that have ended among them."""
    return every_target().where(Target.population_id == population.id)


# --- Cohorts -------------------------------------------------------------------------------------------


def cohorts() -> Select[tuple[Cohort]]:
    """Every cohort by name."""
    return select(Cohort).order_by(func.lower(Cohort.name), Cohort.id)


def cohort_coded(code: str) -> Select[tuple[Cohort]]:
    """The cohort with a code."""
    return select(Cohort).where(Cohort.code == code.strip().lower())


def cohort_called(name: str) -> Select[tuple[Cohort]]:
    """The cohort of a name; capitals and spaces make no difference."""
    return select(Cohort).where(Cohort.folded_name == folded(name))


def member_counts(on: date) -> Select[tuple[int, int]]:
    """How many people stand in each cohort on a date."""
    return (
        select(Membership.cohort_id, func.count(Membership.person_id.distinct()))
        .where(scopes.is_counted(on))
        .group_by(Membership.cohort_id)
    )


def stated_difference(cohort: Cohort, on: date) -> str | None:
    """How the list of a day differs from the number that a document states, if it does (AM-06, I-16)."""
    if cohort.stated_members is None:
        return None
    listed = db.session.scalar(select(row_count(scopes.members(cohort.id, as_at=on).distinct())))
    stated = Stated(cohort.stated_members, cohort.is_stated_approximately)
    return stated.in_words(listed or 0) if listed != cohort.stated_members else None


def targets_of_cohort(cohort: Cohort) -> Select[tuple[Target]]:
    """The targets that are measured on this cohort, those that have ended among them."""
    return every_target().where(Target.cohort_id == cohort.id)


def memberships(
    cohort: Cohort, *, on: date | None = None, search: str | None = None
) -> Select[tuple[Membership]]:
    """A cohort's list by name: whom figures count in it on a date; with none, all who were ever on it."""
    statement = (
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(live(Membership), Membership.cohort_id == cohort.id)
        .order_by(*BY_NAME, Membership.joined_on)
    )
    if on is not None:
        statement = statement.where(scopes.is_counted(on))
    if search:
        statement = statement.where(matches(search))
    return statement


def change_log(cohort: Cohort) -> Select[tuple[Membership]]:
    """Everything that was recorded about a cohort's members, corrections included, the newest first."""
    changed_at = func.coalesce(Membership.superseded_at, Membership.recorded_at)
    return (
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(Membership.cohort_id == cohort.id)
        .order_by(changed_at.desc(), Membership.id.desc())
    )


def memberships_after(cohort: Cohort, person_ids: Collection[int], on: date) -> Select[tuple[Membership]]:
    """The memberships of these people that last beyond a day, or that nobody has ended."""
    return (
        select(Membership)
        .where(
            live(Membership),
            Membership.cohort_id == cohort.id,
            or_(Membership.left_on.is_(None), Membership.left_on > on),
            Membership.person_id.in_(sorted(person_ids)),
        )
        .order_by(Membership.joined_on.desc())
    )


def gone_by(person_ids: Collection[int], on: date) -> Select[tuple[Person, Any]]:
    """Those of these people who have left by a day, so that no cohort counts them on it: each with the last
    day of the last post that they had before it."""
    return (
        select(Person, func.max(Spell.last_day))
        .join(Spell, Spell.person_id == Person.id)
        .where(
            Person.id.in_(sorted(person_ids)),
            live(Spell),
            Spell.last_day < on,
            ~scopes.not_left(Person.id, on),
        )
        .group_by(Person.id)
        .order_by(*BY_NAME)
    )


def people_known_by(words: Collection[str]) -> Select[tuple[Person]]:
    """The people whose employee number or e-mail address is one of `words`."""
    return select(Person).where(
        or_(
            Person.employee_number.in_(sorted(words)),
            Person.email.in_(sorted({word.lower() for word in words})),
        )
    )
