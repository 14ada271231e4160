"""What somebody has learnt: their own page, and the same for those who may see it."""

from __future__ import annotations

from flask import render_template

from app.attendance import queries
from app.attendance.views.blueprint import bp
from app.bookings import rules as bookings_rules
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires
from app.people import rules as people
from app.people.models import Person


@bp.get("/my-learning")
@requires(Permission.SEE_OWN_LEARNING)
def my_learning() -> str:
    """What one has done, what is missing, and what is complete."""
    person_id = current_actor().person_id
    if person_id is None:
        return render_template("bookings/nobody.html")
    return _learning(get_or_404(Person, person_id))


@bp.get("/people/<int:person_id>/learning")
@requires(Permission.SEE_ALL_PEOPLE, Permission.SEE_OWN_TEAM, Permission.SEE_OWN_LEARNING)
def person_learning(person_id: int) -> str:
    """The same of somebody else: for the academy, and for the person's line manager."""
    person = get_or_404(Person, person_id)
    people.check_can_see(person, current_actor(), clock.today())
    return _learning(person)


def _learning(person: Person) -> str:
    actor = current_actor()
    return render_template(
        "attendance/learning.html",
        person=person,
        is_own=person.id == actor.person_id,
        progress=queries.progress_of(person, as_at=clock.today()),
        can_book=_can_book_for(person),
        may_enter=actor.can(Permission.EDIT_PEOPLE),
        declared=db.session.scalars(queries.declarations_of(person.id)).all(),
    )


def _can_book_for(person: Person) -> bool:
    try:
        bookings_rules.check_can_book_for(person, current_actor(), clock.today())
    except NotAllowed:
        return False
    return True
