"""Reading programmes and courses, and whom a course is for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from app.core.db import another, db, live
from app.core.names import folded
from app.people.models import (
    EmploymentType,
    Person,
    PersonKind,
    RoleGroup,
    Sector,
    Service,
    Spell,
)
from app.people.queries import organisations_of, spells_on, teams_of
from app.programmes.models import (
    BookingTerms,
    Component,
    ComponentMapping,
    Course,
    CourseSettings,
    CourseVersion,
    Equivalence,
    Programme,
    ProgrammeDates,
)


def programmes() -> Select[tuple[Programme]]:
    """Every programme with its courses and provider, by title."""
    return (
        select(Programme)
        .options(selectinload(Programme.courses), joinedload(Programme.provider))
        .order_by(func.lower(Programme.title), Programme.id)
    )


def programme_coded(code: str) -> Programme | None:
    return db.session.scalar(select(Programme).where(Programme.code == code.upper()))


def programme_titled(title: str) -> Programme | None:
    """The programme with a title; capitals and spaces make no difference."""
    return db.session.scalar(select(Programme).where(Programme.folded_title == folded(title)))


def dates_of(
    programmes: Collection[Programme], known_at: datetime | None = None
) -> dict[int, ProgrammeDates]:
    """The dates of each of these programmes, by its id, as known at `known_at` or, before any were, as
    recorded first. It costs a statement where one was changed since `known_at`, else none."""
    if known_at is None or all(one.dates.recorded_at <= known_at for one in programmes):
        return {one.id: one.dates for one in programmes}
    statement = select(ProgrammeDates).where(
        ProgrammeDates.programme_id.in_({one.id for one in programmes}),
        known_or_first(ProgrammeDates, ProgrammeDates.programme_id, known_at),
    )
    return {one.programme_id: one for one in db.session.scalars(statement)}


def known_or_first(
    model: Any, whose: InstrumentedAttribute[int], known_at: datetime | None = None
) -> ColumnElement[bool]:
    """Whether a fact is the one known at an instant (now by default) of whose it is or, before any was, the
    one recorded first: a course set up in 2026 about 2021 has one window. (4.4)"""
    if known_at is None:
        return live(model)
    earlier = another(model, f"earlier_{model.__tablename__}")
    is_first = ~exists().where(getattr(earlier, whose.key) == whose, earlier.recorded_at < model.recorded_at)
    return or_(live(model, known_at), and_(model.recorded_at > known_at, is_first))


def courses() -> Select[tuple[Course]]:
    """Every course with its programme, by code."""
    return select(Course).options(joinedload(Course.programme)).order_by(Course.code)


def courses_to_schedule(on: date) -> list[Course]:
    """The same, those last whose programme was over before a date."""
    return sorted(db.session.scalars(courses()), key=lambda one: (one.programme.deadline or on) < on)


def courses_of_programme(programme_id: int) -> list[Course]:
    """The courses of a programme by code, with their audiences and versions."""
    statement = select(Course).where(Course.programme_id == programme_id).order_by(Course.code)
    return list(db.session.scalars(_in_full(statement)))


def courses_of_versions(version_ids: Collection[int]) -> Select[tuple[Course]]:
    """The courses of these versions and those that one of them stands in for, with all their versions."""
    own = select(CourseVersion.course_id).where(CourseVersion.id.in_(version_ids))
    satisfied = select(Equivalence.course_id).where(Equivalence.satisfied_by_id.in_(own), live(Equivalence))
    return (
        select(Course)
        .where(or_(Course.id.in_(own), Course.id.in_(satisfied)))
        .options(joinedload(Course.programme), selectinload(Course.versions))
    )


def course_coded(code: str) -> Course | None:
    return db.session.scalar(select(Course).where(Course.code == code.upper()))


def course_in_full(course_id: int) -> Select[tuple[Course]]:
    """One course with what its page shows: programme, versions, components and audience."""
    return _in_full(select(Course).where(Course.id == course_id))


def _in_full(statement: Select[tuple[Course]]) -> Select[tuple[Course]]:
    return statement.options(
        joinedload(Course.programme),
        selectinload(Course.versions).selectinload(CourseVersion.components),
        selectinload(Course.role_groups),
        selectinload(Course.services),
        selectinload(Course.sectors),
        selectinload(Course.prerequisites),
    )


# --- Settings and what stands in -----------------------------------------------------------------------


def settings_of(course_id: int) -> CourseSettings:
    """The settings of a course that completion reads, as known now."""
    return db.session.scalars(
        select(CourseSettings).where(CourseSettings.course_id == course_id, live(CourseSettings)),
        execution_options={"populate_existing": True},
    ).one()


def are_known_settings(known_at: datetime | None = None) -> ColumnElement[bool]:
    """Whether settings of a course are those known at an instant (now by default), or the first."""
    return known_or_first(CourseSettings, CourseSettings.course_id, known_at)


def settings_history(course_id: int) -> list[CourseSettings]:
    """Every setting that a course has had, newest first."""
    statement = select(CourseSettings).where(CourseSettings.course_id == course_id)
    return list(
        db.session.scalars(statement.order_by(CourseSettings.recorded_at.desc(), CourseSettings.id.desc()))
    )


def equivalence(course_id: int, satisfied_by_id: int) -> Equivalence | None:
    """The decision that one course stands in for another, if it stands."""
    return db.session.scalar(
        select(Equivalence).where(
            Equivalence.course_id == course_id,
            Equivalence.satisfied_by_id == satisfied_by_id,
            live(Equivalence),
        )
    )


def equivalences_of(course_id: int) -> list[Equivalence]:
    """Every decision about what stands in for a course, those that stand first, then the newest."""
    statement = (
        select(Equivalence)
        .options(joinedload(Equivalence.satisfied_by))
        .where(Equivalence.course_id == course_id)
        .order_by(Equivalence.superseded_at.is_not(None), Equivalence.recorded_at.desc(), Equivalence.id)
    )
    return list(db.session.scalars(statement))


def mappings_to(component_ids: Collection[int]) -> Select[tuple[ComponentMapping]]:
    """The standing decisions about what counts for these components, with the components that count."""
    return (
        select(ComponentMapping)
        .options(joinedload(ComponentMapping.from_component).joinedload(Component.version))
        .where(ComponentMapping.to_component_id.in_(component_ids), live(ComponentMapping))
        .order_by(ComponentMapping.id)
    )


def days_counting(
    versions: Sequence[CourseVersion], decided: Mapping[int, Mapping[int, int]] | None = None
) -> set[tuple[int, int]]:
    """Which component of these versions of a course counts for which: pairs of ids, the old one first.

    A decision is about the version before; what counts for a day of that counts for what the day counts for.
    Day 1 of version 1 counts for day 1 of version 2, and that for day 1 of version 3: so does the first.
    `decided` says for the number of a version what is to count instead of what does: new component -> old.
    """
    ids = [component.id for version in versions for component in version.components]
    standing = {(one.from_component_id, one.to_component_id) for one in db.session.scalars(mappings_to(ids))}
    pairs: set[tuple[int, int]] = set()
    for before, version in pairwise(sorted(versions, key=lambda one: one.number)):
        chosen = (decided or {}).get(version.number, days_that_count(before, version, standing))
        for number, old in chosen.items():
            earlier, later = before.components[old - 1].id, version.components[number - 1].id
            pairs |= {(start, later) for start, end in list(pairs) if end == earlier} | {(earlier, later)}
    return pairs


def days_that_count(
    before: CourseVersion, version: CourseVersion, pairs: Collection[tuple[int, int]]
) -> dict[int, int]:
    """The number of each component of a version for which one of the version before counts -> of that."""
    return {
        later.number: earlier.number
        for later in version.components
        for earlier in before.components
        if (earlier.id, later.id) in pairs
    }


def council_terms() -> BookingTerms:
    """How places are booked in every course without terms of its own."""
    return db.session.scalars(select(BookingTerms).where(BookingTerms.is_council)).one()


def own_terms(course_id: int) -> BookingTerms | None:
    """A course's own terms of booking, if it has any."""
    return db.session.scalar(select(BookingTerms).where(BookingTerms.course_id == course_id))


