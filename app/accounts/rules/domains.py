"""The domains of organisations whose people are let in at once: a list that the academy keeps. (MA-01)"""

from __future__ import annotations

import re
from datetime import datetime

from app.accounts import queries
from app.accounts.models import ApprovedDomain
from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db, save_unique
from app.core.errors import RuleBroken
from app.people.models import Organisation

# Where anybody can have an address: nobody is of one organisation by it.
ANYBODYS = frozenset(
    {
        "aol.com",
        "btinternet.com",
        "gmail.com",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "icloud.com",
        "live.co.uk",
        "live.com",
        "nhs.net",
        "outlook.com",
        "protonmail.com",
        "sky.com",
        "virginmedia.com",
        "yahoo.co.uk",
        "yahoo.com",
    }
)


def add_domain(*, domain: str, organisation: Organisation, by: Actor, now: datetime) -> ApprovedDomain:
    """Whoever shows that an address of this domain is theirs, and names this organisation, is let in at once.

    "riverside.example" is one; "gmail.com" is anybody’s, and so is "nhs.net", of every health trust.
    """
    domain = domain.strip().lower().removeprefix("@")
    if not re.fullmatch(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}", domain):
        raise RuleBroken("Enter the domain alone, like riverside-school.example", "domain")
    if domain in ANYBODYS:
        raise RuleBroken(
            f"People of many organisations have an address at {domain}: it can’t let in", "domain"
        )
    known = db.session.scalar(queries.approved_domain(domain))
    taken = RuleBroken(f"{domain} is on the list already", "domain")
    if known is not None:
        raise taken
    made = save_unique(ApprovedDomain(domain=domain, organisation=organisation, created_at=now), taken=taken)
    changes = {"Domain": (None, domain), "Organisation": (None, organisation.name)}
    audit.record(by=by, verb="domain:approved", thing=made, now=now, label=domain, changes=changes)
    return made


def remove_domain(*, domain: ApprovedDomain, by: Actor, now: datetime) -> None:
    """From now on addresses of this domain wait for the academy; accounts that are there stay."""
    audit.record(by=by, verb="domain:removed", thing=domain, now=now, label=domain.domain)
    db.session.delete(domain)
    db.session.flush()
