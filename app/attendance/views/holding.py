"""Sessions that were broken off or not held at all, and holding them again. (U-23)"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.forms import AGAIN, NOT_HELD, AnotherDayForm, DecideHeldForm, NotHeldForm, UndoForm
from app.attendance.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.errors import RuleBroken
from app.core.filters import listed, plural
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on, why_not
from app.learning.models import PartlyHeld
from app.people.models import Person
from app.sessions.forms.planning import session_values
from app.sessions.models import Run, TrainingSession


def _register(session_id: int) -> Response:
    return redirect(url_for("attendance.session_register", session_id=session_id))


@bp.route("/sessions/<int:session_id>/not-held", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def not_held(session_id: int) -> str | Response:
    """The session was broken off, or not held at all: said once for everybody. (U-23)"""
    session, form = get_or_404(TrainingSession, session_id), NotHeldForm()
    rules.check_can_see_registers(session.run, current_actor())
    if form.validate_on_submit():
        with rule_errors_on(form):
            _note(session, form)
            db.session.commit()
            return _register(session_id)
        session = get_or_404(TrainingSession, session_id)
    return render_template(
        "attendance/not_held.html", form=form, session=session, longest=rules.minutes_of(session)
    )


def _note(session: TrainingSession, form: NotHeldForm) -> None:
    by, now, reason = current_actor(), clock.now(), form.reason.data or ""
    if form.what.data == NOT_HELD:
        ids = [one.id for one in db.session.scalars(queries.people_on(session))]
        count = rules.mark_not_held(session=session, person_ids=ids, reason=reason, by=by, now=now)
        flash(f"The session is marked as not held for {plural(count, 'person', 'people')}.")
        return
    if form.minutes.data is None:
        raise RuleBroken("Enter how many minutes were held", field="minutes")
    rules.note_partly_held(session=session, minutes=form.minutes.data, reason=reason, by=by, now=now)
    flash("Everybody who was there has the minutes that were held. The academy decides what becomes of it.")


@bp.route("/sessions/<int:session_id>/held-in-full", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def held_in_full(session_id: int) -> str | Response:
    """It was not broken off after all; why, once the register is locked. (AM-12)"""
    session, form, by = get_or_404(TrainingSession, session_id), UndoForm(), current_actor()
    may_take_back = partial(rules.check_can_take_back_held, session, by, clock.now())
    register = url_for("attendance.session_register", session_id=session_id)
    if refused := why_not(may_take_back, back_to=register):
        return refused
    if form.validate_on_submit():
        with rule_errors_on(form):
            reason = form.reason.data or None
            rules.take_back_partly_held(session=session, by=by, now=clock.now(), reason=reason)
            db.session.commit()
            flash("The session was held in full: who was there to its end attended.")
            return _register(session_id)
    return render_template(
        "attendance/held_in_full.html",
        form=form,
        held=get_or_404(PartlyHeld, session_id),
        session=session,
        longest=rules.minutes_of(session),
        is_locked=rules.is_locked(session, clock.now()),
    )


@bp.route("/sessions/<int:session_id>/partly-held", methods=["GET", "POST"])
@requires(Permission.BOOK_ANYONE)
def decide_held(session_id: int) -> str | Response:
    """What becomes of a session that was broken off: it counts, or the day is held again. (U-23)"""
    held = get_or_404(PartlyHeld, session_id)
    session = held.session
    form = DecideHeldForm(data=_as_it_was(session))
    if form.validate_on_submit():
        with rule_errors_on(form):
            answer = _decide(held, form)
            if answer is not None:
                return answer
        held = get_or_404(PartlyHeld, session_id)
    return render_template(
        "attendance/decide_held.html",
        form=form,
        held=held,
        session=held.session,
        longest=rules.minutes_of(held.session),
        is_locked=rules.is_locked(held.session, clock.now()),
        warnings=_told_above(form, held.session),
        counts=queries.register_counts([session_id])[session_id],
    )


def _decide(held: PartlyHeld, form: DecideHeldForm) -> Response | None:
    by, now = current_actor(), clock.now()
    if form.decision.data != AGAIN:
        reason = form.reason.data or None
        count = rules.decide_that_it_counts(held=held, by=by, now=now, reason=reason)
        session_id = held.session_id
        db.session.commit()
        flash(f"It counts for {plural(count, 'person', 'people')} from now on.")
        return _register(session_id)
    planned = form.planned(held.session)
    if planned is None:
        return None
    run, left_out = rules.hold_again(
        held=held,
        planned=planned,
        code=form.code.data or "",
        by=by,
        now=now,
        clash_reason=form.clash_reason.data or None,
    )
    form.check_is_told(held.session)
    return _to_places(run, left_out, "everybody who was there")


def _to_places(run: Run, left_out: Sequence[Person], who: str) -> Response:
    """Keep the run of the day that is held again, and show who has a place on it."""
    code, run_id, names = run.code, run.id, [one.name for one in left_out]
    db.session.commit()
    flash(f"{code} is scheduled, and {who} has a place and is told.")
    if names:
        flash(f"Without a place, as they will have left by then: {listed(names)}.", "warning")
    return redirect(url_for("bookings.run_places", run_id=run_id))


@bp.route("/sessions/<int:session_id>/another-day", methods=["GET", "POST"])
@requires(Permission.BOOK_ANYONE)
def another_day(session_id: int) -> str | Response:
    """A session that was not held is held another day, for everybody who was to be there. (U-23)"""
    session = get_or_404(TrainingSession, session_id)
    rules.check_can_hold_another_day(current_actor())
    form = AnotherDayForm(data=_as_it_was(session))
    if form.validate_on_submit():
        with rule_errors_on(form):
            answer = _hold_another_day(session, form)
            if answer is not None:
                return answer
        session = get_or_404(TrainingSession, session_id)
    return render_template(
        "attendance/another_day.html",
        form=form,
        session=session,
        warnings=_told_above(form, session),
        people=db.session.scalars(queries.without_another_day(session, clock.now())).all(),
    )


def _as_it_was(session: TrainingSession) -> dict[str, object]:
    """What is filled in of the day that is held again: a code, and all that it was but its date."""
    values = session_values(session) | {"code": rules.code_for_again(session)}
    return {name: value for name, value in values.items() if name not in ("held_on", "seen")}


def _told_above(form: AnotherDayForm, session: TrainingSession) -> list[str]:
    """What the page says of the day, above the button."""
    warnings = form.warnings(session)
    form.stand_below(edition(warnings))
    return warnings


def _hold_another_day(session: TrainingSession, form: AnotherDayForm) -> Response | None:
    planned = form.planned(session)
    if planned is None:
        return None
    run, left_out = rules.hold_another_day(
        session=session,
        planned=planned,
        code=form.code.data or "",
        by=current_actor(),
        now=clock.now(),
        clash_reason=form.clash_reason.data or None,
    )
    form.check_is_told(session)
    return _to_places(run, left_out, "everybody who was to be there")
