"""When each reminder is due, and writing those that are into the outbox, each once.

A reminder belongs to an occasion: an instant that follows from a session's date. Due is every occasion
that has come; of those only the newest is written, and only while it still helps. So a scheduler that was
down for two days sends what still helps and nothing else (U-17), and one that runs twice sends nothing
twice: the occasion is in the message's unique key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol

from app.accounts import queries as accounts
from app.accounts.models import LinkPurpose
from app.accounts.rules import usable_link
from app.attendance.models import Certificate
from app.bookings import rules as bookings
from app.bookings.models import Booking, BookingState
from app.bookings.queries import lacking_prerequisites
from app.core import clock, workdays
from app.core.db import db
from app.core.mail import Email
from app.outbox import queries as outbox
from app.outbox.models import OF_AN_ACCOUNT, Message
from app.outbox.rules import enqueue
from app.programmes.models import Course
from app.reminders import emails, queries
from app.reminders.rules import missing
from app.reminders.rules.absences import absence_is_still_right
from app.reminders.rules.refreshers import MORNING, refresher_is_still_right
from app.sessions.models import DateProposal, ProposalState, Run, RunState, TrainingSession

REGISTER_MORNING = time(9, 0)
FIRST_SESSION_DAYS = (10, 2)
LATER_SESSION_DAYS = 1
RUN_CHECK_WORKING_DAYS = 10
LOOK_AHEAD = timedelta(days=35)
LOOK_BACK = timedelta(days=60)  # for letters alone: what is open stays open


class Addressee(Protocol):
    """Somebody who can be written to: an account, a trainer, or whoever was given a link."""

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...


@dataclass(frozen=True)
class _Holder:
    """Whoever was given a link to a register, and the link's id."""

    id: int
    name: str
    email: str


@dataclass(frozen=True)
class Occasion:
    """An instant from which something is due, and the name that makes its key."""

    at: datetime
    name: str
    session: TrainingSession


# --- Joining -------------------------------------------------------------------------------------------


def joining_occasions(sessions: Sequence[TrainingSession]) -> list[Occasion]:
    """When somebody on these sessions is reminded: at 08:00, 10 and 2 working days before the first of
    them, and 1 working day before each later one.

    Example: a first session on Tuesday 19 April 2022 is reminded of on Thursday 14 April (2wd): 15 and 18
    April are bank holidays. The date of the session is part of the name: a session that moves is another
    occasion.
    """
    in_order = sorted(sessions, key=lambda session: session.starts_at)
    occasions = []
    for place, session in enumerate(in_order):
        for days in FIRST_SESSION_DAYS if place == 0 else (LATER_SESSION_DAYS,):
            morning = workdays.working_days_before(session.held_on, days)
            occasions.append(
                Occasion(
                    at=clock.london_time(morning, MORNING),
                    name=f"session:{session.id}:{session.held_on:%Y-%m-%d}:{days}wd",
                    session=session,
                )
            )
    return occasions


def newest_due(occasions: Iterable[Occasion], *, after: datetime, now: datetime) -> Occasion | None:
    """The newest occasion that has come since `after`, if its session has not begun yet."""
    due = [one for one in occasions if after < one.at <= now]
    newest = max(due, key=lambda one: one.at, default=None)
    return newest if newest is not None and newest.session.starts_at > now else None


def remind_of_joining(*, run: Run, now: datetime) -> int:
    """Write the joining reminders of one run that are due; the number written.

    Only occasions that fall after the booking was confirmed, and only the newest: who books a week ahead
    gets the one of 2 working days, not the one of 10.
    """
    due: dict[str, tuple[Booking, Occasion]] = {}
    occasions_of: dict[frozenset[int], list[Occasion]] = {}
    for booking in db.session.scalars(queries.confirmed_bookings(run, confirmed_before=now)):
        held = frozenset(seat.session_id for seat in booking.seats if seat.released_at is None)
        if held not in occasions_of:
            occasions_of[held] = joining_occasions([one for one in run.sessions if one.id in held])
        assert booking.confirmed_at is not None
        occasion = newest_due(occasions_of[held], after=booking.confirmed_at, now=now)
        if occasion is not None and booking.person.email:
            due[f"joining:booking:{booking.id}:{occasion.name}"] = (booking, occasion)
    written = outbox.keys_written(due)
    to_write = {key: what for key, what in due.items() if key not in written}
    lacking = _lacking(run, now) if to_write else {}
    return sum(
        _write_joining(key, booking, occasion, lacking.get(booking.id, ()), now=now)
        for key, (booking, occasion) in to_write.items()
    )


