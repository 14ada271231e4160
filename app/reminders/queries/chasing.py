"""What the academy must chase: Monday’s digest, the first page and data quality ask the same. (AM-09)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, and_, func, select

from app.accounts.models import Claim, Registration, RequestState
from app.attendance import queries as attendance
from app.attendance.models import Certificate, ClaimState, DeclaredTraining, PartialAcceptance
from app.bookings import queries as bookings
from app.bookings.models import Approval, Booking
from app.core import clock, workdays
from app.core.db import db, live, row_count
from app.learning.models import HeldDecision, Mark, PartlyHeld
from app.outbox import queries as outbox
from app.outbox.models import Message, MessageState
from app.people import queries as people
from app.people.models import BY_NAME, Person
from app.reminders.queries.due import sessions_without_all_marks
from app.sessions.models import (
    Trainer,
    TrainingSession,
)

LATE_AFTER_WORKING_DAYS = 2
NEWS_FOR = timedelta(weeks=4)

# --- Registers, approvals and runs ---------------------------------------------------------------------


def open_registers(now: datetime, *, trainer_user_id: int | None = None) -> Select[tuple[TrainingSession]]:
    """Registers that are due and not complete, however long ago, the oldest first; with an account, that
    trainer’s alone. Nobody is "not recorded" for ever because nobody asked any more. (4.1)"""
    statement = sessions_without_all_marks(ended_before=now)
    if trainer_user_id is None:
        return statement
    return statement.join(Trainer, Trainer.id == TrainingSession.trainer_id).where(
        Trainer.user_id == trainer_user_id
    )


def open_registers_in_all(
    now: datetime, *, trainer_user_id: int | None = None
) -> Select[tuple[TrainingSession, int]]:
    """The same, each beside how many there are: the first few of them tell of all."""
    return open_registers(now, trainer_user_id=trainer_user_id).add_columns(func.count().over())


def late_approvals(now: datetime) -> Select[tuple[Booking]]:
    """The requests that have waited for more than two working days, the longest first: whoever is asked."""
    day = workdays.working_days_before(clock.day_of(now), LATE_AFTER_WORKING_DAYS)
    asked_before = clock.london_time(day, clock.london(now).time())
    return bookings.open_requests(now=now, is_academy=True).where(Approval.asked_at < asked_before)


# --- What waits for the academy's word -----------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """How many of each thing wait for the academy, and the first of those who can't be written to."""

    parts: int
    partly_held: int
    not_held: int
    declared: int
    to_be_told: int
    untold: int
    untold_person_id: int | None
    registrations: int
    claims: int
    unreachable: int
    repeated: int


def waiting(now: datetime) -> Waiting:
    """All of it in one statement."""
    today = clock.day_of(now)
    untold = _withdrawn_untold(now).subquery()
    first = (
        select(PartialAcceptance.id)
        .join(Mark, and_(Mark.id == PartialAcceptance.mark_id, live(Mark)))
        .where(PartialAcceptance.decided_at.is_(None)),
        select(PartlyHeld.session_id).where(PartlyHeld.decision == HeldDecision.OPEN),
        attendance.not_held_to_decide(now).with_only_columns(TrainingSession.id).order_by(None),
        select(DeclaredTraining.id).where(DeclaredTraining.state == ClaimState.OPEN),
        bookings.to_be_told(now).with_only_columns(Booking.id),
        select(untold),
    )
    then = (
        select(Registration.id).where(Registration.state == RequestState.WAITING),
        select(Claim.id).where(Claim.state == RequestState.WAITING),
        people.ids_of(unreachable_people()),
        people.ids_of(attendance.repeated_no_shows(today, only_news=True)),
    )
    columns = [
        *map(row_count, first),
        select(func.min(untold.c.person_id)).scalar_subquery(),
        *map(row_count, then),
    ]
    return Waiting(*db.session.execute(select(*columns)).one())


def _withdrawn_untold(now: datetime) -> Select[tuple[int]]:
    """Certificates withdrawn within four weeks from somebody without an address, who can’t be written to."""
    return (
        select(Certificate.person_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(Certificate.withdrawn_at > now - NEWS_FOR, Person.email.is_(None))
    )


def unreachable_people() -> Select[tuple[Person, datetime]]:
    """Whose address the last e-mail could not be sent to, by name, with when that was. (U-18)"""
    state = Message.state.in_([MessageState.FAILED, MessageState.BOUNCED])
    latest = func.max(Message.next_try_at).label("latest")
    return (
        select(Person, latest)
        .join(Message, Message.to_address == Person.email)
        .where(state, Person.merged_into_id.is_(None), ~outbox.arrived_since())
        .group_by(Person.id)
        .order_by(*BY_NAME)
    )
