"""Targets, populations and cohorts as pages list them, and who still needs what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core.db import db, live
from app.figures.models import (
    Cohort,
    CohortRequirement,
    Membership,
    Population,
    PopulationRule,
    Target,
    TargetKind,
)
from app.figures.queries import scopes
from app.figures.queries.counts import people_done, trained
from app.figures.queries.figure import Stated
from app.figures.queries.plans import plans_for
from app.figures.queries.sources import sources_for
from app.learning.queries import standings
from app.people.models import Person, Spell
from app.people.queries import matches
from app.programmes.models import Course, Programme


def targets() -> Select[tuple[Target]]:
    """Every target, by its programme and in the order in which they were set up."""
    return (
        select(Target)
        .join(Target.programme)
        .options(
            contains_eager(Target.programme),
            joinedload(Target.population),
            joinedload(Target.cohort).lazyload(Cohort.requirements),  # a figure’s plan has them
        )
        .order_by(Programme.deadline.desc().nulls_first(), Programme.title, Target.id)
    )


def target_coded(code: str) -> Select[tuple[Target]]:
    """The target with a code; capitals make no difference."""
    return targets().where(Target.code == code.strip().lower())


# --- Populations ---------------------------------------------------------------------------------------


def populations() -> Select[tuple[Population]]:
    """Every population by name."""
    return select(Population).order_by(func.lower(Population.name), Population.id)


def population_coded(code: str) -> Select[tuple[Population]]:
    """The population with a code."""
    return select(Population).where(Population.code == code.strip().lower())


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
    """The targets whose denominator is this population."""
    return targets().where(Target.population_id == population.id)


# --- Cohorts -------------------------------------------------------------------------------------------


def cohorts() -> Select[tuple[Cohort]]:
    """Every cohort by name."""
    return select(Cohort).order_by(func.lower(Cohort.name), Cohort.id)


def cohort_coded(code: str) -> Select[tuple[Cohort]]:
    """The cohort with a code."""
    return select(Cohort).where(Cohort.code == code.strip().lower())


def member_counts(on: date) -> Select[tuple[int, int]]:
    """How many people stand in each cohort on a date."""
    return (
        select(Membership.cohort_id, func.count(Membership.person_id.distinct()))
        .where(live(Membership), scopes.is_member(on), scopes.not_left(Membership.person_id, on))
        .group_by(Membership.cohort_id)
    )


def stated_difference(cohort: Cohort, on: date) -> str | None:
    """How the list of a day differs from the number that a document states, if it does (AM-06, I-16)."""
    if cohort.stated_members is None:
        return None
    listed = db.session.scalar(
        select(func.count()).select_from(scopes.members(cohort.id, as_at=on).distinct().subquery())
    )
    stated = Stated(cohort.stated_members, cohort.is_stated_approximately)
    return stated.in_words(listed or 0) if listed != cohort.stated_members else None


def targets_of_cohort(cohort: Cohort) -> Select[tuple[Target]]:
    """The targets that are measured on this cohort."""
    return targets().where(Target.cohort_id == cohort.id)


def memberships(
    cohort: Cohort, *, on: date | None = None, search: str | None = None
) -> Select[tuple[Membership]]:
    """A cohort's list: who stands in it on a date, or with none everybody who was ever on it, by name."""
    statement = (
        select(Membership)
        .join(Membership.person)
        .options(contains_eager(Membership.person))
        .where(live(Membership), Membership.cohort_id == cohort.id)
        .order_by(Person.last_name, Person.first_name, Person.id, Membership.joined_on)
    )
    if on is not None:
        statement = statement.where(scopes.is_member(on))
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


def open_memberships(cohort: Cohort, person_ids: Collection[int]) -> Select[tuple[Membership]]:
    """The memberships of these people that nobody has ended."""
    return select(Membership).where(
        live(Membership),
        Membership.cohort_id == cohort.id,
        Membership.left_on.is_(None),
        Membership.person_id.in_(sorted(person_ids)),
    )


def people_known_by(words: Collection[str]) -> Select[tuple[Person]]:
    """The people whose employee number or e-mail address is one of `words`."""
    return select(Person).where(
        or_(
            Person.employee_number.in_(sorted(words)),
            Person.email.in_(sorted({word.lower() for word in words})),
        )
    )


# --- Who is outstanding --------------------------------------------------------------------------------


class Counted(StrEnum):
    """Which of the people whom a target counts a list shows."""

    OUTSTANDING = "outstanding"
    COMPLETE = "complete"
    BOOKED = "booked"
    NOT_BOOKED = "not_booked"

    @property
    def label(self) -> str:
        return {
            "outstanding": "Outstanding",
            "complete": "Complete",
            "booked": "Booked to complete it",
            "not_booked": "Not booked",
        }[self]

    @property
    def is_complete(self) -> bool:
        return self is Counted.COMPLETE


def counted(
    target: Target, which: Counted, *, as_at: date, known_at: datetime | None = None
) -> Select[tuple[Person, str, int]]:
    """The people whom a target counts and who stand so, by name: each with their team or cause (or None),
    and 1 when confirmed places complete them by the deadline, else 0.

    Of people trained everybody counted is complete.
    """
    plan = plans_for([target], known_at)[0]
    sources = sources_for([plan], as_at, known_at, has_ahead=not which.is_complete)
    people = (trained(plan, sources) if plan.is_flow else people_done(plan, sources)).subquery()
    if target.cohort_id is not None:
        note = scopes.cause_of(people.c.person_id, target.cohort_id, as_at, known_at)
    else:
        note = scopes.team_of(people.c.person_id, as_at, known_at)
    statement = (
        select(Person, note.label("note"), people.c.booked)
        .join(people, people.c.person_id == Person.id)
        .where(people.c.done == int(which.is_complete))
        .order_by(Person.last_name, Person.first_name, Person.id)
    )
    if which in {Counted.BOOKED, Counted.NOT_BOOKED}:
        statement = statement.where(people.c.booked == int(which is Counted.BOOKED))
    return statement


def not_booked(target: Target, course: Course, *, on: date) -> Select[tuple[Person, str, int]]:
    """Who of a target's people is neither complete nor booked, and lacks this course (AM-07, AM-08)."""
    done = standings([course.id], as_at=on).subquery()
    has_it = exists().where(done.c.person_id == Person.id, done.c.is_current)
    found = counted(target, Counted.NOT_BOOKED, as_at=on).where(~has_it)
    if target.cohort_id is None or plans_for([target])[0].rule.course_id:
        return found
    return found.where(
        exists().where(
            Membership.person_id == Person.id,
            live(Membership),
            scopes.is_member(on),
            Membership.cohort_id == target.cohort_id,
            CohortRequirement.cohort_id == Membership.cohort_id,
            CohortRequirement.cause == Membership.cause,
            CohortRequirement.course_id == course.id,
            live(CohortRequirement),
        )
    )


def has_outstanding(target: Target) -> bool:
    """Whether a target counts people of whom some are still to be trained: only these two have a list."""
    return target.kind in (TargetKind.COVERAGE, TargetKind.COHORT)
