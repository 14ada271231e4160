"""Setting up populations by rule, and changing a rule without losing what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row, record, save_unique, supersede
from app.core.editions import Values
from app.core.errors import RuleBroken
from app.core.filters import day
from app.figures import queries
from app.figures.models import Population, PopulationItem, PopulationRule
from app.figures.rules.codes import checked_code, checked_public_reason, checked_title, title_taken
from app.people.models import EmploymentType, RoleGroup, Sector, Service, Team
from app.people.rules import check_names_nobody
from app.programmes.rules import code_taken


@dataclass(frozen=True)
class Entries:
    """What a population's rule names. People must fit every list that is not empty, by any of its entries.

    `started_from` and `started_to` narrow it to those whose employment began then, both days included.
    """

    role_groups: Sequence[RoleGroup] = ()
    services: Sequence[Service] = ()
    teams: Sequence[Team] = ()
    sectors: Sequence[Sector] = ()
    employment_types: Sequence[EmploymentType] = ()
    career_stages: Sequence[str] = ()
    started_from: date | None = None
    started_to: date | None = None

    def items(self) -> list[PopulationItem]:
        return [
            *(PopulationItem(employment_type=one) for one in self.employment_types),
            *(PopulationItem(role_group=one) for one in self.role_groups),
            *(PopulationItem(service=one) for one in self.services),
            *(PopulationItem(team=one) for one in self.teams),
            *(PopulationItem(sector=one) for one in self.sectors),
            *(PopulationItem(career_stage=one) for one in self.career_stages),
        ]

    def keys(self) -> set[tuple[str, object]]:
        """What is named, comparable with keys_of(rule)."""
        return {
            *(("employment_type", one) for one in self.employment_types),
            *(("role_group", one.id) for one in self.role_groups),
            *(("service", one.id) for one in self.services),
            *(("team", one.id) for one in self.teams),
            *(("sector", one.id) for one in self.sectors),
            *(("career_stage", one) for one in self.career_stages),
            ("started_from", self.started_from),
            ("started_to", self.started_to),
        }


def keys_of(rule: PopulationRule) -> set[tuple[str, object]]:
    """What a recorded rule names."""
    found: set[tuple[str, object]] = {("started_from", rule.started_from), ("started_to", rule.started_to)}
    for item in rule.items:
        for name in ("role_group", "service", "team", "sector"):
            if getattr(item, f"{name}_id") is not None:
                found.add((name, getattr(item, f"{name}_id")))
        if item.employment_type is not None:
            found.add(("employment_type", item.employment_type))
        if item.career_stage is not None:
            found.add(("career_stage", item.career_stage))
    return found


def add_population(*, code: str, name: str, entries: Entries, by: Actor, now: datetime) -> Population:
    """Set up a population, such as the practitioners in post: employees in one of eight role groups."""
    code = checked_code(code, "practitioners")
    name = _checked_name(name)
    _check_entries(entries)
    if db.session.scalars(queries.population_coded(code)).first():
        raise code_taken(code)
    population = save_unique(
        Population(code=code, name=name),
        taken=code_taken(code),
        taken_by={"folded_name": title_taken(name, "population")},
    )
    rule = _record(population, entries, by=by, now=now)
    words = queries.population_in_words(rule)
    audit.record(by=by, verb="population:added", thing=population, now=now, changes={"Rule": (None, words)})
    return population


def change_population(
    *,
    population: Population,
    name: str,
    entries: Entries,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    seen: str | None = None,
) -> None:
    """Change a population. A changed rule needs a reason; figures as known before keep theirs. `seen` is the
    edition that a page was made from (U-29)."""
    name = _checked_name(name, population)
    _check_entries(entries)
    lock_row(Population, population.id)
    current = queries.population_rules([population.id])[population.id]
    values = values_of_population(population, current)
    audit.check_unchanged(thing=population, values=values, seen=seen, verb="population:changed")
    changes: dict[str, tuple[str, str]] = {}
    why = None
    if keys_of(current) != entries.keys():
        why = checked_public_reason(reason, "why the rule changes")
        supersede(current, by=by.name, now=now)
        rule = _record(population, entries, by=by, now=now, after=current, reason=why)
        changes["Rule"] = (queries.population_in_words(current), queries.population_in_words(rule))
    if population.name != name:
        changes["Name"] = (population.name, name)
        population.name = name
        save_unique(population, taken=title_taken(name, "population"))
    if changes:
        audit.record(by=by, verb="population:changed", thing=population, now=now, changes=changes, reason=why)


def values_of_population(population: Population, rule: PopulationRule) -> Values:
    """What is saved of what a population's form changes, in words."""
    return [("Name", population.name), ("Who is counted", queries.population_in_words(rule))]


def _record(
    population: Population,
    entries: Entries,
    *,
    by: Actor,
    now: datetime,
    after: PopulationRule | None = None,
    reason: str | None = None,
) -> PopulationRule:
    rule = PopulationRule(
        population_id=population.id,
        items=entries.items(),
        started_from=entries.started_from,
        started_to=entries.started_to,
        reason=reason,
    )
    record(rule, by=by.name, now=now, recorded_at=after.superseded_at if after else None)
    db.session.flush()
    return rule


def _checked_name(name: str, population: Population | None = None) -> str:
    """Pages and the words of a target's rule tell populations apart by their names."""
    name = checked_title(name, "the population’s name")
    if db.session.scalar(queries.population_called(name)) not in (None, population):
        raise title_taken(name, "population")
    return name


def _check_entries(entries: Entries) -> None:
    if not entries.items():
        raise RuleBroken(
            "Choose at least one employment type, role group, service, team, sector or career stage",
            field="employment_types",
        )
    check_names_nobody("; ".join(entries.career_stages), field="career_stages")
    first, last = entries.started_from, entries.started_to
    if first and last and last < first:
        raise RuleBroken(f"The last day must not be before {day(first)}", field="started_to")
