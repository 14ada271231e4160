"""Where a missed day can be had."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.views.blueprint import bp, whose_place
from app.core import clock
from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, requires


@bp.get("/days/<int:component_id>")
@requires(Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)
def catch_up(component_id: int) -> str | Response:
    """The sessions in which somebody can do one day of a course, in any run of it, soonest first.

    A workshop of one day is no day to catch up: its runs are shown.
    """
    component = one_or_404(queries.component_in_full(component_id))
    person = whose_place()
    if person is None:
        abort(404)
    if len(component.version.components) == 1:
        course_id = component.version.course_id
        return redirect(url_for("bookings.open_runs", course=course_id, person=request.args.get("person")))
    sessions = rules.days_to_catch_up(component, by=current_actor(), now=clock.now())
    return render_template(
        "bookings/catch_up.html",
        component=component,
        course=component.version.course,
        person=person,
        is_own=person.id == current_actor().person_id,
        sessions=sessions,
        left=queries.seats_left_for(person, sessions, on=clock.today()),
    )
