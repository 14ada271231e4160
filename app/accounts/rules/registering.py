"""Partners and panel members register by themselves; the academy answers where it must. (MA-01, MA-07)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts import emails, queries
from app.accounts.models import Registration, RequestState
from app.accounts.rules.asking import (
    MOST_AN_HOUR,
    ask_to_confirm,
    check_is_waiting,
    check_unconfirmed,
    decide,
)
from app.accounts.rules.inviting import Invited, invite
from app.audit import rules as audit
from app.core import clock, mail
from app.core.actors import SERVICE, Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.outbox import rules as outbox
from app.people import queries as people
from app.people import rules as people_rules
from app.people.models import Organisation, Person, PersonKind, Spell

PURPOSE = "registration"
AN_ACCOUNT = "an account"
SHARED_MAILBOXES = frozenset(
    {
        "admin",
        "administration",
        "admissions",
        "contact",
        "enquiries",
        "head",
        "headteacher",
        "hello",
        "info",
        "mail",
        "manager",
        "office",
        "post",
        "reception",
        "safeguarding",
        "schooloffice",
        "secretary",
        "support",
        "team",
        "training",
    }
)


@dataclass(frozen=True)
class Newcomer:
    """Somebody who registers: a partner of an organisation (of the list, or as typed), or a panel member of
    none."""

    kind: PersonKind
    first_name: str
    last_name: str
    email: str
    organisation: Organisation | None = None
    organisation_name: str | None = None
    job_title: str | None = None


def check_address(email: str, *, is_own: bool) -> None:
    """Several people read office@riverside.example: an own address is asked for, and not insisted on."""
    local = email.partition("@")[0].replace(".", "").replace("-", "")
    if local in SHARED_MAILBOXES and not is_own:
        raise RuleBroken(
            f"{email} looks like a mailbox that several people read. Use your own address if you have one: "
            "places, reminders and certificates go there. If you have none, tick the box",
            field="is_own_address",
        )


def check_organisation(kind: PersonKind, named: Organisation | str | None) -> None:
    """A partner says for whom they work, by choice from the list or in their own words."""
    if kind is PersonKind.PARTNER and not named:
        raise RuleBroken("Enter the organisation that you work for", "organisation")


def register(*, who: Newcomer, now: datetime) -> None:
    """Somebody asks for an account: a link goes to the address, and nothing more happens until it is used.

    Nobody can tell from the outside whether an address is known: one with an account is written to as well.
    At most 5 links an hour go to one address.
    """
    if who.kind is PersonKind.STAFF:
        raise RuleBroken("Staff of the council are invited by the academy: ask it for an account.", "kind")
    check_organisation(who.kind, who.organisation or who.organisation_name)
    user = db.session.scalar(queries.by_email(who.email))
    made = db.session.scalar(queries.registrations_since(who.email, now - timedelta(hours=1))) or 0
    if user is not None:
        outbox.enqueue(
            key=f"account:{user.id}:registered:{now:%Y-%m-%dT%H}",
            kind="already_registered",
            to_address=user.email,
            to_name=user.name,
            email=emails.already_registered(name=user.name),
            now=now,
        )
    elif made >= MOST_AN_HOUR:
        mail.render(emails.already_registered(name=who.first_name))
    else:
        _ask(who, now)


def _ask(who: Newcomer, now: datetime) -> None:
    is_partner = who.kind is PersonKind.PARTNER
    registration = Registration(
        kind=who.kind,
        first_name=who.first_name,
        last_name=who.last_name,
        email=who.email,
        organisation=who.organisation if is_partner else None,
        organisation_name=who.organisation_name if is_partner and who.organisation is None else None,
        job_title=who.job_title if is_partner else None,
        state=RequestState.UNVERIFIED,
        asked_at=now,
    )
    db.session.add(registration)
    audit.record(by=_self(registration), verb="registration:asked", thing=registration, now=now)
    ask_to_confirm(registration, purpose=PURPOSE, email=emails.confirm_registration, now=now)


def confirm(*, registration: Registration, now: datetime) -> Invited | None:
    """Somebody shows that the address is theirs, by the button of the page that their link opens.

    Their account is there at once when the address is of an approved domain and the organisation is that
    domain’s and not closed (MA-01); else the request waits for the academy. A record with this address is
    theirs, and no second one is made; where it says something else, the academy looks.
    """
    registration = lock_row(Registration, registration.id)
    check_unconfirmed(registration)
    if db.session.scalar(queries.by_email(registration.email)) is not None:
        raise RuleBroken("There is an account for this address by now. Sign in, or choose a new password.")
    registration.verified_at, registration.state = now, RequestState.WAITING
    audit.record(by=_self(registration), verb="registration:confirmed", thing=registration, now=now)
    if not _is_let_in_at_once(registration, now):
        db.session.flush()
        return None
    return _admit(registration, registration.organisation, by=SERVICE, now=now, by_email=False)


def _is_let_in_at_once(registration: Registration, now: datetime) -> bool:
    domain = db.session.scalar(queries.approved_domain(registration.email.partition("@")[2]))
    if domain is None or domain.organisation_id != registration.organisation_id:
        return False
    if domain.organisation.is_closed_on(clock.day_of(now)):
        return False
    known = people.known_as(registration.email)
    if known is None:
        return True
    spell = known.spell_on(clock.day_of(now))
    has_account = db.session.scalar(queries.account_of(known.id)) is not None
    return not has_account and spell is not None and spell.organisation_id == registration.organisation_id


def approve(
    *, registration: Registration, organisation: Organisation | None, by: Actor, now: datetime
) -> Invited:
    """The academy lets somebody in: they are invited by e-mail, with their record or a new one."""
    registration = lock_row(Registration, registration.id)
    check_is_waiting(registration)
    if registration.kind is PersonKind.PARTNER and organisation is None:
        raise RuleBroken("Choose the organisation that they belong to", "organisation")
    return _admit(registration, organisation, by=by, now=now, by_email=True)


def refuse(*, registration: Registration, reason: str, by: Actor, now: datetime) -> None:
    """The academy gives no account, and the person reads why."""
    registration = lock_row(Registration, registration.id)
    check_is_waiting(registration)
    decide(registration, RequestState.REFUSED, by=by, now=now, reason=reason)
    outbox.enqueue(
        key=f"registration:{registration.id}:refused",
        kind="registration_refused",
        to_address=registration.email,
        to_name=registration.name,
        email=emails.refused(name=registration.name, what=AN_ACCOUNT, reason=reason),
        now=now,
    )


def _admit(
    registration: Registration, organisation: Organisation | None, *, by: Actor, now: datetime, by_email: bool
) -> Invited:
    person = people.known_as(registration.email)
    if person is None:
        person = _add(registration, by=by, now=now)
    if person.kind is not PersonKind.STAFF:
        _place(person, registration, organisation, by=by, now=now)
    role = Role.PRACTITIONER if person.kind is PersonKind.STAFF else Role.PARTNER
    invited = invite(
        email=registration.email,
        name=registration.name,
        roles=[role],
        person=person,
        by=by,
        now=now,
        by_email=by_email,
    )
    registration.user_id = invited.user.id
    decide(registration, RequestState.ACCEPTED, by=by, now=now)
    return invited


def _add(registration: Registration, *, by: Actor, now: datetime) -> Person:
    return people_rules.add_person(
        kind=registration.kind,
        first_name=registration.first_name,
        last_name=registration.last_name,
        email=registration.email,
        by=by,
        now=now,
    )


def _place(
    person: Person, registration: Registration, organisation: Organisation | None, *, by: Actor, now: datetime
) -> Spell | None:
    """Where somebody belongs from today, or from the first day that lies ahead, unless that is recorded so
    already: an account does not wait for 1 February, and nobody is counted before it."""
    today = clock.day_of(now)
    organisation_id = organisation.id if organisation and person.kind is PersonKind.PARTNER else None
    current = person.spell_on(today) or person.spell_after(today)
    if current is None:
        about = {"organisation_id": organisation_id, "job_title": registration.job_title}
        return people_rules.open_spell(
            person=person,
            first_day=today,
            by=by,
            now=now,
            **(about if organisation_id else {}),  # type: ignore[arg-type]
        )
    if organisation_id is not None and current.organisation_id != organisation_id:
        return people_rules.change_spell(
            person=person,
            on=max(today, current.first_day),
            by=by,
            now=now,
            organisation_id=organisation_id,
            job_title=registration.job_title,
        )
    return None


def _self(registration: Registration) -> Actor:
    return Actor(name=registration.name)
