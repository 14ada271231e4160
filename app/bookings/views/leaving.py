"""Giving a place up, and sending a colleague instead."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import CancelForm, SubstituteForm
from app.bookings.models import Booking, BookingState
from app.bookings.views.blueprint import ANY_BOOKER, booking_or_404, bp
from app.bookings.views.telling import untold_in_words
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, requires, rule_errors_flashed, rule_errors_on


@bp.route("/bookings/<int:booking_id>/cancel", methods=["GET", "POST"])
@requires(*ANY_BOOKER)
def cancel(booking_id: int) -> str | Response:
    """Say what it means and ask once more, then give the place up."""
    found, actor, form = booking_or_404(booking_id), current_actor(), CancelForm()
    is_own, was = found.person_id == actor.person_id, found.state
    is_academy = actor.can(Permission.BOOK_ANYONE) and not is_own
    asks_wish = was is BookingState.CONFIRMED and is_academy
    form.offer(db.session.scalars(queries.leaving_causes()).all(), asks_wish=asks_wish)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.cancel(
                booking=found,
                by=actor,
                now=clock.now(),
                reason=form.reason.data or None,
                cause=form.chosen_cause,
                is_asked_for=form.is_asked_for,
            )
            news = given_up_in_words(was, untold="" if is_own else untold_in_words([found]))
            db.session.commit()
            flash(news)
            return redirect(url_for("bookings.booking", booking_id=booking_id))
        found = booking_or_404(booking_id)
    with rule_errors_flashed():
        rules.check_can_cancel(found, actor, clock.now())
        return _page_to_cancel(form, found, actor, is_own=is_own, is_academy=is_academy)
    return redirect(url_for("bookings.booking", booking_id=booking_id))


def _page_to_cancel(form: CancelForm, found: Booking, actor: Actor, *, is_own: bool, is_academy: bool) -> str:
    now = clock.now()
    return render_template(
        "bookings/cancel.html",
        form=form,
        booking=found,
        sessions=rules.days_ahead(found.sessions, now),
        is_own=is_own,
        is_academy=is_academy,
        can_substitute=rules.can_substitute(found, actor, now),
        is_late=rules.is_late_now(found, now),
        meaning=rules.late_in_words(found, now),
    )


def given_up_in_words(was: BookingState, *, untold: str = "") -> str:
    """What was done with a booking that was in this state, and who is still to be told."""
    done = "The request is withdrawn" if was is BookingState.REQUESTED else "The booking is cancelled"
    return f"{done}.{untold or ' We have told everybody whom it concerns by e-mail.'}"


def colleague_page(find: Callable[[], Booking], actor: Actor, *, back: str) -> str | Response:
    """Name a colleague, who then has the place instead; `find` fetches the booking, again where a broken
    rule undid what had begun."""
    found, form = find(), SubstituteForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            new = rules.substitute(
                booking=found,
                colleague=rules.find_colleague(found, form.colleague.data or ""),
                by=actor,
                now=clock.now(),
                reason=form.reason.data or None,
            )
            told = untold_in_words([found, new]) or " We have told both of you, and their manager, by e-mail."
            name = new.person.name
            db.session.commit()
            flash(f"{name} has the place now.{told}")
            return redirect(back)
        found = find()
    with rule_errors_flashed():
        rules.check_can_substitute(found, actor, clock.now())
        return render_template(
            "bookings/substitute.html",
            form=form,
            booking=found,
            sessions=found.sessions,
            is_own=found.person_id == actor.person_id,
            back=back,
        )
    return redirect(back)


@bp.route("/bookings/<int:booking_id>/colleague", methods=["GET", "POST"])
@requires(*ANY_BOOKER)
def substitute(booking_id: int) -> str | Response:
    """A colleague for one booking, named by whoever is signed in."""
    back = url_for("bookings.booking", booking_id=booking_id)
    return colleague_page(lambda: booking_or_404(booking_id), current_actor(), back=back)
