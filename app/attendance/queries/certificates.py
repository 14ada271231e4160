"""Certificates: which stand, which are still to be issued, and which certify what is no longer so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.attendance.models import Certificate
from app.core.db import another, db, live
from app.learning.models import Mark
from app.learning.queries import shapes_of, standings, valid_until
from app.people import queries as people
from app.programmes import queries as programmes
from app.programmes.models import Component, ComponentMapping, Course, CourseVersion
from app.sessions.models import TrainingSession

Part = tuple[int, int]  # a component, as marks name it: its version and its number


def certificates_of(person_id: int) -> Select[tuple[Certificate]]:
    """Every certificate of a person, the newest first; withdrawn ones too."""
    return (
        select(Certificate)
        .options(joinedload(Certificate.course))
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )


def standing_certificates_of(person_id: int) -> Select[tuple[Certificate]]:
    """The certificates of a person that were not withdrawn."""
    return certificates_of(person_id).where(Certificate.withdrawn_at.is_(None))


def withdrawn_certificates_of(
    person_id: int, course_id: int, completed_on: date
) -> Select[tuple[Certificate]]:
    """The certificates of one completion that were withdrawn, the last of them first."""
    return (
        select(Certificate)
        .where(
            Certificate.person_id == person_id,
            Certificate.course_id == course_id,
            Certificate.completed_on == completed_on,
            Certificate.withdrawn_at.is_not(None),
        )
        .order_by(Certificate.withdrawn_at.desc(), Certificate.id.desc())
    )


def certificates_resting_on(session: TrainingSession, person_ids: Collection[int]) -> int:
    """How many certificates of these people that stand say that they were there."""
    days = db.session.scalars(
        select(Certificate.days).where(
            Certificate.person_id.in_(person_ids),
            Certificate.course_id == session.run.version.course_id,
            Certificate.withdrawn_at.is_(None),
        )
    )
    return sum(any(day["session"] == session.id for day in of_one) for of_one in days)


def certificate_valid_until(certificate: Certificate) -> date | None:
    """The last day on which the completion that a certificate is of is current, by the course's validity as
    it is now; None where it has none."""
    months = programmes.settings_of(certificate.course_id).validity_months
    return valid_until(certificate.completed_on, months) if months else None


def is_valid(certificate: Certificate, on: date) -> bool:
    """Whether the completion that a certificate is of is current on a day."""
    last_day = certificate_valid_until(certificate)
    return last_day is None or on <= last_day


def certificate_coded(code: str) -> Select[tuple[Certificate]]:
    """The certificate with a code, as it is kept: "7K2M-9QXD-41TV"."""
    return select(Certificate).where(Certificate.code == code)


def certificates(
    *,
    search: str | None = None,
    code: str | None = None,
    course_id: int | None = None,
    stands: bool | None = None,
) -> Select[tuple[Certificate]]:
    """Every certificate, the newest first: of people whom a search finds, or with a code, of one course,
    those that stand or those that were withdrawn."""
    statement = (
        select(Certificate)
        .join(Certificate.person)
        .options(contains_eager(Certificate.person), joinedload(Certificate.course))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    if code is not None:
        statement = statement.where(Certificate.code == code)
    elif search:
        statement = statement.where(people.matches(search))
    if course_id is not None:
        statement = statement.where(Certificate.course_id == course_id)
    if stands is not None:
        statement = statement.where(Certificate.withdrawn_at.is_(None) == stands)
    return statement


def certified_courses() -> Select[tuple[Course]]:
    """The courses of which there are certificates, by title."""
    return (
        select(Course)
        .where(exists().where(Certificate.course_id == Course.id))
        .order_by(Course.title, Course.id)
    )


# --- What is to be done ----------------------------------------------------------------------------------


def certifiable(
    course_ids: Collection[int], *, as_at: date, person_id: int | None = None
) -> Select[tuple[int, int, date, date]]:
    """Who has completed these courses by marks: person_id, course_id, completed_on and due_on, the day of the
    completion that is to be certified.

    That is the earliest; of a course with a validity the latest, since who takes it again completes it again
    (4.3).
    """
    shapes = shapes_of(course_ids)
    stands = standings(
        course_ids, as_at=as_at, person_id=person_id, marks_only=True, shapes=shapes
    ).subquery()
    ends = stands.c.course_id.in_([one.course_id for one in shapes.values() if one.validity_months])
    return select(
        stands.c.person_id,
        stands.c.course_id,
        stands.c.completed_on,
        case((ends, stands.c.last_on), else_=stands.c.completed_on).label("due_on"),
    )


def unsettled(*, as_at: date, marked_before: datetime) -> dict[int, set[int]]:
    """The people, each with the courses, for whom a certificate is to be issued, withdrawn or looked at.

    To be issued: complete by marks, the last of which was entered before `marked_before`, without one of that
    completion that stands; at once if one of it was withdrawn, which may stand again. To be withdrawn: it
    stands, and no completion does, or none of such a day. To be looked at: a mark was corrected since it was
    issued, if only by what was brought in as known before. One statement, which reads completion once for
    all courses.
    """
    courses = db.session.scalars(select(CourseVersion.course_id).distinct()).all()
    done = certifiable(courses, as_at=as_at).cte("done")
    of_course = and_(
        Certificate.person_id == done.c.person_id,
        Certificate.course_id == done.c.course_id,
        Certificate.withdrawn_at.is_(None),
    )
    to_issue = (
        select(done.c.person_id, done.c.course_id)
        .outerjoin(Certificate, and_(of_course, Certificate.completed_on == done.c.due_on))
        .where(
            Certificate.id.is_(None),
            or_(
                ~_has_newer_mark(done.c.person_id, done.c.course_id, done.c.due_on, marked_before),
                _was_withdrawn(done.c.person_id, done.c.course_id, done.c.due_on),
            ),
        )
    )
    to_withdraw = (
        select(Certificate.person_id, Certificate.course_id)
        .outerjoin(done, of_course)
        .where(
            Certificate.withdrawn_at.is_(None),
            or_(
                done.c.person_id.is_(None),
                Certificate.completed_on < done.c.completed_on,
                Certificate.completed_on > done.c.due_on,
            ),
        )
    )
    corrected = select(Certificate.person_id, Certificate.course_id).where(
        Certificate.withdrawn_at.is_(None), _is_corrected()
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for person_id, course_id in db.session.execute(to_issue.union(to_withdraw, corrected)):
        found[person_id].add(course_id)
    return dict(found)


def _is_corrected() -> ColumnElement[bool]:
    """Whether a mark that a certificate may rest on was superseded or entered since it was issued. One that
    takes the place of another as known long ago supersedes it long ago."""
    return exists().where(
        Mark.person_id == Certificate.person_id,
        Mark.version_id == CourseVersion.id,
        CourseVersion.course_id == Certificate.course_id,
        or_(
            Mark.superseded_at > Certificate.issued_at,
            and_(Mark.entered_at > Certificate.issued_at, Mark.held_on <= Certificate.completed_on),
        ),
    )


def _was_withdrawn(
    person_id: ColumnElement[int], course_id: ColumnElement[int], completed_on: ColumnElement[date]
) -> ColumnElement[bool]:
    other = another(Certificate, "withdrawn_certificate")
    return exists().where(
        other.person_id == person_id,
        other.course_id == course_id,
        other.completed_on == completed_on,
        other.withdrawn_at.is_not(None),
    )


def _has_newer_mark(
    person_id: ColumnElement[int],
    course_id: ColumnElement[int],
    completed_on: ColumnElement[date],
    moment: datetime,
) -> ColumnElement[bool]:
    """Whether a mark that a completion may rest on was entered at or after a moment."""
    version = another(CourseVersion, "awarded_version")
    return exists().where(
        Mark.person_id == person_id,
        Mark.version_id == version.id,
        version.course_id == course_id,
        Mark.held_on <= completed_on,
        Mark.counts,
        live(Mark),
        Mark.entered_at >= moment,
    )


# --- The days that closed a set --------------------------------------------------------------------------


def days_that_closed(person_id: int, course_id: int, completed_on: date) -> list[Mark]:
    """The marks by which somebody completed a course on a day, in the order of its days; none when there
    are no such marks, because the completion has another source.

    Of each component the latest mark until that day, in whichever run, within the window that the closing
    mark carries (4.3); a component of another version stands in where the academy has so decided (U-22).
    """
    marks = db.session.scalars(_counting_marks(person_id, course_id, completed_on)).unique().all()
    stand_ins = _stand_ins(course_id)
    for components in _versions(course_id):
        latest = [_latest(marks, {part} | stand_ins.get(part, set())) for part in components]
        days = [mark for mark in latest if mark is not None]
        if len(days) < len(components) or not days:
            continue
        closing = max(days, key=lambda mark: mark.held_on)
        opens_on = closing.opens_on or date.min
        if closing.held_on == completed_on and all(mark.held_on >= opens_on for mark in days):
            return days
    return []


def _counting_marks(person_id: int, course_id: int, until: date) -> Select[tuple[Mark]]:
    return (
        select(Mark)
        .join(CourseVersion, CourseVersion.id == Mark.version_id)
        .join(Mark.session)
        .options(contains_eager(Mark.session).joinedload(TrainingSession.run))
        .where(
            Mark.person_id == person_id,
            CourseVersion.course_id == course_id,
            Mark.counts,
            Mark.held_on <= until,
            live(Mark),
        )
        .order_by(Mark.held_on, Mark.id)
    )


def _latest(marks: Sequence[Mark], parts: set[Part]) -> Mark | None:
    return next((mark for mark in reversed(marks) if (mark.version_id, mark.component) in parts), None)


def _versions(course_id: int) -> list[list[Part]]:
    """The components of each version of a course, the newest version first."""
    rows = db.session.execute(
        select(CourseVersion.id, Component.number)
        .join(Component, Component.version_id == CourseVersion.id)
        .where(CourseVersion.course_id == course_id)
        .order_by(CourseVersion.number.desc(), Component.number)
    )
    versions: defaultdict[int, list[Part]] = defaultdict(list)
    for version_id, number in rows:
        versions[version_id].append((version_id, number))
    return list(versions.values())


def _stand_ins(course_id: int) -> dict[Part, set[Part]]:
    """For each component of a course, the components of other versions that count for it."""
    other = another(Component, "other_component")
    rows = db.session.execute(
        select(Component.version_id, Component.number, other.version_id, other.number)
        .join(ComponentMapping, ComponentMapping.to_component_id == Component.id)
        .join(other, other.id == ComponentMapping.from_component_id)
        .join(CourseVersion, CourseVersion.id == Component.version_id)
        .where(CourseVersion.course_id == course_id, live(ComponentMapping))
    )
    found: defaultdict[Part, set[Part]] = defaultdict(set)
    for version_id, number, other_version_id, other_number in rows:
        found[version_id, number].add((other_version_id, other_number))
    return found
