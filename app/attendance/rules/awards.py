"""Certificates: issued a working day after the last day was marked, withdrawn when no longer right."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.accounts import queries as accounts
from app.attendance import emails, queries
from app.attendance.models import Award
from app.attendance.rules.measuring import minutes_of
from app.audit import rules as audit
from app.core import clock, tokens, workdays
from app.core.actors import SERVICE, Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.core.mail import Email
from app.learning.models import Mark
from app.outbox import rules as outbox
from app.people import rules as people
from app.people.models import Person

PURPOSE = "certificate"
LINK_LASTS = timedelta(days=365)
# Digits and letters, without those that are read for another: I and L for 1, O for 0, and U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_FOR = str.maketrans("ILO", "110")
_LENGTH, _GROUP = 12, 4

NO_LONGER_COMPLETE = "What the registers say of your days was corrected, and the training is not complete."
OTHER_DAYS = "What the registers say of your days was corrected, so what it says of them is no longer right."
MERGED = "Two records of one person became one, and the other certificate stands."


# --- Codes -----------------------------------------------------------------------------------------------


def new_code() -> str:
    """A code that nobody guesses: 12 of 32 signs, in groups: "7K2M-9QXD-41TV"."""
    return _in_groups("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)))


def read_code(typed: str) -> str:
    """A code as it is kept, from what somebody typed: "7k2m 9qxd 4ltv" is "7K2M-9QXD-41TV".

    Raises RuleBroken when it can't be one.
    """
    signs = re.sub(r"[\s\-–]", "", typed).upper().translate(_READ_FOR)
    if len(signs) != _LENGTH or any(sign not in _ALPHABET for sign in signs):
        raise RuleBroken("Enter the 12 letters and digits of the code, like 7K2M-9QXD-41TV", field="code")
    return _in_groups(signs)


def _in_groups(signs: str) -> str:
    return "-".join(signs[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def standing_in_words(award: Award | None, on: date) -> str:
    """What whoever checks a code on a day is told: neither whose the certificate is, nor of what."""
    if award is None:
        return "There is no certificate with this code."
    if not award.stands:
        return "The certificate with this code was withdrawn."
    if not queries.is_valid(award, on):
        return "A certificate with this code was issued, and is not valid any more."
    return "A certificate with this code stands."


# --- Issuing and withdrawing -----------------------------------------------------------------------------


def marked_before(now: datetime) -> datetime:
    """A certificate may be issued when its last mark was entered before this instant. (U-13)

    It is withheld until the end of the next working day, 17:00, so that a wrong register can be undone: what
    was marked on Friday is certified on Monday at 17:00, and what was marked on Saturday too.
    """
    today = clock.london(now).date()
    is_over = workdays.is_working_day(today) and now >= clock.london_time(today, workdays.DAY_ENDS)
    return clock.start_of_day(today if is_over else workdays.working_days_before(today, 1))


def settle_awards(*, person: Person, course_ids: Collection[int], now: datetime) -> int:
    """Issue and withdraw what is due of these courses for one person; how many certificates changed.

    A certificate stands while the same days complete the course on the same date. Who takes a course again
    whose completion is valid for some months has another one, beside the first: each is of its completion.
    Prior learning, training elsewhere and what is from before the registers get no certificate of ours.
    (4.1, 4.3, AM-12, ST-10)
    """
    lock_row(Person, person.id)
    found = queries.certifiable(course_ids, as_at=clock.london(now).date(), person_id=person.id)
    done = {row.course_id: row for row in db.session.execute(found)}
    awards = db.session.scalars(queries.standing_awards_of(person.id)).all()
    changed = 0
    for course_id in sorted(course_ids):
        of_course = [award for award in awards if award.course_id == course_id]
        changed += _settle(person, course_id, of_course, done.get(course_id), now=now)
    return changed


def _settle(
    person: Person, course_id: int, awards: Sequence[Award], done: Any | None, *, now: datetime
) -> int:
    """The same of one course, by its row of `certifiable` if it is complete."""
    kept = _kept(awards, done)
    gone = [award for award in awards if award not in kept]
    for award in gone:
        withdraw(award=award, why=OTHER_DAYS if done else NO_LONGER_COMPLETE, by=SERVICE, now=now)
        _tell_of_withdrawal(award, now=now)
    if done is None or any(award.completed_on == done.due_on for award in kept):
        return len(gone)
    days = queries.days_that_closed(person.id, course_id, done.due_on)
    if not days or not _is_due(days, now):
        return len(gone)
    _issue(person, course_id, done.due_on, days, now=now)
    return len(gone) + 1


def _kept(awards: Sequence[Award], done: Any | None) -> list[Award]:
    """Which certificates of one course still say what is so: that of the first completion, those of later
    ones until the last that is to be certified, and those that stood beside these when a course lost its
    validity."""
    kept: list[Award] = []
    for award in sorted(awards, key=lambda one: one.completed_on):
        if done is None or award.completed_on < done.completed_on:
            continue
        if (award.completed_on <= done.due_on or kept) and _is_of(award):
            kept.append(award)
    return kept


def withdraw(*, award: Award, why: str, by: Actor, now: datetime) -> None:
    """A certificate that stood does not stand any more; its code says so to whoever checks it."""
    award.withdrawn_at, award.withdrawn_why = now, why
    db.session.flush()
    label = f"{award.person.name}, {award.course.title}"
    audit.record(by=by, verb="certificate:withdrawn", thing=award, now=now, label=label, reason=why)


def _is_of(award: Award) -> bool:
    """Whether a certificate still says what is so: on its date the same sessions, with the same hours."""
    marks = queries.days_that_closed(award.person_id, award.course_id, award.completed_on)
    recorded = {(mark.session_id, mark.held_on.isoformat()): mark for mark in marks}
    printed = {(day["session"], day["date"]): day["minutes"] for day in award.days}
    return printed.keys() == recorded.keys() and all(
        minutes in _may_say(recorded[day], award) for day, minutes in printed.items()
    )


def _may_say(mark: Mark, award: Award) -> set[int]:
    """How long somebody was there, as a certificate may say it. One that was issued while lateness was not
    taken off says the whole session of who came late: for that alone nobody is sent another."""
    is_older = mark.entered_at <= award.issued_at
    return {mark.minutes_there, minutes_of(mark.session)} if is_older else {mark.minutes_there}


def _is_due(days: Sequence[Mark], now: datetime) -> bool:
    return max(mark.entered_at for mark in days) < marked_before(now)


def _issue(person: Person, course_id: int, on: date, days: Sequence[Mark], *, now: datetime) -> None:
    award = Award(
        code=new_code(),
        person_id=person.id,
        course_id=course_id,
        completed_on=on,
        days=[_as_printed(mark) for mark in days],
        issued_at=now,
    )
    db.session.add(award)
    db.session.flush()
    label = f"{person.name}, {award.course.title}"
    audit.record(by=SERVICE, verb="certificate:issued", thing=award, now=now, label=label)
    if any(mark.recorded_at >= mark.entered_at for mark in days):  # history that is brought in tells nobody
        secret = secret_for(award)
        _tell(award, "issued", emails.certificate_issued(award, secret), now=now, secret=secret)


def _as_printed(mark: Mark) -> dict[str, object]:
    """What the certificate says of a day, whatever is renamed later."""
    session = mark.session
    return {
        "session": session.id,
        "title": session.component.title,
        "date": mark.held_on.isoformat(),
        "minutes": mark.minutes_there,
        "trainer": session.trainer.name if session.trainer else None,
        "run": session.run.code,
    }


def _tell_of_withdrawal(award: Award, *, now: datetime) -> None:
    """The person is told; of somebody without an address the academy is, so that it tells them. (AM-12)"""
    _tell(award, "withdrawn", emails.certificate_withdrawn(award), now=now)
    if award.person.email:
        return
    for user in db.session.scalars(accounts.academy_managers()):
        outbox.enqueue(
            key=f"certificate:{award.id}:withdrawn:academy:{user.id}",
            kind="certificate_withdrawn",
            to_address=user.email,
            to_name=user.name,
            email=emails.withdrawn_to_be_told(award),
            now=now,
            about=award,
        )


def _tell(award: Award, event: str, email: Email, *, now: datetime, secret: str | None = None) -> None:
    if award.person.email:
        outbox.enqueue(
            key=f"certificate:{award.id}:{event}",
            kind=f"certificate_{event}",
            to_address=award.person.email,
            to_name=award.person.name,
            email=email,
            now=now,
            about=award,
            secret=secret,
        )


# --- Who may see one -------------------------------------------------------------------------------------


def secret_for(award: Award) -> str | None:
    """The secret end of the link to a certificate, for whoever has no account to sign in with. (MA-09)"""
    if accounts.has_account(award.person_id):
        return None
    return tokens.make(PURPOSE, award.id, to=award.person.email)


def award_of(secret: str) -> Award:
    """The certificate that a link names. Raises RuleBroken when the link is forged, too old, of nothing or
    went to another address than theirs, and when they have an account by now."""
    award = db.session.get(Award, tokens.read(PURPOSE, secret, lasts=LINK_LASTS))
    if award is None:
        raise RuleBroken("The certificate that this link was for is no longer here.")
    tokens.check_sent_to(secret, award.person.email)
    if accounts.has_account(award.person_id):
        raise RuleBroken("You have an account by now. Sign in: this certificate is under “My learning”.")
    return award


def check_can_see_award(award: Award, by: Actor, on: date) -> None:
    """A certificate is seen by the person, by their line manager and by the academy; never by the board."""
    people.check_can_see(award.person, by, on)
