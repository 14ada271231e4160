"""Saying that one still comes, on the booking's page or by an e-mailed link, which only opens a page."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.bookings.views.blueprint import booking_or_404, bp
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import by_link, current_actor, public, requires, rule_errors_flashed

YES, NO = "yes", "no"


@bp.post("/bookings/<int:booking_id>/reconfirm")
@requires(Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)
def reconfirm(booking_id: int) -> Response:
    """The place is kept on its new dates."""
    with rule_errors_flashed():
        flash(_keep(booking_or_404(booking_id), current_actor()))
    return redirect(url_for("bookings.booking", booking_id=booking_id))


@bp.route("/reconfirm/<token>", methods=["GET", "POST"])
@public
@by_link
def reconfirm_by_link(token: str) -> str | Response:
    """The page behind the link of the e-mail: its buttons keep the place, or give it up."""
    booking = rules.booking_named_by(token)
    if request.method == "POST":
        with rule_errors_flashed():
            flash(_answer(booking, request.form.get("answer", "")))
        return redirect(url_for("bookings.reconfirm_by_link", token=token))
    return render_template(
        "bookings/reconfirm.html",
        booking=booking,
        sessions=booking.sessions,
        has_place=booking.state is BookingState.CONFIRMED,
    )


def _answer(booking: Booking, answer: str) -> str:
    by = rules.holder_of(booking)
    if answer not in {YES, NO}:
        raise RuleBroken("Choose an answer")
    if answer == YES:
        return _keep(booking, by)
    rules.cancel(booking=booking, by=by, now=clock.now(), reason="Can’t come on the new date")
    news = _given_up_in_words(booking)
    db.session.commit()
    return news


def _given_up_in_words(booking: Booking) -> str:
    """What is so once they have said no: the place may have been taken back, or be given up late."""
    if booking.state is BookingState.CANCELLED:
        return "Your place is given up. Nothing is charged."
    what = booking.state.label.lower()
    if booking.state is BookingState.CANCELLED_LATE:
        return f"Your place is given up: {what}."
    return f"This place is no longer there to be given up: {what}."


def _keep(booking: Booking, by: Actor) -> str:
    is_new = rules.reconfirm(booking=booking, by=by, now=clock.now())
    db.session.commit()
    return (
        "Thank you. The place stays as it is."
        if is_new
        else "That was said before. The place stays as it is."
    )
