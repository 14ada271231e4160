"""Who a course is for, and has neither completed nor booked it; and who was invited. (AM-08)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.bookings.models import Booking, BookingState, Invitation
from app.bookings.queries.days import has_day, may_count
from app.bookings.queries.occupancy import OPEN_STATES
from app.core import clock
from app.core.db import db
from app.core.filters import day
from app.learning.queries import standings
from app.people import queries as people
from app.people.models import BY_NAME, Person, Spell
from app.programmes import queries as programmes
from app.programmes.models import Course, CourseVersion
from app.sessions.models import Run, SessionDate


def not_booked(
    course: Course, *, on: date, search: str | None = None, team_id: int | None = None
) -> Select[tuple[Person, Spell]]:
    """Everybody whom a course is for on a date and who has neither booked it nor a completion that is
    current, by name."""
    done = standings([course.id], as_at=on).subquery()
    return people.directory(search, None, team_id, on=on).where(
        programmes.is_audience(course, on),
        Person.id.not_in(select(done.c.person_id).where(done.c.is_current)),
        ~is_booked(course.id, on=on),
    )


def outside_audience(course_id: int, person_ids: Collection[int], *, on: date) -> set[int]:
    """Those of these people whom a course is not for, by their post on a date; nobody, if it is for all."""
    course = db.session.scalars(programmes.with_audience([course_id])).unique().one()
    if not programmes.has_audience(course):
        return set()
    for_them = people.spells_on(on).where(Spell.person_id.in_(person_ids), programmes.is_audience(course, on))
    return set(person_ids).difference(db.session.scalars(for_them.with_only_columns(Spell.person_id)))


def is_booked(course_id: int, *, on: date) -> ColumnElement[bool]:
    """Whether a booking of a course may still complete it for somebody, as seen on a date.

    A place may until the registers of its days say who came, or are no longer awaited; a request, a wait or
    an offer until its first day. Who was absent on 8 March, or still waited, has not booked it on 9 March.
    """
    is_place = Booking.state == BookingState.CONFIRMED
    return exists().where(
        Booking.person_id == Person.id,
        Booking.state.in_(OPEN_STATES),
        Booking.run_id == Run.id,
        Run.version_id == CourseVersion.id,
        CourseVersion.course_id == course_id,
        or_(
            and_(is_place, has_day(may_count(on))),
            and_(~is_place, ~has_day(SessionDate.held_on < on)),
        ),
    )


def team_to_book(course: Course, manager_id: int, team_ids: Collection[int], *, on: date) -> list[Person]:
    """Those of them whom a line manager looks after, by name, each with their spells."""
    below = people.people_below(manager_id, team_ids, on).options(selectinload(Person.spells))
    found = db.session.execute(below.where(Person.id.in_(people.ids_of(not_booked(course, on=on)))))
    return [person for person, _ in found]


def last_invitations(course_id: int, person_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these people was last invited to a course."""
    rows = db.session.execute(
        select(Invitation.person_id, func.max(Invitation.invited_at))
        .where(Invitation.course_id == course_id, Invitation.person_id.in_(person_ids))
        .group_by(Invitation.person_id)
    )
    return dict(rows.tuples().all())


def invited_in_words(course_id: int, person_ids: Collection[int]) -> dict[int, str]:
    """The same as a list of people says it beside a name: "invited on 3 March 2022"."""
    last = last_invitations(course_id, person_ids)
    return {person_id: f"invited on {day(clock.day_of(at))}" for person_id, at in last.items()}


def invited_last(people: Select[Any], course: Course) -> Select[Any]:
    """These people by name, those first who were never invited to the course."""
    invited = exists().where(Invitation.person_id == Person.id, Invitation.course_id == course.id)
    return people.order_by(None).order_by(invited, *BY_NAME)


def invited_to(runs: Sequence[Run], person_ids: Collection[int]) -> Select[tuple[int]]:
    """Who of these people was invited to every one of these runs, and would hear nothing new."""
    invited = (
        select(Invitation.person_id)
        .join(Invitation.runs)
        .where(Run.id.in_([run.id for run in runs]), Invitation.person_id.in_(person_ids))
    )
    return invited.group_by(Invitation.person_id).having(func.count(Run.id.distinct()) == len(runs))


def invited_in(batch: str) -> Select[tuple[int]]:
    """The people whom one press of the button has invited already."""
    return select(Invitation.person_id).where(Invitation.batch == batch)


def invitation_in_full(invitation_id: int) -> Select[tuple[Invitation]]:
    """An invitation with what its page shows: the person, the course, the runs and their sessions."""
    return (
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .options(
            joinedload(Invitation.person).selectinload(Person.spells),
            joinedload(Invitation.course).selectinload(Course.terms_that_apply),
            selectinload(Invitation.runs).options(
                selectinload(Run.sessions), joinedload(Run.version).joinedload(CourseVersion.course)
            ),
        )
    )
