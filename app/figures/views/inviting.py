"""From a target's shortfall to the people: inviting those who are not booked. (AM-07, AM-08)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import queries as bookings
from app.bookings import rules as booking_rules
from app.bookings.forms import PEOPLE_ON_A_PAGE, RUNS_AT_MOST, InviteForm
from app.core import clock
from app.core.db import db
from app.core.forms import SelectChoice
from app.core.permissions import Permission
from app.core.web import (
    Page,
    current_actor,
    get_or_404,
    one_or_404,
    paginate,
    requires,
    rule_errors_flashed,
    rule_errors_on,
)
from app.figures import queries, rules
from app.figures.forms import PartAsked
from app.figures.models import Target
from app.figures.views.targets import bp
from app.people import queries as people
from app.people.models import Person
from app.programmes.models import Course


@bp.route("/targets/<code>/not-booked/<int:course_id>", methods=["GET", "POST"])
@requires(Permission.BOOK_ANYONE)
def not_booked(code: str, course_id: int) -> str | Response:
    """Who of a target's people lacks a course and has not booked it; invite them, or book them."""
    target, course = _target_or_404(code), get_or_404(Course, course_id)
    if not _is_asked_for(target):
        return redirect(url_for("figures.target", code=target.code))
    teams = db.session.execute(people.team_names()).tuples().all()
    part = PartAsked.read(request.args, teams)
    found = queries.not_booked(target, course, on=clock.today(), among=part.among)
    page = paginate(bookings.invited_last(found, course), size=PEOPLE_ON_A_PAGE, scalars=False)
    form = InviteForm()
    _offer(form, target, course, page)
    if form.validate_on_submit():
        back = url_for("figures.not_booked", code=target.code, course_id=course.id, **part.address)
        with rule_errors_on(form):
            return _asked_or_done(course, form, back)
    context = {"target": target, "course": course, "form": form, "page": page, "teams": teams, "part": part}
    return render_template("figures/not_booked.html", **context)


def _asked_or_done(course: Course, form: InviteForm, back: str) -> str | Response:
    """The page that asks about those who were chosen; once that was looked at, what was asked is done."""
    chosen = db.session.scalars(bookings.people_to_book(form.chosen)).all()
    if asked := form.question(course, chosen):
        check = "bookings/check_inviting.html"
        return render_template(check, course=course, form=form, people=chosen, asked=asked, back=back)
    news = _invite_or_book(course, form, chosen)
    db.session.commit()
    for words, tone in news:
        flash(words, tone)
    return redirect(back)


def _invite_or_book(course: Course, form: InviteForm, chosen: Sequence[Person]) -> list[tuple[str, str]]:
    return booking_rules.invite_or_book(
        form.how.data,
        course=course,
        runs=form.chosen_runs,
        people=chosen,
        batch=form.press,
        is_again=form.is_again,
        by=current_actor(),
        now=clock.now(),
    )


def _is_asked_for(target: Target) -> bool:
    """Whether people can be invited for a target; if not, why is said on the page that follows."""
    with rule_errors_flashed():
        rules.check_has_not_ended(target, on=clock.today())
        return True
    return False


def _target_or_404(code: str) -> Target:
    """A flow counts whoever is trained, so that nobody in particular lacks it: it has no such page."""
    target = one_or_404(queries.target_coded(code))
    return target if target.kind.has_scope else abort(404)


def _offer(form: InviteForm, target: Target, course: Course, page: Page[Any]) -> None:
    """Who and what can be chosen: those on the page for whom the course is, and runs that can be booked."""
    found = bookings.bookable_runs([course.id], now=clock.now()).limit(RUNS_AT_MOST)
    runs = db.session.scalars(found).all()
    ids, today = [person.id for person, *_ in page.rows], clock.today()
    outside = bookings.outside_audience(course.id, ids, on=today)
    invited = bookings.invited_in_words(course.id, ids)
    choices = [
        SelectChoice(value=str(person.id), label=_in_words(person, note, invited.get(person.id)))
        for person, note, *_ in page.rows
        if person.id not in outside
    ]
    form.offer(
        choices,
        runs,
        queries.places_left_of(target, runs, on=today),
        deadline=queries.target_rules([target.id])[target.id].deadline,
        outside=[person for person, *_ in page.rows if person.id in outside],
    )


def _in_words(person: Person, note: str | None, invited: str | None) -> str:
    about = ", ".join(filter(None, [note, None if person.email else "no e-mail address", invited]))
    return f"{person.name} ({about})" if about else person.name