def _lacking(run: Run, now: datetime) -> dict[int, list[Course]]:
    """By booking, the courses that somebody has not completed and that this one builds on, until it begins:
    they may have given up the place on one of them since they booked."""
    if run.first_session.starts_at <= now:
        return {}
    return {one.id: courses for one, courses in lacking_prerequisites(run, now=now)}


def _write_joining(
    key: str, booking: Booking, occasion: Occasion, lacking: Sequence[Course], *, now: datetime
) -> int:
    assert booking.person.email is not None
    token = bookings.reconfirm_token(booking) if booking.reconfirm_by else None
    secret = bookings.secret_for(booking)
    is_new = enqueue(
        key=key,
        kind="joining",
        to_address=booking.person.email,
        to_name=booking.person.name,
        email=emails.joining(
            booking,
            occasion.session,
            notice=bookings.notice_of(booking, now),
            secret=secret,
            reconfirm_token=token,
            lacking=lacking,
        ),
        now=now,
        about=booking,
        useful_until=occasion.session.starts_at,
        secret=token or secret,
    )
    return 1 if is_new else 0


# --- Registers -----------------------------------------------------------------------------------------


def register_occasions(session: TrainingSession) -> list[Occasion]:
    """When a register that is not complete is chased: an hour after the session, at 09:00 on the next
    working day (both to the trainer), and on the third, to the academy. (U-10)"""
    day: date = session.held_on
    mornings = {
        name: clock.london_time(workdays.working_days_after(day, days), REGISTER_MORNING)
        for name, days in (("next-day", 1), ("escalated", 3))
    }
    return [
        Occasion(at=session.ends_at + timedelta(hours=1), name="same-day", session=session),
        *(Occasion(at=at, name=name, session=session) for name, at in mornings.items()),
    ]


def remind_of_register(*, session: TrainingSession, now: datetime) -> int:
    """Write the newest chaser of one register that is due; the number of messages written.

    It goes to the trainer, and to whoever was given a link to mark that register. (TR-05)
    """
    due = [one for one in register_occasions(session) if one.at <= now]
    if not due:
        return 0
    occasion = max(due, key=lambda one: one.at)
    base = f"register:session:{session.id}:{session.held_on:%Y-%m-%d}:{occasion.name}"
    email = emails.register_due(session, is_escalated=occasion.name == "escalated")
    if occasion.name == "escalated":
        return _write_to_academy(base, email, session, now=now)
    links = db.session.scalars(queries.register_links(session))
    holders = [_Holder(one.id, one.to_name, one.to_email) for one in links if one.to_email]
    by_link = emails.register_due(session, is_escalated=False, is_by_link=True)
    written = sum(_write_register(f"{base}:link:{one.id}", one, by_link, session, now=now) for one in holders)
    if session.trainer is not None:
        return written + _write_register(base, session.trainer, email, session, now=now)
    return written + (0 if holders else _write_to_academy(base, email, session, now=now))


def _write_to_academy(base: str, email: Email, session: TrainingSession, *, now: datetime) -> int:
    managers = list(db.session.scalars(accounts.academy_managers()))
    return sum(_write_register(f"{base}:{user.id}", user, email, session, now=now) for user in managers)


def _write_register(key: str, to: Addressee, email: Email, session: TrainingSession, *, now: datetime) -> int:
    is_new = enqueue(
        key=key,
        kind="register",
        to_address=to.email,
        to_name=to.name,
        email=email,
        now=now,
        about=session,
    )
    return 1 if is_new else 0


# --- Runs that will not fill ---------------------------------------------------------------------------


def looks_until(now: datetime) -> datetime:
    """Until when runs must begin for the academy to be asked whether they are held: for 10 working days."""
    return clock.end_of_day(workdays.working_days_after(clock.day_of(now), RUN_CHECK_WORKING_DAYS))


def warn_of_few(*, run: Run, now: datetime) -> int:
    """Tell the academy, once for each run, that fewer are booked than it needs; how many were written to.

    Ten working days before, at 08:00, SOS2-07 has 4 booked of at least 6: its page offers to hold it anyway,
    to merge it or to cancel it. (AM-18)
    """
    confirmed = _confirmed_if_few(run.id, now)
    if confirmed is None or clock.london(now).time() < MORNING:
        return 0
    return sum(
        enqueue(
            key=f"few:run:{run.id}:{user.id}",
            kind="few",
            to_address=user.email,
            to_name=user.name,
            email=emails.few_booked(run, confirmed),
            now=now,
            about=run,
            useful_until=run.first_session.starts_at,
        )
        for user in db.session.scalars(accounts.academy_managers()).all()
    )


