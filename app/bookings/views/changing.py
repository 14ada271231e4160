"""Changing the sessions of a run that people are booked on: when, where, and for how many."""

from __future__ import annotations

from functools import partial

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import NOWHERE, CapacityForm, MoveForm
from app.bookings.models import Booking
from app.bookings.rules import Outcome
from app.bookings.views.blueprint import bp, run_or_404
from app.bookings.views.moving import clashes_in_words, offer_runs, run_chosen, where_seen
from app.bookings.views.telling import promoted_in_words, told_in_words, untold_in_words
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.filters import day
from app.core.forms import SelectChoice
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on, why_not
from app.sessions import rules as sessions_rules
from app.sessions.forms.planning import day_as_typed, session_values
from app.sessions.models import Run, TrainingSession


@bp.route("/runs/<int:run_id>/sessions/<int:number>/edit", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def edit_session(run_id: int, number: int) -> str | Response:
    """Move one session, or change how, where or by whom it is held; everybody touched is told."""
    run, run_page = run_or_404(run_id), url_for("bookings.run", run_id=run_id)
    if refused := why_not(partial(sessions_rules.check_not_cancelled, run), back_to=run_page):
        return refused
    session = next((one for one in run.sessions if one.component_number == number), None) or abort(404)
    form = MoveForm(data=session_values(session))
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            outcome = _move(session, form)
            news = _news(session, outcome)
            db.session.commit()
            flash(news, "warning" if outcome.clashes else "message")
            page = "bookings.run_places" if outcome.clashes else "bookings.run"
            return redirect(url_for(page, run_id=run_id))
    return _session_page(form, run, session)


def _session_page(form: MoveForm, run: Run, session: TrainingSession) -> str:
    """With what there is to know of another date, as far as it can be read, and whom it touches."""
    planned = day_as_typed(session.component.title, form)
    news = planned and sessions_rules.warnings_before_moving(session, planned, today=clock.today())
    form.known.data = edition(news)
    return render_template(
        "bookings/edit_session.html",
        form=form,
        run=run,
        session=session,
        news=news or [],
        is_over=session.ends_at <= clock.now(),
        touched=queries.count_touched(run.id, session),
    )


def _move(session: TrainingSession, form: MoveForm) -> Outcome:
    return rules.move_session(
        session=session,
        planned=form.planned(session),
        reason=form.reason.data or None,
        clash_reason=form.clash_reason.data or None,
        seen=form.seen.data or "",
        known=form.known.data or "",
        asks_again=form.asks_again.data,
        by=current_actor(),
        now=clock.now(),
    )


def _news(session: TrainingSession, outcome: Outcome) -> str:
    """What the change came to, in a sentence or three."""
    told = told_in_words(outcome)
    news = [f"{session.component.title} is changed.", *([f"{told}."] if told else []), *outcome.quotas]
    return " ".join(news) + untold_in_words(outcome.told) + clashes_in_words(outcome)


@bp.route("/sessions/<int:session_id>/capacity", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def change_capacity(session_id: int) -> str | Response:
    """How many people a session takes. Fewer than have a place: the page asks who is moved, and where to."""
    session = get_or_404(TrainingSession, session_id)
    places = url_for("bookings.run_places", run_id=session.run_id)
    if refused := why_not(partial(sessions_rules.check_not_cancelled, session.run), back_to=places):
        return refused
    form = CapacityForm(capacity=session.capacity)
    runs = offer_runs(form.run, run_or_404(session.run_id), otherwise=_own_list(session))
    if form.validate_on_submit():
        with rule_errors_on(form):
            to_run = run_chosen(form.run, runs)
            outcome = rules.change_capacity(
                session=session,
                capacity=form.capacity.data or 0,
                by=current_actor(),
                now=clock.now(),
                moving=_ids(form) if form.has_list.data else [],
                to_run=to_run,
            )
            news, shown = _news_of_capacity(outcome), where_seen(session.run, to_run, outcome)
            db.session.commit()
            flash(*news)
            return redirect(shown)
    return _capacity_page(form, session)


def _capacity_page(form: CapacityForm, session: TrainingSession) -> str:
    """With a list of those who have a place, once there are more of them than places."""
    run = run_or_404(session.run_id)
    holders = list(db.session.scalars(queries.holders_of(session)))
    too_many = len(holders) - (form.capacity.data or len(holders))
    if too_many > 0:
        _suggest(form, holders, too_many)
    return render_template(
        "bookings/change_capacity.html",
        form=form,
        session=session,
        run=run,
        taken=len(holders),
        too_many=too_many,
    )


def _own_list(session: TrainingSession) -> str:
    """The waiting list on which those who are moved come first: a run that has begun is waited for by the
    day."""
    has_begun = session.run.first_session.starts_at <= clock.now()
    return f"The waiting list of {session.component.title if has_begun else 'this run'}, before others"


def _news_of_capacity(outcome: Outcome) -> tuple[str, str]:
    moved = promoted_in_words(outcome.promoted)
    clashes = clashes_in_words(outcome)
    untold = untold_in_words([*outcome.told, *outcome.promoted])
    return f"The number of places is saved.{moved}{untold}{clashes}", "warning" if clashes else "message"


def _ids(form: CapacityForm) -> list[int]:
    return [int(one) for one in form.moving.data or [] if one.isdecimal()]


def _suggest(form: CapacityForm, holders: list[Booking], too_many: int) -> None:
    """The list of who has a place; until somebody was chosen, whoever booked last (U-21)."""
    form.moving.choices = [
        SelectChoice(value=str(one.id), label=f"{one.person.name}, booked {day(clock.london(one.queued_at))}")
        for one in holders
    ]
    if not form.has_list.data:
        form.moving.data = [str(one.id) for one in holders[:too_many]]
        form.has_list.data, form.run.data = "yes", form.run.data or NOWHERE
