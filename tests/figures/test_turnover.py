"""Turnover, and the coverage that leavers take with them (4.13)."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from app.core import clock
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import Target, TargetKind
from app.figures.queries import breakdown, figure
from app.figures.queries.figure import Group
from app.figures.queries.turnover import (
    Turnover,
    coverage_lost,
    turnover,
    turnover_in_all,
    with_small_together,
)
from app.people.models import EmploymentType
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.pages import Pages

DAY = date(2022, 3, 31)


def of_social_workers(as_at: date = DAY, known_at: datetime | None = None) -> tuple[int, int]:
    found = {one.role: (one.leavers, one.in_post) for one in turnover(as_at=as_at, known_at=known_at)}
    return found.get("Social Worker", (0, 0))


@pytest.mark.parametrize(
    ("last_day", "leavers", "in_post"),
    [
        (date(2021, 3, 31), 0, 1),
        (date(2021, 4, 1), 1, 1),
        (date(2022, 3, 30), 1, 1),
        (DAY, 1, 2),  # the last day still counts, and the employment has ended with it
        (date(2022, 4, 1), 0, 2),
    ],
)
def test_4_13_the_twelve_months_to_the_day(last_day: date, leavers: int, in_post: int) -> None:
    factories.staff()
    factories.staff(last_day=last_day)
    assert of_social_workers() == (leavers, in_post)


def test_4_13_who_moves_does_not_leave_and_who_comes_back_later_did() -> None:
    moved, returned = (factories.staff(last_day=date(2021, 12, 31)) for _ in range(2))
    factories.spell(
        moved,
        first_day=date(2022, 1, 1),
        employed_from=date(2019, 1, 1),
        role_group_id=factories.role_group("Manager").id,
    )
    factories.spell(returned, first_day=date(2022, 1, 2))
    assert of_social_workers() == (1, 1)
    assert turnover_in_all(turnover(as_at=DAY)).leavers == 1


def test_4_13_employees_alone_and_each_person_once() -> None:
    factories.staff(last_day=DAY - timedelta(days=30), employment_type=EmploymentType.AGENCY)
    twice = factories.staff(last_day=date(2021, 6, 30))
    factories.spell(twice, first_day=date(2021, 9, 1), last_day=date(2022, 2, 28))
    assert of_social_workers() == (1, 0)


def test_4_13_as_known_before_the_leaving_was_recorded() -> None:
    recorded_at = clock.end_of_day(DAY)
    factories.staff(last_day=date(2022, 2, 28), recorded_at=recorded_at)
    assert of_social_workers(known_at=recorded_at - timedelta(hours=1)) == (0, 0)
    assert of_social_workers(known_at=recorded_at) == (1, 0)


@pytest.mark.parametrize(
    ("leavers", "in_post", "shown"),
    [
        (30, 200, "15%"),
        (3, 20, "15%"),
        (3, 19, "16% (n = 19)"),
        (0, 5, "0% (n = 5)"),
        (2, 0, "nobody in post, 2 left"),
    ],
)
def test_4_13_small_groups_say_how_many_they_are(leavers: int, in_post: int, shown: str) -> None:
    assert Turnover("Social Worker", leavers, in_post).shown == shown


def test_4_13_coverage_lost_to_leavers() -> None:
    scene = scenes.coverage(trained=5, untrained=7)
    trained_leavers = [factories.staff(last_day=date(2022, 1, 31)) for _ in range(2)]
    factories.staff(last_day=date(2022, 1, 31))
    for person in trained_leavers:
        scenes.complete(person, scene.course)
    scenes.complete(factories.staff(last_day=date(2021, 3, 31)), scene.course)
    other = factories.staff(last_day=date(2022, 1, 31), role_group_id=factories.role_group("Cook").id)
    scenes.complete(other, scene.course)
    found = coverage_lost({scene.target: figure(scene.target, as_at=DAY)}, as_at=DAY)[scene.target.id]
    assert (found.trained_leavers, found.in_scope) == (2, 12)
    assert found.words == "Coverage lost to leavers in 12 months: 2 trained people, 17% of the 12 counted"
    told = figure(scene.target, as_at=DAY).for_the_board()
    of_few = coverage_lost({scene.target: told}, as_at=DAY)[scene.target.id]
    few = "fewer than 5 trained people"
    assert of_few.words == f"Coverage lost to leavers in 12 months: {few}, of the 12 counted"
    nobody_now = replace(of_few, in_scope=0)
    assert nobody_now.words == f"{few.capitalize()} left in 12 months; no one is in scope now"


@pytest.mark.parametrize(
    ("sizes", "found"),
    [
        ({"A": 20, "B": 30}, ["A 20", "B 30"]),
        ({"A": 20, "B": 3, "C": 9}, ["A 20", "Other role groups 12"]),
        ({"A": 20, "B": 3, "C": 2}, ["A 20", "Other role groups 5"]),
        ({"A": 3}, []),
        ({"A": 3, "B": 2}, ["Other role groups 5"]),
        # Two of 4 are eight, which nothing else can be.
        ({"A": 4, "B": 4, "C": 12, "D": 35}, ["D 35", "Other role groups 20"]),
    ],
)
def test_bm05_small_role_groups_stand_together(sizes: dict[str, int], found: list[str]) -> None:
    rows = [Turnover(role, 9, size) for role, size in sizes.items()]
    assert [f"{one.role} {one.in_post}" for one in with_small_together(rows, [])] == found


@pytest.mark.parametrize(
    ("left", "found"),
    [
        ({"A": 6, "B": 0, "C": 9}, ["A 6", "B 0", "C 9"]),
        # What left all of them is told too: less A and C it would be B.
        ({"A": 6, "B": 1, "C": 9}, ["C 9", "Other role groups 7"]),
        ({"A": 2, "B": 3, "C": 9, "D": 0}, ["C 9", "D 0", "Other role groups 5"]),
        ({"A": 2, "B": 0, "C": 0}, ["A fewer than 5", "B 0", "C 0"]),
        ({"A": 2, "B": 2}, ["Other role groups fewer than 5"]),
    ],
)
def test_bm05_role_groups_that_few_left_stand_together(left: dict[str, int], found: list[str]) -> None:
    told = with_small_together([Turnover(role, number, 30) for role, number in left.items()], [])
    assert [f"{one.role} {one.left}" for one in told] == found
    in_all, everybody = turnover_in_all(told), sum(left.values())
    assert (in_all.left, in_all.is_hidden) == (
        (everybody, False) if everybody > 4 else ("fewer than 5", True)
    )
    assert all((one.shown == "not shown") is one.is_hidden for one in told)


WORK = {"North": set("ACEG"), "South": set("BDFH")}


def test_bm05_breakdowns_and_turnover_together_tell_the_size_of_no_small_role_group() -> None:
    """Two courses of the same people, and role groups that neither counts, of random sizes: solved as sums of
    which some are known."""
    chance, like = random.Random(82), figure(scenes.coverage(trained=1, untrained=0).target, as_at=DAY)
    solved = 0
    for _ in range(300):
        sizes = {role: chance.choice([1, 2, 3, 4, *range(5, 20)]) for role in "ABCDEFGH"}
        counted = set(list(sizes)[: chance.randint(2, 8)])
        beside = [replace(like, groups=_groups(sizes, counted, chance)) for _ in range(2)]
        rows = with_small_together([Turnover(role, 0, size) for role, size in sizes.items()], beside)
        own = {one.role for one in rows} & sizes.keys()
        sums = [{role} for role in own] + [sizes.keys() - own]
        headlines = [sizes.keys(), counted]
        for one in beside:
            found = breakdown(one, sees_names=False)
            sums += [{part.name} for part in found.roles if not part.is_hidden]
            sums += [counted & WORK[part.name] for part in found.services if not part.is_hidden]
        small = {role for role, size in sizes.items() if size < 5}
        told = small & _known([*sums, *headlines], list(sizes)) - _known(headlines, list(sizes))
        assert not told, (sizes, counted, sums)
        solved += bool(small and own)
    assert solved > 200


def _groups(sizes: dict[str, int], counted: set[str], chance: random.Random) -> tuple[Group, ...]:
    """Those who are counted, one group for each of their role groups."""
    return tuple(
        Group(service, None, role, None, sizes[role], complete=chance.randint(0, sizes[role]), booked=0)
        for service, roles in WORK.items()
        for role in sorted(roles & counted)
    )


def _known(sums: Sequence[Collection[str]], unknown: Sequence[str]) -> set[str]:
    """What follows by adding and subtracting alone where these sums of unknown numbers are given."""
    rows = [[Fraction(one in of) for one in unknown] for of in sums]
    done = 0
    for column in range(len(unknown)):
        pivot = next((row for row in rows[done:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot = [value / pivot[column] for value in pivot]
        rows = [[a - row[column] * b for a, b in zip(row, pivot, strict=True)] for row in rows]
        rows.insert(done, pivot)
        done += 1
    alone = [[bool(value) for value in row] for row in rows]
    return {unknown[row.index(True)] for row in alone if sum(row) == 1}


def several_roles() -> Target:
    """Support Worker 3 takes Chair 13 with it. The 12 Officers, who are smaller, are not counted: they would
    stand together with the 3, and the 13 below would tell of them."""
    counted = {"Social Worker": 35, "Support Worker": 3, "Child Protection Chair": 13}
    for role, number in {**counted, "Officer": 12}.items():
        for _ in range(number):
            factories.staff(role_group_id=factories.role_group(role).id)
    course = factories.course(components=1)
    several = rules.add_population(
        code="several",
        name="Several roles",
        entries=rules.Entries(
            role_groups=[factories.role_group(role) for role in counted],
            employment_types=[EmploymentType.EMPLOYEE],
        ),
        by=scenes.ACADEMY,
        now=LONG_AGO,
    )
    return rules.add_target(
        code="several", title="Several roles", kind=TargetKind.COVERAGE, programme=course.programme,
        course=course, population=several, by=scenes.ACADEMY, now=LONG_AGO,
    )  # fmt: skip


def test_bm05_role_groups_that_the_breakdown_hides_stand_together_in_the_turnover_below_it(
    pages: Pages,
) -> None:
    several_roles()
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get(f"/targets/several/breakdown?as_at={DAY}")
    by_role, turnover_below = page.text.split("Turnover by role group", 1)
    assert "Child Protection Chair not shown" in by_role
    assert "Child Protection Chair" not in turnover_below
    assert "Other role groups" in turnover_below


@pytest.mark.parametrize("path", ["breakdown", "breakdown.csv"])
def test_bm05_a_board_reads_the_groups_of_an_ended_target_as_at_its_last_day(pages: Pages, path: str) -> None:
    """On a later day no other turnover knows what its breakdown hides; the manager reads both."""
    rules.end_target(target=several_roles(), last_day=DAY, reason="It ended", by=scenes.ACADEMY, now=LONG_AGO)
    for role, day in ((Role.BOARD_MEMBER, DAY), (Role.ACADEMY_MANAGER, DAY + timedelta(days=3))):
        pages.sign_in(factories.user(role))
        page = pages.get(f"/targets/several/{path}?as_at={DAY + timedelta(days=3)}")
        assert page.response.request.args["as_at"] == day.isoformat(), role
