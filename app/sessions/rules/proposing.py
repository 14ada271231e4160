"""Another date that a trainer proposes: the academy alone sees it, until it accepts. (TR-06)

Accepting moves the session, which bookings does: it knows whom to tell.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from functools import partial

from app.accounts import queries as accounts
from app.accounts.models import User
from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, lock_row, save_unique
from app.core.errors import NotAllowed, RuleBroken, allows
from app.core.filters import clock_time, long_day
from app.core.permissions import Permission
from app.outbox import rules as outbox
from app.sessions import emails, queries
from app.sessions.models import DateProposal, ProposalState, Run, TrainingSession
from app.sessions.rules.planning import PlannedSession, planned_again


def check_can_propose(session: TrainingSession, by: Actor, now: datetime) -> None:
    """A trainer proposes another date for a session of their own run, one at a time, until it begins."""
    if not queries.is_trainer_of(session.run_id, by.user_id):
        raise NotAllowed("You can propose dates for your own runs only.")
    if session.run.is_cancelled:
        raise RuleBroken(f"{session.run.code} was cancelled, so it has no dates.")
    if session.starts_at <= now:
        raise RuleBroken(f"{session.component.title} has begun, so its date can’t change any more.")
    if queries.open_proposal_for(session) is not None:
        raise RuleBroken("Another date is proposed already. Withdraw it before you propose a new one.")


def can_propose(session: TrainingSession, by: Actor, now: datetime) -> bool:
    return allows(partial(check_can_propose, session, by, now))


def propose_date(
    *,
    session: TrainingSession,
    held_on: date,
    starts: time,
    ends: time,
    reason: str,
    by: Actor,
    now: datetime,
) -> DateProposal:
    """Ask the academy for another date or time, by mail and on its first page. Nothing moves, and nobody
    else is told."""
    check_can_propose(session, by, now)
    starts_at, ends_at = clock.london_time(held_on, starts), clock.london_time(held_on, ends)
    if ends_at <= starts_at:
        raise RuleBroken("The end must be after the start", field="ends")
    if starts_at <= now:
        raise RuleBroken("Propose a date that is still to come", field="held_on")
    if (starts_at, ends_at) == (session.starts_at, session.ends_at):
        raise RuleBroken("This is when it is held already: propose another date or time", field="held_on")
    assert by.user_id is not None
    proposal = DateProposal(
        session=session,
        held_on=held_on,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        proposed_at=now,
        proposed_by=by.name,
        proposed_by_user_id=by.user_id,
    )
    save_unique(proposal, taken=RuleBroken("Another date was proposed just now. Look at the run again."))
    keep_in_audit(proposal, "run:date proposed", by=by, now=now, reason=reason)
    _tell_academy(proposal, now=now)
    return proposal


def withdraw_proposal(*, proposal: DateProposal, by: Actor, now: datetime) -> None:
    """Whoever proposed a date takes the proposal back."""
    if by.user_id != proposal.proposed_by_user_id:
        raise NotAllowed("Only whoever proposed a date can withdraw it.")
    settle_proposal(proposal, ProposalState.WITHDRAWN, by=by, now=now)


def decline_proposal(*, proposal: DateProposal, words: str, by: Actor, now: datetime) -> None:
    """The date stays as it is; the trainer is told why."""
    if not by.can(Permission.SCHEDULE_RUNS):
        raise NotAllowed("Only the academy answers proposals.")
    if not words:
        raise RuleBroken("Tell the trainer why the date stays", field="words")
    settle_proposal(proposal, ProposalState.DECLINED, by=by, now=now, words=words)


def settle_proposal(
    proposal: DateProposal,
    to: ProposalState,
    *,
    by: Actor,
    now: datetime,
    words: str | None = None,
    calendar: str | None = None,
) -> None:
    """End a proposal that is still open, under the lock of its run; its trainer is told of an answer, with
    what moves the session in their `calendar`."""
    lock_row(Run, proposal.session.run_id)
    db.session.refresh(proposal)
    check_is_proposed(proposal)
    proposal.state, proposal.decided_at, proposal.decided_by = to, now, by.name
    proposal.answer = words
    keep_in_audit(proposal, f"run:date {to}", by=by, now=now, reason=words)
    if to is not ProposalState.WITHDRAWN:
        _tell_trainer(proposal, calendar, now=now)


def check_is_proposed(proposal: DateProposal) -> None:
    if proposal.state is not ProposalState.PROPOSED:
        raise RuleBroken(f"This proposal was {proposal.state.label.lower()} already.")


def planned_as_proposed(proposal: DateProposal) -> PlannedSession:
    """The session as it would be held on the date that is proposed."""
    return replace(
        planned_again(proposal.session),
        held_on=proposal.held_on,
        starts=clock.london(proposal.starts_at).time(),
        ends=clock.london(proposal.ends_at).time(),
    )


def _tell_academy(proposal: DateProposal, *, now: datetime) -> None:
    for manager in db.session.scalars(accounts.academy_managers()):
        outbox.enqueue(
            key=f"proposal:{proposal.id}:made:{manager.id}",
            kind="date_proposed",
            to_address=manager.email,
            to_name=manager.name,
            email=emails.date_proposed(proposal),
            now=now,
            about=proposal,
            useful_until=proposal.session.starts_at,
        )


def _tell_trainer(proposal: DateProposal, calendar: str | None, *, now: datetime) -> None:
    user = db.session.get_one(User, proposal.proposed_by_user_id)
    outbox.enqueue(
        key=f"proposal:{proposal.id}:{proposal.state}",
        kind="proposal_answered",
        to_address=user.email,
        to_name=user.name,
        email=emails.proposal_answered(proposal, calendar),
        now=now,
        about=proposal,
    )


def keep_in_audit(
    proposal: DateProposal, verb: str, *, by: Actor, now: datetime, reason: str | None = None
) -> None:
    """In the run's history, which the academy alone sees."""
    session = proposal.session
    when = f"{long_day(proposal.held_on)}, {clock_time(proposal.starts_at)} to {clock_time(proposal.ends_at)}"
    changes = {f"{session.component.title}: proposed": (None, when)}
    audit.record(
        by=by, verb=verb, thing=session.run, now=now, label=session.run.code, changes=changes, reason=reason
    )
