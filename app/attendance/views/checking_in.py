"""Checking in: the code as the room sees it, and the pages that it opens on people's own phones.

Scanning or typing a code shows a page; the press of its button marks, and only for whoever presses.
"""

from __future__ import annotations

import segno
from flask import Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from app.attendance import queries, rules
from app.attendance.forms import CodeForm, HereForm
from app.attendance.views.blueprint import bp
from app.core import clock, mail, tokens
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import (
    by_link,
    current_actor,
    get_or_404,
    limiter,
    opened_by_secret,
    public,
    requires,
    rule_errors_on,
)
from app.learning.models import Mark
from app.people.models import Person
from app.sessions.models import TrainingSession

Answer = str | WerkzeugResponse
DONE = "checked-in"
by_code = opened_by_secret("You can’t check in")
SHOWN_AT_LEAST = 10  # seconds; a code is good for a minute more than it is shown

# What a network may get wrong: generous, as everybody in a room may come from one address.
failed_tries = limiter.limit("300 per 5 minutes", deduct_when=lambda response: response.status_code == 404)
failed_presses = limiter.limit(
    "300 per 5 minutes", methods=["POST"], deduct_when=lambda response: response.status_code != 302
)


# --- What the room sees --------------------------------------------------------------------------------


@bp.get("/sessions/<int:session_id>/check-in")
@requires(Permission.MARK_REGISTERS)
def check_in_screen(session_id: int) -> Response:
    """The code of this minute, large, for the wall or the shared screen."""
    session = get_or_404(TrainingSession, session_id)
    rules.check_can_see_registers(session.run, current_actor())
    back = url_for("attendance.session_register", session_id=session.id)
    return _screen(session, back=back)


@bp.get("/register-links/<token>/check-in")
@public
@by_link
def check_in_screen_by_link(token: str) -> Response:
    """The same for a trainer who has a link to the register and no account."""
    session = rules.link_of(token, clock.now()).session
    return _screen(session, back=url_for("attendance.register_by_link", token=token))


def _screen(session: TrainingSession, *, back: str) -> Response:
    """The page is fetched anew when the next minute has begun, also without a script."""
    now = clock.now()
    try:
        rules.check_is_checking_in(session, now)
        code, why_not = rules.code_shown(session, now), None
    except RuleBroken as broken:
        code, why_not = None, broken.message
    checked_in, places = queries.checked_in(session)
    page = render_template(
        "attendance/check_in_screen.html",
        session=session,
        code=code,
        why_not=why_not,
        picture=_picture(session, code) if code else None,
        typed_at=mail.link("/check-in").partition("://")[2],
        checked_in=checked_in,
        places=places,
        back=back,
    )
    response = make_response(page)
    if now < session.ends_at:
        response.headers["Refresh"] = str(max(SHOWN_AT_LEAST, 61 - clock.london(now).second))
    return response


def _picture(session: TrainingSession, code: str) -> Markup:
    """The QR code of the address that opens the code."""
    address = mail.link(f"/check-in/{session.id}/{code}")
    drawn = segno.make(address, error="m").svg_inline(border=4, light="#ffffff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn by us, of our own address


# --- What people see on their phones -------------------------------------------------------------------


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