def _confirmed_if_few(run_id: int, now: datetime) -> int | None:
    """How many are booked on a run that begins soon, while they are too few and nothing is decided."""
    found = queries.under_filled_runs(now, looks_until(now)).where(Run.id == run_id)
    row = db.session.execute(found).first()
    return row.confirmed if row else None


# --- Still right? --------------------------------------------------------------------------------------


def is_still_right(message: Message, *, now: datetime) -> bool:
    """Whether a message is still true at the moment of sending: reminders, and what has a link to an account;
    every other message is. (U-17)

    A joining reminder needs the place still confirmed, the run still on and the date that it names; a
    register reminder needs somebody still unmarked; an approval somebody who has not answered; a warning that
    few are booked still few of them; a question about an absence a register that still says so; a refresher
    that nothing is booked; a proposed date that nobody has answered; the news of a certificate one that was
    not withdrawn meanwhile, of its withdrawal one that does not stand again, and of its standing again that
    the withdrawal was heard of; an invitation, or a link for a new password, that it still opens the account.
    """
    is_right = _STILL_RIGHT.get(message.kind)
    return is_right is None or is_right(message, now)


def _reconfirming_is_still_right(message: Message, _now: datetime) -> bool:
    booking = db.session.get(Booking, message.about_id)
    return booking is not None and booking.reconfirm_by is not None


def _register_is_still_right(message: Message, now: datetime) -> bool:
    open_registers = queries.sessions_without_all_marks(ended_after=now - LOOK_BACK, ended_before=now)
    return db.session.scalar(open_registers.where(TrainingSession.id == message.about_id)) is not None


def _few_is_still_right(message: Message, now: datetime) -> bool:
    return message.about_id is not None and _confirmed_if_few(message.about_id, now) is not None


def _certificate_is_still_right(message: Message, _now: datetime) -> bool:
    certificate = db.session.get(Certificate, message.about_id)
    return certificate is not None and certificate.stands


def _restored_is_still_right(message: Message, now: datetime) -> bool:
    """A withdrawal that was over before its e-mail could be sent was heard of by nobody."""
    heard = outbox.kinds_sent_before(message, ["certificate_withdrawn", message.kind]).limit(1)
    return _certificate_is_still_right(message, now) and db.session.scalar(heard) == "certificate_withdrawn"


def _proposal_is_still_right(message: Message, _now: datetime) -> bool:
    proposal = db.session.get(DateProposal, message.about_id)
    return proposal is not None and proposal.state is ProposalState.PROPOSED


def _approval_is_still_right(message: Message, _now: datetime) -> bool:
    booking = db.session.get(Booking, message.about_id)
    return booking is not None and bookings.is_waiting_for_answer(booking)


def _joining_is_still_right(message: Message, _now: datetime) -> bool:
    booking = db.session.get(Booking, message.about_id)
    if (
        booking is None
        or booking.state is not BookingState.CONFIRMED
        or booking.run.state is not RunState.SCHEDULED
    ):
        return False
    held = [
        session
        for session in booking.run.sessions
        if session.id in {seat.session_id for seat in booking.seats}
    ]
    names = {occasion.name for occasion in joining_occasions(held)}
    return message.key.removeprefix(f"joining:booking:{booking.id}:") in names


def _invitation_is_still_right(message: Message, now: datetime) -> bool:
    is_to_a_run = not message.key.startswith(OF_AN_ACCOUNT)
    return is_to_a_run or _opens(message, LinkPurpose.INVITATION, now)


def _reset_is_still_right(message: Message, now: datetime) -> bool:
    return _opens(message, LinkPurpose.RESET, now)


def _opens(message: Message, purpose: LinkPurpose, now: datetime) -> bool:
    """Whether the link in a message was not replaced or used since, and its account not closed or ended."""
    return usable_link(message.secret or "", purpose=purpose, now=now) is not None


_STILL_RIGHT: dict[str, Callable[[Message, datetime], bool]] = {
    "joining": _joining_is_still_right,
    "booking_reconfirm": _reconfirming_is_still_right,
    "register": _register_is_still_right,
    "absence_told": absence_is_still_right,
    "absence_asked": absence_is_still_right,
    missing.KIND: missing.missing_is_still_right,
    "few": _few_is_still_right,
    "approval_asked": _approval_is_still_right,
    "approval_reminder": _approval_is_still_right,
    "date_proposed": _proposal_is_still_right,
    "refresher": refresher_is_still_right,
    "certificate_issued": _certificate_is_still_right,
    "certificate_restored": _restored_is_still_right,
    "certificate_withdrawn": lambda message, now: not _certificate_is_still_right(message, now),
    "invitation": _invitation_is_still_right,
    "password_reset": _reset_is_still_right,
}
