"""What trainers tell the academy of their sessions: another date, and that they can't come. (TR-06, TR-07)"""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_flashed, rule_errors_on, why_not
from app.sessions import rules
from app.sessions.forms.teaching import ProposalForm, UnableForm
from app.sessions.models import DateProposal, TrainingSession
from app.sessions.views.runs import bp


@bp.route("/sessions/<int:session_id>/propose", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def propose_date(session_id: int) -> str | Response:
    """Propose another date or time for a session of one's own."""
    session = get_or_404(TrainingSession, session_id)
    run_page = url_for("bookings.run", run_id=session.run_id)
    may = partial(rules.check_can_propose, session, current_actor(), clock.now())
    if refused := why_not(may, back_to=run_page):
        return refused
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
            return redirect(run_page)
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
    return redirect(url_for("bookings.run", run_id=run_id))


@bp.route("/sessions/<int:session_id>/unable", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def say_unable(session_id: int) -> str | Response:
    """Tell the academy that one can't hold a session."""
    session, form = get_or_404(TrainingSession, session_id), UnableForm()
    run_page = url_for("bookings.run", run_id=session.run_id)
    may = partial(rules.check_can_say_unable, session, current_actor(), clock.now())
    if refused := why_not(may, back_to=run_page):
        return refused
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.say_unable(
                session=session, words=form.words.data or "", by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash("The academy is told, by e-mail too. They decide what becomes of the session.")
            return redirect(run_page)
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
    return redirect(url_for("bookings.run", run_id=session.run_id))
