"""Asking whoever decides about a place, asking again when that changes, and reminding. (LM-01, U-14, U-15)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from app.accounts import queries as accounts
from app.audit import rules as audit
from app.bookings import emails, queries
from app.bookings.models import Approval, Booking, Freed
from app.bookings.rules.locks import lock_run_of
from app.core import clock, tokens, workdays
from app.core.actors import SERVICE, Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.mail import Email, link
from app.core.workdays import DAY_BEGINS, DAY_ENDS
from app.outbox import queries as outbox
from app.outbox.rules import enqueue
from app.people.models import Person


@dataclass(frozen=True)
class Declaration:
    """Whoever books says that their manager agrees, and who that is: the manager gets a copy (MA-03)."""

    name: str
    email: str


# --- Asking --------------------------------------------------------------------------------------------


def checked_declaration(person: Person, declaration: Declaration | None) -> Declaration:
    """Somebody who books says which manager agrees, and that is somebody else."""
    if declaration is None:
        raise RuleBroken("Enter the name and e-mail address of the manager who agrees", field="manager_name")
    if declaration.email == person.email:
        raise RuleBroken("Enter your manager’s e-mail address, not your own", field="manager_email")
    return declaration


def declare(booking: Booking, declaration: Declaration | None, *, now: datetime) -> None:
    """Keep what was declared of the manager's agreement, and send the manager a copy of it."""
    declaration = checked_declaration(booking.person, declaration)
    booking.approval = Approval(
        asked_at=now,
        decided_at=now,
        is_approved=True,
        decided_by=declaration.name,
        declared_name=declaration.name,
        declared_email=declaration.email,
    )


def send_copy(booking: Booking, *, now: datetime) -> None:
    """Tell the manager whose agreement was declared what was declared of them."""
    approval = booking.approval
    assert approval is not None
    assert approval.declared_name is not None
    assert approval.declared_email is not None
    enqueue(
        key=f"approval:{approval.id}:declared",
        kind="approval_declared",
        to_address=approval.declared_email,
        to_name=approval.declared_name,
        email=emails.agreement_declared(booking),
        now=now,
        about=booking,
        useful_until=booking.ends_at,
    )


def ask(booking: Booking, *, now: datetime) -> None:
    """Ask for the approval that a booking needs, of whoever decides for the person today."""
    approver = queries.approver_of(booking.person, on=clock.day_of(now))
    if booking.approval is None:
        booking.approval = Approval()
    booking.approval.approver, booking.approval.asked_at = approver, now
    db.session.flush()
    _write(booking, "asked", partial(_request, booking), now=now)


def ask_again(*, booking: Booking, now: datetime) -> int:
    """Keep a request with whoever can answer it. Returns how many letters that took.

    Whoever was asked may have left, be away or have named a deputy since: then the one who decides now is
    asked, and the requester is told (U-14). Else they are reminded, once, when it is time (U-15).
    """
    lock_approval(booking)
    if not is_waiting_for_answer(booking):
        return 0
    if _is_with_another(booking, now=now):
        before = queries.who_was_asked(booking).name
        ask(booking, now=now)
        after = queries.who_was_asked(booking).name
        changes = {"Asked": (before, after)}
        audit.record(by=SERVICE, verb="approval:passed_on", thing=booking, now=now, changes=changes)
        _tell_requester(booking, now=now)
        return 1
    if remind_at(booking) <= now:
        return _write(booking, "reminder", partial(_request, booking, is_reminder=True), now=now)
    return 0


def needs_asking(booking: Booking, *, now: datetime) -> bool:
    """Whether `ask_again` would have anything to do; it looks again under the lock."""
    is_to_remind = remind_at(booking) <= now and not outbox.is_written(_key(booking, "reminder"))
    return is_to_remind or _is_with_another(booking, now=now)


def is_waiting_for_answer(booking: Booking) -> bool:
    return booking.approval is not None and booking.approval.is_pending and booking.state.is_open


def _is_with_another(booking: Booking, *, now: datetime) -> bool:
    assert booking.approval is not None
    approver = queries.approver_of(booking.person, on=clock.day_of(now))
    return (approver.id if approver else None) != booking.approval.approver_id


def check_still_decides(booking: Booking, *, on: date) -> None:
    """Whoever was asked answers only as long as they decide for the person.

    A deputy's cover may have ended, or a manager have left, since the letter: the job passes the request on
    within the minute, and their link and their page must not answer for that long. (U-14)
    """
    assert booking.approval is not None
    approver = queries.approver_of(booking.person, on=on)
    if (approver.id if approver else None) != booking.approval.approver_id:
        raise RuleBroken(_passed_on_to(approver))


def _passed_on_to(approver: Person | None) -> str:
    return f"This request has passed on to {approver.name if approver else 'the academy'}."


