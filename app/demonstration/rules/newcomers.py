"""Those who come in: a domain, who waits for an account, a claim, a manager invited as something else."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.accounts import rules as accounts
from app.accounts.models import Claim, Registration, User
from app.accounts.queries import actor_of
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Role
from app.demonstration import queries
from app.figures.queries import year_of
from app.people import rules as people
from app.people.models import Person, PersonKind

ASKED_BEFORE = timedelta(hours=20)


def fill(*, by: Actor, now: datetime, partner: Person, coordinator: User) -> None:
    """What the academy finds under Registrations, a coordinator under My organisation, and an administrator
    under Line managers."""
    asked_at = now - ASKED_BEFORE
    _domain(partner, by, asked_at)
    newcomer = accounts.Newcomer(
        kind=PersonKind.PARTNER,
        first_name="Imogen",
        last_name="Farrow",
        email="imogen.farrow@bramble-lane-nursery.example",
        organisation_name="Bramble Lane Nursery",
        job_title="Designated safeguarding lead",
    )
    accounts.register(who=newcomer, now=asked_at)
    accounts.confirm(registration=db.session.scalars(select(Registration)).one(), now=asked_at)
    claimant = accounts.Claimant(
        first_name=partner.first_name,
        last_name=partner.last_name,
        email=f"{partner.first_name}.{partner.last_name}@new-post.example".lower(),
        old_email=partner.email,
    )
    accounts.claim(who=claimant, now=asked_at)
    accounts.confirm_claim(claim=db.session.scalars(select(Claim)).one(), now=asked_at)
    _headcount(coordinator, asked_at)
    _invited_as_practitioner(asked_at)


def _domain(partner: Person, by: Actor, now: datetime) -> None:
    spell = partner.spell_on(clock.day_of(now))
    if spell is not None and spell.organisation is not None and partner.email is not None:
        domain = partner.email.partition("@")[2]
        accounts.add_domain(domain=domain, organisation=spell.organisation, by=by, now=now)


def _invited_as_practitioner(now: datetime) -> None:
    """A manager who can't see their team, as the administrator's first page tells."""
    manager = db.session.scalars(queries.managers_without_account(clock.day_of(now)).limit(1)).one()
    assert manager.email is not None
    accounts.invite(
        email=manager.email,
        name=manager.name,
        roles={Role.PRACTITIONER},
        person=manager,
        by=Actor(name="Demonstration administrator", roles=frozenset({Role.ADMINISTRATOR})),
        now=now,
        by_email=False,
    )


def _headcount(coordinator: User, now: datetime) -> None:
    today = clock.day_of(now)
    assert coordinator.person is not None
    spell = coordinator.person.spell_on(today)
    assert spell is not None
    assert spell.organisation is not None
    people.state_headcount(
        organisation=spell.organisation,
        year=year_of(today),
        headcount=60,
        by=actor_of(coordinator, on=today),
        now=now,
    )
