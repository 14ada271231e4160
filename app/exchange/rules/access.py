"""Who may bring in which kind of file, and see and take back what was brought in (3.0)."""

from __future__ import annotations

from functools import partial

from app.core.actors import Actor
from app.core.errors import NotAllowed, allows
from app.core.permissions import Permission
from app.exchange.models import ImportKind


def check_can_import(kind: ImportKind, by: Actor) -> None:
    """Administrators bring in HR's file of people and no other: the rest are the academy's own records."""
    wanted = Permission.IMPORT_PEOPLE if kind is ImportKind.PEOPLE else Permission.IMPORT_FILES
    if not by.can(wanted):
        raise NotAllowed("Only the academy’s managers bring in files of this kind and see what they changed.")


def kinds_for(by: Actor) -> list[ImportKind]:
    """The kinds of file that somebody may bring in."""
    return [kind for kind in ImportKind if can_import(kind, by)]


def can_import(kind: ImportKind, by: Actor) -> bool:
    return allows(partial(check_can_import, kind, by))
