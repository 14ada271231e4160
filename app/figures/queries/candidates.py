"""People who could be put on a cohort's list by a rule (AM-06)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, exists, or_, select

from app.core.db import live
from app.core.filters import day
from app.figures.models import Cohort, Membership, Population
from app.figures.queries import definitions, scopes
from app.learning.queries import completions
from app.people.models import BY_NAME, Person, Spell
from app.people.queries import covers
from app.programmes.models import Course


def candidates(
    cohort: Cohort,
    population: Population,
    *,
    on: date,
    without: Course | None = None,
    started_after: date | None = None,
) -> Select[tuple[Person]]:
    """Those of a population on a day who are not on the list, by name.

    With `without` only those who have not completed that course; with `started_after` also those, trained or
    not, whose employment began after that day: "in post, no 2-day completion, or started after 1 August".
    """
    rule = definitions.population_rules([population.id])[population.id]
    listed = exists().where(
        Membership.person_id == Person.id,
        Membership.cohort_id == cohort.id,
        Membership.left_on.is_(None),
        live(Membership),
    )
    fits: list[ColumnElement[bool]] = []
    if without is not None:
        done = completions([without.id], as_at=on).subquery()
        fits.append(Person.id.not_in(select(done.c.person_id)))
    if started_after is not None:
        fits.append(
            exists().where(
                Spell.person_id == Person.id,
                live(Spell),
                covers(Spell, on),
                Spell.employed_from > started_after,
            )
        )
    statement = select(Person).where(Person.id.in_(scopes.in_post(rule, as_at=on)), ~listed)
    statement = statement.where(or_(*fits)) if fits else statement
    return statement.order_by(*BY_NAME)


def candidates_in_words(
    population: Population, *, without: Course | None = None, started_after: date | None = None
) -> str:
    """The rule as a sentence: "Practitioners in post who have not completed X, or started after Y"."""
    parts = []
    if without is not None:
        parts.append(f"have not completed {without.title}")
    if started_after is not None:
        parts.append(f"started after {day(started_after)}")
    return f"{population.name}{' who ' + ', or '.join(parts) if parts else ''}"
