"""What is already known, in the few columns that comparing a file with it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import undefer

from app.core.db import db, live
from app.exchange.models import FileImport, ImportKind, ImportState
from app.figures.models import Membership, Target, TargetKind
from app.learning.models import Mark, PartlyHeld, PastCompletion
from app.people.models import (
    Absence,
    Organisation,
    Person,
    RoleGroup,
    Sector,
    Service,
    Spell,
    Team,
)
from app.programmes.models import Component, Course, CourseSettings, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, Trainer, TrainingSession, Venue

_AT_ONCE = 500


def imports(kinds: Collection[ImportKind]) -> Select[tuple[FileImport]]:
    """Every file of these kinds that was brought in, newest first."""
    newest_first = (FileImport.uploaded_at.desc(), FileImport.id.desc())
    return select(FileImport).where(FileImport.kind.in_(kinds)).order_by(*newest_first)


def previews_before(moment: datetime) -> Select[tuple[int]]:
    """The ids of files that were looked at before this instant and never applied."""
    return select(FileImport.id).where(
        FileImport.state == ImportState.PREVIEWED, FileImport.uploaded_at < moment
    )


def moments_of_imports() -> Select[tuple[datetime | None, datetime | None]]:
    """When each import was applied and undone: what was changed at such a moment nobody changed by hand."""
    return select(FileImport.applied_at, FileImport.undone_at).where(FileImport.applied_at.is_not(None))


def applied_since(file_import: FileImport) -> Select[tuple[FileImport]]:
    """The imports that were applied after this one and are not undone, newest first, with their changes."""
    newest_first = (FileImport.applied_at.desc(), FileImport.id.desc())
    return (
        select(FileImport)
        .where(
            FileImport.state == ImportState.APPLIED,
            FileImport.applied_at >= file_import.applied_at,
            FileImport.id != file_import.id,
        )
        .options(undefer(FileImport.changes))
        .order_by(*newest_first)
    )


def cohort_targets() -> Select[tuple[Target]]:
    """The targets that have a cohort, by code."""
    return select(Target).where(Target.kind == TargetKind.COHORT).order_by(Target.code)


def everybody() -> Select[Any]:
    """Each person as a file names them; not the records that were merged into another (U-07)."""
    return _people().where(Person.merged_into_id.is_(None))


def merged_people() -> Select[Any]:
    """The records that were merged, with the one that goes on."""
    return _people().add_columns(Person.merged_into_id).where(Person.merged_into_id.is_not(None))


def _people() -> Select[Any]:
    return select(
        Person.id,
        Person.kind,
        Person.employee_number,
        Person.first_name,
        Person.last_name,
        Person.preferred_name,
        Person.email,
        Person.swe_number,
    ).order_by(Person.id)


def people_with_ids(ids: Collection[int]) -> Select[tuple[Person]]:
    return select(Person).where(Person.id.in_(ids))


def live_spells() -> Select[Any]:
    """Where everybody belongs, as known now, in the order of each person's life."""
    return (
        select(
            Spell.id,
            Spell.person_id,
            Spell.recorded_at,
            Spell.first_day,
            Spell.last_day,
            Spell.employed_from,
            Spell.employment_type,
            Spell.job_title,
            Spell.role_group_id,
            Spell.team_id,
            Spell.organisation_id,
            Spell.manager_id,
            Spell.fte,
            Spell.career_stage,
        )
        .where(live(Spell))
        .order_by(Spell.person_id, Spell.first_day)
    )


def live_absences() -> Select[Any]:
    """Every long-term absence, as known now."""
    return (
        select(Absence.id, Absence.person_id, Absence.recorded_at, Absence.first_day, Absence.last_day)
        .where(live(Absence))
        .order_by(Absence.person_id, Absence.first_day)
    )


def names_of(model: type[Service] | type[RoleGroup] | type[Sector]) -> Select[Any]:
    """The ids and names of a list."""
    return select(model.id, model.name).order_by(model.id)


