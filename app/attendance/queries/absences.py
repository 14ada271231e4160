"""Who did not come and sent no notice, what was said of it since, and how often it happens. (U-02, LM-06)"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from app.attendance.models import AbsenceAnswer
from app.bookings.models import LeavingCause
from app.core import clock
from app.core.db import db, live, row_count
from app.learning.models import ABSENT, Mark, MarkStatus, MarkWay, Submission
from app.people import queries as people
from app.people.models import BY_NAME, Person
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, TrainingSession

FLAGGED_FROM = 3  # no-shows within twelve months
NEWS_FOR = timedelta(weeks=4)
ASKED_FOR = timedelta(weeks=8)


def absence(mark_id: int) -> Select[tuple[Mark]]:
    """A mark with its person, and with the session, run and course that it is of."""
    return (
        select(Mark)
        .where(Mark.id == mark_id)
        .options(
            joinedload(Mark.person).selectinload(Person.spells),
            joinedload(Mark.session)
            .joinedload(TrainingSession.run)
            .joinedload(Run.version)
            .joinedload(CourseVersion.course),
        )
    )


def stands_as_no_show(mark: Mark) -> bool:
    """Whether the register still says that the person did not come: it may have been corrected since."""
    statement = select(
        exists().where(
            Mark.person_id == mark.person_id,
            Mark.session_id == mark.session_id,
            _is_no_show(),
        )
    )
    return db.session.scalar(statement) or False


def answer_of(mark: Mark) -> AbsenceAnswer | None:
    """What was said of an absence, if anything was."""
    return db.session.scalar(
        select(AbsenceAnswer)
        .options(joinedload(AbsenceAnswer.cause))
        .where(AbsenceAnswer.person_id == mark.person_id, AbsenceAnswer.session_id == mark.session_id)
    )


def _answered() -> ColumnElement[bool]:
    return and_(AbsenceAnswer.person_id == Mark.person_id, AbsenceAnswer.session_id == Mark.session_id)


def _is_no_show() -> ColumnElement[bool]:
    """In the words of the index of no-shows: a parameter in place of the status would pass it by."""
    return and_(Mark.status == literal_column("'absent_no_notice'"), live(Mark))


def absences_on(session: TrainingSession) -> Select[Any]:
    """Who did not come to a session without notice, by name, each with what was said of it or None."""
    return (
        select(Mark, AbsenceAnswer)
        .join(Mark.person)
        .outerjoin(AbsenceAnswer, _answered())
        .options(contains_eager(Mark.person), joinedload(AbsenceAnswer.cause))
        .where(Mark.session_id == session.id, Mark.status == MarkStatus.ABSENT_NO_NOTICE, live(Mark))
        .order_by(*BY_NAME)
    )


def no_shows_marked(*, after: datetime, before: datetime, held_from: date) -> Select[tuple[Mark]]:
    """The no-shows that registers were marked with between two instants.

    History that was brought in is left out, and so is what was held long before: nobody is asked about the
    far past. A mark that follows a corrected date was marked when its submission was.
    """
    return (
        select(Mark)
        .join(Mark.submission)
        .options(contains_eager(Mark.submission))
        .where(
            _is_no_show(),
            Mark.held_on >= held_from,
            Submission.at > after,
            Submission.at <= before,
            Submission.way != MarkWay.IMPORT,
        )
        .order_by(Mark.id)
    )


def unanswered_for(person_id: int, *, on: date) -> Select[tuple[Mark]]:
    """The no-shows of these eight weeks of which nothing was said yet, the newest first: somebody's own, and
    those of the people whom they decide for."""
    answered = exists().where(_answered())
    return (
        select(Mark)
        .join(Mark.person)
        .options(
            contains_eager(Mark.person),
            joinedload(Mark.session)
            .joinedload(TrainingSession.run)
            .joinedload(Run.version)
            .joinedload(CourseVersion.course),
        )
        .where(
            or_(Mark.person_id == person_id, Mark.person_id.in_(people.people_decided_for(person_id, on=on))),
            _is_no_show(),
            Mark.held_on > on - ASKED_FOR,
            Mark.held_on <= on,
            ~answered,
        )
        .order_by(Mark.held_on.desc(), Mark.id)
    )


# --- Again and again -----------------------------------------------------------------------------------


def repeated_no_shows(on: date, *, only_news: bool = False) -> Select[tuple[Person, int, date]]:
    """Who did not come three times or more in the twelve months to `on`, those with the most first.

    They are flagged, and may book as before (U-02). `only_news` are those whose latest is of these four
    weeks: what the academy's first page says.
    """
    missed = (
        select(Mark.person_id, func.count(Mark.id).label("count"), func.max(Mark.held_on).label("latest"))
        .where(_is_no_show(), Mark.held_on > clock.months_before(on, 12), Mark.held_on <= on)
        .group_by(Mark.person_id)
        .having(func.count(Mark.id) >= FLAGGED_FROM)
        .subquery()
    )
    statement = (
        select(Person, missed.c.count, missed.c.latest)
        .join(missed, missed.c.person_id == Person.id)
        .order_by(missed.c.count.desc(), missed.c.latest.desc(), Person.id)
    )
    return statement.where(missed.c.latest > on - NEWS_FOR) if only_news else statement


def repeated_count(on: date) -> int:
    """How many people `repeated_no_shows` lists."""
    return db.session.scalar(select(row_count(repeated_no_shows(on)))) or 0


# --- In total ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Absences:
    """How many absences of one course and month have one reason."""

    month: date
    course: str
    reason: str
    count: int


APOLOGIES = "Apologies, no reason given"
NOT_ANSWERED = "Not answered yet"


def absences_in_total(first: date, last: date, course_id: int | None = None) -> list[Absences]:
    """The absences of registers from `first` to `last`, by month, course and reason; the newest month first.

    Those with apologies count too. Nobody is named.
    """
    year, month = func.extract("year", Mark.held_on), func.extract("month", Mark.held_on)
    statement = (
        select(year, month, Course.title, LeavingCause.name, Mark.status, func.count())
        .join(CourseVersion, CourseVersion.id == Mark.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .outerjoin(AbsenceAnswer, _answered())
        .outerjoin(LeavingCause, LeavingCause.id == AbsenceAnswer.cause_id)
        .where(
            live(Mark),
            Mark.held_on.between(first, last),
            Mark.status.in_(ABSENT),
        )
        .group_by(year, month, Course.title, LeavingCause.name, Mark.status)
    )
    if course_id is not None:
        statement = statement.where(Course.id == course_id)
    found = (
        Absences(date(int(in_year), int(in_month), 1), title, _reason(cause, status), count)
        for in_year, in_month, title, cause, status, count in db.session.execute(statement)
    )
    return sorted(_together(found), key=lambda one: (-one.month.toordinal(), one.course, one.reason))


def _reason(cause: str | None, status: MarkStatus) -> str:
    return cause or (APOLOGIES if status is MarkStatus.ABSENT_APOLOGIES else NOT_ANSWERED)


def _together(found: Iterable[Absences]) -> list[Absences]:
    """One line for each month, course and reason, whatever the register said."""
    counts: dict[tuple[date, str, str], int] = {}
    for one in found:
        key = (one.month, one.course, one.reason)
        counts[key] = counts.get(key, 0) + one.count
    return [Absences(*key, count) for key, count in counts.items()]
