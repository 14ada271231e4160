"""The pages of programmes and courses."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from app.core.db import db
from app.core.permissions import Role
from app.programmes import queries
from app.programmes.models import Programme
from tests import factories


@pytest.fixture
def academy(pages: Any) -> Any:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def test_a_programme_and_its_first_course_are_set_up(academy: Any) -> None:
    provider = factories.provider("Griffin Care Ltd")
    for name in ("Social Worker", "Team Manager"):
        factories.role_group(name)
    assert "Set up the first programme" in academy.get("/programmes").text
    page = academy.submit(
        academy.get("/programmes/new"),
        {
            "title": "Core Skills",
            "code": "core",
            "provider_id": str(provider.id),
            "starts_on-day": "1",
            "starts_on-month": "10",
            "starts_on-year": "2021",
            "deadline-day": "31",
            "deadline-month": "3",
            "deadline-year": "2022",
        },
    )
    assert (page.h1, "31 March 2022" in page.text) == ("Core Skills", True)
    page = academy.get(page.links()["Add the first course"])
    assert (page.value("catch_up_months"), page.value("default_capacity")) == ("12", "16")
    manager = factories.role_group("Team Manager")
    page = academy.submit(
        page,
        {
            "title": "Core skills for managers",
            "code": "core-managers",
            "components": "Day 1\r\nDay 2\r\n\r\nDay 3",
            "catch_up_months": "",
            "role_groups": [str(manager.id)],
            "minimum_places": "4",
        },
    )
    assert page.h1 == "Core skills for managers"
    assert "Day 1 Day 2 Day 3" in page.text
    assert "All days however far apart" in page.text
    assert "4 to 16" in page.text
    assert "Team Manager" in page.text
    listing = academy.get("/programmes")
    assert "Core skills for managers" in listing.text
    assert "Griffin Care Ltd" in listing.text
    assert "Over" in listing.text


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"title": "", "code": ""}, ["Enter the programme’s title", "Enter a code, like SOS"]),
        ({"code": "signs of safety"}, ["Code must be letters, figures and hyphens only, like SOS-2DAY"]),
        ({"deadline-day": "31", "deadline-month": "2"}, ["Deadline must include a year"]),
        (
            {"deadline-day": "31", "deadline-month": "2", "deadline-year": "2022"},
            ["Deadline must be a real date, like 31 3 2026"],
        ),
        ({"provider_id": "999"}, ["Choose again: what you chose is not on the list any more"]),
    ],
)
def test_a_wrong_programme_comes_back_with_what_was_typed(
    academy: Any, typed: dict[str, str], errors: list[str]
) -> None:
    form = academy.get("/programmes/new")
    values = {"title": "Signs of Safety", "code": "SOS", **typed}
    page = academy.submit(form, values)
    assert page.errors == errors
    for name, value in values.items():
        if name != "provider_id":
            assert page.value(name) == value
    assert db.session.query(Programme).count() == 0


def test_a_changed_deadline_stands_in_the_programmes_history(academy: Any) -> None:
    programme = factories.programme(deadline=date(2022, 3, 31))
    page = academy.get(f"/programmes/{programme.id}/edit")
    assert page.value("deadline-year") == "2022"
    page = academy.submit(page, {"deadline-year": "2024"})
    assert page.errors == ["Say why the dates change"]
    page = academy.submit(page, {"reason": "The grant was extended"})
    assert "31 March 2024" in page.text
    assert "Deadline: 31 March 2022 → 31 March 2024" in page.text
    assert "The grant was extended" in page.text


def test_what_is_no_date_changes_without_a_reason(academy: Any) -> None:
    programme = factories.programme(deadline=date(2022, 3, 31))
    page = academy.submit(academy.get(f"/programmes/{programme.id}/edit"), {"title": "Safety"})
    assert page.h1 == "Safety"


def test_u29_of_two_who_change_a_programme_the_second_is_shown_what_the_first_saved(academy: Any) -> None:
    programme = factories.programme(deadline=date(2022, 3, 31), title="Signs of Safety")
    address = f"/programmes/{programme.id}/edit"
    first, second = academy.get(address), academy.get(address)
    academy.submit(first, {"deadline-year": "2024", "reason": "The grant was extended"})
    page = academy.submit(second, {"summary": "For all who work with families"})
    assert re.fullmatch(
        r"This was changed by .* after you opened it\. Both versions are below: .*", page.errors[0]
    )
    assert "Deadline 31 March 2024" in page.text
    assert (page.value("deadline-year"), page.value("summary")) == ("2022", "For all who work with families")
    assert programme.deadline == date(2024, 3, 31)
    page = academy.submit(page, {"deadline-year": "2024"})
    assert page.h1 == "Signs of Safety"
    assert "For all who work with families" in page.text


@pytest.mark.parametrize(
    ("address", "first", "second", "saved"),
    [
        ("courses/{}/edit", {"summary": "Two days"}, {"title": "Safety"}, "Summary Two days"),
        (
            "courses/{}/settings",
            {"minimum_percent": "75", "reason": "As agreed"},
            {"lateness_minutes": "20", "reason": "Traffic"},
            "Minimum share of a session 75%",
        ),
        ("courses/{}/booking/edit", {"closes_days": "2"}, {"hold_days": "4"}, "in working days before 2"),
        ("programmes/booking/edit", {"closes_days": "2"}, {"hold_days": "4"}, "in working days before 2"),
    ],
    ids=["course", "settings", "terms", "the council’s terms"],
)
def test_u29_of_two_who_change_a_course_the_second_is_shown_what_the_first_saved(
    academy: Any, address: str, first: dict[str, str], second: dict[str, str], saved: str
) -> None:
    course = factories.course(title="Signs of Safety")
    page_of = f"/{address.format(course.id)}"
    pages = academy.get(page_of), academy.get(page_of)
    academy.submit(pages[0], first)
    page = academy.submit(pages[1], second)
    assert re.match(r"This was changed by .* on .*, after you opened it\.", page.errors[0])
    assert saved in page.text
    was = {name: academy.get(page_of).value(name) for name in first if name != "reason"}
    assert was.items() <= first.items()
    assert "Save mine over it" in page.text
    page = academy.submit(page)
    assert page.path != page_of


def test_a_courses_audience_and_places_are_changed(academy: Any) -> None:
    course = factories.course(code="SOS-2DAY")
    factories.course(code="SOS-5DAY")
    sector = queries.sectors()[0]
    page = academy.get(f"/courses/{course.id}/edit")
    page = academy.submit(
        page, {"sectors": [str(sector.id)], "is_for_panel_members": "y", "minimum_places": "20"}
    )
    assert page.errors == ["Most places must be 20 or more, the fewest that a run needs"]
    page = academy.submit(page, {"default_capacity": "24"})
    assert f"Partners in {sector.name} foster panel members" in page.text
    page = academy.get(f"/courses/{course.id}/edit")
    assert page.value("sectors") == str(sector.id)
    page = academy.submit(page, {"code": "SOS-5DAY"})
    assert page.errors == ["The code SOS-5DAY is already used. Choose another."]
    page = academy.submit(
        academy.get(f"/courses/{course.id}/edit"), {"sectors": None, "is_for_panel_members": None}
    )
    assert "Everybody" in page.text


def test_4_4_changed_settings_keep_those_before_in_their_history(academy: Any) -> None:
    course = factories.course(catch_up_months=12)
    page = academy.get(f"/courses/{course.id}/settings")
    assert (page.value("catch_up_months"), page.value("minimum_percent")) == ("12", "80")
    wrong = academy.submit(page, {"catch_up_months": "0", "minimum_percent": "101"})
    assert wrong.errors == [
        "Catch-up window in months must be between 1 and 120",
        "Minimum share of a session must be between 1 and 100",
        "Say why it changes",
    ]
    wrong = academy.submit(page, {"catch_up_months": "a year", "reason": "Grant terms"})
    assert wrong.errors == ["Catch-up window in months must be a whole number, like 16"]
    page = academy.submit(
        page,
        {"catch_up_months": "", "is_in_order": "y", "validity_months": "24", "reason": "Grant terms"},
    )
    assert "All days however far apart, each not before the one before it" in page.text
    assert "Holds for 24 months, then a refresher is due" in page.text
    history = academy.get(f"/courses/{course.id}/history")
    assert "Still in force" in history.text
    assert "within 12 months, in any order" in history.text
    assert "Validity: For ever → 24 months" in history.text
    assert "Grant terms" in history.text


def test_i14_the_five_day_stands_in_for_the_two_day_until_that_is_taken_back(academy: Any) -> None:
    two, five = factories.course(title="Two-day"), factories.course(title="Five-day")
    page = academy.get(f"/courses/{two.id}/stand-ins")
    assert "No other course completes this one." in page.text
    assert academy.submit(page).errors == ["Choose a course", "Say why it stands in"]
    values = {"satisfied_by_id": str(five.id), "reason": "It holds all of the two days"}
    page = academy.submit(page, values)
    assert "Five-day" in academy.get(f"/courses/{two.id}").text
    assert academy.submit(page, values).errors == ["Five-day stands in for Two-day already."]
    page = academy.get(page.links()["Take back Five-day"])
    assert academy.submit(page).errors == ["Say why it is taken back"]
    page = academy.submit(page, {"reason": "It does not"})
    assert "Take back Five-day" not in page.links()
    assert "Five-day" not in academy.get(f"/courses/{two.id}").text


def test_the_contract_manager_reads_programmes_and_changes_nothing(pages: Any) -> None:
    course = factories.course()
    pages.sign_in(factories.user(Role.CONTRACT_MANAGER))
    for path in ("/programmes", f"/programmes/{course.programme_id}", f"/courses/{course.id}"):
        page = pages.get(path)
        assert not {"Set up a programme", "Add a course", "Schedule a run"} & set(page.links())
        assert "Change" not in page.text
    pages.get(f"/courses/{course.id}/versions")
    pages.get(f"/courses/{course.id}/history")
    for path in ("/programmes/new", f"/courses/{course.id}/edit", f"/courses/{course.id}/settings"):
        pages.get(path, status=403)


def test_programmes_are_not_for_those_who_only_learn(pages: Any) -> None:
    course = factories.course()
    for role in (Role.PRACTITIONER, Role.PARTNER, Role.TRAINER, Role.BOARD_MEMBER):
        pages.sign_in(factories.user(role))
        pages.get("/programmes", status=403)
        pages.get(f"/courses/{course.id}", status=403)


@pytest.mark.parametrize(
    "path",
    [
        "/programmes/99",
        "/courses/99",
        "/courses/new",
        "/courses/new?programme=99",
        "/courses/new?programme=x",
    ],
)
def test_what_is_not_there_is_said_so(academy: Any, path: str) -> None:
    academy.get(path, status=404)


def test_a_list_of_many_programmes_is_paged_and_asks_few_questions(academy: Any) -> None:
    for number in range(30):
        programme = factories.programme(title=f"Programme {number:02d}")
        factories.course(programme_id=programme.id)
    page = academy.get("/programmes", most_queries=12)
    assert "1 to 25 of 30 programmes" in page.text
    assert "Programme 29" in academy.get("/programmes?page=2").text