def remind_at(booking: Booking) -> datetime:
    """When whoever was asked is reminded: 2 working days later, at the same time of a working day.

    Asked on Monday 7 March 2022 at 10:00: on Wednesday 9 March at 10:00. (U-15)
    """
    assert booking.approval is not None
    asked_at = clock.london(booking.approval.asked_at)
    days = booking.run.version.course.terms.reminder_days
    at = min(max(asked_at.time(), DAY_BEGINS), DAY_ENDS)
    return clock.london_time(workdays.working_days_after(asked_at.date(), days), at)


def lock_approval(booking: Booking) -> None:
    """Take the lock of a booking's run, then see the booking and its approval as they stand."""
    lock_run_of(booking)
    if booking.approval is not None:
        db.session.refresh(booking.approval)


# --- Letters -------------------------------------------------------------------------------------------


def tell_of_expiry(booking: Booking, *, freed: Freed, now: datetime) -> None:
    """Tell whoever did not answer in time what became of the place; the requester is told too (U-15)."""
    expired = partial(emails.request_expired, booking, freed=freed)
    if booking.approval is not None:
        _write(booking, "expired", lambda reader: expired(reader.called), now=now)


def tell_of_withdrawal(booking: Booking, *, by: Actor, now: datetime) -> None:
    """Tell whoever has not answered yet that they need not any more, unless they ended it themselves."""
    approval = booking.approval
    if approval is None or not approval.is_pending:
        return
    if approval.approver_id is None or approval.approver_id != by.person_id:
        withdrawn = partial(emails.request_withdrawn, booking)
        _write(booking, "withdrawn", lambda reader: withdrawn(reader.called), now=now)


@dataclass(frozen=True)
class _Reader:
    """Somebody to whom a letter about a request goes, and what it calls them; `secret` is the signed end of
    their link to it."""

    key: str
    name: str
    called: str
    address: str
    link: str
    secret: str | None = None


def _write(booking: Booking, what: str, letter: Callable[[_Reader], Email], *, now: datetime) -> int:
    """One letter to each of those who answer. Returns how many were written now."""
    written = 0
    for reader in _readers(booking):
        written += enqueue(
            key=f"{_key(booking, what)}:{reader.key}",
            kind=f"approval_{what}",
            to_address=reader.address,
            to_name=reader.name,
            email=letter(reader),
            now=now,
            about=booking,
            useful_until=booking.ends_at if what == "expired" else booking.held_until or booking.ends_at,
            secret=reader.secret,
        )
    return written


def _request(booking: Booking, reader: _Reader, *, is_reminder: bool = False) -> Email:
    days = queries.team_days([booking])[booking.id]
    return emails.approval_asked(booking, days, reader.called, reader.link, is_reminder=is_reminder)


def _readers(booking: Booking) -> Iterator[_Reader]:
    """Whoever is asked or, where that is the academy or somebody without an address, its managers."""
    approval = booking.approval
    assert approval is not None
    approver = approval.approver
    if approver is not None and approver.email:
        token = tokens.make(_purpose(approval.id), approver.id, to=approver.email)
        answer = link(f"/requests/{approval.id}/{token}")
        yield _Reader(str(approver.id), approver.name, approver.called, approver.email, answer, token)
        return
    for user in db.session.scalars(accounts.academy_managers()):
        called = user.person.called if user.person else user.name
        answer = link(f"/bookings/{booking.id}/request")
        yield _Reader(f"user:{user.id}", user.name, called, user.email, answer)


def _tell_requester(booking: Booking, *, now: datetime) -> None:
    person = booking.person
    if person.email:
        enqueue(
            key=_key(booking, "passed_on"),
            kind="approval_passed_on",
            to_address=person.email,
            to_name=person.name,
            email=emails.request_passed_on(booking),
            now=now,
            about=booking,
            useful_until=booking.held_until or booking.ends_at,
        )


def _key(booking: Booking, what: str) -> str:
    """What makes a letter once: for each time of asking, since a request may pass on and come back."""
    assert booking.approval is not None
    return f"approval:{booking.approval.id}:{what}:{booking.approval.asked_at:%Y%m%d%H%M%S%f}"


# --- The link in the letter ----------------------------------------------------------------------------


def request_by_link(approval_id: int, token: str) -> tuple[Booking, Actor]:
    """The request that an e-mailed link opens, and whoever it was written to.

    Raises RuleBroken when the link is not one of ours, is too old or went to another address than theirs, or
    somebody else is asked by now.
    """
    approver_id = tokens.read(_purpose(approval_id), token)
    booking = db.session.scalar(queries.request_with(approval_id))
    approver = db.session.get(Person, approver_id)
    if booking is None or booking.approval is None or approver is None:
        raise RuleBroken("This request is not there any more.")
    tokens.check_sent_to(token, approver.email)
    if booking.approval.is_pending:
        if booking.approval.approver_id != approver_id:
            raise RuleBroken(_passed_on_to(booking.approval.approver))
        check_still_decides(booking, on=clock.today())
    return booking, Actor(name=approver.name, person_id=approver.id)


def _purpose(approval_id: int) -> str:
    """Each request's links are signed for it alone."""
    return f"approval-{approval_id}"
