"""Whether a run is held: cancelling it, and what becomes of one with too few people. (AM-10, AM-18)"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import NOWHERE, CancelRunForm, FewForm, MergeForm, MistakeForm
from app.bookings.models import BookingState
from app.bookings.rules import Outcome
from app.bookings.views.blueprint import bp, run_or_404
from app.bookings.views.moving import clashes_in_words, offer_runs, run_chosen, where_seen
from app.bookings.views.telling import untold_in_words
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.errors import RuleBroken
from app.core.filters import listed, plural
from app.core.permissions import Permission
from app.core.web import current_actor, requires, rule_errors_flashed, rule_errors_on, why_not
from app.sessions import rules as sessions_rules
from app.sessions.models import Run, RunStanding


@bp.route("/runs/<int:run_id>/cancel", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def cancel_run(run_id: int) -> str | Response:
    """Ask why, by whom and where its people go, then cancel the run and tell everybody once."""
    run, form = run_or_404(run_id), CancelRunForm()
    if run.standing_at(clock.now()) is RunStanding.OVER:
        return _end_mistake(run)
    runs = offer_runs(
        form.run, run, otherwise="To no other run: they come first on the one that they book next"
    )
    if request.method == "GET":
        places = url_for("bookings.run_places", run_id=run_id)
        if refused := why_not(partial(rules.check_can_end_run, run, clock.now()), back_to=places):
            return refused
        form.run.data = _next(run, runs)
    if form.validate_on_submit():
        with rule_errors_on(form):
            to_run = run_chosen(form.run, runs)
            outcome = _cancel(run, form, to_run)
            news = f"{run.code} is cancelled. {_became_of_them(outcome, to_run)}"
            shown = where_seen(run, to_run, outcome)
            db.session.commit()
            _say(news, outcome)
            return redirect(shown)
        run = run_or_404(run_id)
    return _cancel_page(form, run, has_runs=bool(runs))


def _cancel_page(form: CancelRunForm, run: Run, *, has_runs: bool) -> str | Response:
    if run.is_cancelled:
        flash(f"{run.code} was cancelled already: nothing changed.", "warning")
        return redirect(url_for("bookings.run_places", run_id=run.id))
    return render_template(
        "bookings/cancel_run.html",
        form=form,
        run=run,
        touched=queries.count_touched(run.id),
        has_runs=has_runs,
    )


def _end_mistake(run: Run) -> str | Response:
    """A run that is over was entered by mistake, or was held."""
    places, form = url_for("bookings.run_places", run_id=run.id), MistakeForm()
    if refused := why_not(partial(rules.check_can_end_run, run, clock.now()), back_to=places):
        return refused
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.cancel_run(run=run, by=current_actor(), now=clock.now(), reason=form.reason.data or "")
            db.session.commit()
            flash(f"{run.code} was entered by mistake: none of it counts as held.")
            return redirect(places)
    return render_template("bookings/end_mistake.html", form=form, run=run)


def _cancel(run: Run, form: CancelRunForm, to_run: Run | None) -> Outcome:
    return rules.cancel_run(
        run=run,
        by=current_actor(),
        now=clock.now(),
        reason=form.reason.data or "",
        is_by_provider=form.who.data == "provider",
        to_run=to_run,
    )


def _became_of_them(outcome: Outcome, to_run: Run | None) -> str:
    """ "6 people have a place on SOS2-08 and 1 person is moved to no other run." """
    placed, held, offered = (
        sum(one.state is state for one in outcome.carried)
        for state in (BookingState.CONFIRMED, BookingState.REQUESTED, BookingState.OFFERED)
    )
    there = f" on {to_run.code}" if to_run else ""
    numbers = (
        (placed, f"person has a place{there}", f"people have a place{there}"),
        (held, f"person is held a place{there}", f"people are held a place{there}"),
        (offered, f"person is offered a place{there}", f"people are offered a place{there}"),
        (
            len(outcome.carried) - placed - held - offered,
            f"person waits for a place{there}",
            f"people wait for a place{there}",
        ),
        (
            len(outcome.told) - len(outcome.carried),
            "person is moved to no other run",
            "people are moved to no other run",
        ),
    )
    parts = [plural(number, one, many) for number, one, many in numbers if number]
    return f"{listed(parts) or 'Nobody had a place or a wait'}."


def _say(news: str, outcome: Outcome) -> None:
    """Say what was done, and that people are booked twice by it."""
    untold = untold_in_words([*outcome.told, *outcome.joined])
    flash(news + untold + clashes_in_words(outcome), "warning" if outcome.clashes else "message")


def _next(run: Run, runs: Mapping[Run, int]) -> str:
    """The next run of the same version of the course that has a place, or else the next of all: people with a
    place are carried to it if nobody chooses otherwise."""
    begins = run.first_session.starts_at
    after = [one for one in runs if one.version_id == run.version_id and one.first_session.starts_at > begins]
    chosen = next((one for one in after if runs[one]), after[0] if after else None)
    return str(chosen.id) if chosen else NOWHERE


@bp.route("/runs/<int:run_id>/too-few", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def too_few(run_id: int) -> str | Response:
    """A run with fewer people than its minimum: hold it anyway, merge it into another, or cancel it."""
    run, form = run_or_404(run_id), FewForm()
    if _is_settled(run):
        return redirect(url_for("bookings.run_places", run_id=run_id))
    runs, confirmed = offer_runs(form.run, run), queries.confirmed_counts([run_id])[run_id]
    form.run.data = form.run.data or _with_room(runs, for_people=confirmed)
    form.run.validate_choice = form.choice.data == "merge" and form.run.data is not None
    if confirmed < run.minimum_places and form.validate_on_submit():
        if form.choice.data == "cancel":
            return redirect(url_for("bookings.cancel_run", run_id=run_id))
        with rule_errors_on(form):
            if form.choice.data == "merge":
                return _look_first(MergeForm(), run, _run_to_join(form, runs))
            sessions_rules.go_ahead(
                run=run, by=current_actor(), now=clock.now(), reason=form.reason.data or None
            )
            db.session.commit()
            flash(f"{run.code} goes ahead. You are not asked about it again.")
            return redirect(url_for("bookings.run_places", run_id=run_id))
        run = run_or_404(run_id)
    return render_template(
        "bookings/too_few.html", form=form, run=run, confirmed=confirmed, has_runs=bool(runs)
    )


def _is_settled(run: Run) -> bool:
    """Whether there is nothing to decide any more: it is cancelled, or has begun."""
    return run.is_cancelled or run.first_session.starts_at <= clock.now()


def _with_room(runs: Mapping[Run, int], *, for_people: int) -> str | None:
    """The first run that takes so many more; None where each would make somebody wait."""
    return next((str(run.id) for run, left in runs.items() if left >= for_people), None)


def _run_to_join(form: FewForm, runs: Mapping[Run, int]) -> Run:
    into = run_chosen(form.run, runs)
    if into is None:
        raise RuleBroken("Choose the run that they join", field="run")
    return into


@bp.post("/runs/<int:run_id>/merge/<int:into_id>")
@requires(Permission.SCHEDULE_RUNS)
def merge_runs(run_id: int, into_id: int) -> str | Response:
    """Merge a run with too few people into another, as it was looked at, or say what it comes to by now."""
    run, into, form = run_or_404(run_id), run_or_404(into_id), MergeForm()
    if _is_settled(run) or queries.confirmed_counts([run_id])[run_id] >= run.minimum_places:
        return redirect(url_for("bookings.too_few", run_id=run_id))  # which says so
    if form.validate_on_submit():
        with rule_errors_on(form):
            outcome = rules.merge_runs(
                run=run,
                into=into,
                by=current_actor(),
                now=clock.now(),
                reason=form.reason.data or None,
                seen=form.seen.data or "",
            )
            told = plural(len(outcome.joined), f"person on {into.code} is", f"people on {into.code} are")
            became = _became_of_them(outcome, into)
            news = f"{run.code} is merged into {into.code}. {became} {told} told."
            shown = where_seen(run, into, outcome)
            db.session.commit()
            _say(news, outcome)
            return redirect(shown)
    with rule_errors_flashed():
        return _look_first(form, run_or_404(run_id), run_or_404(into_id))
    return redirect(url_for("bookings.run_places", run_id=run_id))


def _look_first(form: MergeForm, run: Run, into: Run) -> str:
    """Who would be moved and who would wait, with the button that merges the runs. (AM-18)"""
    of_each = rules.preview_merge(run=run, into=into, by=current_actor(), now=clock.now())
    form.stand_below(edition(of_each))
    return render_template("bookings/merge_runs.html", form=form, run=run, into=into, of_each=of_each)
