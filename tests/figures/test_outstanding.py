"""Which marks are outstanding for a target: those of the people whom it counts, and of nobody else (4.12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from app.core.db import db
from app.figures import queries, rules
from app.figures.models import Target, TargetKind
from app.people.models import EmploymentType, Person
from app.programmes.models import Course
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY, LISTED_ON, Scene
from tests.statements import statements

HELD = [date(2022, 2, 21), date(2022, 2, 22)]
TODAY = date(2022, 2, 28)


def unmarked(course: Course, *people: Person) -> None:
    """Each had a place on both days, of which the register says nothing."""
    run = factories.run(course, days=HELD, capacity=100)
    for person in people:
        factories.booking(run, person)
    db.session.flush()


def outstanding(*targets: Target, as_at: date = TODAY) -> list[int]:
    found = [one.outstanding_marks for one in queries.figures(targets, as_at=as_at)]
    assert {type(number) for number in found} == {int}  # the sum of a database may be a decimal number
    return found


def trained(course: Course) -> Target:
    return rules.add_target(
        code="trained",
        title="Trained",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=course.programme,
        course=course,
        minimum_count=3,
        by=ACADEMY,
        now=LONG_AGO,
    )


def member(scene: Scene) -> Person:
    return scene.people[0]


def left_by(day: date) -> Callable[[Scene], Person]:
    def leaver(scene: Scene) -> Person:
        scenes.leave(scene, scene.people[0], on=day)
        return scene.people[0]

    return leaver


def joining(day: date) -> Callable[[Scene], Person]:
    return lambda scene: scenes.join(scene, 1, on=day)[0]


def out_of_work(scene: Scene) -> Person:
    scene.people[0].spells[0].last_day = TODAY - timedelta(days=1)
    return scene.people[0]


def stranger(scene: Scene) -> Person:
    return factories.staff()


@pytest.mark.parametrize(
    ("whose", "marks"),
    [
        (member, 2),
        (stranger, 0),
        (left_by(TODAY), 0),
        (left_by(TODAY + timedelta(days=1)), 2),
        (joining(TODAY), 2),
        (joining(TODAY + timedelta(days=1)), 0),
        (out_of_work, 0),
    ],
    ids=["member", "stranger", "left", "leaves later", "joined today", "joins later", "out of work"],
)
def test_4_12_of_a_cohort_only_its_members_marks(whose: Callable[[Scene], Person], marks: int) -> None:
    """Whoever came besides can't change the colour; those who are trained by the course may be anybody."""
    scene = scenes.cohort(members=2)
    person = whose(scene)
    unmarked(scene.course, person)
    assert outstanding(scene.target, trained(scene.course)) == [marks, 2]


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ({}, 2),
        ({"first_day": TODAY, "last_day": TODAY}, 2),
        ({"first_day": TODAY + timedelta(days=1)}, 0),
        ({"last_day": TODAY - timedelta(days=1)}, 0),
        ({"employment_type": EmploymentType.AGENCY}, 0),
        ({"role_group_id": None}, 0),
    ],
    ids=["in post", "for a day", "to come", "left", "agency", "another role"],
)
def test_4_12_of_a_population_only_the_marks_of_those_in_it_on_the_day(
    values: dict[str, object], marks: int
) -> None:
    scene = scenes.coverage(trained=1, untrained=1, percent="80")
    unmarked(scene.course, factories.staff(**values), factories.partner())
    assert outstanding(scene.target) == [marks]


def test_4_12_a_register_unmarked_for_somebody_else_is_no_reason_to_wait() -> None:
    scene = scenes.cohort(members=2, percent="100")
    unmarked(scene.course, factories.staff())
    scenes.complete(scene.people[0], scene.course)
    figure = queries.figure(scene.target, as_at=TODAY)
    assert figure.verdict is not None
    assert (figure.verdict.words, figure.outstanding_marks) == ("Red", 0)


def test_4_12_of_a_member_only_the_courses_that_they_need() -> None:
    """New staff need the 2-day course; those who are upskilled need another."""
    scene = scenes.cohort(members=1)
    other = factories.course(programme=scene.course.programme)
    assert scene.cohort is not None
    rules.change_cohort(
        cohort=scene.cohort,
        name=scene.cohort.name,
        requirements={"untrained": [scene.course], "upskill": [other]},
        reason="Both",
        by=ACADEMY,
        now=LONG_AGO + timedelta(days=1),
    )
    unmarked(other, scene.people[0])
    assert outstanding(scene.target) == [0]
    (upskilled,) = _join_to_upskill(scene)
    unmarked(other, upskilled)
    unmarked(scene.course, upskilled, scene.people[0])
    assert outstanding(scene.target) == [4]


def _join_to_upskill(scene: Scene) -> list[Person]:
    person = factories.staff()
    assert scene.cohort is not None
    rules.add_people(
        cohort=scene.cohort,
        typed=str(person.employee_number),
        joined_on=LISTED_ON,
        cause="upskill",
        by=ACADEMY,
        now=LONG_AGO,
    )
    return [person]


def test_4_12_each_place_once_however_far_somebody_is_and_by_where_they_work() -> None:
    """One is complete, has two places of two days, and a third that is to come."""
    scene = scenes.coverage(trained=1, untrained=2, percent="80")
    unmarked(scene.course, scene.people[0])
    unmarked(scene.course, *scene.people[:2])
    factories.booking(factories.run(scene.course, days=[date(2022, 3, 8), date(2022, 3, 9)]), scene.people[2])
    figures = queries.figures([scene.target], as_at=TODAY, has_groups=True)
    assert [one.outstanding_marks for one in figures] == [6]
    assert [(one.in_scope, one.complete) for one in figures[0].groups] == [(3, 1)]


def test_the_marks_of_several_targets_are_counted_at_once() -> None:
    """Of three targets of one course, in as many statements as those of one person ask."""
    scene = scenes.cohort(members=2)
    population = scenes.practitioners()
    coverage = rules.add_target(
        code="two-day",
        title="Two-day training",
        kind=TargetKind.COVERAGE,
        programme=scene.course.programme,
        course=scene.course,
        population=population,
        by=ACADEMY,
        now=LONG_AGO,
    )
    targets = [scene.target, coverage, trained(scene.course)]
    asked = []
    for count in (1, 5):
        unmarked(scene.course, scene.people[0], *(factories.staff() for _ in range(count)))
        unmarked(scene.course, factories.partner())
        with statements() as counted:
            found = outstanding(*targets)
        asked.append(len(counted))
    assert found == [4, 16, 20]
    assert asked[0] == asked[1]
