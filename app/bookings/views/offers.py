"""Answering an offer: on the booking's page or, without signing in, on the page that an e-mailed link opens.

Opening the link does nothing, since mail scanners open links too: the press of the button answers.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import rules
from app.bookings.forms import OfferAnswer, OfferForm
from app.bookings.models import Booking, BookingState
from app.bookings.views.blueprint import booking_or_404, bp
from app.bookings.views.telling import untold_in_words
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import by_link, current_actor, public, requires, rule_errors_flashed, rule_errors_on


@bp.route("/bookings/<int:booking_id>/offer", methods=["GET", "POST"])
@requires(Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)
def answer_offer(booking_id: int) -> str | Response:
    """Take or turn down the place that is offered, as the person or as the academy for them."""
    found, actor, form = booking_or_404(booking_id), current_actor(), OfferForm()
    back = url_for("bookings.booking", booking_id=booking_id)
    if form.validate_on_submit():
        with rule_errors_on(form):
            flash(_answered(found, OfferAnswer(form.answer.data), by=actor))
            return redirect(back)
        found = booking_or_404(booking_id)
    try:
        rules.check_can_answer(found, actor, clock.now())
    except RuleBroken as error:
        if not form.errors:
            flash(error.message, "error")
            return redirect(back)
    is_own = found.person_id == actor.person_id
    return render_template("bookings/answer_offer.html", form=form, booking=found, is_own=is_own)


@bp.post("/bookings/<int:booking_id>/give")
@requires(Permission.BOOK_ANYONE)
def give_place(booking_id: int) -> Response:
    """Give a free place to somebody who waits, and rang up for it."""
    with rule_errors_flashed():
        found = booking_or_404(booking_id)
        rules.give(booking=found, by=current_actor(), now=clock.now())
        news = f"The place is theirs.{untold_in_words([found])}"
        db.session.commit()
        flash(news)
    return redirect(url_for("bookings.booking", booking_id=booking_id))


@bp.route("/offers/<token>", methods=["GET", "POST"])
@public
@by_link
def offer(token: str) -> str | Response:
    """What an offer's e-mail leads to: the offered place, and the buttons that take it or turn it down."""
    found = rules.offered_by(token)
    by, form = rules.holder_of_link(found.person), OfferForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            flash(_answered(found, OfferAnswer(form.answer.data), by=by))
            return redirect(url_for("bookings.offer", token=token))
        found = rules.offered_by(token)
    try:
        rules.check_can_answer(found, by, clock.now())
    except RuleBroken as error:
        return render_template("bookings/offer_over.html", sentence=error.message, booking=found)
    return render_template("bookings/offer.html", form=form, booking=found)


def _answered(booking: Booking, answer: OfferAnswer, *, by: Actor) -> str:
    """Do as was answered; what to say of it."""
    if answer is OfferAnswer.TAKE:
        rules.accept(booking=booking, by=by, now=clock.now())
    else:
        rules.turn_down(booking=booking, waits_on=answer is OfferAnswer.WAIT_ON, by=by, now=clock.now())
    news = _NEWS[booking.state]
    db.session.commit()
    return news


_NEWS = {
    BookingState.CONFIRMED: "The place is taken. Everything about it is in an e-mail.",
    BookingState.WAITLISTED: "The place is turned down. The booking stays on the waiting list, at its end.",
    BookingState.CANCELLED: "The place is turned down, and the booking is off the waiting list.",
}
