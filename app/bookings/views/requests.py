"""The requests that wait for somebody's answer, one by one or several at once. (LM-02, LM-03, LM-07)"""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import AnswersForm, OneAnswerForm
from app.bookings.models import Booking
from app.bookings.views.blueprint import any_booking_or_404, bp
from app.bookings.views.telling import untold_in_words
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import plural
from app.core.forms import SelectChoice
from app.core.permissions import Permission
from app.core.web import current_actor, paginate, requires, rule_errors_on

APPROVE, DECLINE = "approve", "decline"
ANY_APPROVER = (Permission.SEE_OWN_TEAM, Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)


@bp.route("/requests", methods=["GET", "POST"])
@requires(*ANY_APPROVER)
def requests() -> str | Response:
    """What waits for whoever is signed in: as manager, as deputy, or as the academy."""
    actor, form = current_actor(), AnswersForm()
    page = paginate(_open_requests(actor))
    form.requests.choices = [
        SelectChoice(value=booking.id, label=booking.person.name) for booking in page.rows
    ]
    if form.validate_on_submit():
        with rule_errors_on(form):
            _answer_all(page.rows, form, actor)
            return redirect(url_for("bookings.requests"))
        page = paginate(_open_requests(actor))
    return render_template(
        "bookings/requests.html",
        form=form,
        page=page,
        days=queries.team_days(page.rows),
        elsewhere=_places_elsewhere(page.rows),
        is_academy=actor.can(Permission.BOOK_ANYONE),
    )


def _open_requests(actor: Actor) -> Select[tuple[Booking]]:
    is_academy = actor.can(Permission.BOOK_ANYONE)
    return queries.open_requests(now=clock.now(), approver_id=actor.person_id or 0, is_academy=is_academy)


def _places_elsewhere(requests: Sequence[Booking]) -> dict[int, list[queries.Clash]]:
    """The places that those who ask have on other runs of the course; who catches up a day needs both."""
    whole = [one for one in requests if not one.session_id]
    found = queries.places_elsewhere([(one.person_id, one.run) for one in whole], now=clock.now())
    return {one.id: elsewhere for one, elsewhere in zip(whole, found, strict=True)}


def _answer_all(shown: Sequence[Booking], form: AnswersForm, actor: Actor) -> None:
    is_approved = _says_yes()
    answers = rules.answer_all(
        bookings=[booking for booking in shown if booking.id in (form.requests.data or ())],
        is_approved=is_approved,
        by=actor,
        now=clock.now(),
        reason=form.reason.data or "",
    )
    told = untold_in_words(answers.done) or " We have told everybody by e-mail."
    db.session.commit()
    if answers.done:
        count = plural(len(answers.done), "request")
        flash(f"{count} {'approved' if is_approved else 'declined'}.{told}")
    for problem in [*answers.problems, *queries.over_their_limit(answers.done if is_approved else ())]:
        flash(problem, "warning")


@bp.route("/bookings/<int:booking_id>/request", methods=["GET", "POST"])
@requires(*ANY_APPROVER)
def booking_request(booking_id: int) -> str | Response:
    """One request: who, what, when, who of the team is out; and the answer."""
    booking, actor = _request_or_404(booking_id), current_actor()
    form = OneAnswerForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            news = answered(booking, form, actor)
            db.session.commit()
            flash(news)
            return redirect(url_for("bookings.requests"))
        booking = _request_or_404(booking_id)
    return request_page(booking, form, actor, back=url_for("bookings.requests"))


def _request_or_404(booking_id: int) -> Booking:
    booking = any_booking_or_404(booking_id)
    if booking.approval is None:
        abort(404)
    rules.check_can_see_request(booking, current_actor())
    return booking


def answered(booking: Booking, form: OneAnswerForm, by: Actor) -> str:
    """Give the answer that was pressed; what is said of it."""
    told = untold_in_words([booking]) or f" We have told {booking.person.name} by e-mail."
    if _says_yes():
        rules.approve(booking=booking, by=by, now=clock.now(), reason=form.anyway.data)
        return f"Approved.{told}"
    rules.decline(booking=booking, by=by, now=clock.now(), reason=form.reason.data or "")
    return f"Declined.{told}"


def _says_yes() -> bool:
    """Whether the button that approves was pressed; a post that names neither button answers nothing."""
    answer = request.form.get("answer")
    if answer not in {APPROVE, DECLINE}:
        raise RuleBroken("Choose an answer")
    return answer == APPROVE


def request_page(booking: Booking, form: OneAnswerForm, actor: Actor, *, back: str | None) -> str:
    """The page of one request, with its buttons while it can be answered, else with why it can't.

    Whoever may approve it in spite of what speaks against it reads that first, and is asked why.
    """
    now = clock.now()
    why_not = rules.why_not_decided(booking, actor, now=now)
    may_override = why_not is None and actor.can(Permission.BOOK_ANYONE)
    return render_template(
        "bookings/request.html",
        form=form,
        booking=booking,
        asked=queries.who_was_asked(booking),
        elsewhere=_places_elsewhere([booking]).get(booking.id, []),
        days=queries.team_days([booking])[booking.id],
        why_not=why_not,
        against=rules.what_speaks_against(booking, now=now) if may_override else [],
        back=back,
    )
