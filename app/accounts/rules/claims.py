"""Somebody whose e-mail address changed has their earlier history back, once the academy agrees. (MA-06)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.accounts import emails, queries
from app.accounts.models import Claim, RequestState, User
from app.accounts.rules.asking import (
    MOST_AN_HOUR,
    ask_to_confirm,
    check_is_waiting,
    check_unconfirmed,
    decide,
)
from app.accounts.rules.coordinators import ROLES_OF_PARTNERS
from app.accounts.rules.links import end_sessions, label_of, use_up_links
from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.core.mail import Email
from app.outbox import rules as outbox
from app.people import queries as people
from app.people import rules as people_rules
from app.people.models import Person, PersonKind

PURPOSE = "claim"
THE_RECORD = "your earlier training record"


@dataclass(frozen=True)
class Claimant:
    """Somebody who claims a history: the name, the address now, and what is still known of then."""

    first_name: str
    last_name: str
    email: str
    old_email: str | None = None
    organisation_name: str | None = None


def claim(*, who: Claimant, now: datetime) -> None:
    """Somebody asks for the history under an earlier address: a link goes to the new one.

    The answer is the same whether or not anybody is found. At most 5 links an hour go to one address.
    """
    if not who.old_email and not who.organisation_name:
        raise RuleBroken(
            "Enter your old e-mail address, or the organisation that you worked for", "old_email"
        )
    if who.old_email == who.email:
        raise RuleBroken(
            "Enter two different addresses: the old one, and the one that you use now", "old_email"
        )
    made = db.session.scalar(queries.claims_since(who.email, now - timedelta(hours=1))) or 0
    if made >= MOST_AN_HOUR:
        return
    claimed = Claim(
        first_name=who.first_name,
        last_name=who.last_name,
        email=who.email,
        old_email=who.old_email,
        organisation_name=who.organisation_name,
        state=RequestState.UNVERIFIED,
        asked_at=now,
    )
    db.session.add(claimed)
    audit.record(by=Actor(name=claimed.name), verb="claim:asked", thing=claimed, now=now)
    ask_to_confirm(claimed, purpose=PURPOSE, email=emails.confirm_claim, now=now)


def confirm_claim(*, claim: Claim, now: datetime) -> None:
    """The new address is shown to be theirs; the claim now waits for the academy."""
    claim = lock_row(Claim, claim.id)
    check_unconfirmed(claim)
    claim.verified_at, claim.state = now, RequestState.WAITING
    audit.record(by=Actor(name=claim.name), verb="claim:confirmed", thing=claim, now=now)
    db.session.flush()


def records_of(claim: Claim) -> Sequence[Person]:
    """The records that may be the claimant’s own, besides the one that has the new address already.

    That one is offered once an earlier record was merged into it: the history is under it then. Of staff no
    other is offered, whose address comes from HR.
    """
    found = db.session.scalars(queries.records_like(claim)).unique().all()
    merged = {one.survivor for one in found if one.merged_into_id is not None}
    return [
        one
        for one in dict.fromkeys(one.survivor for one in found)
        if (one in merged if one.email == claim.email else one.kind is not PersonKind.STAFF)
    ]


def accept_claim(*, claim: Claim, person: Person, by: Actor, now: datetime) -> bool:
    """The academy finds which record is theirs; it has the new address from now on. Whether that is done.

    When a second record has the new address, as after somebody registered again, the claim says that the two
    are to be merged, and waits until they are, whichever of them stays. An account signs in by the new
    address, and its sessions end.
    """
    claim = lock_row(Claim, claim.id)
    check_is_waiting(claim)
    if person.kind is PersonKind.STAFF and person.email != claim.email:
        raise RuleBroken(f"{person.name} is a member of staff, whose address comes from HR", "record")
    holder = people.known_as(claim.email)
    claim.person_id = person.id
    claim.other_person_id = holder.id if holder is not None and holder.id != person.id else None
    if claim.other_person_id is not None:
        audit.record(by=by, verb="claim:records to merge", thing=claim, now=now)
        db.session.flush()
        return False
    has_account = _move_account(claim, person, by=by, now=now)
    people_rules.edit_person(person=person, by=by, now=now, reason="Claimed by the person", email=claim.email)
    decide(claim, RequestState.ACCEPTED, by=by, now=now)
    _tell(claim, "accepted", emails.claim_accepted(name=claim.first_name, has_account=has_account), now)
    return True


def _move_account(claim: Claim, person: Person, *, by: Actor, now: datetime) -> bool:
    """The person’s account, if there is one, signs in by the new address.

    Where they had a second account by it, which a merge closed, that one gets the old address.
    """
    user = db.session.scalar(queries.account_of(person.id))
    other = db.session.scalar(queries.by_email(claim.email))
    if other is not None and other is not user and (user is None or not _is_merged(other, person)):
        raise RuleBroken(f"{claim.email} already signs in as somebody else: ask an administrator", "record")
    if user is None or user is other:
        return user is not None
    if not set(user.roles) <= ROLES_OF_PARTNERS:
        raise RuleBroken(f"{user.name}’s account is not a partner’s alone: ask an administrator", "record")
    old = user.email
    if other is not None:
        other.email = other.fs_uniquifier  # nobody’s, while the two exchange theirs
        db.session.flush()
    _readdress(user, old, claim.email, by=by, now=now)
    if other is not None:
        _readdress(other, claim.email, old, by=by, now=now)
    return True


def _is_merged(user: User, person: Person) -> bool:
    """Whether a merge closed this account, as the person has another."""
    record = user.person
    return not user.active and record is not None and record is not person and record.survivor is person


def _readdress(user: User, old: str, new: str, *, by: Actor, now: datetime) -> None:
    user.email = new
    end_sessions(user)
    use_up_links(user, now=now)
    changes = {"email": (old, new)}
    audit.record(by=by, verb="account:changed", thing=user, now=now, label=label_of(user), changes=changes)
    db.session.flush()


def refuse_claim(*, claim: Claim, reason: str, by: Actor, now: datetime) -> None:
    """The academy can’t tell that the history is theirs, and the person reads why."""
    claim = lock_row(Claim, claim.id)
    check_is_waiting(claim)
    decide(claim, RequestState.REFUSED, by=by, now=now, reason=reason)
    _tell(claim, "refused", emails.refused(name=claim.first_name, what=THE_RECORD, reason=reason), now)


def _tell(claim: Claim, what: str, email: Email, now: datetime) -> None:
    outbox.enqueue(
        key=f"claim:{claim.id}:{what}",
        kind=f"claim_{what}",
        to_address=claim.email,
        to_name=claim.name,
        email=email,
        now=now,
    )