def courses_with_own_terms() -> Select[tuple[Course]]:
    """The courses that do not go by the council's terms of booking, by code."""
    return courses().where(Course.id.in_(select(BookingTerms.course_id)))


# --- Audience ------------------------------------------------------------------------------------------


def courses_for(person: Person, on: date) -> Select[tuple[Course]]:
    """The courses whose audience `person` is in on a date, by code.

    Somebody who belongs nowhere on that date (not in post, no longer a partner) is in no audience, not
    even that of a course for everybody.
    """
    spell = db.session.scalars(spells_on(on).where(Spell.person_id == person.id)).first()
    statement = select(Course).order_by(Course.code)
    if spell is None:
        return statement.where(false())
    return statement.where(_is_for(_kind(spell))).params(**_belonging(spell))


def courses_to_book(person: Person, on: date) -> Sequence[Course]:
    """The same courses, each with the terms of booking that apply to it."""
    found = courses_for(person, on).options(joinedload(Course.terms_that_apply))
    return db.session.scalars(found).unique().all()


def is_in_audience(course: Course, person: Person, on: date) -> bool:
    """Whether a course is for somebody, by the role, team or organisation that they have on a date."""
    statement = courses_for(person, on).where(Course.id == course.id).order_by(None)
    return db.session.scalar(statement.with_only_columns(Course.id)) is not None


@dataclass(frozen=True)
class AudienceMatch:
    """How somebody stands to a course: whether it is for them, and whether it builds on others."""

    is_in_audience: bool
    has_prerequisites: bool


