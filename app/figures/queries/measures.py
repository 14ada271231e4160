"""What is counted besides completions: sessions delivered, and how far training has reached people (4.2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all

from app.bookings.models import Booking, BookingMove, BookingState, Invitation, ToldOfRun
from app.bookings.queries import held_by
from app.core import clock
from app.core.db import another, live
from app.figures.models import DeliverableSession, PopulationRule, ReachStep, Target, TargetRule
from app.figures.queries import scopes
from app.learning.models import THERE, Mark
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, RunState, SessionDate, TrainingSession

# --- Sessions delivered --------------------------------------------------------------------------------


def delivered(target_id: int, *, as_at: date, known_at: datetime | None = None) -> Select[tuple[int]]:
    """The ids of the sessions that are ticked for a deliverable and were delivered by the end of a date.

    Delivered is a session that was held by then, with somebody there by the marks known. A session of a run
    that was cancelled before it was over is no delivery, whatever its register says (U-05).
    """
    return (
        select(DeliverableSession.session_id)
        .join(TrainingSession, TrainingSession.id == DeliverableSession.session_id)
        .join(Run, Run.id == TrainingSession.run_id)
        .join(SessionDate, and_(SessionDate.session_id == TrainingSession.id, live(SessionDate, known_at)))
        .where(
            DeliverableSession.target_id == target_id,
            live(DeliverableSession, known_at),
            SessionDate.held_on <= as_at,
            is_going_ahead(),
            was_attended(TrainingSession.id, known_at),
        )
        .distinct()
    )


def is_going_ahead() -> ColumnElement[bool]:
    """Whether a session stands or was over before the rest of its run was cancelled.

    A run that was cancelled when all of it was over had been entered by mistake.
    """
    other, rest = another(TrainingSession, "other_session"), another(SessionDate, "rest")
    has_a_rest = (
        exists()
        .where(other.run_id == Run.id, rest.session_id == other.id, live(rest))
        .where(rest.ends_at > Run.cancelled_at)
    )
    return or_(
        Run.state == RunState.SCHEDULED,
        and_(Run.cancelled_at.is_not(None), SessionDate.ends_at <= Run.cancelled_at, has_a_rest),
    )


def was_attended(session_id: Any, known_at: datetime | None = None) -> ColumnElement[bool]:
    """Whether somebody was there, for all or part of the session, by the marks known."""
    return exists().where(Mark.session_id == session_id, live(Mark, known_at), Mark.status.in_(THERE))


# --- How far training has reached ----------------------------------------------------------------------


def reached(
    target: Target,
    rule: TargetRule,
    population: PopulationRule | None,
    step: ReachStep,
    *,
    as_at: date,
    known_at: datetime | None = None,
) -> Select[Any]:
    """The people whom a step has reached by the end of a date, each once; columns: person_id, and at, when it
    first did: a day for attendance, an instant for the others.

    Of the target's course or, when it names none, of every course of its programme; with a population, only
    those who are in it on the date. Each step is counted by itself: somebody who came without a booking
    attended, and was neither invited nor booked.
    """
    course = is_its_course(target, rule)
    until = clock.end_of_day(as_at)
    until = until if known_at is None else min(until, known_at)
    sources = {
        ReachStep.OFFERED: [_invited(course, until), _told(course, until), _asked(course, until, known_at)],
        ReachStep.INVITED: [_invited(course, until)],
        ReachStep.BOOKED: [_booked(course, until, known_at)],
        ReachStep.ATTENDED: [_attended(course, as_at, known_at)],
    }
    people = union_all(*sources[step]).subquery()
    statement = select(people.c.person_id, func.min(people.c.at).label("at")).group_by(people.c.person_id)
    if population is not None:
        scope = scopes.in_post(population, as_at=as_at, known_at=known_at)
        statement = statement.where(people.c.person_id.in_(scope))
    return statement


def is_its_course(target: Target, rule: TargetRule) -> ColumnElement[bool]:
    """Whether a course is the one that a target names or, when it names none, one of its programme."""
    return Course.id == rule.course_id if rule.course_id else Course.programme_id == target.programme_id


def _invited(course: ColumnElement[bool], until: datetime) -> Select[Any]:
    return (
        select(Invitation.person_id.label("person_id"), Invitation.invited_at.label("at"))
        .join(Course, Course.id == Invitation.course_id)
        .where(course, Invitation.invited_at <= until)
    )


def _told(course: ColumnElement[bool], until: datetime) -> Select[Any]:
    """Those who had asked, and were told that a run opened."""
    statement = _on_runs(ToldOfRun.person_id, ToldOfRun.told_at).join(ToldOfRun, ToldOfRun.run_id == Run.id)
    return statement.where(course, ToldOfRun.told_at <= until)


def _asked(course: ColumnElement[bool], until: datetime, known_at: datetime | None) -> Select[Any]:
    """Everybody who ever had a booking, whatever became of it: those on a waiting list were offered one."""
    statement = _on_runs(held_by(known_at), Booking.created_at).join(Booking, Booking.run_id == Run.id)
    return statement.where(course, Booking.created_at <= until)


def _booked(course: ColumnElement[bool], until: datetime, known_at: datetime | None) -> Select[Any]:
    """Everybody who had a place, even if they gave it up later."""
    statement = _on_runs(held_by(known_at), BookingMove.at).join(Booking, Booking.run_id == Run.id)
    moves = and_(BookingMove.booking_id == Booking.id, BookingMove.to_state == BookingState.CONFIRMED)
    return statement.join(BookingMove, moves).where(course, BookingMove.at <= until)


def _attended(course: ColumnElement[bool], as_at: date, known_at: datetime | None) -> Select[Any]:
    return (
        select(Mark.person_id.label("person_id"), Mark.held_on.label("at"))
        .join(CourseVersion, CourseVersion.id == Mark.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(course, live(Mark, known_at), Mark.held_on <= as_at, Mark.status.in_(THERE))
    )


def _on_runs(person_id: Any, at: Any) -> Select[Any]:
    return (
        select(person_id.label("person_id"), at.label("at"))
        .select_from(Course)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(Run, Run.version_id == CourseVersion.id)
    )
