"""One's own bookings, and one booking: its details and its calendar entries."""

from __future__ import annotations

from flask import abort, render_template
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.models import BookingState
from app.bookings.views.blueprint import ANY_BOOKER, booking_or_404, bp, calendar_entries
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires
from app.people.models import Person


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
        can_cancel=rules.can_cancel(found, actor, clock.now()),
        can_substitute=rules.can_substitute(found, actor, clock.now()),
        notice=rules.notice_in_words(found.person, found.run.version.course, found.sessions),
    )


@bp.get("/bookings/<int:booking_id>/calendar.ics")
@requires(*ANY_BOOKER)
def calendar(booking_id: int) -> Response:
    """The sessions of a confirmed booking as calendar entries."""
    found = booking_or_404(booking_id)
    if found.state is not BookingState.CONFIRMED:
        abort(404)
    return calendar_entries(found)
