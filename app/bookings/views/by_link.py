"""One's own booking without an account, by the link of an e-mail: see it, take its dates, say what one needs,
send a colleague instead, give it up. (MA-02)

Opening a page changes nothing; what is pressed there acts. The secret of the link is the only key.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from app.bookings import queries, rules
from app.bookings.forms import CancelForm
from app.bookings.models import Booking, BookingState
from app.bookings.views.blueprint import bp, calendar_entries
from app.bookings.views.leaving import colleague_page, given_up_in_words
from app.bookings.views.mine import days_before, moved_to, why_waiting
from app.bookings.views.taking_part import joining_of, need_shown, needs_page
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.web import by_link, public, rule_errors_on

Answer = str | WerkzeugResponse


@bp.get("/my-place/<token>")
@public
@by_link
def my_place(token: str) -> Answer:
    """The booking that the link names: its state, its days, and how to give it up."""
    booking = rules.booking_of(token)
    holder = rules.holder_of(booking)
    return render_template(
        "bookings/my_place.html",
        booking=booking,
        sessions=booking.sessions,
        moved_to=moved_to(booking),
        days_before=days_before(booking),
        position=queries.queue_position(booking),
        why=why_waiting(booking, is_own=True),
        is_over=booking.ends_at <= clock.now(),
        can_cancel=rules.can_cancel(booking, holder, clock.now()),
        can_substitute=rules.can_substitute(booking, holder, clock.now()),
        joining=joining_of(booking, holder),
        need=need_shown(booking, holder),
        notice=rules.notice_of(booking, clock.now()),
        token=token,
    )


@bp.get("/my-place/<token>/calendar.ics")
@public
@by_link
def my_place_calendar(token: str) -> Answer:
    """The sessions of a confirmed booking as calendar entries."""
    booking = rules.booking_of(token)
    if booking.state is not BookingState.CONFIRMED:
        abort(404)
    return calendar_entries(booking)


@bp.route("/my-place/<token>/needs", methods=["GET", "POST"])
@public
@by_link
def change_my_need(token: str) -> Answer:
    """Say, change or take back what should be arranged."""
    holder = rules.holder_of(rules.booking_of(token))
    return needs_page(lambda: rules.booking_of(token), holder, back=url_for("bookings.my_place", token=token))


@bp.route("/my-place/<token>/colleague", methods=["GET", "POST"])
@public
@by_link
def send_colleague(token: str) -> Answer:
    """Name a colleague, who then has the place instead."""
    holder = rules.holder_of(rules.booking_of(token))
    return colleague_page(
        lambda: rules.booking_of(token), holder, back=url_for("bookings.my_place", token=token)
    )


@bp.route("/my-place/<token>/cancel", methods=["GET", "POST"])
@public
@by_link
def cancel_my_place(token: str) -> Answer:
    """Ask once more, then give the place up."""
    booking, form = rules.booking_of(token), CancelForm()
    holder, was = rules.holder_of(booking), booking.state
    form.offer(db.session.scalars(queries.leaving_causes()).all(), asks_wish=False)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.cancel(
                booking=booking,
                by=holder,
                now=clock.now(),
                reason=form.reason.data or None,
                cause=form.chosen_cause,
            )
            db.session.commit()
            flash(given_up_in_words(was))
            return redirect(url_for("bookings.my_place", token=token))
        booking = rules.booking_of(token)
    if not form.errors and not rules.can_cancel(booking, holder, clock.now()):
        return redirect(url_for("bookings.my_place", token=token))
    return _page_to_give_up(form, booking, holder, token)


def _page_to_give_up(form: CancelForm, booking: Booking, holder: Actor, token: str) -> str:
    return render_template(
        "bookings/cancel_my_place.html",
        form=form,
        booking=booking,
        sessions=rules.days_ahead(booking.sessions, clock.now()),
        token=token,
        can_substitute=rules.can_substitute(booking, holder, clock.now()),
        is_late=rules.is_late_now(booking, clock.now()),
        meaning=rules.late_in_words(booking, clock.now()),
    )
