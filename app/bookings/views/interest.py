"""“Tell me when a run opens”: asking, taking it back, and how many ask of a course."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, one_or_404, paginate, requires, rule_errors_flashed
from app.people.models import Person
from app.programmes import queries as programmes
from app.programmes.models import Course


@bp.post("/courses/<int:course_id>/ask")
@requires(Permission.BOOK_OWN_PLACE)
def ask_to_be_told(course_id: int) -> Response:
    """Ask to be told when a run of the course opens."""
    title = get_or_404(Course, course_id).title
    return _for_oneself(
        rules.ask_to_be_told, course_id, f"We will e-mail you when a run of {title} can be booked."
    )


@bp.post("/courses/<int:course_id>/take-back")
@requires(Permission.BOOK_OWN_PLACE)
def take_back(course_id: int) -> Response:
    """Ask no longer."""
    title = get_or_404(Course, course_id).title
    return _for_oneself(rules.withdraw_interest, course_id, f"We will not e-mail you about runs of {title}.")


def _for_oneself(rule: Callable[..., None], course_id: int, news: str) -> Response:
    actor = current_actor()
    with rule_errors_flashed():
        if actor.person_id is not None:
            course, person = get_or_404(Course, course_id), get_or_404(Person, actor.person_id)
            rule(course=course, person=person, by=actor, now=clock.now())
            db.session.commit()
            flash(news)
    return redirect(url_for("bookings.open_runs"))


@bp.get("/courses/<int:course_id>/interest")
@requires(Permission.SEE_PROGRAMMES)
def course_interest(course_id: int) -> str:
    """How many ask to be told when a run opens, to plan by; who they are is for the academy alone."""
    course = one_or_404(programmes.course_in_full(course_id))
    return render_template(
        "bookings/course_interest.html",
        course=course,
        page=paginate(queries.interests_in(course)),
        shows_names=current_actor().can(Permission.BOOK_ANYONE),
        today=clock.today(),
    )
