"""Who somebody is, as the rest of the house sees them, and which accounts there are."""

from __future__ import annotations

from app.accounts.queries.actors import actor_of, coordinator_of
from app.accounts.queries.asking import (
    approved_domain,
    approved_domains,
    claims,
    claims_since,
    organisation_names,
    records_like,
    registrations,
    registrations_since,
    waiting_count,
)
from app.accounts.queries.inviting import (
    can_be_invited,
    can_be_invited_count,
    not_come,
    without_account,
)
from app.accounts.queries.line_managers import (
    managing_nobody,
    managing_nobody_count,
    to_be_line_managers,
    to_be_line_managers_count,
)
from app.accounts.queries.links import (
    email_of_invitation,
    key_of_invitation,
    latest_invitation,
    link_with,
    links_made_since,
    resets_asked,
)
from app.accounts.queries.lists import account_of, accounts, by_email, has_account, moved_count
from app.accounts.queries.roles import (
    academy_managers,
    administrator_grants,
    administrators_besides,
    in_roles,
)
from app.accounts.queries.signing_in import guesses_since, password_of, signed_in_as

__all__ = [
    "academy_managers",
    "account_of",
    "accounts",
    "actor_of",
    "administrator_grants",
    "administrators_besides",
    "approved_domain",
    "approved_domains",
    "by_email",
    "can_be_invited",
    "can_be_invited_count",
    "claims",
    "claims_since",
    "coordinator_of",
    "email_of_invitation",
    "guesses_since",
    "has_account",
    "in_roles",
    "key_of_invitation",
    "latest_invitation",
    "link_with",
    "links_made_since",
    "managing_nobody",
    "managing_nobody_count",
    "moved_count",
    "not_come",
    "organisation_names",
    "password_of",
    "records_like",
    "registrations",
    "registrations_since",
    "resets_asked",
    "signed_in_as",
    "to_be_line_managers",
    "to_be_line_managers_count",
    "waiting_count",
    "without_account",
]
