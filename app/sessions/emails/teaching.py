"""Dates that are proposed, sessions that a trainer can't hold, and licences that end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.core.filters import day
from app.core.mail import Email, link
from app.sessions.models import Accreditation, DateProposal, ProposalState, Trainer, TrainingSession


def proposal_answered(proposal: DateProposal, calendar: str | None) -> Email:
    """To the trainer: the academy took the date that they proposed, which moves their `calendar` entry, or
    did not (TR-06)."""
    session = proposal.session
    is_accepted = proposal.state is ProposalState.ACCEPTED
    said = "is accepted" if is_accepted else "is not accepted"
    return Email(
        subject=f"Your date for {session.run.code}, {session.component.title} {said}",
        template="sessions/emails/proposal_answered",
        context={
            "proposal": proposal,
            "session": session,
            "run": session.run,
            "course": session.run.version.course,
            "is_accepted": is_accepted,
            "run_link": link(f"/runs/{session.run_id}"),
        },
        calendar=calendar,
    )


def date_proposed(proposal: DateProposal) -> Email:
    """To the academy: a trainer proposes another date, which waits for an answer (TR-06)."""
    session = proposal.session
    return Email(
        subject=f"Another date is proposed for {session.run.code}, {session.component.title}",
        template="sessions/emails/date_proposed",
        context={
            "proposal": proposal,
            "session": session,
            "run": session.run,
            "course": session.run.version.course,
            "proposal_link": link(f"/proposals/{proposal.id}"),
        },
    )


def trainer_unable(session: TrainingSession, trainer: Trainer, words: str) -> Email:
    """To the academy: a session has nobody to hold it (TR-07)."""
    return Email(
        subject=f"{trainer.name} can’t hold {session.run.code}, {session.component.title}",
        template="sessions/emails/trainer_unable",
        context={
            "trainer": trainer,
            "session": session,
            "run": session.run,
            "course": session.run.version.course,
            "words": words,
            "run_link": link(f"/runs/{session.run_id}"),
        },
    )


def licence_ends(licence: Accreditation, after: Sequence[TrainingSession], *, today: date) -> Email:
    """To the academy and to whoever looks after contracts: a trainer's licence ends soon (TR-08).

    `after` are the trainer's sessions beyond its last day that need it.
    """
    return Email(
        subject=f"{licence.trainer.name}: {licence.name} ends on {day(licence.expires_on)}",
        template="sessions/emails/licence_ends",
        context={
            "licence": licence,
            "trainer": licence.trainer,
            "days": (licence.expires_on - today).days,
            "after": after,
            "trainer_link": link(f"/trainers/{licence.trainer_id}"),
        },
    )
