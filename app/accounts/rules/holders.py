"""Which kind of person an account with a role belongs to. (SA-03)"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.people import queries as people
from app.people.models import Person, PersonKind


class _Holders(NamedTuple):
    kinds: frozenset[PersonKind]
    words: str


_STAFF = _Holders(frozenset({PersonKind.STAFF}), "staff")
_HOLDERS = {
    Role.PRACTITIONER: _STAFF,
    Role.LINE_MANAGER: _STAFF,
    Role.PARTNER: _Holders(
        frozenset({PersonKind.PARTNER, PersonKind.PANEL_MEMBER}),
        "people of partner organisations and of the foster panel",
    ),
    Role.COORDINATOR: _Holders(frozenset({PersonKind.PARTNER}), "people of partner organisations"),
}


def check_holder(roles: Collection[Role], person: Person | None, *, may_wait: bool = False) -> None:
    """A role that opens its holder's own team, organisation or learning needs the right kind of person.

    Staff are practitioners and line managers; partners are partners or coordinators, and panel members book
    as partners do. A coordinator without a person has no organisation to act for, unless it `may_wait` until
    somebody says whose account it is; others always may, as for the next file from HR.
    """
    for role in sorted(_HOLDERS.keys() & set(roles)):
        if person is not None and person.kind not in _HOLDERS[role].kinds:
            raise RuleBroken(
                f"{role.label} is a role for {_HOLDERS[role].words}, and {person.name} is recorded as "
                f"{person.kind.label.lower()}. Choose another role, or another person",
                "roles",
            )
    if Role.COORDINATOR in roles and person is None and not may_wait:
        raise RuleBroken(
            "A coordinator acts for the partner organisation that they belong to: say whose account it is. "
            "The academy invites whoever is not recorded yet on the page of their organisation",
            "person",
        )


def holder_known_as(reference: str | None) -> Person | None:
    """The person that was typed as the holder of an account, by employee number or address."""
    if not reference:
        return None
    person = people.known_as(reference)
    if person is None:
        raise RuleBroken(
            "There is nobody in the directory with that employee number or e-mail address", "person"
        )
    return person