def audience_match(course: Course, spell: Spell) -> AudienceMatch:
    """How whoever has this role, team or organisation stands to a course, in one statement."""
    asked = {"course_id": course.id, **_belonging(spell)}
    return AudienceMatch(*db.session.execute(_audience_match(_kind(spell)), asked).one())


@cache
def _audience_match(kind: PersonKind) -> Select[tuple[bool, bool]]:
    """How such a person stands to a course: made once, as each booking asks it."""
    return select(_is_for(kind), Course.prerequisites.any()).where(Course.id == bindparam("course_id"))


def _kind(spell: Spell) -> PersonKind:
    if spell.employment_type is EmploymentType.PANEL_MEMBER:
        return PersonKind.PANEL_MEMBER
    return PersonKind.PARTNER if spell.organisation is not None else PersonKind.STAFF


def _belonging(spell: Spell) -> dict[str, int | None]:
    """What `_is_for` asks of a spell."""
    return {
        "role_group_id": spell.role_group_id,
        "service_id": spell.team.service.id if spell.team else None,
        "sector_id": spell.organisation.sector.id if spell.organisation else None,
    }


@cache
def _is_for(kind: PersonKind) -> ColumnElement[bool]:
    names_roles, names_services = Course.role_groups.any(), Course.services.any()
    for_everybody = and_(
        not_(names_roles), not_(names_services), not_(Course.sectors.any()), not_(Course.is_for_panel_members)
    )
    if kind is PersonKind.PANEL_MEMBER:
        return or_(for_everybody, Course.is_for_panel_members)
    if kind is PersonKind.PARTNER:
        return or_(for_everybody, Course.sectors.any(Sector.id == bindparam("sector_id")))
    is_their_role = RoleGroup.id == bindparam("role_group_id")
    is_their_service = Service.id == bindparam("service_id")
    for_their_role = or_(not_(names_roles), Course.role_groups.any(is_their_role))
    for_their_service = or_(not_(names_services), Course.services.any(is_their_service))
    return or_(for_everybody, and_(or_(names_roles, names_services), for_their_role, for_their_service))


def has_audience(course: Course) -> bool:
    """Whether a course is for some alone; one that names no audience is for everybody."""
    return bool(course.role_groups or course.services or course.sectors or course.is_for_panel_members)


def is_for_some() -> ColumnElement[bool]:
    """The same as a condition on Course."""
    lists = (Course.role_groups, Course.services, Course.sectors)
    return or_(Course.is_for_panel_members, *(one.any() for one in lists))


def with_audience(course_ids: Collection[int]) -> Select[tuple[Course]]:
    """These courses, each with the three lists of its audience, in the one statement."""
    lists = (Course.role_groups, Course.services, Course.sectors)
    return select(Course).where(Course.id.in_(course_ids)).options(*(joinedload(one) for one in lists))


def is_audience(course: Course, on: date, known_at: datetime | None = None) -> ColumnElement[bool]:
    """The spells of a date whose holders a course is for: the same rule the other way about, for lists of
    people. The service of a team, and the sector of an organisation, are those known at `known_at`."""
    if not has_audience(course):
        return true()
    roles = [one.id for one in course.role_groups]
    services = [one.id for one in course.services]
    sectors = [one.id for one in course.sectors]
    is_staff = Spell.employment_type.not_in([EmploymentType.PARTNER, EmploymentType.PANEL_MEMBER])
    parts = []
    if roles or services:
        has_role = Spell.role_group_id.in_(roles) if roles else true()
        in_service = Spell.team_id.in_(teams_of(services, on, known_at))
        parts.append(and_(is_staff, has_role, in_service if services else true()))
    if sectors:
        parts.append(Spell.organisation_id.in_(organisations_of(sectors, known_at)))
    if course.is_for_panel_members:
        parts.append(Spell.employment_type == EmploymentType.PANEL_MEMBER)
    return or_(*parts)


def audience_in_words(course: Course) -> str:
    """Whom a course is for, as the academy says it: "Social Worker or Team Manager in Early Help; partners
    in Health or Police; foster panel members"."""
    parts = []
    if course.role_groups or course.services:
        staff = _either(course.role_groups) or "Staff"
        parts.append(f"{staff} in {_either(course.services)}" if course.services else staff)
    if course.sectors:
        parts.append(f"{'partners' if parts else 'Partners'} in {_either(course.sectors)}")
    if course.is_for_panel_members:
        parts.append("foster panel members" if parts else "Foster panel members")
    return "; ".join(parts) or "Everybody"


def _either(rows: list[RoleGroup] | list[Service] | list[Sector]) -> str:
    names = [row.name for row in rows]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}" if names else ""


def role_groups() -> list[RoleGroup]:
    return list(db.session.scalars(select(RoleGroup).order_by(func.lower(RoleGroup.name))))


def services() -> list[Service]:
    return list(db.session.scalars(select(Service).order_by(func.lower(Service.name))))


def sectors() -> list[Sector]:
    return list(db.session.scalars(select(Sector).order_by(Sector.id)))
