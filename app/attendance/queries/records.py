"""One person's training record for their own CPD, their reflections, and everybody's completions. (ST-11)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, exists, or_, select

from app.attendance.models import Certificate, Reflection
from app.attendance.queries.certificates import standing_certificates_of
from app.core.db import another, db, live
from app.learning.models import THERE, Mark, PastCompletion
from app.learning.queries import completions, marks_of_person, past_completions_of
from app.people.models import BY_NAME, Person
from app.programmes.models import Course, CourseVersion


@dataclass(frozen=True)
class RecordedDay:
    """A day on which somebody took part, with the certificate that rests on it, if one does."""

    mark: Mark
    course: Course
    certificate: Certificate | None

    @property
    def minutes(self) -> int:
        return self.mark.minutes_there

    @property
    def trainer(self) -> str | None:
        trainer = self.mark.session.trainer
        return trainer.name if trainer else None


@dataclass(frozen=True)
class TrainingRecord:
    """Everything that somebody took part in, the newest day first, and what counts from elsewhere."""

    days: Sequence[RecordedDay]
    past: Sequence[PastCompletion]
    reflections: Sequence[Reflection]

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)

    @property
    def courses(self) -> list[Course]:
        """The courses that the record is about, by title, each once."""
        found = {day.course.id: day.course for day in self.days}
        found |= {one.version.course_id: one.version.course for one in self.past}
        found |= {one.course_id: one.course for one in self.reflections}
        return sorted(found.values(), key=lambda course: (course.title, course.id))


def record_of(person: Person) -> TrainingRecord:
    """The training record of a person, with their private reflections: for nobody’s eyes but their own."""
    certificates = {
        day["session"]: certificate
        for certificate in db.session.scalars(standing_certificates_of(person.id))
        for day in certificate.days
    }
    marks = db.session.scalars(marks_of_person(person)).all()
    days = [
        RecordedDay(
            mark=mark,
            course=mark.session.run.version.course,
            certificate=certificates.get(mark.session_id),
        )
        for mark in reversed(marks)
        if mark.status in THERE
    ]
    past = db.session.scalars(past_completions_of(person)).all()
    return TrainingRecord(days, past, db.session.scalars(reflections_of(person.id)).all())


def reflections_of(person_id: int) -> Select[tuple[Reflection]]:
    """What a person wrote for themselves, the newest first: to be asked for that person alone."""
    return (
        select(Reflection)
        .where(Reflection.person_id == person_id)
        .order_by(Reflection.written_at.desc(), Reflection.id.desc())
    )


def has_taken_part(person_id: int, course_id: int) -> bool:
    """Whether anything of a course is recorded of a person that they may reflect on."""
    marked = exists().where(
        Mark.person_id == person_id,
        Mark.version_id == CourseVersion.id,
        CourseVersion.course_id == course_id,
        Mark.status.in_(THERE),
        live(Mark),
    )
    past = exists().where(
        PastCompletion.person_id == person_id,
        PastCompletion.version_id == CourseVersion.id,
        CourseVersion.course_id == course_id,
        live(PastCompletion),
    )
    return bool(db.session.scalar(select(or_(marked, past))))


# --- Everybody -------------------------------------------------------------------------------------------


def completions_of_everybody(*, as_at: date) -> Select[tuple[object, ...]]:
    """Everybody's completions, one row for each course: who, what, when, and the latest certificate.

    By the names of people; in the order of `COMPLETION_COLUMNS` of the file that they become.
    """
    courses = db.session.scalars(select(CourseVersion.course_id).distinct()).all()
    done = completions(courses, as_at=as_at).subquery()
    later = another(Certificate, "later_certificate")
    is_followed = exists().where(
        later.person_id == Certificate.person_id,
        later.course_id == Certificate.course_id,
        later.withdrawn_at.is_(None),
        later.completed_on > Certificate.completed_on,
    )
    of_certificate = and_(
        Certificate.person_id == done.c.person_id,
        Certificate.course_id == done.c.course_id,
        Certificate.withdrawn_at.is_(None),
        ~is_followed,
    )
    return (
        select(
            Person.employee_number,
            Person.first_name,
            Person.last_name,
            Person.email,
            Course.code,
            Course.title,
            done.c.completed_on,
            Certificate.code,
        )
        .join_from(done, Person, Person.id == done.c.person_id)
        .join(Course, Course.id == done.c.course_id)
        .outerjoin(Certificate, of_certificate)
        .order_by(*BY_NAME, Course.code)
    )
