"""Those who ask to be let in: who registers, who claims an earlier history, and what lets them in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import ApprovedDomain, Claim, Registration, RequestState
from app.core.closing import offered
from app.core.db import db
from app.people.models import Organisation, Person, Spell
from app.people.queries import is_called

MOST_RECORDS = 20


def registrations(*, waiting: bool) -> Select[tuple[Registration]]:
    """Who asked for an account and showed that the address is theirs, the longest ago first: those who wait
    for the academy, or those who were answered."""
    return (
        select(Registration)
        .where(_is_asked(Registration, waiting=waiting))
        .order_by(Registration.verified_at, Registration.id)
    )


def registrations_since(email: str, moment: datetime) -> Select[tuple[int]]:
    """How often somebody asked for an account with this address after a moment."""
    return select(func.count()).where(Registration.email == email, Registration.asked_at > moment)


def claims(*, waiting: bool) -> Select[tuple[Claim]]:
    """Who claims an earlier history and showed that the new address is theirs, in the same manner."""
    return select(Claim).where(_is_asked(Claim, waiting=waiting)).order_by(Claim.verified_at, Claim.id)


def _is_asked(asked: type[Registration] | type[Claim], *, waiting: bool) -> ColumnElement[bool]:
    if waiting:
        return asked.state == RequestState.WAITING
    return asked.state.not_in([RequestState.UNVERIFIED, RequestState.WAITING])


def claims_since(email: str, moment: datetime) -> Select[tuple[int]]:
    """How often a history was claimed with this address after a moment."""
    return select(func.count()).where(Claim.email == email, Claim.asked_at > moment)


def waiting_count(asked: type[Registration] | type[Claim]) -> int:
    """How many registrations, or claims, wait for the academy."""
    statement = select(func.count()).select_from(asked).where(_is_asked(asked, waiting=True))
    return db.session.scalar(statement) or 0


def approved_domains() -> Select[tuple[ApprovedDomain]]:
    """The domains whose addresses are let in at once, by name."""
    return select(ApprovedDomain).order_by(ApprovedDomain.domain)


def approved_domain(domain: str) -> Select[tuple[ApprovedDomain]]:
    return select(ApprovedDomain).where(ApprovedDomain.domain == domain)


def organisation_names(most: int, on: date) -> Select[tuple[str]]:
    """The names of the first organisations that are not closed on a date, to choose from while typing."""
    is_open = offered(Organisation, on)
    return select(Organisation.name).where(is_open).order_by(Organisation.name).limit(most)


def records_like(claim: Claim) -> Select[tuple[Person]]:
    """The records that may be a claimant's own: by the old address, the new one, or the name."""
    addresses = [one for one in (claim.old_email, claim.email) if one]
    return (
        select(Person)
        .where(or_(Person.email.in_(addresses), is_called(claim.name)))
        .options(joinedload(Person.spells).joinedload(Spell.organisation))
        .order_by(Person.id)
        .limit(MOST_RECORDS)
    )
