"""The pages of targets, populations and cohorts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.filters import day
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Membership, TargetKind
from tests import factories
from tests.figures import scenes
from tests.pages import Page, Pages


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def test_bm03_a_target_on_any_past_date(manager: Pages) -> None:
    scenes.coverage(trained=3, untrained=1)
    page = manager.get("/targets/two-day?as_at=2021-08-31")
    assert "75% 3 of 4 practitioners in post at 31 August 2021" in page.text
    assert "As at 31 August 2021 , as known now." in page.text
    page = manager.submit(page, {"as_at-day": "1", "as_at-month": "1", "as_at-year": "2018"}, form=0)
    assert "practitioners in post at 1 January 2018" in page.text
    assert "No one in scope" in page.text


@pytest.mark.parametrize("path", ["/targets", "/targets/two-day", "/board"])
@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("as_at=08/31/2021", "“08/31/2021” is not a date. Write it like 2021-08-31 or 31/08/2021."),
        (
            "as_at=9999-12-31",
            "“9999-12-31” is too far off: figures can be asked for days from 1 January 1900 to 31 December "
            "2199.",
        ),
        ("as_at-day=31&as_at-month=2&as_at-year=2021", "Figures as at must be a real date, like 31 3 2026"),
        ("as_at-day=1&as_at-month=&as_at-year=2021", "Figures as at must include a month"),
        ("known_at=2199-01-01", "“As known on” must be today or a day in the past"),
        (
            "as_at=2022-03-31&known_at=2022-03-30",
            "“As known on” must not be before 31 March 2022: nobody knew then what would have happened by "
            "that day",
        ),
        (
            "known_at=never",
            "“never” is not a date or a time. Write it like 2022-04-01, 01/04/2022 or 2022-04-01T17:00.",
        ),
    ],
)
def test_a_wrong_date_is_a_sentence_and_no_figure(
    manager: Pages, path: str, address: str, sentence: str
) -> None:
    scenes.coverage(trained=1, untrained=0)
    page = manager.get(f"{path}?{address}")
    assert page.errors == [sentence]
    assert not page.soup.select(".takeup-figure")


def test_known_at_reads_the_end_of_that_day(manager: Pages) -> None:
    scene = scenes.coverage(trained=0, untrained=2)
    scenes.complete(
        scene.people[0], scene.course, date(2022, 3, 29), recorded_at=clock.end_of_day(date(2022, 4, 6))
    )
    early = manager.get("/targets/two-day?as_at=2022-03-31&known_at=2022-04-05")
    late = manager.get("/targets/two-day?as_at=2022-03-31&known_at=2022-04-06")
    assert "0 of 2 practitioners" in early.text
    assert "as known at 5 April 2022 at 23:59" in early.text
    assert "1 of 2 practitioners" in late.text


def test_who_is_outstanding_is_for_those_who_may_see_names(pages: Pages) -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    name = scene.people[1].name
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/targets/two-day")
    assert name in page.text
    assert scene.people[0].name not in page.text
    page = pages.sign_in(factories.user(Role.CONTRACT_MANAGER)).get("/targets/two-day")
    assert name not in page.html


def test_setting_up_a_coverage_target_step_by_step(manager: Pages) -> None:
    course = factories.course(title="Signs of Safety 2-day")
    factories.staff()
    page = manager.submit(
        manager.get("/populations/new"), {"name": "Practitioners in post", "code": "practitioners"}
    )
    assert page.errors == [
        "Choose at least one employment type, role group, service, team, sector or career stage"
    ]
    role = str(factories.role_group().id)
    page = manager.submit(page, {"employment_types": ["employee"], "role_groups": [role]})
    assert page.h1 == "Practitioners in post"
    assert "Employees in post whose role group is Social Worker" in page.text

    page = manager.submit(manager.get("/targets/new"), {"kind": "coverage"})
    assert page.h1 == "Add a target: coverage"
    page = manager.submit(
        page,
        {
            "title": "Two-day training",
            "code": "Two-Day",
            "programme": str(course.programme_id),
            "population": str(_population().id),
            "course": str(course.id),
            "minimum_percent": "80",
            "deadline-day": "31",
            "deadline-month": "3",
            "deadline-year": "2027",
        },
    )
    assert page.path == "/targets/two-day"
    assert "0 of 1 practitioners in post" in page.text
    assert "at least 80% (1) by 31 March 2027" in page.text


def _population() -> Any:
    return db.session.scalars(queries.population_coded("practitioners")).one()


NO_PERCENT = (
    "Minimum percentage must be more than 0 and at most 100, with two decimals at most, like 80 or 82.5"
)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"minimum_percent": "eighty"}, "Minimum percentage must be a number, like 80 or 82.5"),
        ({"minimum_percent": "NaN"}, "Minimum percentage must be a number, like 80 or 82.5"),
        ({"minimum_percent": "0"}, NO_PERCENT),
        ({"minimum_percent": "80.005"}, NO_PERCENT),
        (
            {"minimum_percent": "80", "minimum_count": "5"},
            "Enter a minimum percentage or a minimum number, not both",
        ),
        ({"minimum_count": "0"}, "Minimum number of people must be 1 or more"),
        ({"course": ""}, "Choose the course that people are to complete"),
        ({"title": ""}, "Enter the target’s title"),
    ],
)
def test_a_wrong_rule_comes_back_with_what_was_typed(
    manager: Pages, typed: dict[str, str], error: str
) -> None:
    scenes.coverage(trained=1, untrained=1)
    page = manager.submit(manager.get("/targets/two-day/edit"), typed)
    assert page.errors == [error]
    for name, value in typed.items():
        assert page.value(name) == value


def test_a_changed_rule_needs_a_reason_and_keeps_the_rule_before(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=1)
    page = manager.submit(manager.get("/targets/two-day/edit"), {"minimum_percent": "80"})
    assert page.errors == ["Say why the rule changes"]
    page = manager.submit(page, {"reason": "The board asked for it"})
    assert "at least 80% (2)" in page.text
    assert "Minimum percentage: 80%. Reason: The board asked for it" in page.text
    page = manager.get("/targets/two-day?known_at=2020-01-01")
    assert "no minimum stated" in page.text


def test_u29_of_two_who_change_a_target_the_second_is_shown_what_the_first_saved(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=1)
    first, second = manager.get("/targets/two-day/edit"), manager.get("/targets/two-day/edit")
    manager.submit(first, {"minimum_percent": "60", "reason": "The board asked for it"})
    page = manager.submit(second, {"minimum_percent": "70", "reason": "So did the adviser"})
    assert page.errors[0].startswith("This was changed by")
    assert "Minimum percentage 60%" in page.text
    assert page.value("minimum_percent") == "70"
    assert "at least 60%" in manager.get("/targets/two-day").text
    assert "at least 70%" in manager.submit(page).text


def test_u29_of_two_who_change_a_population_the_second_is_shown_what_the_first_saved(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=0)
    address = "/populations/practitioners/edit"
    first, second = manager.get(address), manager.get(address)
    widened = {"employment_types": ["employee", "agency"], "reason": "Agency workers are trained too"}
    manager.submit(first, widened)
    page = manager.submit(second, {"name": "social workers"})
    assert page.errors[0].startswith("This was changed by")
    assert "Who is counted Employees or agency workers in post" in page.text
    assert page.value("name") == "social workers"
    page = manager.submit(page, widened)
    assert page.h1 == "social workers"
    assert "Employees or agency workers in post" in page.text


def test_u29_of_two_who_change_a_cohort_the_second_is_shown_what_the_first_saved(manager: Pages) -> None:
    cohort = scenes.cohort(members=0).cohort
    address = f"/cohorts/{cohort.code}/edit"
    first, second = manager.get(address), manager.get(address)
    manager.submit(first, {"stated_members": "110", "is_stated_approximately": "y"})
    page = manager.submit(second, {"name": "Newcomers"})
    assert page.errors[0].startswith("This was changed by")
    assert "Stated number approximately 110" in page.text
    assert page.value("name") == "Newcomers"
    page = manager.submit(page, {"stated_members": "110", "is_stated_approximately": "y"})
    assert page.h1 == "Newcomers"
    assert "110" in page.text


def test_am06_lines_that_match_nobody_come_back_to_be_put_right(manager: Pages) -> None:
    cohort = scenes.cohort(members=0).cohort
    people = [factories.staff(employee_number=f"{number:06d}") for number in range(10, 15)]
    typed = ["000010", "  000011 ", people[2].email.upper(), "000010", "", "99999", "nobody@council.example"]
    page = manager.get(f"/cohorts/{cohort.code}/add")
    page = manager.submit(page, {"people": "\r\n".join(typed), "cause": "untrained"})
    assert page.errors == ["2 lines match nobody. Put them right here, or add the people first"]
    assert "3 people added." in page.text
    assert page.value("people").split() == ["99999", "nobody@council.example"]

    page = manager.submit(page, {"people": "000012\n000013"})
    assert page.path == f"/cohorts/{cohort.code}"
    assert f"1 person added. 1 was on the list already, from {day(clock.today())}." in page.text
    assert "4 people" in page.text


def test_am06_the_stated_number_stands_beside_the_list(manager: Pages) -> None:
    scene = scenes.cohort(members=3, stated_members=110, is_stated_approximately=True)
    page = manager.get("/targets/new-and-upskill")
    assert "0 of 3 members of the cohort" in page.text
    assert "The record states approximately 110; 3 are on the list, a difference of 107." in page.text
    assert scene.cohort.stated_members == 110


def test_am06_u26_the_stated_number_stands_beside_a_list_with_nobody_on_it(pages: Pages) -> None:
    scenes.cohort(members=0, stated_members=110)
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    words = "The record states 110; nobody is on the list, a difference of 110."
    for path in ("/targets/new-and-upskill", "/targets", "/board", "/board.csv"):
        text = pages.get(path).text if path != "/board.csv" else pages.get(path).html
        assert words in text, path
        assert "no one in scope" in text.lower(), path


def test_a_cohort_without_causes_is_refused_where_the_first_is_entered(manager: Pages) -> None:
    page = manager.submit(manager.get("/cohorts/new"), {"name": "Newcomers", "code": "newcomers"})
    words = "Say at least one cause for joining and the course that it needs"
    assert page.errors == [words]
    assert page.links()[words] == "#requirements-0-cause"


def test_a_member_leaves_and_the_list_tells(manager: Pages) -> None:
    scene = scenes.cohort(members=2)
    code, who = scene.cohort.code, scene.people[0]
    page = manager.get(f"/cohorts/{code}")
    leave = next(href for words, href in page.links().items() if words == f"Record leaving : {who.name}")
    page = manager.submit(
        manager.get(leave),
        {"left_on-day": "1", "left_on-month": "1", "left_on-year": "2022", "cause": "exempt"},
    )
    assert page.errors == [
        "The day they leave must be after 26 January 2022, when they joined. If they should never have been "
        "on the list, say that they were entered in error.",
        "Say why they are exempt",
    ]
    page = manager.submit(page, {"left_on-day": "1", "left_on-month": "3", "reason": "Moved to finance"})
    assert "1 person" in page.text
    log = manager.get(f"/cohorts/{code}/log")
    assert "from 26 January 2022, left on 1 March 2022 Exempt" in log.text
    everybody = manager.get(f"/cohorts/{code}?show=everybody")
    assert "1 March 2022, exempt" in everybody.text


def test_an_entry_in_error_is_withdrawn_with_a_reason(manager: Pages) -> None:
    scene = scenes.cohort(members=2)
    page = manager.get(f"/cohorts/{scene.cohort.code}")
    link = next(href for words, href in page.links().items() if words.startswith("Entered in error"))
    page = manager.submit(manager.get(link), {})
    assert page.errors == ["Say why they should not have been on the list"]
    page = manager.submit(page, {"reason": "Another person of the same name"})
    assert "as if they had never been on it" in page.text
    assert manager.get(link, status=404).status == 404
    log = manager.get(f"/cohorts/{scene.cohort.code}/log")
    assert log.text.count("Another person of the same name") == 1
    assert set(db.session.scalars(select(Membership.reason))) == {None}


def test_setting_up_and_changing_a_cohort(manager: Pages) -> None:
    course = factories.course(title="Signs of Safety 2-day")
    other = factories.course(title="Signs of Safety 5-day")
    page = manager.get("/cohorts/new")
    page = manager.submit(
        page, {"name": "New staff", "code": "new-staff", "requirements-0-cause": "Untrained"}
    )
    assert page.errors == ["Choose the course that “Untrained” needs"]
    page = manager.submit(page, {"requirements-0-course": str(course.id)})
    assert page.path == "/cohorts/new-staff/add"
    edit = manager.get("/cohorts/new-staff/edit")
    edit = manager.submit(edit, {"requirements-1-cause": "Upskill", "requirements-1-course": str(other.id)})
    assert edit.errors == ["Say why the rule changes"]
    page = manager.submit(edit, {"reason": "The board widened it"})
    assert "Untrained: Signs of Safety 2-day; upskill: Signs of Safety 5-day" in page.text


def test_lists_before_anything_is_set_up(manager: Pages) -> None:
    for path, words in {
        "/targets": "No targets yet",
        "/populations": "No populations yet",
        "/cohorts": "No cohorts yet",
        "/board": "No target is asked for on this day",
    }.items():
        assert words in manager.get(path).text


def test_bm06_definitions_are_one_click_away(pages: Pages) -> None:
    scenes.coverage(trained=1, untrained=0)
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get("/board")
    page = pages.get(page.links()["What these figures mean"])
    assert page.h1 == "What the figures mean"
    assert "Employees in post whose role group is Social Worker" in page.text
    assert all(kind.meaning in page.text for kind in TargetKind)


def _terms(page: Page) -> dict[str, str]:
    """The terms of a page that lead to their definition, each with its anchor."""
    links = page.soup.select('main a[href^="/definitions#"]')
    return {link.get_text(strip=True): link["href"].partition("#")[2] for link in links}


def test_bm06_each_term_of_a_figure_leads_to_its_own_definition(pages: Pages) -> None:
    """Whoever wonders what “Best case” is need not look for it in a page of definitions."""
    scenes.coverage(trained=1, untrained=4, percent="80", deadline=clock.today() + timedelta(days=60))
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    terms = _terms(pages.get("/targets/two-day"))
    found = {
        one["id"]: one.get_text(strip=True) for one in pages.get("/definitions").soup.select("main [id]")
    }
    themselves = {"Coverage", "Who is counted", "Complete", "Likely", "Best case", "Free places"}
    assert {word: found[terms[word]] for word in themselves} == {word: word for word in themselves}
    assert (terms["Minimum"], terms["What the colour “Red” means"]) == ("met-and-the-percentage-shown", "red")
    assert set(terms.values()) <= set(found)


def test_a_target_that_is_not_there(manager: Pages) -> None:
    for path in ("/targets/nothing", "/populations/nothing", "/cohorts/nothing"):
        assert manager.get(path, status=404).h1


def test_4_4_the_forms_say_which_figures_go_by_a_changed_rule(manager: Pages) -> None:
    """A day of the past is counted by the new rule, but as it was known before; what was published stays."""
    scene = scenes.coverage(trained=3, untrained=2, percent="80")
    rules.publish(
        targets=[scene.target], as_at=date(2021, 8, 31), occasion="Board", by=scenes.ACADEMY,
        now=datetime(2021, 9, 1, tzinfo=UTC),
    )  # fmt: skip
    page = manager.get("/targets/two-day/edit")
    for one in (page, manager.get("/populations/practitioners/edit")):
        assert (
            "Figures of past days go by the new rule, too; what was published, and figures as they were "
            "known before, keep the old one."
        ) in one.text
    manager.submit(page, {"minimum_percent": "60", "reason": "The board asked for it"})
    then = "/targets/two-day?as_at=2021-08-31"
    assert "at least 60% (3)" in manager.get(then).text
    assert "at least 80% (4)" in manager.get(f"{then}&known_at=2021-09-30").text
    assert "at least 80% (4)" in manager.get("/published").text


def test_populations_show_the_rules_before(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=0)
    page = manager.submit(
        manager.get("/populations/practitioners/edit"), {"employment_types": ["employee", "agency"]}
    )
    assert page.errors == ["Say why the rule changes"]
    page = manager.submit(page, {"reason": "Agency workers are trained too"})
    assert "Employees or agency workers in post whose role group is Social Worker" in page.text
    assert "Agency workers are trained too" in page.text
    assert rules.checked_code("Practitioners", "x") == "practitioners"


def test_am01_a_programmes_page_leads_to_its_targets(pages: Pages) -> None:
    """Of a programme with two strands 0 of 20 and 0 of 150; another programme’s target is not among them."""
    course = factories.course(programme_id=factories.programme(title="Core Skills").id)
    scenes.coverage(trained=1, untrained=0)
    for code, count in (("managers", 20), ("staff", 150)):
        rules.add_target(
            code=code,
            title=f"Trained: {code}",
            kind=TargetKind.PEOPLE_TRAINED,
            programme=course.programme,
            course=course,
            minimum_count=count,
            by=scenes.ACADEMY,
            now=factories.LONG_AGO,
        )
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/programmes/{course.programme_id}")
    page = pages.get(page.links()["Targets"])
    assert page.h1 == "Targets of Core Skills"
    for words in ("Trained: managers", "at least 20", "Trained: staff", "at least 150"):
        assert words in page.text
    assert page.links()["Trained: managers"] == "/targets/managers"
    assert "Two-day training" not in page.text
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    assert "at least 150" in pages.get(page.path).text
    pages.get("/programmes/999999/targets", status=404)


def test_what_is_over_for_long_is_folded_below_what_is_under_way(pages: Pages) -> None:
    """Its programme ended on 31 March 2022: a year later nothing is above it, and it is not folded."""
    over = scenes.coverage(trained=1, untrained=1)
    factories.dated(over.course.programme, deadline=date(2022, 3, 31))
    db.session.commit()
    pages.sign_in(factories.user(Role.BOARD_MEMBER))

    def folded(as_at: str) -> list[bool]:
        found = pages.get(f"/targets?as_at={as_at}").soup.select("details:has(tbody)")
        return [not one.has_attr("open") for one in found]

    assert (folded("2023-03-30"), folded("2023-03-31")) == ([], [False])
    scenes.cohort(members=1, deadline=date(2023, 12, 31))
    db.session.commit()
    assert folded("2023-03-31") == [True]
