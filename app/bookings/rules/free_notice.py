"""Until when a place can be given up freely, and what it costs after that, in words. (U-01, MA-08)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from app.bookings import queries
from app.bookings.models import Booking, BookingState, ChargeRate
from app.bookings.rules.times import first_of, free_until, full_from, percent_due
from app.core import clock
from app.core.filters import pounds, weekday
from app.people.models import Person, PersonKind
from app.programmes.models import BookingTerms, Course
from app.sessions.models import TrainingSession

# Why a place can be given up freely when its notice is over: for a change that the academy made (U-05).
DATES_CHANGED = "its date or time was changed"
AT_SHORT_NOTICE = "it was given at short notice"


def is_late_now(booking: Booking, now: datetime) -> bool:
    """Whether giving a booking up is late: only who has a place can be late, and nobody for a change that
    the academy made, nor for a place about which nobody asked them (U-05)."""
    free = free_until(booking.sessions, booking.run.version.course.terms)
    return booking.state is BookingState.CONFIRMED and free <= now and free_because(booking, now) is None


def free_because(booking: Booking, now: datetime) -> str | None:
    """Why a place can be given up freely whatever the notice, in words; else None. (U-05)

    A date or time was changed: so it is while the person is asked whether they still come. So it is, too,
    when a session was given another date or time on the last free day, of which there may be minutes left,
    or after it: then until that session begins, unless they said since that they come. Moved on Monday 14
    March from the 22nd to the 15th, it is free until it begins on the 15th.

    Or the place was given to them then, and nobody asked them: until it begins, unless they said since that
    they come.
    """
    if booking.reconfirm_by is not None:
        return DATES_CHANGED
    if booking.confirmed_at is None:
        return None
    agreed = max(booking.confirmed_at, booking.reconfirmed_at or booking.confirmed_at)
    free = free_until(booking.sessions, booking.run.version.course.terms)
    changed = [one.dated.recorded_at for one in booking.sessions if one.starts_at > now]
    if any(at > agreed and _is_too_late_for(free, at) for at in changed):
        return DATES_CHANGED
    is_given_late = agreed == booking.confirmed_at and _is_too_late_for(free, booking.confirmed_at)
    if is_given_late and now < first_of(booking.sessions).starts_at and _came_unasked(booking, free):
        return AT_SHORT_NOTICE
    return None


def _is_too_late_for(free: datetime, at: datetime) -> bool:
    """Whether an instant leaves no whole day to give a place up freely."""
    return clock.day_of(at) >= _last_day(free)


def _came_unasked(booking: Booking, free: datetime) -> bool:
    """Whether a place came without a word of the person whose it is: the academy moved them there, or they
    had joined the waiting list while the place could be given up freely, and it was theirs at once.

    Somebody who took an offer was asked; somebody who joined the list when it was late knew it.
    """
    states = queries.states_of(booking)
    if BookingState.OFFERED in states[-2:]:
        return False
    was = booking.replaces
    if was is not None and was.person_id == booking.person_id:
        return True
    return states[0] is BookingState.WAITLISTED and booking.created_at < free


def free_in_words(sessions: Sequence[TrainingSession], terms: BookingTerms, now: datetime) -> str:
    """ "Free to cancel until the end of Thursday 10 March." (U-01)

    Who joins a waiting list after that reads it too: they have no place yet, and leave the list freely.
    """
    free = free_until(sessions, terms)
    until = _end_in_words(free, sessions)
    if now < free:
        return f"Free to cancel until {until}."
    return f"To cancel a place now counts as late: it was free until {until}."


def notice_in_words(
    person: Person,
    course: Course,
    sessions: Sequence[TrainingSession],
    now: datetime,
    *,
    has_charges: bool | None = None,
) -> str:
    """What somebody should know before they book, and while they have a place (`notice_of`).

    "Free for partnership members. If you cancel after the end of Thursday 10 March or do not attend: £90
    per day." (MA-08)
    """
    is_listed = course.terms.has_charges if has_charges is None else has_charges
    rate = rate_now(person, course, sessions) if is_listed else None
    if rate is None:
        return free_in_words(sessions, course.terms, now)
    whom = "staff" if person.kind is PersonKind.STAFF else "partnership members"
    return f"Free for {whom}. {_costs_in_words(rate, sessions, course.terms)}"


def notice_of(booking: Booking, now: datetime) -> str:
    """The same for a booking, by what it was booked on and what was changed since."""
    person, course, listed = booking.person, booking.run.version.course, queries.lists_charges(booking)
    if because := free_because(booking, now):
        rate = rate_now(person, course, booking.sessions) if listed else None
        missed = f" If you do not attend: {_amount_in_words(rate, booking.sessions, 100)}." if rate else ""
        return f"Free to cancel, since {because}.{missed}"
    return notice_in_words(person, course, booking.sessions, now, has_charges=listed)


def rate_now(person: Person, course: Course, sessions: Sequence[TrainingSession]) -> ChargeRate | None:
    """The rate by which somebody is charged for these sessions where charges are listed; None when it costs
    nothing."""
    rate = queries.rate_for(
        queries.rates_of([course.id]),
        course_id=course.id,
        person=person,
        sector_id=queries.sector_of(person, sessions),
        on=first_of(sessions).held_on,
    )
    return rate if rate is not None and rate.full_day else None


def late_in_words(booking: Booking, now: datetime) -> str:
    """Whether giving a place up now is in time or late, and what that means, before anybody presses."""
    terms, sessions = booking.run.version.course.terms, booking.sessions
    if because := free_because(booking, now):
        return f"This is in time: {because}, so the place can be given up freely."
    if not is_late_now(booking, now):
        return f"This is in time. {free_in_words(sessions, terms, now)}"
    ended = _end_in_words(free_until(sessions, terms), sessions)
    late = f"This is late: it was free until {ended}. It is recorded as late; others can have the place."
    is_listed = queries.lists_charges(booking)
    rate = rate_now(booking.person, booking.run.version.course, sessions) if is_listed else None
    percent = percent_due(sessions, terms, now)
    if rate is None or not percent:
        return f"{late} Nothing is charged."
    ahead = [one for one in sessions if one.starts_at > now]
    amount = sum((queries.cost(rate, one, percent) for one in ahead), Decimal())
    listed = f"It is listed for Finance at {pounds(amount)}"
    return f"{late} {listed}, unless the reason is one that is not charged."


def _costs_in_words(rate: ChargeRate, sessions: Sequence[TrainingSession], terms: BookingTerms) -> str:
    """Each step of the terms with its share, from when that is first asked; not to attend costs all."""
    free, full = free_until(sessions, terms), full_from(sessions, terms)
    steps = [(free, terms.early_percent)] if terms.early_notice_days and free < full else []
    steps = [(at, share) for at, share in [*steps, (full, terms.late_percent)] if share]
    begins = first_of(sessions).starts_at
    parts: dict[int, str] = {}
    for at, share in steps:
        if at < begins:
            parts.setdefault(share, f"cancel after {_end_in_words(at, sessions)}")
    parts[100] = f"{parts[100]} or do not attend" if 100 in parts else "do not attend"
    return " ".join(
        f"If you {what}: {_amount_in_words(rate, sessions, share)}." for share, what in parts.items()
    )


def _amount_in_words(rate: ChargeRate, sessions: Sequence[TrainingSession], percent: int) -> str:
    """ "£90 per day", "£50 per half day", or both where a course has both."""
    lengths = {queries.is_half_day(one) for one in sessions}
    words = []
    if False in lengths:
        words.append(f"{pounds(queries.share_of(rate.full_day, percent))} per day")
    if True in lengths:
        words.append(f"{pounds(queries.share_of(rate.half_day, percent))} per half day")
    return ", ".join(words)


def _end_in_words(instant: datetime, sessions: Sequence[TrainingSession]) -> str:
    """ "the end of Thursday 10 March", or "it begins" where there is no notice."""
    if instant >= first_of(sessions).starts_at:
        return "it begins"
    return f"the end of {weekday(_last_day(instant))}"


def _last_day(end: datetime) -> date:
    """The last day of what ends at an instant."""
    return clock.day_of(end - end.resolution)
