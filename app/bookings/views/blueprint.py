"""What the room's pages share: their blueprint, and how they find runs, people and bookings."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from app.bookings import files, queries, rules
from app.bookings.models import Booking
from app.core import clock
from app.core.db import db
from app.core.forms import LARGEST_INTEGER
from app.core.permissions import Permission
from app.core.web import current_actor, download
from app.people.models import Person
from app.sessions.models import Run

bp = Blueprint("bookings", __name__)

ANY_BOOKER = (Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)


def run_or_404(run_id: int) -> Run:
    """A run with its sessions and course."""
    return queries.run_to_book(run_id) or abort(404)


def booking_or_404(booking_id: int) -> Booking:
    """A booking with all that is shown of it, if whoever asks may see it."""
    booking = any_booking_or_404(booking_id)
    rules.check_can_see(booking, current_actor(), clock.today())
    return booking


def any_booking_or_404(booking_id: int) -> Booking:
    """A booking with all that is shown of it: whoever calls asks whether it may be seen."""
    return db.session.scalars(queries.booking_in_full(booking_id)).unique().one_or_none() or abort(404)


def whose_place() -> Person | None:
    """For whom a place is wanted: `person` in the address or the form, else whoever is signed in.

    None when the account belongs to nobody who can be trained.
    """
    asked = request.values.get("person", type=int)
    person_id = asked or current_actor().person_id
    if person_id is None:
        return None
    if not 0 < person_id <= LARGEST_INTEGER:
        abort(404)
    person = queries.person_to_book(person_id) or abort(404)
    rules.check_can_book_for(person, current_actor(), clock.today())
    return person


def calendar_entries(booking: Booking, *, shows_links: bool = True) -> Response:
    """The sessions of a booking as a file that diaries read."""
    sessions = booking.sessions
    text = files.calendar(
        booking,
        sessions,
        title=booking.run.version.course.title,
        moved=queries.times_moved([session.id for session in sessions]),
        now=clock.now(),
        shows_links=shows_links,
        is_taken=True,
    )
    return download(text, f"{booking.run.code}.ics")
