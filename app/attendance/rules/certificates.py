"""Certificates: issued a working day after the last day was marked, withdrawn while they are not right."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from app.accounts import queries as accounts
from app.accounts.rules.own_links import check_is_own, own_secret, read_own_secret
from app.attendance import emails, queries
from app.attendance.models import Certificate
from app.attendance.rules.measuring import minutes_of
from app.audit import rules as audit
from app.core import clock, workdays
from app.core.actors import SERVICE, Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.core.mail import Email
from app.learning.models import Mark
from app.outbox import queries as sent
from app.outbox import rules as outbox
from app.people import rules as people
from app.people.models import Person

PURPOSE = "certificate"
# Digits and letters, without those that are read for another: I and L for 1, O for 0, and U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_FOR = str.maketrans("ILO", "110")
_LENGTH, _GROUP = 12, 4

NO_LONGER_COMPLETE = "What the registers say of your days was corrected, and the training is not complete."
OTHER_DAYS = "What the registers say of your days was corrected, so what it says of them is no longer right."
MERGED = "Two records of one person became one, and the other certificate stands."

_NEWS_OF_IT = ("certificate_issued", "certificate_restored")  # from which somebody knows that it stands


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


def standing_in_words(certificate: Certificate | None, on: date) -> str:
    """What whoever checks a code on a day is told: neither whose the certificate is, nor of what."""
    if certificate is None:
        return "There is no certificate with this code."
    if not certificate.stands:
        return "The certificate with this code was withdrawn."
    if not queries.is_valid(certificate, on):
        return "A certificate with this code was issued, and is not valid any more."
    return "A certificate with this code stands."


# --- Issuing and withdrawing -----------------------------------------------------------------------------


def marked_before(now: datetime) -> datetime:
    """A certificate may be issued when its last mark was entered before this instant. (U-13)

    It is withheld until the end of the next working day, 17:00, so that a wrong register can be undone: what
    was marked on Friday is certified on Monday at 17:00, and what was marked on Saturday too.
    """
    today = clock.day_of(now)
    is_over = workdays.is_working_day(today) and now >= clock.london_time(today, workdays.DAY_ENDS)
    return clock.start_of_day(today if is_over else workdays.working_days_before(today, 1))


def settle_certificates(*, person: Person, course_ids: Collection[int], now: datetime) -> int:
    """Issue, withdraw and give back what is due of these courses for one person; how many certificates
    changed.

    A certificate stands while the same days complete the course on the same date. Who takes a course again
    whose completion is valid for some months has another one, beside the first: each is of its completion.
    Prior learning, training elsewhere and what is from before the registers get no certificate of ours.
    (4.1, 4.3, AM-12, ST-10)
    """
    lock_row(Person, person.id)
    found = queries.certifiable(course_ids, as_at=clock.day_of(now), person_id=person.id)
    done = {row.course_id: row for row in db.session.execute(found)}
    certificates = db.session.scalars(queries.standing_certificates_of(person.id)).all()
    changed = 0
    for course_id in sorted(course_ids):
        of_course = [certificate for certificate in certificates if certificate.course_id == course_id]
        changed += _settle(person, course_id, of_course, done.get(course_id), now=now)
    return changed


def _settle(
    person: Person, course_id: int, certificates: Sequence[Certificate], done: Any | None, *, now: datetime
) -> int:
    """The same of one course, by its row of `certifiable` if it is complete."""
    kept = _kept(certificates, done)
    gone = [certificate for certificate in certificates if certificate not in kept]
    for certificate in gone:
        withdraw(certificate=certificate, why=OTHER_DAYS if done else NO_LONGER_COMPLETE, by=SERVICE, now=now)
        _tell_of_withdrawal(certificate, now=now)
    if done is None or any(certificate.completed_on == done.due_on for certificate in kept):
        return len(gone)
    if _give_back(person, course_id, done.due_on, now=now):
        return len(gone) + 1
    days = queries.days_that_closed(person.id, course_id, done.due_on)
    if not days or not _is_due(days, now):
        return len(gone)
    _issue(person, course_id, done.due_on, days, now=now)
    return len(gone) + 1


def _kept(certificates: Sequence[Certificate], done: Any | None) -> list[Certificate]:
    """Which certificates of one course still say what is so: that of the first completion, those of later
    ones until the last that is to be certified, and those that stood beside these when a course lost its
    validity."""
    kept: list[Certificate] = []
    for certificate in sorted(certificates, key=lambda one: one.completed_on):
        if done is None or certificate.completed_on < done.completed_on:
            continue
        if (certificate.completed_on <= done.due_on or kept) and _is_of(certificate):
            kept.append(certificate)
    return kept


def withdraw(*, certificate: Certificate, why: str, by: Actor, now: datetime) -> None:
    """A certificate that stood does not stand any more; its code says so to whoever checks it."""
    certificate.withdrawn_at, certificate.withdrawn_why = now, why
    db.session.flush()
    label = f"{certificate.person.name}, {certificate.course.title}"
    audit.record(by=by, verb="certificate:withdrawn", thing=certificate, now=now, label=label, reason=why)


def _give_back(person: Person, course_id: int, on: date, *, now: datetime) -> bool:
    """Let a certificate of a completion stand again, with its code, when what it was withdrawn for was put
    right and all that it says is so again; whether there was one.

    Day 2 was marked as missed by a slip, and is put right an hour later: the sheet on the wall is right
    again, and nobody has two certificates that say the same. Whoever was told that it was withdrawn is told.
    """
    withdrawn = db.session.scalars(queries.withdrawn_certificates_of(person.id, course_id, on))
    certificate = next((one for one in withdrawn if _is_of(one)), None)
    if certificate is None:
        return False
    concerns_them = certificate.withdrawn_why != MERGED
    certificate.withdrawn_at = certificate.withdrawn_why = None
    db.session.flush()
    label = f"{person.name}, {certificate.course.title}"
    audit.record(by=SERVICE, verb="certificate:restored", thing=certificate, now=now, label=label)
    if concerns_them:
        _tell_that_it_stands(certificate, now=now)
    return True


def _is_of(certificate: Certificate) -> bool:
    """Whether a certificate still says what is so: on its date the same sessions, with the same hours."""
    marks = queries.days_that_closed(certificate.person_id, certificate.course_id, certificate.completed_on)
    recorded = {(mark.session_id, mark.held_on.isoformat()): mark for mark in marks}
    printed = {(day["session"], day["date"]): day["minutes"] for day in certificate.days}
    return printed.keys() == recorded.keys() and all(
        minutes in _may_say(recorded[day], certificate) for day, minutes in printed.items()
    )


def _may_say(mark: Mark, certificate: Certificate) -> set[int]:
    """How long somebody was there, as a certificate may say it. One that was issued while lateness was not
    taken off says the whole session of who came late: for that alone nobody is sent another."""
    is_older = mark.entered_at <= certificate.issued_at
    return {mark.minutes_there, minutes_of(mark.session)} if is_older else {mark.minutes_there}


def _is_due(days: Sequence[Mark], now: datetime) -> bool:
    return max(mark.entered_at for mark in days) < marked_before(now)


def _issue(person: Person, course_id: int, on: date, days: Sequence[Mark], *, now: datetime) -> None:
    certificate = Certificate(
        code=new_code(),
        person_id=person.id,
        course_id=course_id,
        completed_on=on,
        days=[_as_printed(mark) for mark in days],
        issued_at=now,
    )
    db.session.add(certificate)
    db.session.flush()
    label = f"{person.name}, {certificate.course.title}"
    audit.record(by=SERVICE, verb="certificate:issued", thing=certificate, now=now, label=label)
    if any(mark.recorded_at >= mark.entered_at for mark in days):  # history that is brought in tells nobody
        secret = secret_for(certificate)
        _tell(certificate, "issued", emails.certificate_issued(certificate, secret), now=now, secret=secret)


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


def _tell_of_withdrawal(certificate: Certificate, *, now: datetime) -> None:
    """The person is told, if they have heard of it; of somebody without an address the academy is, so that it
    tells them. (AM-12)

    Of a certificate whose e-mail still waits nobody hears: it is taken back.
    """
    outbox.take_back(about=certificate, kinds=_NEWS_OF_IT)
    if _has_been_heard_of(certificate):
        _tell(certificate, "withdrawn", emails.certificate_withdrawn(certificate), now=now)
    _ask_to_tell(certificate, "withdrawn", now=now)


def _tell_that_it_stands(certificate: Certificate, *, now: datetime) -> None:
    """Whoever heard of it hears that it stands again; to whom it was never sent, that it was issued. Of what
    is from history that was brought in nobody hears."""
    secret = secret_for(certificate)
    if _has_been_heard_of(certificate):
        email = emails.certificate_restored(certificate, secret)
        _tell(certificate, "restored", email, now=now, secret=secret)
    elif sent.is_written(f"certificate:{certificate.id}:issued:"):
        _tell(certificate, "issued", emails.certificate_issued(certificate, secret), now=now, secret=secret)
    _ask_to_tell(certificate, "restored", now=now)


def _has_been_heard_of(certificate: Certificate) -> bool:
    return sent.has_gone_out(certificate, _NEWS_OF_IT)


def _ask_to_tell(certificate: Certificate, event: str, *, now: datetime) -> None:
    if certificate.person.email:
        return
    for user in db.session.scalars(accounts.academy_managers()):
        outbox.enqueue(
            key=f"{_key(certificate, event, now)}:academy:{user.id}",
            kind=f"certificate_{event}",
            to_address=user.email,
            to_name=user.name,
            email=emails.certificate_to_be_told(certificate),
            now=now,
            about=certificate,
        )


def _key(certificate: Certificate, event: str, now: datetime) -> str:
    """One certificate may be withdrawn, and stand again, more than once: the moment tells these apart."""
    return f"certificate:{certificate.id}:{event}:{int(now.timestamp())}"


def _tell(
    certificate: Certificate, event: str, email: Email, *, now: datetime, secret: str | None = None
) -> None:
    if certificate.person.email:
        outbox.enqueue(
            key=_key(certificate, event, now),
            kind=f"certificate_{event}",
            to_address=certificate.person.email,
            to_name=certificate.person.name,
            email=email,
            now=now,
            about=certificate,
            secret=secret,
        )


# --- Who may see one -------------------------------------------------------------------------------------


def secret_for(certificate: Certificate) -> str | None:
    """The secret end of the link to a certificate, for whoever has no account to sign in with. (MA-09)"""
    return own_secret(PURPOSE, certificate.id, certificate.person)


def certificate_of(secret: str) -> Certificate:
    """The certificate that a link names. Raises RuleBroken when the link is forged, too old, of nothing or
    went to another address than theirs, and when they have an account by now."""
    certificate = db.session.get(Certificate, read_own_secret(PURPOSE, secret))
    if certificate is None:
        raise RuleBroken("The certificate that this link was for is no longer here.")
    check_is_own(secret, certificate.person, found_at="this certificate is under “My learning”")
    return certificate


def check_can_see_certificate(certificate: Certificate, by: Actor, on: date) -> None:
    """A certificate is seen by the person, by their line manager and by the academy; never by the board."""
    people.check_can_see(certificate.person, by, on)
