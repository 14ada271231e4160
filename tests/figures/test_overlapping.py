"""Small groups are hidden in each target by itself, and whoever sets up a second one is told so. (BM-05)"""

from __future__ import annotations

from typing import Any

import pytest

from app.core import clock
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Population, ReachStep, Target, TargetKind
from app.people.models import EmploymentType
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY, Scene
from tests.pages import Pages

SAID = "Some of the people of “Two-day training” are counted here, too. Small groups"


@pytest.fixture
def scene() -> Scene:
    """A target of the practitioners in post, of whom one leads a team."""
    found = scenes.coverage(trained=3, untrained=3)
    factories.staff(role_group_id=factories.role_group("Team Manager").id)
    return found


def population(**entries: Any) -> Population:
    return rules.add_population(
        code="other", name="Others", entries=rules.Entries(**entries), by=ACADEMY, now=clock.now()
    )


def target(scene: Scene, **values: Any) -> Target:
    asked = {"programme": scene.course.programme, "course": scene.course} | values
    return rules.add_target(code="third", title="A third", by=ACADEMY, now=clock.now(), **asked)


def add(pages: Pages, scene: Scene, counted: Population) -> str:
    """Set up a second target of the same course through its page; what the next page says."""
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    typed = {
        "title": "Another",
        "code": "another",
        "programme": str(scene.course.programme_id),
        "population": str(counted.id),
        "course": str(scene.course.id),
    }
    page = pages.submit(pages.get("/targets/new/coverage"), typed)
    assert page.errors == []
    return page.text


def test_bm05_who_sets_up_a_target_of_some_of_the_same_people_is_told(pages: Pages, scene: Scene) -> None:
    both = [factories.role_group(), factories.role_group("Team Manager")]
    assert SAID in add(pages, scene, population(role_groups=both))
    page = pages.submit(pages.get("/targets/another/edit"), {"title": "One more"})
    assert SAID in page.text


def test_bm05_of_other_people_or_the_same_population_nothing_is_said(pages: Pages, scene: Scene) -> None:
    managers = population(role_groups=[factories.role_group("Team Manager")])
    assert "Small groups" not in add(pages, scene, managers)
    assert scene.population is not None
    again = target(scene, kind=TargetKind.COVERAGE, population=scene.population)
    assert queries.overlapping_targets(again, on=clock.today()) == []


def test_bm05_a_cohort_counts_some_of_the_same_people_for_a_course_that_it_requires(scene: Scene) -> None:
    listed = rules.add_cohort(
        code="listed", name="A list", requirements={"new": [scene.course]}, by=ACADEMY, now=clock.now()
    )
    of_cohort = target(scene, kind=TargetKind.COHORT, cohort=listed, course=None)
    on = clock.today()
    assert queries.overlapping_targets(of_cohort, on=on) == []
    rules.join(cohort=listed, person=scene.people[0], cause="new", joined_on=on, by=ACADEMY, now=clock.now())
    assert queries.overlapping_targets(of_cohort, on=on) == [scene.target]
    assert queries.overlapping_targets(scene.target, on=on) == [of_cohort]


def test_bm05_how_many_are_in_a_group_is_the_same_for_another_course(scene: Scene) -> None:
    other = factories.course(programme=scene.course.programme)
    counted = population(employment_types=[EmploymentType.EMPLOYEE])
    made = target(scene, kind=TargetKind.COVERAGE, course=other, population=counted)
    assert queries.overlapping_targets(made, on=clock.today()) == [scene.target]


@pytest.mark.parametrize(
    ("course", "of", "is_told"),
    [
        ("the same", "employees", True),
        ("the same", "everybody", False),
        ("another", "employees", False),
        ("every", "employees", True),
        ("every of another programme", "employees", False),
    ],
)
def test_bm05_targets_for_reach_of_other_populations_are_told(
    scene: Scene, course: str, of: str, is_told: bool
) -> None:
    """Everybody whom one course reached, and the employees or everybody, of this or another course."""
    everybody = rules.add_target(
        code="reach", title="Reach", kind=TargetKind.REACH, reach_step=ReachStep.ATTENDED, minimum_count=30,
        programme=scene.course.programme, course=scene.course, by=ACADEMY, now=clock.now(),
    )  # fmt: skip
    counted = population(employment_types=[EmploymentType.EMPLOYEE]) if of == "employees" else None
    elsewhere = factories.course() if course == "every of another programme" else scene.course
    courses = {"the same": scene.course, "another": factories.course(programme=scene.course.programme)}
    made = target(
        scene, kind=TargetKind.REACH, reach_step=ReachStep.INVITED, minimum_count=30,
        programme=elsewhere.programme, course=courses.get(course), population=counted,
    )  # fmt: skip
    on = clock.today()
    assert queries.overlapping_targets(made, on=on) == ([everybody] if is_told else [])
    assert queries.overlapping_targets(everybody, on=on) == ([made] if is_told else [])


@pytest.mark.parametrize("what", ["a flow", "a target that has ended"])
def test_bm05_what_has_no_breakdown_beside_it_is_not_told(scene: Scene, what: str) -> None:
    employees = {"kind": TargetKind.COVERAGE}
    employees |= {"population": population(employment_types=[EmploymentType.EMPLOYEE])}
    on = clock.today()
    if what == "a flow":
        made = target(scene, kind=TargetKind.PEOPLE_TRAINED)
    else:
        made = target(scene, **employees)
        assert queries.overlapping_targets(made, on=on) == [scene.target]
        rules.end_target(target=scene.target, last_day=on, reason="Over", by=ACADEMY, now=clock.now())
        on = on.replace(year=on.year + 1)
    assert queries.overlapping_targets(made, on=on) == []
