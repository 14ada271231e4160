"""Telling people what became of their places, in the transaction that made it so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.bookings import emails, files
from app.bookings.models import Booking
from app.core.mail import Email
from app.outbox.rules import enqueue
from app.programmes.models import Course
from app.sessions.models import TrainingSession


class Change(StrEnum):
    """What a message tells; with the booking's id it is the key that makes the message once."""

    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    PROMOTED = "promoted"
    CANCELLED = "cancelled"
    RUN_CANCELLED = "run_cancelled"


@dataclass(frozen=True)
class News:
    """What became of a booking, with all that its message says.

    `moved` is how often each session was given another date; `position` the place on the waiting list;
    `had_place` whether calendar entries must be taken back.
    """

    change: Change
    course: Course
    sessions: Sequence[TrainingSession]
    moved: Mapping[int, int]
    position: int = 0
    had_place: bool = False
    is_own_wish: bool = False
    reason: str | None = None


def tell(booking: Booking, news: News, *, now: datetime) -> None:
    """Write to the person about their booking, with the calendar entries that come or go.

    Somebody without an e-mail address is not written to. Nothing is sent once the training is over.
    """
    person = booking.person
    if person.email:
        enqueue(
            key=f"booking:{booking.id}:{news.change}",
            kind=f"booking_{news.change}",
            to_address=person.email,
            to_name=person.name,
            email=_email(booking, news, now),
            now=now,
            about=booking,
            useful_until=max(session.ends_at for session in news.sessions),
        )


def _email(booking: Booking, news: News, now: datetime) -> Email:
    what = (booking, news.course, news.sessions)
    if news.change is Change.WAITLISTED:
        return emails.on_waiting_list(*what, news.position)
    if news.change in {Change.CONFIRMED, Change.PROMOTED}:
        is_promoted = news.change is Change.PROMOTED
        return emails.place_confirmed(*what, _calendar(booking, news, now), is_promoted=is_promoted)
    taken_back = _calendar(booking, news, now, is_cancelled=True) if news.had_place else None
    if news.change is Change.RUN_CANCELLED:
        return emails.run_cancelled(*what, taken_back, reason=news.reason)
    return emails.place_cancelled(*what, taken_back, is_own_wish=news.is_own_wish, reason=news.reason)


def _calendar(booking: Booking, news: News, now: datetime, *, is_cancelled: bool = False) -> str:
    return files.calendar(
        booking,
        news.sessions,
        title=news.course.title,
        moved=news.moved,
        now=now,
        is_cancelled=is_cancelled,
    )
