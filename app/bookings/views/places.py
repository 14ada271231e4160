"""Who is on a run: the academy's and the trainer's page of places, and what the academy does with them."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import CancelRunForm, CapacityForm, TransferForm
from app.bookings.views.blueprint import booking_or_404, bp, run_or_404
from app.core import clock
from app.core.db import db
from app.core.filters import plural, short_day
from app.core.forms import SelectChoice
from app.core.permissions import Permission
from app.core.web import (
    current_actor,
    get_or_404,
    paginate,
    requires,
    rule_errors_flashed,
    rule_errors_on,
)
from app.people import queries as people
from app.sessions.models import Run, TrainingSession

PLACES_ON_A_PAGE = 100
FOUND_AT_MOST = 10


@bp.get("/runs/<int:run_id>/places")
@requires(Permission.BOOK_ANYONE, Permission.MARK_REGISTERS)
def run_places(run_id: int) -> str:
    """Who has a place and who waits; for the academy, with everything that can be done about it."""
    run, actor = run_or_404(run_id), current_actor()
    rules.check_can_see_places(run, actor)
    search = request.args.get("q", "").strip() if actor.can(Permission.BOOK_ANYONE) else ""
    found = people.directory(search, None, on=run.first_session.held_on) if search else None
    waiting = db.session.scalars(queries.queue(run.id).limit(PLACES_ON_A_PAGE)).all()
    return render_template(
        "bookings/run_places.html",
        run=run,
        page=paginate(queries.places_on(run.id), size=PLACES_ON_A_PAGE),
        waiting=waiting,
        waiting_count=queries.waiting_counts([run.id])[run.id],
        needs=db.session.scalars(queries.needs_on(run.id)).all(),
        taken=queries.seats_taken([session.id for session in run.sessions]),
        search=search,
        found=db.session.execute(found.limit(FOUND_AT_MOST)).all() if found is not None else [],
        is_academy=actor.can(Permission.BOOK_ANYONE),
        titles={session.id: session.component.title for session in run.sessions},
        now=clock.now(),
        has_begun=run.first_session.starts_at <= clock.now(),
    )


@bp.post("/runs/<int:run_id>/places/fill")
@requires(Permission.BOOK_ANYONE)
def fill_places(run_id: int) -> Response:
    """Give places that stand empty to those who wait."""
    run = run_or_404(run_id)
    with rule_errors_flashed():
        promoted = rules.promote_waiting(run=run, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"{plural(len(promoted), 'person', 'people')} moved from the waiting list to a place.")
    return redirect(url_for("bookings.run_places", run_id=run_id))


@bp.route("/runs/<int:run_id>/cancel", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def cancel_run(run_id: int) -> str | Response:
    """Ask why, then cancel the run and tell everybody once."""
    run, form = run_or_404(run_id), CancelRunForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            told = rules.cancel_run(
                run=run, by=current_actor(), now=clock.now(), reason=form.reason.data or ""
            )
            db.session.commit()
            flash(f"{run.code} is cancelled. {plural(len(told), 'person', 'people')} lost a place or a wait.")
            return redirect(url_for("bookings.run_places", run_id=run_id))
        run = run_or_404(run_id)
    if run.is_cancelled:
        return redirect(url_for("bookings.run_places", run_id=run_id))
    affected = len(db.session.scalars(queries.open_bookings_on(run.id)).all())
    return render_template("bookings/cancel_run.html", form=form, run=run, affected=affected)


@bp.route("/sessions/<int:session_id>/capacity", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def change_capacity(session_id: int) -> str | Response:
    """How many people a session takes: never fewer than have a place; new places go to those who wait."""
    session = get_or_404(TrainingSession, session_id)
    form = CapacityForm(obj=session)
    if form.validate_on_submit():
        with rule_errors_on(form):
            promoted = rules.change_capacity(
                session=session, capacity=form.capacity.data or 0, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            moved = f" {plural(len(promoted), 'person', 'people')} moved from the waiting list to a place."
            flash(f"The number of places is saved.{moved if promoted else ''}")
            return redirect(url_for("bookings.run_places", run_id=session.run_id))
    run = run_or_404(session.run_id)
    taken = queries.seats_taken([session_id])[session_id]
    return render_template("bookings/change_capacity.html", form=form, session=session, run=run, taken=taken)


@bp.route("/bookings/<int:booking_id>/move", methods=["GET", "POST"])
@requires(Permission.BOOK_ANYONE)
def transfer(booking_id: int) -> str | Response:
    """Move somebody to another run of the same course."""
    booking, form = booking_or_404(booking_id), TransferForm()
    open_runs = _other_runs(booking.run)
    left = queries.places_left([run.id for run in open_runs])
    form.run.choices = [
        SelectChoice(value=str(run.id), label=_in_words(run, left[run.id])) for run in open_runs
    ]
    if form.validate_on_submit():
        with rule_errors_on(form):
            new = rules.transfer(
                booking=booking,
                to_run=run_or_404(int(form.run.data)),
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("Moved. We have told them by e-mail.")
            return redirect(url_for("bookings.booking", booking_id=new.id))
        booking = booking_or_404(booking_id)
    return render_template("bookings/transfer.html", form=form, booking=booking, has_runs=bool(open_runs))


def _other_runs(run: Run) -> list[Run]:
    found = queries.bookable_runs([run.version.course_id], now=clock.now())
    return [one for one in db.session.scalars(found.limit(PLACES_ON_A_PAGE)) if one.id != run.id]


def _in_words(run: Run, left: int) -> str:
    places = plural(left, "place") if left else "full: waiting list"
    return f"{run.code}, from {short_day(run.first_session.held_on)} ({places})"
