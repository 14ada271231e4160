"""How many of those whom a target counts may be here twice (4.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import ReachStep, Target, TargetKind
from app.merging import rules as merging
from app.people.models import Person, PersonKind
from app.programmes.models import Course
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages
from tests.statements import statements

SOCIAL_WORK = "Child in Need"


def okafor(first_name: str = "Joy", team: str = SOCIAL_WORK) -> Person:
    return factories.staff(first_name=first_name, last_name="Okafor", team_id=factories.team(team).id)


def walked_in() -> Person:
    """Of whom nothing says where they belong."""
    return factories.person(first_name="J", last_name="Okafor", employee_number=None, email=None)


def twice(target: Target) -> int | None:
    db.session.flush()
    (plan,) = queries.plans_for([target])
    return queries.possible_duplicates_counted(plan, as_at=clock.today())


def as_one(first: Person, second: Person) -> None:
    merging.merge(survivor=first, merged=second, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now())


def as_two(first: Person, second: Person) -> None:
    merging.keep_apart(first=first, second=second, by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now())


# --- Whom it counts ------------------------------------------------------------------------------------


def test_4_6_both_records_count_where_both_are_counted_and_one_where_one_is() -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    assert twice(target) == 0
    okafor(), okafor("J")
    assert twice(target) == 2
    walked_in()
    assert twice(target) == 2
    factories.person(kind=PersonKind.PARTNER, first_name="Ann", last_name="Lee", email=None)
    factories.person(kind=PersonKind.PARTNER, first_name="Ann", last_name="Lee", email=None)
    assert twice(target) == 2


@pytest.mark.parametrize("said", [as_one, as_two])
def test_4_6_once_they_are_merged_or_said_to_be_two_nobody_is(said: Callable[[Person, Person], None]) -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    first, second, third = okafor(), okafor(), okafor("Joyce")
    assert twice(target) == 2
    said(first, second)
    assert twice(target) == 0
    as_two(first, third)
    assert twice(target) == 0


def trained(course: Course) -> Target:
    return rules.add_target(
        code="trained", title="Trained", kind=TargetKind.PEOPLE_TRAINED, programme=course.programme,
        course=course, minimum_count=2, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip


def attended(course: Course) -> Target:
    return rules.add_target(
        code="reached", title="Reached", kind=TargetKind.REACH, reach_step=ReachStep.ATTENDED,
        programme=course.programme, minimum_count=2, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip


@pytest.mark.parametrize("made", [trained, attended])
def test_4_6_of_who_was_trained_or_reached_only_those_who_were(made: Callable[[Course], Target]) -> None:
    """The one who walked in was there; the record that she may be of was not."""
    course = factories.course(components=1)
    target = made(course)
    okafor()
    run, walker = factories.run(course, days=[clock.today()]), walked_in()
    assert twice(target) == 0
    scenes.attend(walker, run)
    assert twice(target) == 1


def test_4_6_of_a_cohort_its_members() -> None:
    scene = scenes.cohort(members=1)
    okafor()
    joy = okafor()
    assert twice(scene.target) == 0
    assert scene.cohort is not None
    rules.join(
        cohort=scene.cohort,
        person=joy,
        joined_on=scenes.LISTED_ON,
        cause="untrained",
        by=ACADEMY,
        now=LONG_AGO,
    )
    assert twice(scene.target) == 1


@pytest.mark.parametrize("kind", [TargetKind.DELIVERABLE, TargetKind.SCORE])
def test_4_6_what_counts_no_people_says_nothing(kind: TargetKind) -> None:
    target = rules.add_target(
        code="other", title="Other", kind=kind, programme=factories.programme(), by=ACADEMY, now=LONG_AGO,
        **({"minimum_count": 2, "unit": "sessions"} if kind is TargetKind.DELIVERABLE else {}),
    )  # fmt: skip
    assert twice(target) is None


# --- The page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "leads"),
    [(Role.ACADEMY_MANAGER, True), (Role.CONTRACT_MANAGER, False), (Role.BOARD_MEMBER, False)],
)
def test_4_6_the_targets_page_prints_how_many_and_leads_to_them(
    pages: Pages, role: Role, leads: bool
) -> None:
    scenes.coverage(trained=3, untrained=3)
    db.session.commit()
    pages.sign_in(factories.user(role))
    nobody = "Possible duplicates None found"
    assert nobody in pages.get("/targets/two-day").text
    okafor(), okafor("J")
    db.session.commit()
    page = pages.get("/targets/two-day")
    assert "Possible duplicates 2 records" in page.text
    found = page.links().get("2 records")
    assert found == ("/people/duplicates" if leads else None)
    if leads:
        assert "J Okafor" in pages.get(found).text


def test_it_costs_one_statement_whoever_is_counted() -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    (plan,) = queries.plans_for([scene.target])
    for more in (0, 20):
        for _ in range(more):
            okafor()
        db.session.flush()
        with statements() as asked:
            queries.possible_duplicates_counted(plan, as_at=clock.today())
        assert len(asked) == 1
