"""Checking in: the pages that the code in the room opens on people's own phones.

Scanning or typing a code shows a page; the press of its button marks, and only for whoever presses.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.attendance import queries, rules
from app.attendance.forms import CodeForm, HereForm
from app.attendance.views.blueprint import bp
from app.core import clock, tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.web import (
    by_link,
    current_actor,
    get_or_404,
    limiter,
    opened_by_secret,
    public,
    rule_errors_on,
)
from app.learning.models import Mark
from app.people.models import Person
from app.sessions.models import TrainingSession

Answer = str | WerkzeugResponse
DONE = "checked-in"
by_code = opened_by_secret("You can’t check in")

# What a network may get wrong: generous, as everybody in a room may come from one address.
failed_tries = limiter.limit("300 per 5 minutes", deduct_when=lambda response: response.status_code == 404)
failed_presses = limiter.limit(
    "300 per 5 minutes", methods=["POST"], deduct_when=lambda response: response.status_code != 302
)


@bp.route("/check-in", methods=["GET", "POST"])
@public
@failed_presses
def type_code() -> Answer:
    """Type the code that is shown, where there is no camera."""
    form = CodeForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            session = rules.session_showing(form.code.data or "", clock.now())
            return redirect(url_for("attendance.check_in", token=rules.ticket_for(session)))
    return render_template("attendance/type_code.html", form=form)


@bp.get("/check-in/<int:session_id>/<code>")
@public
@failed_tries
@by_code
def open_code(session_id: int, code: str) -> Answer:
    """Exchange the code that was scanned for a ticket, which signing in does not lose."""
    session = get_or_404(TrainingSession, session_id)
    rules.check_code(session, code, clock.now())
    return redirect(url_for("attendance.check_in", token=rules.ticket_for(session)))


@bp.route("/check-in/<token>", methods=["GET", "POST"])
@public
@failed_presses
@by_code
def check_in(token: str) -> Answer:
    """Say that one is here: signed in with one press, or else with the reference of one's booking."""
    session, person, form = rules.session_of_ticket(token, clock.now()), _signed_in(), HereForm()
    if person is not None:
        form.ask_nothing()
        rules.check_has_place(session, person)
        if known := db.session.scalar(queries.mark_of(session, person.id)):
            return _to_what_stands(known)
    if form.validate_on_submit():
        with rule_errors_on(form):
            mark = _mark(session, person, form)
            db.session.commit()
            return _to_what_stands(mark)
        session = rules.session_of_ticket(token, clock.now())
    return render_template(
        "attendance/check_in.html", form=form, session=session, person=person, here=request.path
    )


def _signed_in() -> Person | None:
    """Whom the account belongs to; None for a visitor, and for an account that nobody can be trained by."""
    person_id = current_actor().person_id
    return db.session.get(Person, person_id) if person_id is not None else None


def _mark(session: TrainingSession, person: Person | None, form: HereForm) -> Mark:
    by = current_actor()
    if person is None:
        person = rules.person_booked(session, form.reference.data or "", form.email.data or "")
        by = Actor(name=person.name, person_id=person.id)
    return rules.check_in(session=session, person=person, by=by, now=clock.now())


def _to_what_stands(mark: Mark) -> WerkzeugResponse:
    return redirect(url_for("attendance.checked_in", token=tokens.make(DONE, mark.id)))


@bp.get("/checked-in/<token>")
@public
@by_link
def checked_in(token: str) -> str:
    """What the register says of whoever has just checked in."""
    mark = get_or_404(Mark, tokens.read(DONE, token))
    return render_template("attendance/checked_in.html", mark=mark, session=mark.session)
