"""Small academies to count in: a population with a target, a cohort with one, and completions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.core.db import db, record
from app.figures import queries, rules
from app.figures.models import Cohort, Population, Target, TargetKind
from app.learning.models import Mark, MarkStatus, PastCompletion
from app.people.models import EmploymentType, Person
from app.programmes.models import Course
from tests import factories
from tests.factories import LONG_AGO

LISTED_ON = date(2022, 1, 26)
ACADEMY = factories.actor(name="Academy")


@dataclass
class Scene:
    target: Target
    course: Course
    people: list[Person] = field(default_factory=list)
    cohort: Cohort | None = None
    population: Population | None = None


def practitioners() -> Population:
    """The employees whose role group is Social Worker."""
    return rules.add_population(
        code="practitioners",
        name="Practitioners in post",
        entries=rules.Entries(
            role_groups=[factories.role_group()], employment_types=[EmploymentType.EMPLOYEE]
        ),
        by=ACADEMY,
        now=LONG_AGO,
    )


def coverage(
    *,
    trained: int,
    untrained: int,
    percent: str | None = None,
    code: str = "two-day",
    deadline: date | None = None,
) -> Scene:
    """A coverage target of a 2-day course over the practitioners in post."""
    course = factories.course(title="Signs of Safety 2-day")
    population = practitioners()
    target = rules.add_target(
        code=code,
        title="Two-day training",
        kind=TargetKind.COVERAGE,
        programme=course.programme,
        course=course,
        population=population,
        minimum_percent=Decimal(percent) if percent else None,
        deadline=deadline,
        by=ACADEMY,
        now=LONG_AGO,
    )
    people = [factories.staff() for _ in range(trained + untrained)]
    for person in people[:trained]:
        complete(person, course)
    return Scene(target, course, people, population=population)


def cohort(*, members: int, percent: str = "80", deadline: date = date(2022, 3, 31), **values: Any) -> Scene:
    """A cohort listed on 26 January 2022, whose members are untrained and need the 2-day course."""
    course = factories.course(title="Signs of Safety 2-day")
    listed = rules.add_cohort(
        code="new-and-upskill",
        name="New staff and upskilling",
        requirements={"untrained": [course]},
        by=ACADEMY,
        now=LONG_AGO,
        **values,
    )
    target = rules.add_target(
        code="new-and-upskill",
        title="New staff and upskilling",
        kind=TargetKind.COHORT,
        programme=course.programme,
        cohort=listed,
        minimum_percent=Decimal(percent),
        deadline=deadline,
        by=ACADEMY,
        now=LONG_AGO,
    )
    scene = Scene(target, course, cohort=listed)
    scene.people = join(scene, members, on=LISTED_ON)
    return scene


def join(scene: Scene, count: int, *, on: date) -> list[Person]:
    """So many more join a scene's cohort on a day."""
    assert scene.cohort is not None
    people = [factories.staff() for _ in range(count)]
    if people:
        typed = "\n".join(str(person.employee_number) for person in people)
        rules.add_people(
            cohort=scene.cohort, typed=typed, joined_on=on, cause="untrained", by=ACADEMY, now=LONG_AGO
        )
    return people


def leave(scene: Scene, person: Person, *, on: date, cause: str = "role change") -> None:
    """Somebody leaves a scene's cohort on a day."""
    assert scene.cohort is not None
    membership = db.session.scalars(queries.memberships_after(scene.cohort, [person.id], date.max)).one()
    rules.leave(
        membership=membership,
        left_on=on,
        cause=cause,
        reason="Agreed",
        by=ACADEMY,
        now=LONG_AGO + timedelta(days=1),
    )


def rejoin(scene: Scene, person: Person, *, on: date) -> None:
    """Somebody who left a scene's cohort is put on its list again."""
    assert scene.cohort is not None
    rules.join(cohort=scene.cohort, person=person, joined_on=on, cause="untrained", by=ACADEMY, now=LONG_AGO)


def complete(
    person: Person, course: Course, on: date = date(2021, 3, 1), recorded_at: datetime | None = None
) -> None:
    """A completion from before the registers."""
    past = PastCompletion(
        person_id=person.id, version_id=course.latest_version.id, completed_on=on, source="Spreadsheet"
    )
    record(past, by="Tests", now=recorded_at or LONG_AGO)
    db.session.flush()


def attend(person: Person, run: Any, *, days: int | None = None, recorded_at: datetime | None = None) -> None:
    """A counting mark in each session of a run, or in the first `days` of them."""
    for session in run.sessions[:days]:
        mark = Mark(
            person_id=person.id,
            session_id=session.id,
            version_id=run.version_id,
            component=session.component_number,
            status=MarkStatus.ATTENDED,
            counts=True,
            held_on=session.held_on,
            opens_on=None,
        )
        record(mark, by="Tests", now=recorded_at or LONG_AGO)
    db.session.flush()
