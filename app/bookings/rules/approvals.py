"""Whose agreement a place needs, and giving or refusing it. (ST-02, ST-03, LM-01, U-14, MA-03)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from app.audit import rules as audit
from app.bookings import queries
from app.bookings.models import Booking, BookingState
from app.bookings.rules.asking import check_still_decides, lock_approval
from app.bookings.rules.eligibility import books_anyone, check_is_here, objections
from app.bookings.rules.locks import lock_runs
from app.bookings.rules.messages import BookingMessage, MessageKind, tell
from app.bookings.rules.queue import settle, why_closed
from app.bookings.rules.states import move
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken, allows
from app.people.models import Person, PersonKind
from app.programmes.models import ApprovalMode, BookingTerms

LONGEST_NAME = 200
ANYWAY = "Enter why to approve it all the same"  # what the academy is told after what speaks against it
ONE_BY_ONE = "Open the request to approve it all the same, with a reason."


def mode_for(person: Person, terms: BookingTerms, *, by: Actor) -> ApprovalMode:
    """Whose agreement somebody's place needs: none when the academy or their own manager books it.

    A foster panel member has no manager to ask.
    """
    if person.kind is PersonKind.PANEL_MEMBER or books_anyone(by) or by.person_id != person.id:
        return ApprovalMode.NONE
    return terms.staff_approval if person.kind is PersonKind.STAFF else terms.partner_approval


def check_can_decide(booking: Booking, by: Actor, *, now: datetime) -> None:
    """A place is approved by whoever was asked, or by the academy instead, while the request is open.

    Whoever was asked must still decide for the person on that day; the academy may always answer. Nobody
    need answer for somebody who waits once no more places are given.
    """
    approval = booking.approval
    if approval is None:
        raise RuleBroken("This booking needs no approval.")
    check_can_see_request(booking, by)
    if not approval.is_pending:
        raise RuleBroken(
            f"This request was already {'approved' if approval.is_approved else 'declined'} by "
            f"{approval.decided_by}."
        )
    if booking.state is BookingState.RELEASED:
        raise RuleBroken("This request was not answered in time, so the place is not held any longer.")
    if not booking.state.is_open:
        raise RuleBroken(f"This request is no longer open: {booking.state.label.lower()}.")
    closed = why_closed(booking, booking.sessions, now)
    if closed is not None and booking.state is BookingState.WAITLISTED:
        raise RuleBroken(f"{closed} This request needs no answer any more.")
    if not books_anyone(by):
        check_still_decides(booking, on=clock.day_of(now))


def check_can_see_request(booking: Booking, by: Actor) -> None:
    """A request is seen by whoever is asked, and by the academy."""
    approver_id = booking.approval.approver_id if booking.approval else None
    if not (books_anyone(by) or (by.person_id is not None and by.person_id == approver_id)):
        raise NotAllowed("Only the manager who was asked, or the academy, can answer this request.")


def can_decide(booking: Booking, by: Actor, *, now: datetime) -> bool:
    return allows(partial(check_can_decide, booking, by, now=now))


def why_not_decided(booking: Booking, by: Actor, *, now: datetime) -> str | None:
    """Why a request can't be answered, as whoever opens it reads it; None when it can."""
    try:
        check_can_decide(booking, by, now=now)
    except (NotAllowed, RuleBroken) as error:
        return error.message
    return None


def approve(*, booking: Booking, by: Actor, now: datetime, reason: str | None = None) -> None:
    """Agree to somebody's place: it is confirmed when it is held for them; else they wait on, approved.

    Audience, prerequisites and other places are looked at again, unless it was booked in spite of them; the
    academy may approve in spite of them with a `reason`, which is kept.
    """
    lock_approval(booking)
    run = booking.run
    settle(run, now=now)
    check_can_decide(booking, by, now=now)
    check_is_here(booking.person, by, booking.sessions)
    against = what_speaks_against(booking, now=now)
    anyway = (reason or "").strip() if against and books_anyone(by) else None
    if against and not anyway:
        _refuse(against, by)
    booking.override_reason = anyway or booking.override_reason
    decided = _decide(booking, is_approved=True, by=by, now=now, reason=anyway)
    if booking.state is BookingState.REQUESTED:
        move(booking, BookingState.CONFIRMED, by=decided, now=now, reason=anyway)
        tell(booking, BookingMessage(MessageKind.APPROVED), now=now)
    else:
        tell(booking, BookingMessage(MessageKind.AGREED), now=now)


