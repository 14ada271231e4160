"""The academy takes the date that a trainer proposed: the session moves, with all its tellings. (TR-06)"""

from __future__ import annotations

from datetime import datetime

from app.bookings import queries
from app.bookings.rules.eligibility import check_can_schedule
from app.bookings.rules.outcomes import Outcome
from app.bookings.rules.rescheduling import move_session
from app.bookings.rules.trainers import trainer_entry
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.core.filters import day
from app.sessions import rules as sessions_rules
from app.sessions.models import DateProposal, ProposalState, Run


def accept_proposal(
    *,
    proposal: DateProposal,
    by: Actor,
    now: datetime,
    reason: str | None = None,
    words: str | None = None,
    clash_reason: str | None = None,
    known: str | None = None,
) -> Outcome:
    """Move the session to the proposed date; everybody touched is told, and the trainer that it was taken.

    What there is to know of the date is looked at first, as when the academy moves it by hand.

    `reason` is what the people on the run read, `words` what the trainer reads: why a trainer asked for
    another date is theirs to tell.
    """
    check_can_schedule(by, "answer a proposal")
    session = proposal.session
    lock_row(Run, session.run_id)
    db.session.refresh(proposal)
    db.session.expire(session)
    sessions_rules.check_is_proposed(proposal)
    if session.starts_at <= now:
        raise RuleBroken(f"{session.component.title} has begun, so its date can’t change any more.")
    if proposal.starts_at <= now:
        raise RuleBroken(f"{day(proposal.held_on)} is over: decline it, and say so.")
    outcome = move_session(
        session=session,
        planned=sessions_rules.planned_as_proposed(proposal),
        by=by,
        now=now,
        reason=reason,
        clash_reason=clash_reason,
        known=known,
        proposed_by=proposal.proposed_by_user_id,
    )
    to, calendar = ProposalState.ACCEPTED, _entry_of_proposer(proposal, now)
    sessions_rules.settle_proposal(proposal, to, by=by, now=now, words=words, calendar=calendar)
    return outcome


def _entry_of_proposer(proposal: DateProposal, now: datetime) -> str | None:
    """The moved entry for the calendar of whoever proposed the date, if they still hold the session."""
    session, trainer = proposal.session, proposal.session.trainer
    if trainer is None or trainer.user_id != proposal.proposed_by_user_id:
        return None
    return trainer_entry(trainer, session, queries.times_moved([session.id])[session.id], now=now)
