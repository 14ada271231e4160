"""One's own bookings, and one booking: its details and its calendar entries."""

from __future__ import annotations

from datetime import date

from flask import abort, render_template
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.bookings.views.blueprint import ANY_BOOKER, booking_or_404, bp, calendar_entries
from app.bookings.views.taking_part import joining_of, need_shown
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires
from app.people.models import Person

EXPLAINED_ON_A_PAGE = 4  # each costs a few statements; the booking's own page explains the others


@bp.get("/bookings")
@requires(Permission.BOOK_OWN_PLACE)
def bookings() -> str:
    """One's own places: what comes, what one waits for, and what was."""
    person_id = current_actor().person_id
    if person_id is None:
        return render_template("bookings/nobody.html")
    person = get_or_404(Person, person_id)
    current = db.session.scalars(queries.current_bookings_of(person, now=clock.now())).unique().all()
    page = paginate(queries.past_bookings_of(person, now=clock.now()))
    waiting = [booking for booking in current if booking.state is BookingState.WAITLISTED]
    return render_template(
        "bookings/bookings.html",
        upcoming=[booking for booking in current if booking.state is BookingState.CONFIRMED],
        held=[booking for booking in current if booking.state.is_held_for_a_time],
        waiting=waiting,
        positions=queries.queue_positions([booking.id for booking in waiting]),
        reasons=rules.why_own_ones_wait(waiting[:EXPLAINED_ON_A_PAGE], now=clock.now()),
        page=page,
        moved=queries.moved_to([booking.id for booking in page.rows]),
        days_when_ended=queries.days_when_ended([booking.id for booking in page.rows]),
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
        is_over=found.ends_at <= clock.now(),
        moved_to=moved_to(found),
        days_before=days_before(found),
        position=queries.queue_position(found),
        why=why_waiting(found, is_own=found.person_id == actor.person_id),
        can_answer=rules.can_answer(found, actor, clock.now()),
        is_unreached=found.reconfirm_by is not None and bool(queries.unreached([found.person])),
        joining=joining_of(found, actor),
        need=need_shown(found, actor),
        can_cancel=rules.can_cancel(found, actor, clock.now()),
        can_substitute=rules.can_substitute(found, actor, clock.now()),
        can_give=rules.can_give(found, actor, clock.now()),
        can_decide=rules.can_decide(found, actor, now=clock.now()),
        notice=rules.notice_of(found, clock.now()),
    )


def moved_to(booking: Booking) -> Booking | None:
    """The booking on another run that somebody who was moved has instead."""
    return None if booking.state.is_open else queries.moved_to([booking.id]).get(booking.id)


def days_before(booking: Booking) -> list[date]:
    """The days that a booking was for when it ended, where these are others by now."""
    days = [] if booking.state.is_open else queries.days_when_ended([booking.id]).get(booking.id, [])
    return days if days != [one.held_on for one in booking.sessions] else []


def why_waiting(booking: Booking, *, is_own: bool) -> str | None:
    """Why somebody on the waiting list has no place yet; None for whoever does not wait."""
    if booking.state is not BookingState.WAITLISTED:
        return None
    now = clock.now()
    return rules.why_waiting(booking, queries.occupancy(booking.run_id, now=now), now=now, is_own=is_own)


@bp.get("/bookings/<int:booking_id>/calendar.ics")
@requires(*ANY_BOOKER)
def calendar(booking_id: int) -> Response:
    """The sessions of a confirmed booking as calendar entries."""
    found = booking_or_404(booking_id)
    if found.state is not BookingState.CONFIRMED:
        abort(404)
    return calendar_entries(found, shows_links=rules.can_see_joining(found, current_actor()))
