"""Changing what is recorded of a target or a cohort: its row is taken first, so that they come one by one."""

from __future__ import annotations

from typing import Any

from app.core.db import db, lock_row
from app.core.errors import RuleBroken
from app.figures.models import Cohort, Membership, Milestone, StatedFigure, Target


def lock_live(
    owner: type[Target] | type[Cohort], owner_id: int, fact: Milestone | StatedFigure | Membership, what: str
) -> Any:
    """The target or the cohort of a fact, locked, once it is sure that nobody has just corrected the fact.

    `what` completes the sentence: "this milestone. Look at the target again."
    """
    locked = lock_row(owner, owner_id)
    db.session.refresh(fact)
    if fact.superseded_at is not None:
        raise RuleBroken(f"Somebody else has just changed {what}")
    return locked
