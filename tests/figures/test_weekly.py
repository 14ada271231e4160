"""A year of a figure, week by week, is what the figure says of each of those days (4.4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.core.db import db, record
from app.figures import queries
from app.figures.models import Milestone, Target
from app.figures.queries import periods
from app.figures.queries.weekly import planned_line, since_it_began, weekly
from app.people.models import Spell
from app.programmes.models import CourseSettings
from tests import factories
from tests.bench import academy
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import LISTED_ON
from tests.statements import statements

JANUARY = date(2022, 1, 3)
MARCH = date(2022, 3, 31)


def said(target: Target, on: date, known_at: datetime | None = None) -> tuple[int, int | None, int | None]:
    figure = queries.figure(target, as_at=on, known_at=known_at)
    return figure.numerator, figure.denominator, figure.required


@pytest.mark.parametrize(("validity", "days_ago"), [(None, 45), (6, None)])
def test_4_4_each_week_is_what_the_figure_says(validity: int | None, days_ago: int | None) -> None:
    size = academy.Size(people=80, teams=4, runs=20, bookings=700, marks=1_900, accounts=5)
    academy.fill(db.session.connection(), size)
    db.session.execute(update(CourseSettings).values(validity_months=validity))
    some_leave()
    last = clock.today()
    known_at = clock.now() - timedelta(days=days_ago) if days_ago else None
    targets = list(db.session.scalars(queries.targets(as_at=last)))
    lines = [weekly(one, first=last - timedelta(days=700), last=last, known_at=known_at) for one in targets]
    for number in (0, 30, 61, 87, 100):
        on = lines[0][number].on
        for figure, line in zip(queries.figures(targets, as_at=on, known_at=known_at), lines, strict=True):
            point = line[number]
            assert (figure.code, figure.numerator, figure.denominator, figure.required, figure.shown) == (
                figure.code,
                point.complete,
                point.in_scope,
                point.required,
                point.shown,
            )
    assert sum(len({point.complete for point in line}) > 5 for line in lines) >= 2


def some_leave() -> None:
    """A tenth of the spells that go on end some time in the year; who is in a cohort leaves it by that."""
    random = Random(1)
    for spell in db.session.scalars(
        select(Spell).where(Spell.last_day.is_(None), Spell.superseded_at.is_(None))
    ):
        if random.random() < 0.1:
            spell.last_day = max(spell.first_day, clock.today() - timedelta(days=random.randrange(330)))
    db.session.flush()


def test_4_8_the_last_day_is_a_point_of_its_own() -> None:
    scene = scenes.cohort(members=2)
    scenes.complete(scene.people[0], scene.course, MARCH)
    points = weekly(scene.target, first=LISTED_ON, last=MARCH)
    assert [one.on for one in points][-2:] == [date(2022, 3, 30), MARCH]
    assert [one.complete for one in points][-2:] == [0, 1]
    assert (points[-1].in_scope, points[-1].required, points[-1].shown) == (2, 2, "50%")


def test_u06_a_cohorts_member_who_left_and_came_back() -> None:
    scene = scenes.cohort(members=1)
    person = scene.people[0]
    (spell,) = db.session.scalars(select(Spell).where(Spell.person_id == person.id))
    spell.last_day = date(2022, 2, 11)
    factories.spell(person, first_day=date(2022, 3, 1))
    points = weekly(scene.target, first=date(2022, 2, 4), last=date(2022, 3, 4))
    assert [one.in_scope for one in points] == [1, 1, 0, 0, 1]
    assert [(one.complete, one.in_scope, one.required) for one in points] == [
        said(scene.target, one.on) for one in points
    ]


def test_4_3_a_completion_that_runs_out_and_is_renewed() -> None:
    scene = scenes.coverage(trained=0, untrained=1)
    db.session.execute(update(CourseSettings).values(validity_months=1))
    for on in (date(2022, 1, 10), date(2022, 1, 31), date(2022, 5, 2)):
        scenes.complete(scene.people[0], scene.course, on)
    points = weekly(scene.target, first=date(2022, 1, 3), last=date(2022, 6, 6))
    assert [one.complete for one in points] == [said(scene.target, one.on)[0] for one in points]
    held = [one.on for one in points if one.complete]
    assert (held[0], held[-1]) == (date(2022, 1, 10), date(2022, 5, 30))
    assert date(2022, 2, 28) in held
    assert date(2022, 3, 7) not in held


def test_4_4_a_late_mark_changes_the_week_only_as_known_later() -> None:
    scene = scenes.cohort(members=1)
    marked_at = clock.end_of_day(date(2022, 4, 6))
    scenes.complete(scene.people[0], scene.course, date(2022, 3, 29), recorded_at=marked_at)
    for known_at, complete in ((clock.end_of_day(MARCH), 0), (marked_at, 1), (None, 1)):
        assert weekly(scene.target, first=MARCH, last=MARCH, known_at=known_at)[0].complete == complete


def test_a_year_is_as_many_statements_as_a_week() -> None:
    scene = scenes.coverage(trained=2, untrained=1)
    with statements() as week:
        weekly(scene.target, first=MARCH, last=MARCH)
    for person in [factories.staff() for _ in range(20)]:
        scenes.complete(person, scene.course)
    with statements() as year:
        weekly(scene.target, first=MARCH - timedelta(days=364), last=MARCH)
    assert len(year) <= len(week)


def test_t07_milestones_are_the_planned_line() -> None:
    scene = scenes.cohort(members=10)
    for due_on, values in (
        (date(2022, 2, 28), {"minimum_percent": Decimal(45), "title": "Half-way"}),
        (date(2022, 1, 31), {"minimum_count": 2}),
    ):
        record(Milestone(target_id=scene.target.id, due_on=due_on, **values), by="Tests", now=LONG_AGO)
    db.session.flush()

    def of(known_at: datetime | None = None) -> list[Milestone]:
        return queries.milestones_of([scene.target.id], known_at).get(scene.target.id, [])

    found = planned_line(of(), in_scope=10)
    assert [(one.on, one.complete, one.words) for one in found] == [
        (date(2022, 1, 31), 2, "2"),
        (date(2022, 2, 28), 5, "Half-way: 45% (5)"),
    ]
    assert of(LONG_AGO - timedelta(days=1)) == []


def test_an_empty_cohort_has_a_line_of_nobody() -> None:
    scene = scenes.cohort(members=0)
    (point,) = weekly(scene.target, first=MARCH, last=MARCH)
    assert (point.complete, point.in_scope, point.required, point.shown) == (0, 0, None, queries.NO_ONE)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], []),
        ([(1, 3), (2, 5), (7, 9)], [(1, 5), (7, 9)]),
        ([(5, 4), (1, 1)], [(1, 1)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
    ],
)
def test_periods_together(given: list[tuple[int, int]], found: list[tuple[int, int]]) -> None:
    def days(pairs: list[tuple[int, int]]) -> list[tuple[date, date]]:
        return [(date(2022, 1, first), date(2022, 1, last)) for first, last in pairs]

    assert periods.together(days(given)) == days(found)


def test_a_chart_begins_with_the_programme_or_with_the_first_completion() -> None:
    """A year of noughts before them says nothing; the line begins at the last of them."""
    scene = scenes.cohort(members=2)
    year = weekly(scene.target, first=date(2021, 3, 1), last=date(2022, 2, 28))
    assert since_it_began(year, None) == year
    assert since_it_began(year, date(2022, 2, 1))[0].on == date(2022, 1, 31)
    assert since_it_began(year, date(2023, 1, 1)) == year
    scenes.complete(scene.people[0], scene.course, date(2022, 1, 26))
    earlier = weekly(scene.target, first=date(2021, 3, 1), last=date(2022, 2, 28))
    found = since_it_began(earlier, date(2022, 2, 14))
    assert [(one.on, one.complete) for one in found[:2]] == [(date(2022, 1, 24), 0), (date(2022, 1, 31), 1)]
