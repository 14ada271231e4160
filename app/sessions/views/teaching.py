"""What trainers tell the academy of their sessions: another date, and that they can't come. (TR-06, TR-07)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_flashed, rule_errors_on
from app.sessions import rules
from app.sessions.forms.teaching import ProposalForm, UnableForm
from app.sessions.models import DateProposal, TrainingSession
from app.sessions.views.runs import bp


def _why_not(
    check: Callable[[TrainingSession, Actor, datetime], object], session: TrainingSession
) -> Response | None:
    """Back to the run with why there is nothing to fill in."""
    try:
        check(session, current_actor(), clock.now())
    except RuleBroken as error:
        flash(error.message, "error")
        return redirect(url_for("sessions.run", run_id=session.run_id))
    return None


@bp.route("/sessions/<int:session_id>/propose", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def propose_date(session_id: int) -> str | Response:
    """Propose another date or time for a session of one's own."""
    session = get_or_404(TrainingSession, session_id)
    if why_not := _why_not(rules.check_can_propose, session):
        return why_not
    starts, ends = (clock.london(one).time() for one in (session.starts_at, session.ends_at))
    form = ProposalForm(data={"starts": starts, "ends": ends})
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.propose_date(
                session=session,
                held_on=form.held_on.data,
                starts=form.starts.data,
                ends=form.ends.data,
                reason=form.reason.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The academy is told of the date that you propose, and nobody else. Nothing has moved yet.")
            return redirect(url_for("sessions.run", run_id=session.run_id))
        session = get_or_404(TrainingSession, session_id)
    return render_template("sessions/propose_date.html", form=form, session=session, run=session.run)


@bp.post("/proposals/<int:proposal_id>/withdraw")
@requires(Permission.MARK_REGISTERS)
def withdraw_proposal(proposal_id: int) -> Response:
    """Take back a date that one has proposed."""
    proposal = get_or_404(DateProposal, proposal_id)
    run_id = proposal.session.run_id
    with rule_errors_flashed():
        rules.withdraw_proposal(proposal=proposal, by=current_actor(), now=clock.now())
        db.session.commit()
        flash("The proposal is withdrawn.")
    return redirect(url_for("sessions.run", run_id=run_id))


@bp.route("/sessions/<int:session_id>/unable", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def say_unable(session_id: int) -> str | Response:
    """Tell the academy that one can't hold a session."""
    session, form = get_or_404(TrainingSession, session_id), UnableForm()
    if why_not := _why_not(rules.check_can_say_unable, session):
        return why_not
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.say_unable(
                session=session, words=form.words.data or "", by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash("The academy is told, by e-mail too. They decide what becomes of the session.")
            return redirect(url_for("sessions.run", run_id=session.run_id))
        session = get_or_404(TrainingSession, session_id)
    return render_template("sessions/say_unable.html", form=form, session=session, run=session.run)


@bp.post("/sessions/<int:session_id>/able")
@requires(Permission.MARK_REGISTERS)
def settle_unable(session_id: int) -> Response:
    """The session is held all the same."""
    session = get_or_404(TrainingSession, session_id)
    with rule_errors_flashed():
        rules.settle_unable(session=session, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"{session.component.title} is held as planned.")
    return redirect(url_for("sessions.run", run_id=session.run_id))
