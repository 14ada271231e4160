"""Moving people to another run of the same course: which there are, and moving one person."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import NOWHERE, TransferForm
from app.bookings.models import BookingState
from app.bookings.rules import Outcome
from app.bookings.views.blueprint import booking_or_404, bp, run_or_404
from app.bookings.views.telling import untold_in_words
from app.core import clock
from app.core.db import db
from app.core.filters import plural
from app.core.forms import RadioField, SelectChoice
from app.core.permissions import Permission
from app.core.web import current_actor, requires, rule_errors_on, why_not
from app.people.models import Person
from app.sessions.models import Run, TrainingSession

MOST_RUNS = 100


@bp.route("/bookings/<int:booking_id>/move", methods=["GET", "POST"])
@requires(Permission.BOOK_ANYONE)
def transfer(booking_id: int) -> str | Response:
    """Move somebody to another run of the same course, or to the same day of one; what speaks against it
    needs a reason."""
    booking, form = booking_or_404(booking_id), TransferForm()
    check = partial(rules.check_can_cancel, booking, current_actor(), clock.now())
    if refused := why_not(check, back_to=url_for("bookings.booking", booking_id=booking.id)):
        return refused
    if booking.session is None:
        has_runs = bool(offer_runs(form.run, booking.run, person=booking.person))
    else:
        has_runs = _offer_days(form.run, booking.session, booking.person)
    if form.validate_on_submit():
        with rule_errors_on(form):
            new = rules.transfer(
                booking=booking,
                to_run=run_or_404(int(form.run.data)),
                by=current_actor(),
                now=clock.now(),
                reason=form.reason.data or None,
            )
            address = url_for("bookings.booking", booking_id=new.id)
            where, untold = _WHERE.get(new.state, "").format(new.run.code), untold_in_words([new])
            db.session.commit()
            flash(f"Moved{where}.{untold or ' We have told them by e-mail.'}")
            return redirect(address)
        booking = booking_or_404(booking_id)
    return render_template("bookings/transfer.html", form=form, booking=booking, has_runs=has_runs)


_WHERE = {
    BookingState.REQUESTED: ": a place on {} is held for the request",
    BookingState.WAITLISTED: " to the waiting list of {}",
}


def _offer_days(field: RadioField, day: TrainingSession, person: Person) -> bool:
    """Let a field choose among the runs in which the same day is still to come, and on which the person does
    not have it already; whether there are any."""
    found = queries.catch_up_sessions(day.component, now=clock.now()).limit(MOST_RUNS)
    booked = db.session.scalars(queries.open_bookings_of([person.id])).unique()
    held = {one.id for booking in booked for one in booking.sessions}
    sessions = [
        one for one in db.session.scalars(found).unique() if one.run_id != day.run_id and one.id not in held
    ]
    left = queries.seats_left_for(person, sessions, on=clock.today())
    field.choices = [
        SelectChoice(value=str(one.run_id), label=queries.day_in_words(one, left[one.id])) for one in sessions
    ]
    return bool(sessions)


def offer_runs(
    field: RadioField, run: Run, *, person: Person | None = None, otherwise: str | None = None
) -> dict[Run, int]:
    """Let a field choose among the other runs of the same course that have not begun, soonest first; each
    with the places that are left on it for `person` or, without one, for whoever is on this run.

    `otherwise` is one more choice: none of them.
    """
    found = queries.bookable_runs([run.version.course_id], now=clock.now())
    runs = [one for one in db.session.scalars(found.limit(MOST_RUNS)) if one.id != run.id]
    if person is not None:
        left = queries.places_left_for(person, runs, on=clock.today())
    else:
        left = queries.places_left_for_each(queries.sectors_on(run.id), runs, on=clock.today())
    field.choices = [
        SelectChoice(value=str(one.id), label=queries.run_in_words(one, left[one.id])) for one in runs
    ]
    if otherwise is not None:
        field.choices.append(SelectChoice(value=NOWHERE, label=otherwise))
    return {one: left[one.id] for one in runs}


def clashes_in_words(outcome: Outcome) -> str:
    """That a change put people in two places at once, if it did: the end of what is said of it. (U-09)"""
    twice = len({one.person_id for one in outcome.clashes})
    if not twice:
        return ""
    who = f"{plural(twice, 'person', 'people')} of them now {'has' if twice == 1 else 'have'}"
    return f" {who} another place at the same time: see below."


def where_seen(run: Run, to_run: Run | None, outcome: Outcome) -> str:
    """The page of places that follows: of the run that people went to, where it lists who is booked twice."""
    seen = to_run if to_run and outcome.clashes else run
    return url_for("bookings.run_places", run_id=seen.id)


def run_chosen(field: RadioField, runs: Iterable[Run]) -> Run | None:
    """The run that was chosen, if one was."""
    return next((one for one in runs if str(one.id) == field.data), None)
