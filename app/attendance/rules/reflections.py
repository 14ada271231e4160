"""What somebody writes for themselves about their training. (ST-11)

Nobody else reads it, nor learns that it is there: so nothing of it is audited.
"""

from __future__ import annotations

from datetime import datetime

from app.attendance import queries
from app.attendance.models import Reflection
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotFound, RuleBroken
from app.programmes.models import Course


def write_reflection(*, course: Course, learnt: str, changes: str, by: Actor, now: datetime) -> Reflection:
    """Somebody writes about a course that they took part in; later again, if they like."""
    check_can_reflect(course, by)
    _check_is_something(learnt, changes)
    assert by.person_id is not None
    reflection = Reflection(
        person_id=by.person_id, course_id=course.id, learnt=learnt, changes=changes, written_at=now
    )
    db.session.add(reflection)
    db.session.flush()
    return reflection


def change_reflection(*, reflection: Reflection, learnt: str, changes: str, by: Actor) -> None:
    """Other words; when it was written stays."""
    check_is_own(reflection, by)
    _check_is_something(learnt, changes)
    reflection.learnt, reflection.changes = learnt, changes


def delete_reflection(*, reflection: Reflection, by: Actor) -> None:
    """Gone for good: nothing of it is kept."""
    check_is_own(reflection, by)
    db.session.delete(reflection)


def check_can_reflect(course: Course, by: Actor) -> None:
    """One reflects on what one took part in."""
    if by.person_id is None or not queries.has_taken_part(by.person_id, course.id):
        raise NotFound("There is nothing of this course in your training record yet.")


def check_is_own(reflection: Reflection, by: Actor) -> None:
    """To everybody else there is no such page: not the academy, not a manager, not an administrator."""
    if by.person_id is None or reflection.person_id != by.person_id:
        raise NotFound("There is no such page.")


def _check_is_something(learnt: str, changes: str) -> None:
    if not (learnt or changes):
        raise RuleBroken("Write what you learnt, or what you will do differently", field="learnt")
