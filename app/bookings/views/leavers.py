"""The places of people who leave: which will go, and letting them go now. (U-06)"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.filters import plural
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_flashed
from app.people.models import Person


@bp.get("/people/leaving")
@requires(Permission.BOOK_ANYONE)
def leavers() -> str:
    """Every place on a day after somebody's last one."""
    page = paginate(queries.places_beyond_last_day(clock.now()))
    return render_template("bookings/leavers.html", page=page)


@bp.get("/people/<int:person_id>/leaving")
@requires(Permission.BOOK_ANYONE)
def leaving(person_id: int) -> str | Response:
    """Which of somebody's places are on days after the last one; back to their page when there are none."""
    person = get_or_404(Person, person_id)
    places = db.session.scalars(queries.places_beyond_last_day(clock.now(), person.id)).unique().all()
    if not places:
        return redirect(url_for("people.person", person_id=person.id))
    return render_template("bookings/leaving.html", person=person, places=places)


@bp.post("/people/<int:person_id>/leaving/release")
@requires(Permission.BOOK_ANYONE)
def release(person_id: int) -> Response:
    """Let the places go now, before the night after the last day does."""
    person = get_or_404(Person, person_id)
    with rule_errors_flashed():
        released = rules.release_places_of(person=person, by=current_actor(), now=clock.now())
        db.session.commit()
        count = plural(len(released), "place")
        flash(f"{count} of {person.name} {'is' if len(released) == 1 else 'are'} released.")
    return redirect(url_for("people.person", person_id=person_id))
