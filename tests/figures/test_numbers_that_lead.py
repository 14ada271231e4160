"""Each number on a page leads to the rows that it counts, for those who may see names (4.4)."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from app.core.db import record
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import TargetKind
from app.figures.queries import Counted
from app.people.models import Absence, EmploymentType
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import Scene
from tests.pages import Page, Pages

DAY = date(2022, 3, 31)
TARGET = "/targets/two-day"


@pytest.fixture
def scene() -> Scene:
    """Practitioners of three teams in two services; one is away, one is new, and two are agency workers."""
    made = scenes.coverage(trained=3, untrained=4, percent="80")
    for service, name, trained, of in (
        ("Early Help", "North", 2, 3),
        ("Early Help", "South", 3, 5),
        ("Fostering", "North", 1, 4),
    ):
        team = factories.team(name, service)
        for number in range(of):
            person = factories.staff(team_id=team.id)
            if number < trained:
                scenes.complete(person, made.course)
    away = Absence(person_id=made.people[0].id, first_day=DAY - timedelta(days=60))
    record(away, by="HR", now=LONG_AGO)
    factories.staff(first_day=DAY - timedelta(days=10))
    for number in range(2):
        agency = factories.staff(employment_type=EmploymentType.AGENCY)
        if number:
            scenes.complete(agency, made.course)
    run = factories.run(made.course, days=[date(2022, 3, 1), date(2022, 3, 2)], capacity=100)
    for person in made.people[3:5]:
        factories.booking(run, person)
    late = factories.run(made.course, days=[DAY + timedelta(days=30), DAY + timedelta(days=31)])
    factories.booking(late, made.people[5])
    return made


def numbers_that_lead(page: Page) -> dict[str, int]:
    """Where each number leads that leads to people, with the number."""
    found = {}
    for link in page.soup.select("main a[href*='/people/']"):
        number = re.match(r"[\d,]+", link.get_text(" ", strip=True))
        if number and "/targets/" in str(link["href"]):
            found[str(link["href"])] = int(number[0].replace(",", ""))
    return found


def people_on(page: Page) -> int:
    """How many people a list says it has."""
    words = page.soup.select_one(".takeup-results")
    assert words is not None, page.text
    said = re.search(r"(?:of )?([\d,]+) (?:person|people)$", words.get_text(" ", strip=True))
    assert said is not None, words
    return int(said[1].replace(",", ""))


def test_bm05_each_number_of_the_breakdown_leads_to_its_people(pages: Pages, scene: Scene) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    numbers = numbers_that_lead(pages.get(f"{TARGET}/breakdown?as_at={DAY}"))
    assert len([one for one in numbers if "team=" in one]) == 12, "two teams of one name and two others"
    for address, number in numbers.items():
        assert people_on(pages.get(address)) == number, address
    north = pages.get(f"{TARGET}/people/complete?as_at={DAY}&service=Early+Help&team=North")
    assert north.h1 == "Complete: Early Help, North"
    assert people_on(north) == 2


def test_4_6_the_second_lines_lead_to_their_people(pages: Pages, scene: Scene) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"{TARGET}?as_at={DAY}")
    numbers = numbers_that_lead(page)
    lists = {address.split("?")[0].rsplit("/", 1)[-1]: number for address, number in numbers.items()}
    assert lists == {
        Counted.EVERYBODY: 20,
        Counted.COMPLETE: 9,
        Counted.OUTSTANDING: 11,
        Counted.BOOKED: 1,
        Counted.NOT_BOOKED: 10,
        Counted.AWAY: 1,
        Counted.NEWCOMERS: 1,
        Counted.AGENCY: 2,
        Counted.UNMARKED: 4,
    }
    for address, number in numbers.items():
        if not address.startswith(f"{TARGET}/people/unmarked"):
            assert people_on(pages.get(address)) == number, address
    marks = pages.get(f"{TARGET}/people/unmarked?as_at={DAY}")
    assert people_on(marks) == 2
    assert scene.people[3].name in marks.text


def test_u11_who_completes_too_late_is_listed(pages: Pages) -> None:
    scene = scenes.cohort(members=3)
    late = factories.run(scene.course, days=[DAY, DAY + timedelta(days=1)])
    factories.booking(late, scene.people[0])
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/targets/new-and-upskill?as_at=2022-02-28")
    assert "Too late 1 person will complete after the deadline" in page.text
    listed = pages.get("/targets/new-and-upskill/people/too_late?as_at=2022-02-28")
    assert people_on(listed) == 1
    assert scene.people[0].name in listed.text


def test_board_members_see_numbers_that_lead_nowhere(pages: Pages, scene: Scene) -> None:
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    for address in (TARGET, f"{TARGET}/breakdown"):
        assert not numbers_that_lead(pages.get(f"{address}?as_at={DAY}"))
    for which in Counted:
        pages.get(f"{TARGET}/people/{which}?as_at={DAY}", status=403)


def test_people_trained_lists_who_is_trained_and_who_is_booked(
    pages: Pages, scene: Scene
) -> None:
    rules.add_target(
        code="trained",
        title="People trained",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=scene.course.programme,
        course=scene.course,
        minimum_count=20,
        deadline=DAY + timedelta(days=60),
        by=scenes.ACADEMY,
        now=LONG_AGO,
    )
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    for person in scene.people[:2]:
        scenes.attend(person, held)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    numbers = numbers_that_lead(pages.get(f"/targets/trained?as_at={DAY}"))
    assert {address.split("?")[0].rsplit("/", 1)[-1]: number for address, number in numbers.items()} == {
        Counted.COMPLETE: 2,
        Counted.BOOKED: 1,
    }
    for address, number in numbers.items():
        assert people_on(pages.get(address)) == number, address
    for which in set(Counted) - {Counted.COMPLETE, Counted.BOOKED}:
        pages.get(f"/targets/trained/people/{which}", status=404)
