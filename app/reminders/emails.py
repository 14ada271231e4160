"""What reminders say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.bookings.emails import place_of
from app.bookings.models import Booking
from app.core.filters import day, day_of_year, listed, long_day, plural
from app.core.mail import Email, link
from app.learning.models import Mark
from app.people.models import Person
from app.programmes.models import Component, Course
from app.sessions.models import Run, TrainingSession


def joining(
    booking: Booking,
    session: TrainingSession,
    *,
    notice: str,
    secret: str | None = None,
    reconfirm_token: str | None = None,
    lacking: Sequence[Course] = (),
) -> Email:
    """To the person: what begins when, where, and how to change it. All sessions still held are listed, and
    the courses that this one builds on and that they are `lacking`.

    `secret` is the end of the link for somebody who has no account to sign in with (MA-02); with
    `reconfirm_token` they must still say that they come (U-05). `notice` as in `place_of`.
    """
    held = {seat.session_id for seat in booking.seats if seat.released_at is None}
    sessions = sorted(
        (one for one in booking.run.sessions if one.id in held and one.starts_at >= session.starts_at),
        key=lambda one: one.starts_at,
    )
    course = booking.run.version.course
    return Email(
        subject=f"{course.title}: {session.component.title} on {long_day(session.held_on)}",
        template="reminders/emails/joining",
        context={
            "booking": booking,
            "session": session,
            "sessions": sessions,
            "course": course,
            "booking_link": link(f"/my-place/{secret}" if secret else f"/bookings/{booking.id}"),
            "reconfirm_link": reconfirm_token and link(f"/reconfirm/{reconfirm_token}"),
            "place": place_of(booking, notice),
            "lacking": [(one, None if secret else link(f"/book?course={one.id}")) for one in lacking],
        },
    )


def few_booked(run: Run, confirmed: int) -> Email:
    """To the academy: a run that begins soon has fewer people than it needs."""
    return Email(
        subject=f"{run.code} has {confirmed} booked of at least {run.minimum_places}",
        template="reminders/emails/few_booked",
        context={
            "run": run,
            "course": run.version.course,
            "confirmed": confirmed,
            "first": run.first_session,
        },
    )


def register_due(session: TrainingSession, *, is_escalated: bool, is_by_link: bool = False) -> Email:
    """To the trainer, or when it has waited for three working days to the academy.

    Who marks it without an account has a link of their own, which is in an e-mail of before: `is_by_link`.
    """
    course = session.run.version.course
    return Email(
        subject=f"Register to complete: {session.run.code}, {session.component.title}",
        template="reminders/emails/register_due",
        context={
            "session": session,
            "run": session.run,
            "course": course,
            "is_escalated": is_escalated,
            "is_by_link": is_by_link,
        },
    )


def absence(mark: Mark, reader: Person, secret: str) -> Email:
    """To somebody who did not come, or to whoever decides for them: what was the reason? (U-02, LM-06)

    `secret` is the end of a link that needs no account.
    """
    is_own = reader.id == mark.person_id
    who, on = "You" if is_own else mark.person.name, day_of_year(mark.session.held_on)
    return Email(
        subject=f"{who} did not attend {on}. Reason?",
        template="reminders/emails/absence",
        context={
            "mark": mark,
            "session": mark.session,
            "course": mark.session.run.version.course,
            "reader": reader,
            "is_own": is_own,
            "answer_link": link(f"/absences/{mark.id}/{secret}"),
        },
    )


def missing_components(
    person: Person, days: Sequence[tuple[Component, Sequence[TrainingSession]]], *, has_account: bool
) -> Email:
    """To somebody in the middle of a course: which days they still need, and where each can be had."""
    course = days[0][0].version.course
    titles = listed(component.title for component, _ in days)
    return Email(
        subject=f"{course.title}: you still need {titles}",
        template="reminders/emails/missing",
        context={
            "person": person,
            "course": course,
            "titles": titles,
            "days": [(component, sessions, link(f"/days/{component.id}")) for component, sessions in days],
            "has_account": has_account,
        },
    )


def digest(name: str, lines: Sequence[tuple[str, str | None, str]]) -> Email:
    """To an academy manager on Monday: what to chase. Each line is its words, a detail and a path. (AM-09)"""
    return Email(
        subject=f"To chase this week: {plural(len(lines), 'thing')}",
        template="reminders/emails/digest",
        context={"name": name, "lines": [(words, detail, link(path)) for words, detail, path in lines]},
    )


def refresher_due(person: Person, course: Course, until: date, *, has_account: bool) -> Email:
    """To the person: what they completed runs out, and where it can be booked."""
    runs_link = link(f"/book?course={course.id}") if has_account else None
    return Email(
        subject=f"{course.title}: a refresher is due after {day(until)}",
        template="reminders/emails/refresher_due",
        context={"person": person, "course": course, "until": until, "runs_link": runs_link},
    )