def teams() -> Select[Any]:
    """Every team, with its last day and the service that it belongs to today."""
    return (
        select(Team.id, Team.name, Team.last_day, Service.id.label("service_id"))
        .join(Team.service)
        .order_by(Team.id)
    )


def organisations() -> Select[Any]:
    """Every organisation, with its last day and the sector that it is counted under."""
    return (
        select(Organisation.id, Organisation.name, Organisation.last_day, Sector.id.label("sector_id"))
        .join(Organisation.sector)
        .order_by(Organisation.id)
    )


def course_versions() -> Select[Any]:
    """Each course's code and versions, the latest version last."""
    return (
        select(Course.id, Course.code, CourseVersion.id.label("version_id"))
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .order_by(Course.code, CourseVersion.number)
    )


def live_completions() -> Select[Any]:
    """The completions that no register of ours shows, as known now: of a file, prior learning and training
    elsewhere."""
    return (
        select(
            PastCompletion.id,
            PastCompletion.person_id,
            CourseVersion.course_id,
            PastCompletion.version_id,
            PastCompletion.completed_on,
            PastCompletion.precision,
            PastCompletion.kind,
            PastCompletion.approved_by,
            PastCompletion.source,
            PastCompletion.note,
            PastCompletion.recorded_at,
        )
        .join(CourseVersion, CourseVersion.id == PastCompletion.version_id)
        .where(live(PastCompletion))
    )


def live_memberships(cohort_id: int) -> Select[Any]:
    """Who is or was in a cohort, as known now."""
    return (
        select(Membership.person_id, Membership.joined_on, Membership.left_on, Membership.cause)
        .where(Membership.cohort_id == cohort_id, live(Membership))
        .order_by(Membership.joined_on)
    )


# --- Runs and their marks ------------------------------------------------------------------------------


def sessions_of_runs(codes: Collection[str]) -> Iterator[Any]:
    """The sessions of these runs, with all that a file may say of one."""
    for some in pieces(codes):
        yield from db.session.execute(_sessions(Run.code.in_(some)))


def sessions_between(first: date, last: date) -> Select[Any]:
    """The sessions of scheduled runs on these days."""
    return _sessions(SessionDate.held_on.between(first, last), Run.state == RunState.SCHEDULED)


def _sessions(*conditions: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            Run.id.label("run_id"),
            Run.code.label("run_code"),
            Run.state,
            Course.id.label("course_id"),
            Course.code.label("course_code"),
            TrainingSession.id,
            TrainingSession.component_number.label("component"),
            Component.title,
            SessionDate.held_on,
            SessionDate.starts_at,
            SessionDate.ends_at,
            TrainingSession.mode,
            Venue.name.label("venue"),
            TrainingSession.capacity,
            Trainer.email.label("trainer"),
        )
        .join(TrainingSession, TrainingSession.run_id == Run.id)
        .join(Component, Component.id == TrainingSession.component_id)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate)))
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .outerjoin(Venue, Venue.id == TrainingSession.venue_id)
        .outerjoin(Trainer, Trainer.id == TrainingSession.trainer_id)
        .where(*conditions)
        .order_by(Run.code, TrainingSession.component_number)
    )


def live_marks(session_ids: Collection[int]) -> Iterator[Any]:
    """What the registers of these sessions hold, as known now."""
    for some in pieces(session_ids):
        yield from db.session.execute(
            select(Mark.id, Mark.session_id, Mark.person_id, Mark.status, Mark.minutes).where(
                Mark.session_id.in_(some), live(Mark)
            )
        )


def terms_of_courses(course_ids: Collection[int]) -> Select[tuple[CourseSettings]]:
    """The settings of these courses by which minutes are measured."""
    return select(CourseSettings).where(CourseSettings.course_id.in_(course_ids), live(CourseSettings))


def partly_held(session_ids: Collection[int]) -> Iterator[PartlyHeld]:
    """Which of these sessions were broken off."""
    for some in pieces(session_ids):
        yield from db.session.scalars(select(PartlyHeld).where(PartlyHeld.session_id.in_(some)))


def pieces(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values, lowest first, in pieces that a statement can hold."""
    ordered = sorted(values)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
