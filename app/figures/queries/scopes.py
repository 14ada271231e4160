"""Whom a figure counts: people in post who fit a rule, and members of a cohort who have not left."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, exists, func, not_, or_, select

from app.core.db import another, live
from app.figures.models import CohortRequirement, Membership, PopulationItem, PopulationRule
from app.people.models import (
    Absence,
    EmploymentType,
    OrganisationSector,
    RoleGroup,
    Sector,
    Service,
    Spell,
    Team,
    TeamService,
)
from app.people.queries import absences_on, covers, organisations_of, teams_of


def in_post(
    rule: PopulationRule,
    *,
    as_at: date,
    known_at: datetime | None = None,
    instead: Collection[EmploymentType] = (),
) -> Select[tuple[int]]:
    """The people in post on a date whose spell fits the rule, each once; the last day counts (4.4, 4.6).

    `instead` are types of employment that take the place of the rule's own: agency workers in the same roles.
    """
    fits = [*_fits(rule.items, known_at, instead), *_started(rule)]
    if services := _services(rule):
        fits.append(Spell.team_id.in_(teams_of(services, as_at, known_at)))
    statement = select(Spell.person_id).where(live(Spell, known_at), covers(Spell, as_at), *fits)
    # As known now the database itself refuses two spells on one day; as once known, history brought in late
    # may have had two for a while.
    return statement if known_at is None else statement.distinct()


def posts(rule: PopulationRule, *, known_at: datetime | None = None) -> Select[tuple[int, date, date | None]]:
    """Every spell that fits the rule, whenever it is: person_id, first_day, last_day.

    Where the rule names services, only the days of it on which the team belongs to one of them: each time
    of the team is a row.
    """
    fits = [*_fits(rule.items, known_at), *_started(rule), live(Spell, known_at)]
    services, team = _services(rule), TeamService
    if not services:
        return select(Spell.person_id, Spell.first_day, Spell.last_day).where(*fits)
    first_day = case((team.first_day > Spell.first_day, team.first_day), else_=Spell.first_day)
    ends_first = or_(Spell.last_day.is_(None), team.last_day < Spell.last_day)
    last_day = case((ends_first, team.last_day), else_=Spell.last_day)
    return (
        select(Spell.person_id, first_day.label("first_day"), last_day.label("last_day"))
        .join(team, and_(team.team_id == Spell.team_id, live(team, known_at), team.service_id.in_(services)))
        .where(
            *fits,
            or_(Spell.last_day.is_(None), team.first_day <= Spell.last_day),
            or_(team.last_day.is_(None), team.last_day >= Spell.first_day),
        )
    )


def _services(rule: PopulationRule) -> list[int]:
    return [item.service_id for item in rule.items if item.service_id]


def _started(rule: PopulationRule) -> list[ColumnElement[bool]]:
    """When the employment began, which a move to another team or role does not change."""
    fits = [Spell.employed_from >= rule.started_from] if rule.started_from else []
    return [*fits, Spell.employed_from <= rule.started_to] if rule.started_to else fits


def _fits(
    items: Collection[PopulationItem],
    known_at: datetime | None,
    instead: Collection[EmploymentType] = (),
) -> list[ColumnElement[bool]]:
    """What the rule asks of a spell, but for the service of its team, which has days of its own."""
    roles = [item.role_group_id for item in items if item.role_group_id]
    teams = [item.team_id for item in items if item.team_id]
    sectors = [item.sector_id for item in items if item.sector_id]
    types = list(instead) or [item.employment_type for item in items if item.employment_type]
    stages = [item.career_stage for item in items if item.career_stage]
    fits: list[ColumnElement[bool]] = []
    if roles:
        fits.append(Spell.role_group_id.in_(roles))
    if teams:
        fits.append(Spell.team_id.in_(teams))
    if stages:
        fits.append(Spell.career_stage.in_(stages))
    if types:
        fits.append(Spell.employment_type.in_(types))
    if sectors:
        fits.append(Spell.organisation_id.in_(organisations_of(sectors, known_at)))
    return fits


def members(cohort_id: int, *, as_at: date, known_at: datetime | None = None) -> Select[tuple[int, str]]:
    """The people who stand in a cohort on a date, with the cause that each joined for.

    Somebody whose employment has ended is out from the day after the last day, of both halves of the
    figure, without anybody having to take them off the list (4.8).
    """
    return select(Membership.person_id, Membership.cause).where(
        Membership.cohort_id == cohort_id, is_counted(as_at, known_at)
    )


def member_ids(cohort_id: int, *, as_at: date, known_at: datetime | None = None) -> Select[tuple[int]]:
    """The ids of the members of a cohort on a date, whatever cause they joined for."""
    return members(cohort_id, as_at=as_at, known_at=known_at).with_only_columns(Membership.person_id)


def is_counted(
    on: date, known_at: datetime | None = None, of: type[Membership] = Membership
) -> ColumnElement[bool]:
    """Whom every page and figure counts as in a cohort on a date: on its list, and not gone by then."""
    return and_(live(of, known_at), is_member(on, of), not_left(of.person_id, on, known_at))


def is_member(on: date, of: type[Membership] = Membership) -> ColumnElement[bool]:
    """Listed on the date: joined by then, and left, if at all, later. On the day of leaving they are out."""
    return and_(of.joined_on <= on, or_(of.left_on.is_(None), of.left_on > on))


def is_required(
    cohort_id: int | None, person_id: Any, course_id: Any, on: date, known_at: datetime | None = None
) -> ColumnElement[bool]:
    """Whether a cohort requires a course of a member, by the cause for which they joined."""
    return exists().where(
        Membership.person_id == person_id,
        live(Membership, known_at),
        is_member(on),
        Membership.cohort_id == cohort_id,
        CohortRequirement.cohort_id == Membership.cohort_id,
        CohortRequirement.cause == Membership.cause,
        CohortRequirement.course_id == course_id,
        live(CohortRequirement, known_at),
    )


def not_left(person_id: Any, on: Any, known_at: datetime | None = None) -> ColumnElement[bool]:
    """Whether a person's employment covers a date, or a column of dates, or has not ended before it.

    Somebody whose first day is still to come has not left; somebody between two employments has.
    """
    current, ended = another(Spell, "current_spell"), another(Spell, "ended_spell")
    return or_(
        exists().where(current.person_id == person_id, live(current, known_at), covers(current, on)),
        not_(exists().where(ended.person_id == person_id, live(ended, known_at), ended.last_day < on)),
    )


def away(*, as_at: date, known_at: datetime | None = None) -> Select[tuple[int]]:
    """Everybody on long-term absence on the date, each once."""
    return absences_on(as_at, known_at).with_only_columns(Absence.person_id).distinct()


def newcomers(days: int, *, as_at: date, known_at: datetime | None = None) -> Select[tuple[int]]:
    """Everybody in post on the date whose employment began within so many days before it (4.6)."""
    since = as_at - timedelta(days=days)
    in_post_then = (live(Spell, known_at), covers(Spell, as_at), Spell.employed_from > since)
    return select(Spell.person_id).where(*in_post_then).distinct()


def places_of_work(*, as_at: date, known_at: datetime | None = None) -> Select[Any]:
    """Where each person in post works on a date: person_id, and the names of their service, team, role group
    and sector, None where there is none. As once known some had two spells: the later recorded counts.

    There is one row a person already; they are grouped so that SQLite knows it, and makes an index of them.
    """
    names: dict[str, Any] = {"service": Service, "team": Team, "role": RoleGroup, "sector": Sector}
    spells = (
        select(func.max(Spell.id).label("spell_id"))
        .where(live(Spell, known_at), covers(Spell, as_at))
        .group_by(Spell.person_id)
    )
    is_of_team = and_(
        TeamService.team_id == Spell.team_id, live(TeamService, known_at), covers(TeamService, as_at)
    )
    is_of_organisation = and_(
        OrganisationSector.organisation_id == Spell.organisation_id, live(OrganisationSector, known_at)
    )
    return (
        select(
            Spell.person_id,
            *(func.max(one.name).label(name) for name, one in names.items()),
        )
        .outerjoin(Team, Team.id == Spell.team_id)
        .outerjoin(TeamService, is_of_team)
        .outerjoin(Service, Service.id == TeamService.service_id)
        .outerjoin(OrganisationSector, is_of_organisation)
        .outerjoin(Sector, Sector.id == OrganisationSector.sector_id)
        .outerjoin(RoleGroup, RoleGroup.id == Spell.role_group_id)
        .where(Spell.id.in_(spells))
        .group_by(Spell.person_id)
    )


def needs(requirement_ids: Collection[int]) -> ColumnElement[bool]:
    """Which requirements count for a member: those in force that belong to the cause they joined for."""
    return and_(
        CohortRequirement.cohort_id == Membership.cohort_id,
        CohortRequirement.cause == Membership.cause,
        CohortRequirement.id.in_(sorted(requirement_ids)),
    )


def belongs_to(
    person_id: Any, cohort_id: int | None, on: date, known_at: datetime | None = None
) -> ScalarSelect[str]:
    """What a list says beside a name: why somebody is in a cohort or, where there is none, their team."""
    if cohort_id is not None:
        return cause_of(person_id, cohort_id, on, known_at)
    return team_of(person_id, on, known_at)


def team_of(person_id: Any, on: date, known_at: datetime | None = None) -> ScalarSelect[str]:
    """The name of a person's team on a date."""
    return (
        select(Team.name)
        .join(Spell, Spell.team_id == Team.id)
        .where(Spell.person_id == person_id, live(Spell, known_at), covers(Spell, on))
        .order_by(Spell.first_day.desc())
        .limit(1)
        .scalar_subquery()
    )


def cause_of(person_id: Any, cohort_id: int, on: date, known_at: datetime | None = None) -> ScalarSelect[str]:
    """Why a person is in a cohort on a date."""
    listed = another(Membership, "listed")
    return (
        select(listed.cause)
        .where(
            listed.person_id == person_id,
            listed.cohort_id == cohort_id,
            live(listed, known_at),
            is_member(on, listed),
        )
        .order_by(listed.joined_on.desc())
        .limit(1)
        .scalar_subquery()
    )
