"""What the academy decides about registers: parts that count, and sessions that were broken off."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.forms import AGAIN, NOT_HELD, AskForm, DecideHeldForm, NotHeldForm
from app.attendance.models import PartialAcceptance, PartlyHeld
from app.attendance.views.blueprint import bp
from app.attendance.views.registers import listed
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import listed as listed_in_words
from app.core.filters import plural
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.learning.models import Mark
from app.sessions.models import TrainingSession


def _register(session_id: int) -> Response:
    return redirect(url_for("attendance.session_register", session_id=session_id))


@bp.get("/registers/to-decide")
@requires(Permission.BOOK_ANYONE)
def to_decide() -> str:
    """The parts that trainers ask to count, and the sessions that were broken off."""
    return render_template(
        "attendance/to_decide.html",
        parts=db.session.scalars(queries.parts_to_decide()).all(),
        sessions=db.session.scalars(queries.partly_held_to_decide()).all(),
        minutes_of=rules.minutes_of,
    )


# --- Parts that count ----------------------------------------------------------------------------------


@bp.route("/marks/<int:mark_id>/ask-to-count", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def ask_to_count(mark_id: int) -> str | Response:
    """A trainer asks that part of a session count; the academy’s own asking decides it. (TR-03)"""
    mark, form = get_or_404(Mark, mark_id), AskForm()
    session_id = mark.session_id
    rules.check_can_see_registers(mark.session.run, current_actor())
    decides = rules.marks_any_register(current_actor())
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.ask_to_count(mark=mark, reason=form.reason.data or "", by=current_actor(), now=clock.now())
            db.session.commit()
            flash("It counts from now on." if decides else "The academy is asked, and decides.")
            return _register(session_id)
        mark = get_or_404(Mark, mark_id)
    return render_template(
        "attendance/ask_to_count.html",
        form=form,
        mark=mark,
        session=mark.session,
        longest=rules.minutes_of(mark.session),
        decides=decides,
    )


@bp.post("/parts/<int:part_id>/decide")
@requires(Permission.BOOK_ANYONE)
def decide_part(part_id: int) -> Response:
    """The academy’s answer to one of them."""
    asked = get_or_404(PartialAcceptance, part_id)
    answer = request.form.get("answer")
    if answer not in {"agree", "decline"}:
        abort(400)
    name = asked.mark.person.name
    try:
        rules.decide_part(asked=asked, is_agreed=answer == "agree", by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"{name}’s part {'counts from now on' if answer == 'agree' else 'does not count'}.")
    except RuleBroken as broken:
        db.session.rollback()
        flash(broken.message, "warning")
    return redirect(url_for("attendance.to_decide"))


# --- Sessions broken off -------------------------------------------------------------------------------


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
        _, people = listed(session)
        ids = [one.id for one in people]
        count = rules.mark_not_held(session=session, person_ids=ids, reason=reason, by=by, now=now)
        flash(f"The session is marked as not held for {plural(count, 'person', 'people')}.")
        return
    if form.minutes.data is None:
        raise RuleBroken("Enter how many minutes were held", field="minutes")
    rules.note_partly_held(session=session, minutes=form.minutes.data, reason=reason, by=by, now=now)
    flash("Everybody who was there has the minutes that were held. The academy decides what becomes of it.")


@bp.post("/sessions/<int:session_id>/held-in-full")
@requires(Permission.MARK_REGISTERS)
def held_in_full(session_id: int) -> Response:
    """It was not broken off after all."""
    held = get_or_404(PartlyHeld, session_id)
    try:
        rules.take_back_partly_held(held=held, by=current_actor(), now=clock.now())
        db.session.commit()
        flash("The session was held in full: who was there to its end attended.")
    except RuleBroken as broken:
        db.session.rollback()
        flash(broken.message, "warning")
    return _register(session_id)


@bp.route("/sessions/<int:session_id>/partly-held", methods=["GET", "POST"])
@requires(Permission.BOOK_ANYONE)
def decide_held(session_id: int) -> str | Response:
    """What becomes of a session that was broken off: it counts, or the day is held again. (U-23)"""
    held = get_or_404(PartlyHeld, session_id)
    session = held.session
    form = DecideHeldForm(
        code=rules.code_for_again(session),
        starts=clock.london(session.starts_at).time(),
        ends=clock.london(session.ends_at).time(),
    )
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
        counts=queries.register_counts([session_id])[session_id],
    )


def _decide(held: PartlyHeld, form: DecideHeldForm) -> Response | None:
    by, now = current_actor(), clock.now()
    if form.decision.data != AGAIN:
        count = rules.decide_that_it_counts(held=held, by=by, now=now)
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
    code, run_id, names = run.code, run.id, [one.name for one in left_out]
    db.session.commit()
    flash(f"{code} is scheduled, and everybody who was there has a place and is told.")
    if names:
        flash(f"Without a place, as they will have left by then: {listed_in_words(names)}.", "warning")
    return redirect(url_for("bookings.run_places", run_id=run_id))
