"""One's own bookings, and one booking: its details, its calendar entries, giving it up."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import files, queries, rules
from app.bookings.forms import CancelForm
from app.bookings.models import BookingState
from app.bookings.views.blueprint import booking_or_404, bp
from app.bookings.views.taking_part import joining_of, need_shown
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import (
    current_actor,
    get_or_404,
    paginate,
    requires,
    rule_errors_flashed,
    rule_errors_on,
)
from app.people.models import Person

ANY_BOOKER = (Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)


@bp.get("/bookings")
@requires(Permission.BOOK_OWN_PLACE)
def bookings() -> str:
    """One's own places: what comes, what one waits for, and what was."""
    person_id = current_actor().person_id
    if person_id is None:
        return render_template("bookings/nobody.html")
    person = get_or_404(Person, person_id)
    current = db.session.scalars(queries.current_bookings_of(person, now=clock.now())).unique().all()
    return render_template(
        "bookings/bookings.html",
        upcoming=[booking for booking in current if booking.state is BookingState.CONFIRMED],
        waiting=[booking for booking in current if booking.state is not BookingState.CONFIRMED],
        positions=queries.queue_positions([booking.id for booking in current]),
        page=paginate(queries.past_bookings_of(person, now=clock.now())),
    )


@bp.get("/bookings/<int:booking_id>")
@requires(*ANY_BOOKER)
def booking(booking_id: int) -> str:
    """One booking: what, when, where, in which state and how it came to be so."""
    found, actor = booking_or_404(booking_id), current_actor()
    return render_template(
        "bookings/booking.html",
        booking=found,
        sessions=found.sessions,
        is_own=found.person_id == actor.person_id,
        position=queries.queue_position(found),
        joining=joining_of(found, actor),
        need=need_shown(found, actor),
        can_cancel=rules.can_cancel(found, actor, clock.now()),
    )


@bp.get("/bookings/<int:booking_id>/calendar.ics")
@requires(*ANY_BOOKER)
def calendar(booking_id: int) -> Response:
    """The sessions of a confirmed booking as calendar entries."""
    found = booking_or_404(booking_id)
    if found.state is not BookingState.CONFIRMED:
        abort(404)
    sessions = found.sessions
    text = files.calendar(
        found,
        sessions,
        title=found.run.version.course.title,
        moved=queries.times_moved([session.id for session in sessions]),
        now=clock.now(),
        shows_links=rules.can_see_joining(found, current_actor()),
    )
    name = f"{found.run.code}.ics"
    return FlaskResponse(
        text, mimetype="text/calendar", headers={"Content-Disposition": f"attachment; filename={name}"}
    )


@bp.route("/bookings/<int:booking_id>/cancel", methods=["GET", "POST"])
@requires(*ANY_BOOKER)
def cancel(booking_id: int) -> str | Response:
    """Ask once more, then give the place up."""
    found, actor, form = booking_or_404(booking_id), current_actor(), CancelForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.cancel(booking=found, by=actor, now=clock.now(), reason=form.reason.data or None)
            db.session.commit()
            flash("The booking is cancelled. We have told everybody whom it concerns by e-mail.")
            return redirect(url_for("bookings.booking", booking_id=booking_id))
        found = booking_or_404(booking_id)
    with rule_errors_flashed():
        rules.check_can_cancel(found, actor, clock.now())
        return render_template(
            "bookings/cancel.html",
            form=form,
            booking=found,
            sessions=found.sessions,
            is_own=found.person_id == actor.person_id,
        )
    return redirect(url_for("bookings.booking", booking_id=booking_id))
