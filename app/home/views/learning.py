"""What is wanted of somebody and how far they are: their own page, and the same for those who may see it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, render_template

from app.attendance import queries as attendance
from app.bookings import queries as bookings
from app.bookings import rules as bookings_rules
from app.core import clock
from app.core.db import db
from app.core.errors import allows
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires
from app.home import queries
from app.people import rules as people
from app.people.models import Person

bp = Blueprint("learning", __name__)


@bp.get("/my-learning")
@requires(Permission.SEE_OWN_LEARNING)
def mine() -> str:
    """What one is to do next, what one has done, and what is complete. (ST-01, ST-09)"""
    person_id = current_actor().person_id
    if person_id is None:
        return render_template("bookings/nobody.html")
    return _learning(get_or_404(Person, person_id))


@bp.get("/people/<int:person_id>/learning")
@requires(Permission.SEE_ALL_PEOPLE, Permission.SEE_OWN_TEAM, Permission.SEE_OWN_LEARNING)
def of_person(person_id: int) -> str:
    """The same of somebody else: for the academy, and for the person's line manager."""
    person = get_or_404(Person, person_id)
    people.check_can_see(person, current_actor(), clock.today())
    return _learning(person)


def _learning(person: Person) -> str:
    actor, now = current_actor(), clock.now()
    held = db.session.scalars(bookings.open_bookings_of([person.id])).unique().all()
    progress = attendance.progress_of(person, as_at=clock.today(), held=held)
    certificates = db.session.scalars(attendance.standing_certificates_of(person.id))
    return render_template(
        "home/learning.html",
        person=person,
        is_own=person.id == actor.person_id,
        steps=queries.steps_of(person, progress, held, now),
        progress=progress,
        certificates={one.course_id: one for one in sorted(certificates, key=lambda one: one.completed_on)},
        can_book=_can_book_for(person),
        may_enter=actor.can(Permission.EDIT_PEOPLE),
        declared=db.session.scalars(attendance.declarations_of(person.id)).all(),
        today=clock.today(),
    )


def _can_book_for(person: Person) -> bool:
    return allows(partial(bookings_rules.check_can_book_for, person, current_actor(), clock.today()))
