"""A team that moved to another service, an organisation in another sector: what figures say of it. (4.4)"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import ReachStep, Target, TargetKind
from app.figures.queries.reached import ALL, reach_by_sector
from app.learning.models import MarkStatus
from app.people import queries as queries_of_people
from app.people import rules as people
from app.people.models import Sector, Team
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.places import mark
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

SEPTEMBER, OCTOBER = date(2021, 9, 30), date(2021, 10, 1)
NOVEMBER = date(2021, 11, 28)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_a_day_in_november(travel_to: Callable[..., None]) -> None:
    travel_to(f"{NOVEMBER} 10:00")


@pytest.fixture
def north() -> Team:
    return factories.team("North", "Early Help")


@pytest.fixture
def target(north: Team) -> Target:
    """Coverage of the staff of Early Help: 2 of 3 in the team North, and 1 of 2 in the team South."""
    course = factories.course()
    for team, trained, of in ((north, 2, 3), (factories.team("South", "Early Help"), 1, 2)):
        for number in range(of):
            person = factories.staff(team_id=team.id)
            if number < trained:
                scenes.complete(person, course, date(2021, 6, 1))
    population = rules.add_population(
        code="early-help", name="Early Help staff", by=ACADEMY, now=LONG_AGO,
        entries=rules.Entries(services=[factories.service("Early Help")]),
    )  # fmt: skip
    return rules.add_target(
        code="eh-2day", title="Early Help", kind=TargetKind.COVERAGE, programme=course.programme,
        course=course, population=population, minimum_percent=Decimal(65), deadline=date(2021, 10, 31),
        by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip


def move(team: Team, **when: Any) -> None:
    service = factories.service("Fostering")
    people.edit_team(team=team, name=team.name, service=service, by=ACADEMY, now=clock.now(), **when)
    db.session.commit()


def counts(target: Target, as_at: date, known_at: datetime | None = None) -> str:
    found = queries.figure(target, as_at=as_at, known_at=known_at)
    return f"{found.numerator} of {found.denominator}"


def test_4_4_what_was_known_stays_when_a_team_moves_to_another_service(
    run_command: Any, pages: Pages, travel_to: Callable[..., None], target: Target, north: Team
) -> None:
    """Through the page and the command: the day before the move counts the team, known then or now."""
    before = ("--as-at", f"{NOVEMBER}", "--known-at", f"{NOVEMBER}T10:30")

    def said(*dates: str) -> tuple[int, int]:
        (found,) = json.loads(run_command("figures", "--target", "eh-2day", "--json", *dates).stdout)
        return found["numerator"], found["denominator"]

    assert said(*before) == (3, 5)
    travel_to(f"{NOVEMBER} 11:00")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/teams/{north.id}/edit")
    moved = {
        "service": str(factories.service("Fostering").id),
        "first_day-day": "1",
        "first_day-month": "10",
        "first_day-year": "2021",
    }
    db.session.commit()
    page = pages.submit(pages.get(page.path), moved)
    assert "Fostering" in page.text
    assert "In this service from: 1 October 2021" in pages.get(f"/teams/{north.id}/history").text
    assert said(*before) == (3, 5)
    assert said("--as-at", f"{OCTOBER}", "--known-at", f"{NOVEMBER}T10:30") == (3, 5)
    assert said("--as-at", f"{OCTOBER}") == (1, 2)
    assert said("--as-at", f"{SEPTEMBER}") == (3, 5)


def test_4_4_a_move_that_is_entered_for_an_earlier_day_ends_where_the_later_one_begins(
    pages: Pages, target: Target, north: Team
) -> None:
    """The page says which move ended it, and figures by service read October and November apart."""
    move(north, first_day=date(2021, 11, 1))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    db.session.commit()
    page = pages.get(f"/teams/{north.id}/edit")
    earlier = {
        "service": str(factories.service("Youth").id),
        "first_day-day": "1",
        "first_day-month": "10",
        "first_day-year": "2021",
    }
    db.session.commit()
    page = pages.submit(page, earlier)
    assert "It moved to Fostering on 1 November 2021, as was recorded before." in page.text
    days = (SEPTEMBER, OCTOBER, date(2021, 11, 1))
    known = db.session.scalars(queries_of_people.services_of(north.id)).all()
    services = [one.service.name for on in days for one in known if one.covers(on)]
    assert services == ["Early Help", "Youth", "Fostering"]
    assert [counts(target, on) for on in days[:2]] == ["3 of 5", "1 of 2"]


def test_4_4_a_service_that_was_entered_wrongly_is_put_right_for_every_day_as_known_from_now_on(
    travel_to: Callable[..., None], target: Target, north: Team
) -> None:
    known = clock.now()
    travel_to(f"{NOVEMBER} 11:00")
    move(north, was_wrong=True)
    for day in (SEPTEMBER, NOVEMBER):
        assert (counts(target, day), counts(target, day, known)) == ("1 of 2", "3 of 5")


def test_4_4_bm02_whoever_was_in_the_team_left_the_figure_on_the_day_of_its_move(
    target: Target, north: Team
) -> None:
    """Somebody who joined the team when it had moved never was in the figure."""
    move(north, first_day=OCTOBER)
    factories.staff(team_id=north.id, first_day=OCTOBER)
    found = queries.movement(target, before=(SEPTEMBER, None), after=(NOVEMBER, None))
    numbers = {step.value: len(people) for step, people in found.people.items() if people}
    assert numbers == {"left": 3, "left-complete": 2}


def test_4_12_a_target_is_met_from_the_day_on_which_a_team_moved(target: Target) -> None:
    """65% are asked for by 31 October: 3 of 5 with the team South, and 2 of 3 without it."""
    move(factories.team("South", "Early Help"), first_day=OCTOBER)
    assert [counts(target, day) for day in (SEPTEMBER, OCTOBER)] == ["3 of 5", "2 of 3"]
    verdict = queries.figure(target, as_at=NOVEMBER).verdict
    assert verdict is not None
    assert "1 October 2021" in verdict.words + verdict.reason


def test_bm05_a_breakdown_is_by_the_services_of_the_day(target: Target, north: Team) -> None:
    everybody = scenes.coverage(trained=0, untrained=1).target
    known = clock.now()
    move(north, first_day=OCTOBER)

    def services(as_at: date, known_at: datetime | None = None) -> dict[str, int | None]:
        figure = queries.figure(everybody, as_at=as_at, known_at=known_at, has_groups=True)
        return {one.name: one.of for one in queries.breakdown(figure, sees_names=True).services}

    rest = {"Children’s Social Care": 1}
    assert services(SEPTEMBER) == {"Early Help": 5, **rest}
    assert services(OCTOBER) == {"Early Help": 2, "Fostering": 3, **rest}
    assert services(OCTOBER, known - DAY) == {"Early Help": 5, **rest}


def test_4_4_reach_by_sector_stays_as_it_was_known(travel_to: Callable[..., None]) -> None:
    school = factories.organisation("Castle Homes", "Education")
    course = factories.course(components=1)
    mark(factories.run(course, days=[date(2021, 6, 1)]), factories.partner(school), MarkStatus.ATTENDED)
    target = rules.add_target(
        code="reach", title="Reach", kind=TargetKind.REACH, programme=course.programme, course=course,
        reach_step=ReachStep.ATTENDED, minimum_count=1, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    known = clock.now()
    travel_to(f"{NOVEMBER} 11:00")
    housing = factories.named(Sector, "Housing")
    people.edit_organisation(
        organisation=school, name=school.name, sector=housing, by=ACADEMY, now=clock.now()
    )

    def sectors(known_at: datetime | None = None) -> list[str]:
        rows = reach_by_sector(target, as_at=SEPTEMBER, known_at=known_at)
        return [one.sector for one in rows if one.sector != ALL]

    assert (sectors(), sectors(known)) == (["Housing"], ["Education"])


# --- A team that is closed -----------------------------------------------------------------------------


def test_4_4_figures_are_the_same_once_a_team_is_closed(pages: Pages, target: Target, north: Team) -> None:
    """Its people moved on 1 October: as at 30 September they are counted in it, and its row is there."""
    south = factories.team("South", "Early Help")
    for person in db.session.scalars(queries_of_people.people_after(north, SEPTEMBER)).all():
        people.change_spell(person=person, on=OCTOBER, by=ACADEMY, now=clock.now(), team_id=south.id)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))

    def said() -> list[str]:
        by_team = pages.get(f"/targets/{target.code}/breakdown?as_at={SEPTEMBER}").text
        assert "North" in by_team
        return [counts(target, SEPTEMBER), counts(target, NOVEMBER), by_team]

    before = said()
    assert before[:2] == ["3 of 5", "3 of 5"]
    people.record_last_day(thing=north, last_day=SEPTEMBER, by=ACADEMY, now=clock.now())
    db.session.commit()
    assert said() == before


def test_a_population_keeps_a_closed_team_and_another_is_not_offered_it(pages: Pages, north: Team) -> None:
    rules.add_population(
        code="north", name="Those of the north", by=ACADEMY, now=LONG_AGO,
        entries=rules.Entries(teams=[north, factories.team("South", "Early Help")]),
    )  # fmt: skip
    people.record_last_day(thing=north, last_day=SEPTEMBER, by=ACADEMY, now=clock.now())
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "North (Early Help), until 30 September 2021" in pages.get("/populations/north/edit").text
    new = pages.get("/populations/new").text
    assert "South (Early Help)" in new
    assert "North (Early Help)" not in new
