"""What those with a place need to take part: joining instructions and materials of a course and of a run."""

from __future__ import annotations

import re
from datetime import datetime

from app.audit import rules as audit
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Permission
from app.programmes.models import Course
from app.sessions import queries
from app.sessions.models import JoiningInstructions, Material, Run

_HTTPS = re.compile(r"https://[^\s/?#]+\S*", re.IGNORECASE)


def check_can_edit_instructions(by: Actor) -> None:
    """Joining instructions are the academy's, for courses and for runs."""
    if not by.can(Permission.SCHEDULE_RUNS):
        raise NotAllowed("Only the academy can change joining instructions.")


def check_can_edit_materials(of: Run | Course, by: Actor) -> None:
    """The academy keeps the materials of every course and run, a trainer those of their own runs."""
    if by.can(Permission.SCHEDULE_RUNS):
        return
    if isinstance(of, Run) and queries.is_trainer_of(of.id, by.user_id):
        return
    raise NotAllowed("You can see and change the materials of your own runs only.")


def give_instructions(
    *, of: Run | Course, words: str, by: Actor, now: datetime, is_instead: bool = False
) -> None:
    """Say what people need to join, or take it back. A run's own may stand instead of its course's.

    That they changed is recorded, and not the words: they may hold a passcode, which is for those with a
    place alone.
    """
    check_can_edit_instructions(by)
    words, is_instead = words.strip(), is_instead and isinstance(of, Run)
    own = queries.instructions_of(of)
    if (own.words, own.is_instead) == (words, is_instead) if own else not words:
        return
    if not words:
        db.session.delete(own)
    elif own:
        own.words, own.is_instead = words, is_instead
    else:
        ids = _ids_of(of)
        db.session.add(JoiningInstructions(**ids, words=words, is_instead=is_instead))
    db.session.flush()
    _record("joining instructions changed" if words else "joining instructions removed", of, by=by, now=now)


def add_material(*, of: Run | Course, title: str, address: str, by: Actor, now: datetime) -> Material:
    """Put another page or file at the end of the materials."""
    check_can_edit_materials(of, by)
    last = max((one.position for one in db.session.scalars(queries.materials_of(of))), default=0)
    material = Material(
        **_ids_of(of), title=title.strip(), address=_checked_address(address), position=last + 1
    )
    db.session.add(material)
    db.session.flush()
    _record("material added", of, by=by, now=now, Material=(None, material.title))
    return material


def edit_material(*, material: Material, title: str, address: str, by: Actor, now: datetime) -> None:
    """Change what a material is called, or where it lies."""
    of = material.belongs_to
    check_can_edit_materials(of, by)
    title, address = title.strip(), _checked_address(address)
    if (material.title, material.address) == (title, address):
        return
    changes = {"Material": (material.title, title)}
    if material.address != address:
        changes["Address"] = ("One", "Another")
    material.title, material.address = title, address
    _record("material changed", of, by=by, now=now, **changes)


def move_material_up(*, material: Material, by: Actor, now: datetime) -> None:
    """Put a material before the one above it; the first stays where it is."""
    of = material.belongs_to
    check_can_edit_materials(of, by)
    in_order = list(db.session.scalars(queries.materials_of(of)))
    place = in_order.index(material)
    if place == 0:
        return
    in_order[place - 1], in_order[place] = material, in_order[place - 1]
    for position, one in enumerate(in_order, start=1):
        one.position = position
    _record("material moved up", of, by=by, now=now, Material=(material.title, material.title))


def remove_material(*, material: Material, by: Actor, now: datetime) -> None:
    """Take a material away; what lies at its address stays there."""
    of = material.belongs_to
    check_can_edit_materials(of, by)
    db.session.delete(material)
    db.session.flush()
    _record("material removed", of, by=by, now=now, Material=(material.title, None))


def _checked_address(address: str) -> str:
    if not _HTTPS.fullmatch(address.strip()):
        raise RuleBroken("Enter an address that begins with https://", field="address")
    return f"https://{address.strip()[len('https://') :]}"


def _ids_of(of: Run | Course) -> dict[str, int]:
    return {"run_id": of.id} if isinstance(of, Run) else {"course_id": of.id}


def _record(
    what: str, of: Run | Course, *, by: Actor, now: datetime, **changes: tuple[str | None, str | None]
) -> None:
    kind = "run" if isinstance(of, Run) else "course"
    audit.record(by=by, verb=f"{kind}:{what}", thing=of, now=now, changes=dict(changes))
