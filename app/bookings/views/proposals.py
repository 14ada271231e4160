"""Answering a date that a trainer proposes. (TR-06)"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.views.blueprint import bp
from app.bookings.views.moving import clashes_in_words
from app.bookings.views.telling import told_in_words, untold_in_words
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.sessions import rules as sessions_rules
from app.sessions.forms.teaching import ProposalAnswer, ProposalAnswerForm
from app.sessions.models import DateProposal, ProposalState


@bp.route("/proposals/<int:proposal_id>", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def answer_proposal(proposal_id: int) -> str | Response:
    """Accept the date, which moves the session and tells everybody, or decline it with words."""
    proposal, form = get_or_404(DateProposal, proposal_id), ProposalAnswerForm()
    run_id = proposal.session.run_id
    if form.validate_on_submit():
        with rule_errors_on(form):
            news, category = _answered(proposal, form)
            db.session.commit()
            flash(news, category)
            return redirect(url_for("bookings.run", run_id=run_id))
        proposal = get_or_404(DateProposal, proposal_id)
    if proposal.state is not ProposalState.PROPOSED and not form.errors:
        flash(f"This proposal was {proposal.state.label.lower()} already.", "error")
        return redirect(url_for("bookings.run", run_id=run_id))
    return _proposal_page(form, proposal)


def _proposal_page(form: ProposalAnswerForm, proposal: DateProposal) -> str:
    """With what there is to know of the date, and whom it touches, before it is accepted."""
    session = proposal.session
    planned = sessions_rules.day_of(session.component.title, sessions_rules.planned_as_proposed(proposal))
    news = sessions_rules.warnings_before_moving(session, planned, today=clock.today())
    form.stand_below(edition(news))
    return render_template(
        "bookings/answer_proposal.html",
        form=form,
        proposal=proposal,
        session=session,
        run=session.run,
        news=news,
        touched=queries.count_touched(session.run_id, session),
    )


def _answered(proposal: DateProposal, form: ProposalAnswerForm) -> tuple[str, str]:
    """Do as was chosen; what to say of it, and how."""
    actor, now, words = current_actor(), clock.now(), form.words.data or ""
    if form.answer.data == ProposalAnswer.DECLINE:
        sessions_rules.decline_proposal(proposal=proposal, words=words, by=actor, now=now)
        return f"The date stays as it is. {proposal.proposed_by} is told.", "message"
    outcome = rules.accept_proposal(
        proposal=proposal,
        reason=form.reason.data or None,
        words=words or None,
        clash_reason=form.clash_reason.data or None,
        known=form.seen.data or "",
        by=actor,
        now=now,
    )
    told = told_in_words(outcome)
    also = f"{told}, and so is {proposal.proposed_by}" if told else f"{proposal.proposed_by} is told"
    news = " ".join([f"{proposal.session.component.title} is moved. {also}.", *outcome.quotas])
    news += untold_in_words(outcome.told) + clashes_in_words(outcome)
    return news, "warning" if outcome.clashes else "message"
