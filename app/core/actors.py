"""Who acts: a signed-in person, a visitor, or the service itself. Carries ids, so that core knows no room."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.core.permissions import PERMISSIONS_OF, Permission, Role


@dataclass(frozen=True)
class Actor:
    """The one who does something, as rules and the audit see them.

    `team_ids` are the teams that the actor manages, if the roles give them a team to see;
    `organisation_ids` those that a coordinator acts for.
    """

    name: str
    user_id: int | None = None
    person_id: int | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    team_ids: frozenset[int] = field(default_factory=frozenset)
    organisation_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None

    def can(self, permission: Permission | str) -> bool:
        """Whether one of the actor's roles gives this permission (before any check of the object)."""
        return any(permission in PERMISSIONS_OF[role] for role in self.roles)

    @property
    def sees_names(self) -> bool:
        """Whether figures tell the actor whom they count, and how many are in a small group."""
        return self.can(Permission.SEE_COHORT_NAMES)

    def has_role(self, role: Role | str) -> bool:
        return role in self.roles


VISITOR = Actor(name="Somebody not signed in")
SERVICE = Actor(name="Takeup")
COMMAND_LINE = Actor(name="Command line")
