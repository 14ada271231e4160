"""The code to check in with, as the room sees it: on the wall, or on the screen that a meeting shares.

The page fetches itself anew every minute for as long as the session lasts. It therefore does not run on
whoever put it up: their 30 idle minutes go on. Nor is there a secret in its address, which everybody in the
room can read: the browser that shows it keeps a ticket for this one session instead.
"""

from __future__ import annotations

import segno
from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from app.attendance import queries, rules
from app.attendance.views.blueprint import bp
from app.core import clock, mail
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import by_link, current_actor, get_or_404, public, requires, unattended
from app.sessions.models import TrainingSession

TICKET = "takeup-screen"
SHOWN_AT_LEAST = 10  # seconds; a code is good for a minute more than it is shown


@bp.get("/sessions/<int:session_id>/check-in")
@requires(Permission.MARK_REGISTERS)
def check_in_screen(session_id: int) -> WerkzeugResponse:
    """Put the code of a session on the wall."""
    session = get_or_404(TrainingSession, session_id)
    rules.check_can_see_registers(session.run, current_actor())
    return _put_up(session)


@bp.get("/register-links/<token>/check-in")
@public
@by_link
def check_in_screen_by_link(token: str) -> WerkzeugResponse:
    """The same for a trainer who has a link to the register and no account."""
    return _put_up(rules.link_of(token, clock.now()).session)


def _put_up(session: TrainingSession) -> WerkzeugResponse:
    shown_at = url_for("attendance.code_on_the_wall", session_id=session.id)
    response = redirect(shown_at)
    response.set_cookie(
        TICKET,
        rules.ticket_for_screen(session),
        max_age=rules.SCREEN_LASTS,
        path=shown_at,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


@bp.get("/check-in-screen/<int:session_id>")
@unattended
def code_on_the_wall(session_id: int) -> WerkzeugResponse:
    """The code of this minute, large. It is fetched anew when the next has begun, also without a script."""
    session = get_or_404(TrainingSession, session_id)
    if not rules.is_ticket_for_screen(session, request.cookies.get(TICKET, "")):
        return redirect(url_for("attendance.check_in_screen", session_id=session_id))
    now = clock.now()
    response = _page(session)
    response.headers["Cache-Control"] = "no-store"
    if now < session.ends_at:
        response.headers["Refresh"] = str(max(SHOWN_AT_LEAST, 61 - clock.london(now).second))
    return response


def _page(session: TrainingSession) -> Response:
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
    )
    return make_response(page)


def _picture(session: TrainingSession, code: str) -> Markup:
    """The QR code of the address that opens the code."""
    address = mail.link(f"/check-in/{session.id}/{code}")
    drawn = segno.make(address, error="m").svg_inline(border=4, light="#ffffff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn by us, of our own address
