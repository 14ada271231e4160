"""What registers hold of one person, and what they completed without one."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload

from app.core.db import live
from app.learning.models import Mark, PastCompletion
from app.learning.queries.registers import says_something
from app.people.models import Person
from app.programmes.models import CourseVersion
from app.sessions.models import Run, TrainingSession


def marks_of_person(person: Person) -> Select[tuple[Mark]]:
    """Everything that registers hold of a person, oldest first, with runs and courses."""
    return (
        select(Mark)
        .join(Mark.session)
        .options(
            contains_eager(Mark.session)
            .joinedload(TrainingSession.run)
            .joinedload(Run.version)
            .options(joinedload(CourseVersion.course), lazyload(CourseVersion.components))
        )
        .where(Mark.person_id == person.id, says_something())
        .order_by(Mark.held_on, Mark.id)
    )


def past_completions_of(person: Person) -> Select[tuple[PastCompletion]]:
    """A person's completions that no register of ours shows, oldest first: prior learning, training elsewhere
    and what is from before the registers."""
    return (
        select(PastCompletion)
        .options(
            joinedload(PastCompletion.version).options(
                joinedload(CourseVersion.course), lazyload(CourseVersion.components)
            )
        )
        .where(PastCompletion.person_id == person.id, live(PastCompletion))
        .order_by(PastCompletion.completed_on, PastCompletion.id)
    )
