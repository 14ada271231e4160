"""Who is counted: populations by stage and start, cohorts chosen by a rule, and second lines (4.6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Population
from app.figures.queries import scopes
from app.people.models import EmploymentType, Person
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

AUGUST = date(2021, 8, 31)


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def population(**entries: Any) -> Population:
    entries.setdefault("employment_types", [EmploymentType.EMPLOYEE])
    made = rules.Entries(**entries)
    return rules.add_population(code="some", name="Some staff", entries=made, by=ACADEMY, now=LONG_AGO)


def in_words(of: Population) -> str:
    return queries.population_in_words(queries.population_rules([of.id])[of.id])


def who(of: Population, on: date = AUGUST) -> set[int]:
    rule = queries.population_rules([of.id])[of.id]
    return set(db.session.scalars(scopes.in_post(rule, as_at=on)))


# --- Populations ---------------------------------------------------------------------------------------


def test_4_6_a_population_by_career_stage() -> None:
    newly, _later = factories.staff(career_stage="ASYE"), factories.staff(career_stage="Experienced")
    factories.staff()
    made = population(career_stages=["ASYE"])
    assert who(made) == {newly.id}
    assert in_words(made) == "Employees in post at the career stage ASYE"


@pytest.mark.parametrize(
    ("first", "last", "found", "words"),
    [
        (date(2021, 1, 1), None, {1, 2}, "whose employment began on or after 1 January 2021"),
        (None, date(2021, 1, 1), {0, 1}, "whose employment began on or before 1 January 2021"),
        (date(2021, 1, 1), date(2021, 1, 1), {1}, "began from 1 January 2021 to 1 January 2021"),
    ],
)
def test_4_6_a_population_by_when_employment_began(
    first: date | None, last: date | None, found: set[int], words: str
) -> None:
    """A move to another team opens a spell, and begins no employment."""
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 1, 2)]
    people = [factories.staff(first_day=date(2021, 6, 1), employed_from=one) for one in days]
    made = population(started_from=first, started_to=last)
    assert who(made) == {people[number].id for number in found}
    assert words in in_words(made)


def test_4_6_changed_starts_and_stages_supersede_the_rule(manager: Pages) -> None:
    factories.staff(career_stage="ASYE")
    population()
    page = manager.get("/populations/some/edit")
    page = manager.submit(
        page,
        {
            "career_stages": ["ASYE"],
            "started_to-day": "1",
            "started_to-month": "8",
            "started_to-year": "2021",
        },
    )
    assert page.errors == ["Say why the rule changes"]
    page = manager.submit(page, {"reason": "The board asked"})
    assert "at the career stage ASYE, whose employment began on or before 1 August 2021" in page.text
    assert "The rule so far" in page.text
    page = manager.get("/populations/some/edit")
    page = manager.submit(
        page, {"started_from-day": "2", "started_from-month": "8", "started_from-year": "2021", "reason": "x"}
    )
    assert page.errors == ["The last day must not be before 2 August 2021"]


# --- Second lines --------------------------------------------------------------------------------------


def test_4_6_newcomers_and_those_the_rule_leaves_out_have_lines_of_their_own() -> None:
    scene = scenes.coverage(trained=2, untrained=1)
    for first_day in (date(2021, 6, 2), date(2021, 6, 3), AUGUST):  # 90, 89 and 0 days before
        factories.staff(first_day=first_day)
    agency = [factories.staff(employment_type=EmploymentType.AGENCY) for _ in range(3)]
    scenes.complete(agency[0], scene.course)
    factories.staff(employment_type=EmploymentType.CONTRACTED)
    elsewhere = factories.role_group("Business Support Officer").id
    factories.staff(employment_type=EmploymentType.AGENCY, role_group_id=elsewhere)
    figure = queries.figure(scene.target, as_at=AUGUST)
    assert (figure.numerator, figure.denominator) == (2, 6)
    assert figure.notes[1:] == [
        "2 started in the last 90 days.",
        "1 of 3 agency workers in the same roles (not counted) has completed it.",
        "1 contracted worker in the same roles (not counted) has not completed it.",
    ]


def test_4_6_who_is_counted_by_the_rule_has_no_line_of_their_own() -> None:
    course = factories.course()
    both = [EmploymentType.EMPLOYEE, EmploymentType.AGENCY]
    everybody = population(employment_types=both, role_groups=[factories.role_group()])
    target = rules.add_target(
        code="all",
        title="All",
        kind=scenes.TargetKind.COVERAGE,
        programme=course.programme,
        course=course,
        population=everybody,
        by=ACADEMY,
        now=LONG_AGO,
    )
    factories.staff(employment_type=EmploymentType.AGENCY)
    factories.staff(employment_type=EmploymentType.CONTRACTED)
    figure = queries.figure(target, as_at=AUGUST)
    assert figure.denominator == 1
    assert [one.who for one in figure.beside] == ["contracted workers"]


# --- Cohorts by a rule, and the stated number ----------------------------------------------------------


def a_scene() -> tuple[scenes.Scene, dict[str, Person]]:
    scene = scenes.cohort(members=1)
    people = {
        "trained": factories.staff(),
        "trained newcomer": factories.staff(first_day=date(2021, 8, 2)),
        "untrained": factories.staff(),
        "on the day": factories.staff(first_day=date(2021, 8, 1)),
    }
    for name in ("trained", "trained newcomer", "on the day"):
        scenes.complete(people[name], scene.course)
    return scene, people


def test_am06_a_cohort_is_chosen_by_a_rule_after_a_look(manager: Pages) -> None:
    """In post, no 2-day completion, or started after 1 August 2021; the member on the list is left out."""
    scene, people = a_scene()
    made = population()
    page = manager.get("/cohorts/new-and-upskill")
    page = manager.get(page.links()["Choose by a rule"])
    page = manager.submit(
        page,
        {
            "population": str(made.id),
            "without": str(scene.course.id),
            "started_after-day": "1",
            "started_after-month": "8",
            "started_after-year": "2021",
            "cause": "untrained",
        },
        form=0,
    )
    assert (
        "Some staff who have not completed Signs of Safety 2-day, or started after 1 August 2021" in page.text
    )
    found = {name for name, person in people.items() if person.name in page.text}
    assert found == {"untrained", "trained newcomer"}
    assert "Add 2 people to the list" in page.text
    members = "/cohorts/new-and-upskill"
    assert people["untrained"].name not in manager.get(members).text
    page = manager.submit(page, form=1)
    assert page.path == members
    assert people["untrained"].name in page.text
    assert "2 people added." in page.text


def test_am06_nobody_is_added_when_the_rule_finds_others_than_were_looked_at(manager: Pages) -> None:
    """One more by then, or as many of whom one is another: nobody whom nobody looked at joins."""
    scene, people = a_scene()
    assert scene.cohort is not None
    page = manager.get("/cohorts/new-and-upskill/choose")
    page = manager.submit(page, {"population": str(population().id), "cause": "untrained"}, form=0)
    assert "Add 4 people to the list" in page.text
    factories.staff()
    page = manager.submit(page, form=1)
    assert "The rule finds others by now, so nobody was added. Look at the list again." in page.text
    assert "Add 5 people to the list" in page.text
    rules.add_people(
        cohort=scene.cohort,
        typed=str(people["untrained"].employee_number),
        joined_on=clock.today(),
        cause="untrained",
        by=ACADEMY,
        now=clock.now(),
    )
    newcomer = factories.staff()
    page = manager.submit(page, form=1)
    assert "The rule finds others by now" in page.text
    assert "Add 5 people to the list" in page.text
    page = manager.submit(page, form=1)
    assert "5 people added." in page.text
    assert newcomer.name in page.text


def test_am06_107_of_110_pasted_lines_match_and_the_stated_number_is_kept(manager: Pages) -> None:
    scene = scenes.cohort(members=0, stated_members=110)
    people = [factories.staff() for _ in range(107)]
    lines = [person.employee_number for person in people] + ["999001", "999002", "nobody@council.example"]
    page = manager.get("/cohorts/new-and-upskill/add")
    page = manager.submit(page, {"people": "\n".join(lines), "cause": "untrained"})
    assert page.errors == ["3 lines match nobody. Put them right here, or add the people first"]
    assert "107 people added." in page.text
    assert page.value("people") == "999001\n999002\nnobody@council.example"
    difference = "The record states 110; 107 are on the list, a difference of 3."
    assert difference in manager.get("/cohorts/new-and-upskill").text
    figure = queries.figure(scene.target, as_at=clock.today())
    assert (figure.denominator, figure.required) == (107, 86)
    assert any(note.startswith(difference) for note in figure.notes)