def what_speaks_against(booking: Booking, *, now: datetime) -> list[str]:
    """What speaks against a request by now, unless it was booked in spite of that."""
    if booking.override_reason is not None:
        return []
    against = objections(booking.run, booking.person, booking.sessions, now=now, apart_from=booking)
    return [one.sentence for one in against]


def _refuse(against: Sequence[str], by: Actor) -> None:
    if not books_anyone(by):
        raise RuleBroken(f"{against[0]} Decline the request, or ask the academy.")
    raise RuleBroken(f"{' '.join(against)} {ANYWAY}", field="anyway")


def decline(*, booking: Booking, by: Actor, now: datetime, reason: str) -> None:
    """Refuse somebody's place, with a reason that they read; what was held goes to the queue. (ST-03)"""
    lock_approval(booking)
    run = booking.run
    settle(run, now=now)
    check_can_decide(booking, by, now=now)
    _check_says_why(reason)
    decided = _decide(booking, is_approved=False, by=by, now=now, reason=reason)
    move(booking, BookingState.DECLINED, by=decided, now=now, reason=reason)
    tell(booking, BookingMessage(MessageKind.DECLINED, reason=reason), now=now)
    settle(run, now=now)


def _check_says_why(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken("Enter why you decline: the person reads it", field="reason")


@dataclass(frozen=True)
class Answers:
    """What became of several requests answered at once: those answered, and why the others were not."""

    done: list[Booking]
    problems: list[str]


def answer_all(
    *, bookings: Sequence[Booking], is_approved: bool, by: Actor, now: datetime, reason: str = ""
) -> Answers:
    """Approve, or decline with one reason, several requests: 5 of 6 ticked, then the sixth. (LM-02)

    One that can't be answered says why and holds up none of the others: all checks of an answer come before
    anything of it is written, so that nothing is to be taken back, and what ended meanwhile stays ended. Runs
    are locked in the order of their ids, so that two who answer at once wait for each other and not for ever.
    """
    if not bookings:
        raise RuleBroken("Tick the requests that you want to answer", field="requests")
    if not is_approved:
        _check_says_why(reason)
    answers = Answers([], [])
    lock_runs(one.run_id for one in bookings)
    for booking in sorted(bookings, key=lambda one: (one.run_id, one.id)):
        try:
            if is_approved:
                approve(booking=booking, by=by, now=now)
            else:
                decline(booking=booking, by=by, now=now, reason=reason)
            answers.done.append(booking)
        except (NotAllowed, RuleBroken) as error:
            why = error.message.replace(ANYWAY, ONE_BY_ONE)
            answers.problems.append(f"{booking.person.name}, {booking.run.code}: {why}")
    return answers


def _decide(
    booking: Booking, *, is_approved: bool, by: Actor, now: datetime, reason: str | None = None
) -> Actor:
    """Keep the answer; whoever gave it, with for whom, as the history shows them."""
    assert booking.approval is not None
    decided = replace(by, name=_named(booking, by))
    booking.approval.decided_at, booking.approval.is_approved = now, is_approved
    booking.approval.decided_by = decided.name
    audit.record(
        by=decided,
        verb=f"approval:{'approved' if is_approved else 'declined'}",
        thing=booking,
        now=now,
        changes={"Approval": (None, "Approved" if is_approved else "Declined")},
        reason=reason,
    )
    db.session.flush()
    return decided


def _named(booking: Booking, by: Actor) -> str:
    """Who answers for whom: "Ana Silva for Maria Lindqvist", "Priya Shah, academy, for Maria Lindqvist"."""
    asked = queries.who_was_asked(booking)
    if asked.approver is not None and asked.approver.id == by.person_id:
        name, for_whom = by.name, asked.manager
    else:
        name, for_whom = f"{by.name}, academy,", asked.approver
    if for_whom is None or for_whom.id == by.person_id:
        return name.rstrip(",")[:LONGEST_NAME]
    return f"{name} for {for_whom.name}"[:LONGEST_NAME]
