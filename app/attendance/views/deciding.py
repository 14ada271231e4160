"""What the academy decides about registers, and the parts of sessions that trainers ask to count."""

from __future__ import annotations

from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.forms import AskForm
from app.attendance.models import PartialAcceptance
from app.attendance.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on, why_not
from app.learning.models import Mark


@bp.get("/registers/to-decide")
@requires(Permission.BOOK_ANYONE)
def to_decide() -> str:
    """The parts that trainers ask to count, and the sessions that were broken off or not held."""
    return render_template(
        "attendance/to_decide.html",
        parts=db.session.scalars(queries.parts_to_decide()).all(),
        sessions=db.session.scalars(queries.partly_held_to_decide()).all(),
        not_held=db.session.scalars(queries.not_held_to_decide(clock.now())).all(),
        minutes_of=rules.minutes_of,
    )


@bp.route("/marks/<int:mark_id>/ask-to-count", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def ask_to_count(mark_id: int) -> str | Response:
    """A trainer asks that part of a session count; the academy’s own asking decides it. (TR-03)"""
    mark, form = get_or_404(Mark, mark_id), AskForm()
    by, register = current_actor(), url_for("attendance.session_register", session_id=mark.session_id)
    if refused := why_not(partial(rules.check_can_ask, mark, by, clock.now()), back_to=register):
        return refused
    decides = rules.marks_any_register(by)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.ask_to_count(mark=mark, reason=form.reason.data or "", by=by, now=clock.now())
            db.session.commit()
            flash("It counts from now on." if decides else "The academy is asked, and decides.")
            return redirect(register)
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
