"""What minutes make of a mark: attended, late or in part, and whether that counts. Pure: nothing is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from app.core import clock
from app.learning.models import THERE, HeldDecision, Mark, MarkStatus, MarkWay, PartlyHeld
from app.programmes.models import CourseSettings
from app.sessions.models import SessionDate, TrainingSession

_ATTENDED = {MarkStatus.ATTENDED, MarkStatus.ATTENDED_LATE}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Said:
    """How somebody was said to be there: late by so many `minutes`, or in part for so many."""

    status: MarkStatus
    minutes: int | None = None


@dataclass(frozen=True)
class NewMark:
    """What is to be recorded of one person: minutes when less than the session was attended, and who
    accepted a part that is too short.

    `said` is what was said of them, where the mark is another: who came 200 minutes late is there in part.
    """

    status: MarkStatus
    minutes: int | None = None
    accepted_by: str | None = None
    said: Said | None = field(default=None, compare=False)


def minutes_of(session: TrainingSession | SessionDate) -> int:
    """How long a session lasts."""
    return (session.ends_at - session.starts_at) // _MINUTE


def opens_on(held_on: date, catch_up_months: int | None) -> date | None:
    """The earliest date on which another component may lie, for a set that is closed on `held_on`.

    The same day of the month that many months before, or the month's last day when it has no such day:
    3 months before 31 May is 28 February, or 29 in a leap year. None when there is no window. (4.3)
    """
    return None if catch_up_months is None else clock.months_before(held_on, catch_up_months)


def counts(new: NewMark, session: TrainingSession, minimum_percent: int) -> bool:
    """Whether a mark counts: attended, also late, or at least the course's share of the minutes (4.1).

    With 80%, 320 of 360 minutes count and 287 do not; no share is ever rounded (TR-03).
    """
    if new.accepted_by:
        return True
    if new.status is MarkStatus.PARTIAL and new.minutes is not None:
        return _is_enough(new.minutes, session, minimum_percent)
    return new.status in _ATTENDED


def status_for(
    minutes: int | None, session: TrainingSession, terms: CourseSettings, arrived_at: datetime | None = None
) -> NewMark:
    """The mark of somebody who was there for so many minutes, or from `arrived_at` on; None is not known.

    Of 360 minutes, at 80% and with 15 minutes of grace: who came 15 minutes late attended; 40 minutes late
    is 320 minutes, late, and counts; who was there for 320 minutes that began on time was there in part,
    which counts; 150 minutes do not, however they came about. (TR-03)
    """
    length = minutes_of(session)
    late_by = max(0, (arrived_at - session.starts_at) // _MINUTE) if arrived_at else 0
    there = max(0, length - late_by)
    if minutes is not None:
        there = min(there, max(0, minutes))
    new = _mark_for(there, late_by, session, terms)
    return replace(new, said=Said(MarkStatus.ATTENDED_LATE, late_by)) if late_by and minutes is None else new


def _mark_for(there: int, late_by: int, session: TrainingSession, terms: CourseSettings) -> NewMark:
    if not _is_enough(there, session, terms.minimum_percent):
        return NewMark(MarkStatus.PARTIAL, there)
    if late_by > terms.lateness_minutes:
        return NewMark(MarkStatus.ATTENDED_LATE, there)
    if minutes_of(session) - there > terms.lateness_minutes:
        return NewMark(MarkStatus.PARTIAL, there)
    return NewMark(MarkStatus.ATTENDED)


# --- What was said, and what is kept of it ---------------------------------------------------------------


def as_kept(
    new: NewMark, session: TrainingSession, terms: CourseSettings, held: PartlyHeld | None
) -> NewMark:
    """What was said of somebody, held to the course's settings and to what was held of the session.

    Of a session that was broken off after 150 minutes, whoever was there has those 150 minutes; once the
    academy decided that it counts, they count. What was said is kept beside it, so that the mark can be
    worked out anew: who came 40 minutes late to it came 40 minutes late when it was held in full after all.
    (U-23)
    """
    if new.status not in THERE:
        return new
    said = new.said or _said_in(new, session)
    asked = _as_said(said, session, new.accepted_by)
    kept = as_measured(asked, session, terms) if held is None else _as_held(said, asked, held, terms)
    return replace(kept, said=None if _said_in(kept, session) == said else said)


def as_recorded(mark: Mark) -> NewMark:
    """A mark as it stands, with what was said where it is another."""
    said = None if mark.said_status is None else Said(mark.said_status, mark.said_minutes)
    return NewMark(mark.status, mark.minutes, mark.accepted_by, said)


def _said_in(new: NewMark, session: TrainingSession | SessionDate) -> Said:
    """What a mark says by itself of a session: there for 320 of 360 minutes after coming late is 40 late."""
    if new.status is MarkStatus.ATTENDED_LATE and new.minutes is not None:
        return Said(new.status, minutes_of(session) - new.minutes)
    return Said(new.status, new.minutes)


def _as_said(said: Said, session: TrainingSession, accepted_by: str | None) -> NewMark:
    """What was said, as a mark of a session: 40 minutes late is there for 320 of 360 minutes."""
    minutes = said.minutes
    if said.status is MarkStatus.ATTENDED_LATE and minutes is not None:
        minutes = max(0, minutes_of(session) - minutes)
    return NewMark(said.status, minutes, accepted_by, said)


def _as_held(said: Said, asked: NewMark, held: PartlyHeld, terms: CourseSettings) -> NewMark:
    """The minutes that somebody has of a session that was broken off."""
    there = held.minutes
    if said.status is MarkStatus.ATTENDED_LATE and said.minutes is not None:
        there = max(0, held.minutes - said.minutes)
    elif said.status is MarkStatus.PARTIAL and said.minutes is not None:
        there = min(said.minutes, held.minutes)
    return NewMark(MarkStatus.PARTIAL, there, asked.accepted_by or accepted_by(there, held, terms))


def accepted_by(minutes: int, held: PartlyHeld, terms: CourseSettings) -> str | None:
    """Who accepted these minutes of a session that was broken off; None for somebody who left before that.

    The course's share is then one of the minutes that were held: of 150, 120 count. (U-23)
    """
    is_enough = minutes * 100 >= terms.minimum_percent * held.minutes
    return held.decided_by if held.decision is HeldDecision.COUNTS and is_enough else None


def as_measured(new: NewMark, session: TrainingSession, terms: CourseSettings) -> NewMark:
    """What was said of somebody who came late, held to the course's grace and its minimum share.

    "Late, 10 minutes" is within the grace, so attended; "late, 200 minutes" of 360 is in part, and does not
    count, unless somebody accepted it. Late without minutes stays late.
    """
    kept = new
    if new.status is MarkStatus.ATTENDED_LATE and new.minutes is not None:
        arrived_at = session.starts_at + (minutes_of(session) - new.minutes) * _MINUTE
        kept = status_for(None, session, terms, arrived_at)
    return replace(kept, accepted_by=new.accepted_by if kept.status is MarkStatus.PARTIAL else None)


def said_of(mark: Mark, session: TrainingSession, dates: Sequence[SessionDate]) -> NewMark:
    """What a mark says of somebody, of a session whose times were corrected since; `dates` are those that it
    ever had, in the order in which they were entered.

    Who came 20 minutes late to 360 minutes was there for 340. It ended an hour sooner: they came 20 minutes
    late all the same, and were there for 280; and for 340 once that turns out to have been a slip, whatever
    the mark was meanwhile. Minutes that were stated of somebody in part stay as stated.
    Who checked in at 09:50 came at 09:50: 20 minutes late where it began at 09:30, 10 minutes early where
    that turns out to have been 10:00.
    """
    was = ([one for one in dates if one.entered_at <= mark.entered_at] or dates[:1])[-1]
    known = as_recorded(mark)
    if mark.status not in THERE or (was.starts_at, was.ends_at) == (session.starts_at, session.ends_at):
        return known
    arrived_at = _checked_in_at(mark, session)
    said = known.said or _said_in(known, was)
    if arrived_at is not None and was.starts_at != session.starts_at:
        late_by = max(0, (arrived_at - session.starts_at) // _MINUTE)
        said = Said(MarkStatus.ATTENDED_LATE, late_by) if late_by else Said(MarkStatus.ATTENDED)
    return _as_said(said, session, mark.accepted_by)


def _checked_in_at(mark: Mark, session: TrainingSession) -> datetime | None:
    """When somebody came whose mark is still the one that they made by checking in; None where that says
    nothing, as the session was on another day."""
    sent = mark.submission
    if sent is None or sent.way is not MarkWay.CHECK_IN:
        return None
    return sent.at if clock.day_of(sent.at) == session.held_on else None


def _is_enough(minutes: int, session: TrainingSession, minimum_percent: int) -> bool:
    return minutes * 100 >= minimum_percent * minutes_of(session)
