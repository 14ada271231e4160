"""“Tell me when a run opens”: asking it of a course without one, and telling everybody once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CursorResult, delete

from app.audit import rules as audit
from app.bookings import emails, queries
from app.bookings.models import Interest, ToldOfRun
from app.bookings.rules.times import closes_at, closes_before
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Permission
from app.outbox.rules import enqueue
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Course


def courses_without_run(courses: Sequence[Course], *, now: datetime) -> list[Course]:
    """Of these courses, those of which no run can be booked: none to come, or each closed for booking."""
    last = queries.last_starts([course.id for course in courses], now)
    return [
        course
        for course in courses
        if course.id not in last or closes_before(last[course.id], course.terms) <= now
    ]


def check_can_ask(course: Course, person: Person, by: Actor, now: datetime) -> None:
    """People ask for themselves, of a course that is for them and has no run that they could book."""
    if not (by.can(Permission.BOOK_OWN_PLACE) and by.person_id == person.id):
        raise NotAllowed("You can ask only for yourself to be told when a run opens.")
    if not programmes.is_in_audience(course, person, clock.day_of(now)):
        raise RuleBroken(f"{course.title} is not for your role or organisation.")
    if not courses_without_run([course], now=now):
        raise RuleBroken(f"A run of {course.title} is open now. Book it below.")


def ask_to_be_told(*, course: Course, person: Person, by: Actor, now: datetime) -> None:
    """Ask to be told when a run of a course opens; asking twice is asking once."""
    check_can_ask(course, person, by, now)
    if course.id in queries.courses_asked_for(person):
        return
    interest = queries.interest_of(course, person) or Interest(course_id=course.id, person_id=person.id)
    interest.asked_at = now
    save_unique(interest, taken=RuleBroken("You have asked already."))
    audit.record(by=by, verb="interest:asked", thing=interest, now=now, label=course.title)


def withdraw_interest(*, course: Course, person: Person, by: Actor, now: datetime) -> None:
    """Ask no longer; pressing twice does nothing more."""
    if by.person_id is None or by.person_id != person.id:
        raise NotAllowed("You can take back only what you asked for yourself.")
    interest = queries.interest_of(course, person)
    if interest is not None:
        audit.record(by=by, verb="interest:taken back", thing=interest, now=now, label=course.title)
        db.session.delete(interest)
        db.session.flush()


def tell_of_runs(*, interest: Interest, now: datetime) -> int:
    """Write to whoever asked of the runs that can be booked by now, once of each. Returns how many e-mails.

    Six copies made in one go are one e-mail that lists six. Whoever is not in the audience is told when the
    course is opened to it. Whoever calls has locked the asking.
    """
    course, person = interest.course, interest.person
    if not person.email or course.id not in queries.courses_asked_for(person):
        return 0
    if not programmes.is_in_audience(course, person, clock.day_of(now)):
        return 0
    terms = course.terms
    runs = [
        run
        for run in db.session.scalars(queries.runs_untold(interest, now))
        if closes_at(run.sessions, terms) > now
    ]
    if not runs:
        return 0
    db.session.add_all(ToldOfRun(person_id=person.id, run_id=run.id, told_at=now) for run in runs)
    db.session.flush()
    enqueue(
        key=f"run_opened:person:{person.id}:run:{min(run.id for run in runs)}",
        kind="run_opened",
        to_address=person.email,
        to_name=person.name,
        email=emails.run_opened(person, course, runs),
        now=now,
        about=course,
        useful_until=max(closes_at(run.sessions, terms) for run in runs),
    )
    return 1


def forget_interest(*, now: datetime) -> int:
    """Delete the askings that have ended: those of people who booked since or have left. Returns how many
    that were."""
    ended = queries.interests_that_ended(clock.day_of(now))
    result = db.session.execute(
        delete(Interest).where(Interest.id.in_(ended)).execution_options(synchronize_session=False)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount
