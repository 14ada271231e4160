"""Whether a cohort's own people are partners, for whom places of a run may be kept (AM-05, 4.11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import and_, select

from app.core.db import db, live
from app.figures.models import Membership
from app.figures.queries import scopes
from app.figures.queries.plans import Plan
from app.figures.queries.prospects import FreeRun, Moment
from app.people.models import OrganisationSector, Person, PersonKind, Spell
from app.people.queries import covers


def with_takers(plans: Sequence[Plan], moment: Moment, runs: Sequence[FreeRun] | None = None) -> list[Plan]:
    """These plans; those of a cohort of partners alone say from which sectors its members come.

    Of 16 places 4 are kept for partners: a cohort of partners can take 16, one of staff or of both 12. One
    statement for all cohorts, and none where on no run, of those that are given, places are kept that its
    members could take.
    """
    cohorts = {
        plan.target.cohort_id
        for plan in plans
        if plan.target.cohort_id is not None and (runs is None or _has_kept_places(plan, runs))
    }
    if not cohorts:
        return list(plans)
    found = _sectors_of_partners(cohorts, moment)
    return [replace(plan, members_from=found.get(plan.target.cohort_id or 0)) for plan in plans]


def _has_kept_places(plan: Plan, runs: Sequence[FreeRun]) -> bool:
    return any(run.quotas and run.course_id in plan.courses_served for run in runs)


def _sectors_of_partners(cohorts: Collection[int], moment: Moment) -> dict[int, frozenset[int]]:
    """Of each cohort that counts partners and nobody else, by its id, their sectors."""
    belongs = and_(
        Spell.person_id == Membership.person_id, live(Spell, moment.known_at), covers(Spell, moment.as_at)
    )
    is_of_sector = and_(
        OrganisationSector.organisation_id == Spell.organisation_id, live(OrganisationSector, moment.known_at)
    )
    statement = (
        select(Membership.cohort_id, Person.kind, OrganisationSector.sector_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Spell, belongs)
        .outerjoin(OrganisationSector, is_of_sector)
        .where(Membership.cohort_id.in_(sorted(cohorts)), scopes.is_counted(moment.as_at, moment.known_at))
        .distinct()
    )
    kinds: dict[int, set[PersonKind]] = defaultdict(set)
    sectors: dict[int, set[int]] = defaultdict(set)
    for cohort_id, kind, sector_id in db.session.execute(statement).tuples():
        kinds[cohort_id].add(kind)
        sectors[cohort_id] |= {sector_id} - {None}
    return {one: frozenset(sectors[one]) for one, of in kinds.items() if of == {PersonKind.PARTNER}}
