"""Whose agreement a place needs, and giving or refusing it. (ST-02, ST-03, LM-01, U-14, MA-03)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.bookings.models import Approval, Booking, BookingState
from app.bookings.rules.eligibility import books_anyone, check_is_here, objections
from app.bookings.rules.messages import Change, News, tell
from app.bookings.rules.moves import lock_run_of, move
from app.bookings.rules.queue import settle
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.people import queries as people
from app.people.models import Person, PersonKind
from app.programmes.models import ApprovalMode, BookingTerms


@dataclass(frozen=True)
class Declaration:
    """Whoever books says that their manager agrees, and who that is: the manager gets a copy (MA-03)."""

    name: str
    email: str


def mode_for(person: Person, terms: BookingTerms, *, by: Actor) -> ApprovalMode:
    """Whose agreement somebody's place needs: none when the academy or their own manager books it.

    A foster panel member has no manager to ask.
    """
    if person.kind is PersonKind.PANEL_MEMBER or books_anyone(by) or by.person_id != person.id:
        return ApprovalMode.NONE
    return terms.staff_approval if person.kind is PersonKind.STAFF else terms.partner_approval


def declare(booking: Booking, declaration: Declaration | None, *, now: datetime) -> None:
    """Keep what was declared of the manager's agreement."""
    if declaration is None:
        raise RuleBroken("Enter the name and e-mail address of the manager who agrees", field="manager_name")
    booking.approval = Approval(
        asked_at=now,
        decided_at=now,
        is_approved=True,
        decided_by=declaration.name,
        declared_name=declaration.name,
        declared_email=declaration.email,
    )


def ask(booking: Booking, *, now: datetime) -> None:
    """Ask for the approval that a booking needs, of whoever decides for the person today."""
    approver = people.approver_of(booking.person, on=clock.london(now).date())
    booking.approval = Approval(approver_id=approver.id if approver else None, asked_at=now)
    db.session.flush()


def check_can_decide(booking: Booking, by: Actor) -> None:
    """A place is approved by whoever was asked, or by the academy instead, while the request is open."""
    approval = booking.approval
    if approval is None:
        raise RuleBroken("This booking needs no approval.")
    if not approval.is_pending:
        raise RuleBroken(
            f"This request was already {'approved' if approval.is_approved else 'declined'} by "
            f"{approval.decided_by}."
        )
    if not booking.state.is_open:
        raise RuleBroken(f"This request is no longer open: {booking.state.label.lower()}.")
    if not (books_anyone(by) or (by.person_id is not None and by.person_id == approval.approver_id)):
        raise NotAllowed("Only the manager who was asked, or the academy, can answer this request.")


def approve(*, booking: Booking, by: Actor, now: datetime) -> None:
    """Agree to somebody's place: it is confirmed when it is held for them; else they wait on, approved.

    Audience, prerequisites and other places are looked at again (ST-07 of domain 3.2).
    """
    run = lock_run_of(booking)
    settle(run, now=now)
    check_can_decide(booking, by)
    check_is_here(booking.person, by, booking.sessions)
    if booking.override_reason is None:
        against = objections(run, booking.person, booking.sessions, apart_from=booking)
        if against:
            raise RuleBroken(f"{against[0].sentence} Decline the request, or ask the academy.")
    _decide(booking, is_approved=True, by=by, now=now)
    if booking.state is BookingState.REQUESTED:
        move(booking, BookingState.CONFIRMED, by=by, now=now)
        tell(booking, News(Change.APPROVED), now=now)


def decline(*, booking: Booking, by: Actor, now: datetime, reason: str) -> None:
    """Refuse somebody's place, with a reason that they read; what was held goes to the queue. (ST-03)"""
    run = lock_run_of(booking)
    settle(run, now=now)
    check_can_decide(booking, by)
    if not reason.strip():
        raise RuleBroken("Enter why you decline: the person reads it", field="reason")
    _decide(booking, is_approved=False, by=by, now=now)
    move(booking, BookingState.DECLINED, by=by, now=now, reason=reason)
    tell(booking, News(Change.DECLINED, reason=reason), now=now)
    settle(run, now=now)


def _decide(booking: Booking, *, is_approved: bool, by: Actor, now: datetime) -> None:
    assert booking.approval is not None
    booking.approval.decided_at, booking.approval.is_approved = now, is_approved
    booking.approval.decided_by = by.name
    db.session.flush()
