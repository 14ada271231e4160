"""Two records of one person need one certificate of a course: the one of the earlier completion stands."""

from __future__ import annotations

from datetime import datetime

from app.attendance import queries as attendance
from app.attendance import rules as awards
from app.core.actors import Actor
from app.core.db import db
from app.people.models import Person


def withdraw_doubles(survivor: Person, merged: Person, *, by: Actor, now: datetime) -> None:
    """Of two certificates of one course one is withdrawn; nobody is told, as what they learnt stands.

    When the merge is undone, a new one is issued for what stands again. (U-07)
    """
    own = {one.course_id: one for one in db.session.scalars(attendance.standing_awards_of(survivor.id))}
    for other in db.session.scalars(attendance.standing_awards_of(merged.id)).all():
        if other.course_id in own:
            later = max(own[other.course_id], other, key=lambda one: (one.completed_on, one is other))
            awards.withdraw(award=later, why=awards.MERGED, by=by, now=now)
