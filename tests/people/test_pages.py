"""The pages of people, as their users see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.actors import COMMAND_LINE, Actor
from app.core.db import db
from app.core.permissions import Role
from app.merging import rules as merging
from app.outbox.models import SECRET_STANDS_HERE, Message, MessageState
from app.people import queries, rules
from app.people.models import EmploymentType, Organisation, Person, PersonKind, RoleGroup, Spell
from tests import factories
from tests.exchange.samples import bring_in_people
from tests.pages import Pages
from tests.reminders.bouncing import bounced

TODAY = "2022-02-01"


UNKNOWN = "No member of staff has the employee number, e-mail address or name “Nobody Known”."


@pytest.fixture
def academy(pages: Pages, travel_to: Callable[..., None]) -> Pages:
    travel_to(TODAY, tick=True)
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER, name="Avery Academy"))


def day(field: str, value: str) -> dict[str, str]:
    """The three boxes of a date."""
    year, month, of_month = value.split("-") if value else ("", "", "")
    return {f"{field}-day": of_month, f"{field}-month": month, f"{field}-year": year}


def only(number: str) -> Person:
    person = queries.known_as(number)
    assert person is not None
    return person


# --- The directory -------------------------------------------------------------------------------------


def test_the_directory_finds_a_person_by_name_number_and_address(academy: Pages) -> None:
    person = factories.staff(
        first_name="Sam", last_name="Oduya", employee_number="010008", email="so@council.example"
    )
    factories.staff(first_name="Ade", last_name="Bello")
    for search in ("oduya", "010008", "so@council"):
        page = academy.submit(academy.get("/people"), {"q": search})
        assert page.links()["Sam Oduya"] == f"/people/{person.id}"
        assert "Ade Bello" not in page.text
        assert "1 person" in page.text


def test_the_directory_pages_25_of_many_and_costs_few_queries(academy: Pages) -> None:
    teams = [factories.team(f"Team {number}") for number in range(4)]
    manager = factories.staff()
    for number in range(60):
        factories.staff(team_id=teams[number % 4].id, manager_id=manager.id)
    page = academy.get("/people?page=2", most_queries=10)
    assert "26 to 50 of 61 people" in page.text
    about_people = [query for query in page.queries if "FROM person" in query]
    assert len(about_people) == 1, about_people


def test_the_directory_is_filtered(academy: Pages) -> None:
    fostering = factories.team("Fostering", "Placements")
    factories.staff(first_name="Ann", last_name="Foster", team_id=fostering.id)
    factories.staff(first_name="Bo", last_name="Elsewhere")
    factories.partner(factories.organisation("Riverside School"), first_name="Cy", last_name="Partner")
    factories.staff(first_name="Di", last_name="Left", last_day=date(2021, 8, 31))
    page = academy.get("/people")

    def found(**values: str) -> set[str]:
        links = academy.submit(page, values).links()
        return {name for name in links if name in {"Ann Foster", "Bo Elsewhere", "Cy Partner", "Di Left"}}

    assert found() == {"Ann Foster", "Bo Elsewhere", "Cy Partner"}
    assert found(team=str(fostering.id)) == {"Ann Foster"}
    assert found(service=str(fostering.service.id)) == {"Ann Foster"}
    assert found(kind="partner") == {"Cy Partner"}
    assert found(organisation="riverside") == {"Cy Partner"}
    assert found(on="2021-08-31") == {"Ann Foster", "Bo Elsewhere", "Cy Partner", "Di Left"}
    assert found(on="01/09/2021") == {"Ann Foster", "Bo Elsewhere", "Cy Partner"}


def test_a_search_for_somebody_who_left_offers_to_look_further(academy: Pages) -> None:
    factories.staff(first_name="Di", last_name="Left", last_day=date(2021, 8, 31))
    page = academy.get("/people?q=left")
    assert "Nobody fits" in page.text
    assert "Di Left" in academy.get(page.links()["Search among everybody"]).text


@pytest.mark.parametrize(
    ("address", "errors"),
    [
        ("?on=31/02/2022", ["In post on must be a real date, like 31/03/2026"]),
        ("?on=yesterday", ["In post on must be a real date, like 31/03/2026"]),
        ("?on=0001-01-01", ["In post on must be a real date, like 31/03/2026"]),
        ("?kind=robot", ["Choose a kind from the list"]),
        ("?team=999999999999999999999", ["Choose a team from the list"]),
        ("?service=x", ["Choose a service from the list"]),
        ("?page=99999999999999999999", []),
        ("?page=-1&q=%00%27", ["Remove the characters that can’t be printed"]),
        ("?q=" + "x" * 300, ["Name, employee number or e-mail must be 100 characters or fewer"]),
    ],
)
def test_a_wrong_filter_is_a_sentence(academy: Pages, address: str, errors: list[str]) -> None:
    assert academy.get(f"/people{address}").errors == errors


def test_an_empty_academy_says_what_to_do(academy: Pages) -> None:
    assert "Nobody is recorded yet" in academy.get("/people").text
    assert "There are no teams yet" in academy.get("/teams").text
    assert "no partner organisations yet" in academy.get("/organisations").text


# --- Adding --------------------------------------------------------------------------------------------


def test_staff_are_added_with_their_first_post(academy: Pages) -> None:
    team, role = factories.team("Fostering"), factories.role_group("Social Worker")
    manager = factories.staff(first_name="Maria", last_name="Lind", employee_number="010001")
    page = academy.submit(academy.get("/people/new"), {"kind": "staff"})
    assert page.h1 == "Add a member of staff"
    page = academy.submit(
        page,
        {
            "first_name": "Sam",
            "last_name": "Oduya",
            "employee_number": "010008",
            "email": "Sam.Oduya@Council.example",
            "job_title": "Social worker",
            "role_group": str(role.id),
            "team": str(team.id),
            "manager": "010001",
            "fte": "0.6",
            **day("first_day", "2022-01-10"),
        },
    )
    assert page.h1 == "Sam Oduya"
    for words in ("Sam Oduya is added.", "010008", "Fostering", "Maria Lind", "10 January 2022", "0.6"):
        assert words in page.text
    spell = only("010008").spell_on(date(2022, 2, 1))
    assert spell is not None
    assert (spell.team_id, spell.role_group_id, spell.manager_id) == (team.id, role.id, manager.id)


def test_a_partner_and_a_panel_member_are_asked_only_what_suits_them(academy: Pages) -> None:
    school = factories.organisation("Riverside School")
    page = academy.get("/people/new/partner")
    assert page.value("employee_number") is None
    assert page.value("manager") is None
    page = academy.submit(
        page,
        {"first_name": "Judith", "last_name": "Smith", "organisation": str(school.id), "job_title": "Lead"},
    )
    assert "Riverside School (Education)" in page.text
    page = academy.get("/people/new/panel_member")
    assert page.value("organisation") is None
    page = academy.submit(page, {"first_name": "Pat", "last_name": "Panel", "email": "pat@home.example"})
    assert "Foster panel member" in page.text
    assert {person.kind for person in db.session.query(Person)} == {
        PersonKind.PARTNER,
        PersonKind.PANEL_MEMBER,
    }


@pytest.mark.parametrize("typed", ["0.0004", "nan", "sNaN"])
def test_a_share_that_would_be_kept_as_none_is_refused(academy: Pages, typed: str) -> None:
    page = academy.submit(
        academy.get("/people/new/staff"), {"first_name": "Sam", "last_name": "Oduya", "fte": typed}
    )
    assert "Part of full time must be more than 0 and at most 1, like 0.6" in page.errors


def test_wrong_answers_come_back_with_what_was_typed(academy: Pages) -> None:
    factories.person(first_name="Ade", last_name="Bello", employee_number="010008")
    page = academy.get("/people/new/staff")
    page = academy.submit(
        page, {"first_name": "", "fte": "7", "email": "nonsense", **day("first_day", "2022-13-1")}
    )
    assert page.errors == [
        "Enter a first name",
        "Enter a last name",
        "Enter an e-mail address in the correct format, like name@example.org",
        "Part of full time must be more than 0 and at most 1, like 0.6",
        "First day must be a real date, like 31 3 2026",
    ]
    assert (page.value("fte"), page.value("email"), page.value("first_day-month")) == ("7", "nonsense", "13")
    good = {
        "first_name": "Sam",
        "last_name": "Oduya",
        "fte": "",
        "email": "",
        **day("first_day", "2022-1-10"),
    }
    page = academy.submit(page, good | {"employee_number": "010008"})
    assert page.errors == ["Employee number 010008 already belongs to Ade Bello."]
    page = academy.submit(page, {"employee_number": "", "manager": "Nobody Known"})
    assert page.errors == [UNKNOWN]
    assert page.value("first_name") == "Sam"


def test_one_press_tells_all_that_is_wrong_with_somebody_new(academy: Pages) -> None:
    """That the name is known, or a first day missing, hides neither the number nor the manager."""
    factories.staff(first_name="Joy", last_name="Okafor", employee_number="010231", email="joy@c.example")
    of_the_rules = [
        "Employee number 010231 already belongs to Joy Okafor.",
        "E-mail address joy@c.example already belongs to Joy Okafor.",
        UNKNOWN,
    ]
    typed = {"first_name": "Joy", "last_name": "Okafor", "employee_number": "010231"}
    typed |= {"email": "joy@c.example", "manager": "Nobody Known"}
    page = academy.submit(academy.get("/people/new/staff"), typed | day("first_day", ""))
    namesake = "Somebody of this name is already here. If it is somebody else, say so"
    assert sorted(page.errors) == sorted([*of_the_rules, namesake, "Enter the first day"])
    page = academy.submit(page, day("first_day", "2022-1-10"))
    assert sorted(page.errors) == sorted([*of_the_rules, namesake])
    assert page.value("manager") == "Nobody Known"
    right = {"employee_number": "", "email": "", "manager": "", "is_somebody_else": "y"}
    assert "Joy Okafor is added." in academy.submit(page, right).text


def test_somebody_of_the_same_name_is_shown_first(academy: Pages) -> None:
    factories.staff(first_name="Joy", last_name="Okafor", employee_number="010231")
    page = academy.submit(academy.get("/people/new/staff"), {"first_name": "joy", "last_name": "okafor"})
    assert page.errors == ["Somebody of this name is already here. If it is somebody else, say so"]
    assert "Joy Okafor" in page.text
    page = academy.submit(page, {"is_somebody_else": "y"})
    assert "joy okafor is added." in page.text


# --- A person's page -----------------------------------------------------------------------------------


def test_details_are_edited_and_stand_in_the_history(academy: Pages) -> None:
    person = factories.staff(first_name="Sam", last_name="Oduya")
    page = academy.get(f"/people/{person.id}/edit")
    assert page.value("last_name") == "Oduya"
    page = academy.submit(page, {"last_name": "Okafor", "preferred_name": "Sammy", "reason": "Married"})
    assert page.h1 == "Sammy Okafor"
    page = academy.get(f"/people/{person.id}/history")
    assert "Last name: Oduya → Okafor" in page.text
    assert "Married" in page.text
    assert "Avery Academy" in page.text


def test_a_change_from_a_day_asks_for_the_day_first(academy: Pages) -> None:
    person = factories.staff(first_name="Sam", last_name="Oduya")
    fostering = factories.team("Fostering")
    page = academy.get(f"/people/{person.id}/posts/change")
    assert page.value("on-year") == "2022"
    page = academy.submit(page, day("on", "2018-01-01"))
    assert page.errors == ["Sam Oduya is not in post on 1 January 2018"]
    assert page.value("on-year") == "2018"
    assert academy.submit(page, day("on", "2022-2-31")).errors == [
        "First day of the change must be a real date, like 31 3 2026"
    ]
    page = academy.submit(page, day("on", "2022-01-17"))
    assert page.h1 == "What is different from 17 January 2022?"
    page = academy.submit(page, {"team": str(fostering.id)})
    assert "1 January 2019 to 16 January 2022" in page.text
    assert "From 17 January 2022" in page.text
    again = academy.submit(academy.get(f"/people/{person.id}/posts/change"), day("on", "2022-01-17"))
    assert academy.submit(again).errors == [
        "Nothing here differs from what is recorded. Change something, or go back."
    ]


def test_u06_the_last_day_and_coming_back(academy: Pages) -> None:
    person = factories.staff(first_name="Sam", last_name="Oduya")
    page = academy.submit(academy.get(f"/people/{person.id}/posts/end"), day("last_day", ""))
    assert page.errors == ["Enter the last day"]
    page = academy.submit(page, day("last_day", "2022-01-31"))
    assert "Sam Oduya left: the last day was 31 January 2022." in page.text
    page = academy.get(page.links()["Record that they are back"])
    page = academy.submit(page, day("first_day", "2022-01-31"))
    assert page.errors == [
        "Sam Oduya already has a post from 1 January 2019 to 31 January 2022. "
        "Choose days outside it, or end it first."
    ]
    page = academy.submit(page, day("first_day", "2022-02-01"))
    assert "Sam Oduya belongs here from 1 February 2022." in page.text
    assert "1 January 2019 to 31 January 2022" in page.text


def test_u06_somebody_leaves_on_the_day_before_a_move_that_was_entered(academy: Pages) -> None:
    person = factories.staff(first_name="Sam", last_name="Oduya")
    change = academy.submit(academy.get(f"/people/{person.id}/posts/change"), day("on", "2022-01-17"))
    academy.submit(change, {"team": str(factories.team("Fostering").id)})
    page = academy.get(f"/people/{person.id}/posts/end")
    page = academy.submit(page, day("last_day", "2022-01-16") | {"reason": "The move never came"})
    assert "Sam Oduya left: the last day was 16 January 2022." in page.text
    assert "The move never came" in academy.get(f"/people/{person.id}/history").text


@pytest.mark.parametrize("kind", [PersonKind.PARTNER, PersonKind.PANEL_MEMBER])
def test_u07_time_as_a_partner_that_came_by_a_merge_is_changed_as_a_partners(
    academy: Pages, kind: PersonKind
) -> None:
    """A former employee is a partner today: nothing asked makes them staff again but a new post."""
    person = factories.staff(first_name="Sam", last_name="Oduya", last_day=date(2021, 6, 30))
    other = (
        factories.partner(last_name="Oduya")
        if kind is PersonKind.PARTNER
        else factories.panel_member(last_name="Oduya")
    )
    merging.merge(survivor=person, merged=other, by=COMMAND_LINE, now=clock.now())
    db.session.commit()
    page = academy.get(f"/people/{person.id}")
    if kind is PersonKind.PARTNER:
        change = academy.get(page.links()["Change organisation or job title"])
        assert change.h1 == "Change organisation or job title"
        page = academy.submit(academy.submit(change, day("on", "2022-01-17")), {"job_title": "Warden"})
        assert "Warden" in page.text
    correct = f"Correct the post from {'17 January 2022' if kind is PersonKind.PARTNER else '1 July 2021'}"
    page = academy.get(page.links()[correct])
    page = academy.submit(page, day("last_day", "2022-03-31") | {"reason": "They told us"})
    page = academy.get(page.links()["Record that they come back"])
    assert page.value("employment_type") == "employee"
    page = academy.submit(page, day("first_day", "2022-04-01"))
    assert "Sam Oduya belongs here from 1 April 2022." in page.text
    assert [str(one.employment_type) for one in person.spells] == [
        "employee",
        *[kind.value] * (2 if kind is PersonKind.PARTNER else 1),
        "employee",
    ]


def test_a_post_is_corrected_and_what_it_said_is_kept(academy: Pages) -> None:
    person = factories.staff(first_name="Sam", last_name="Oduya")
    page = academy.get(f"/people/{person.id}")
    page = academy.get(page.links()["Correct the post from 1 January 2019"])
    page = academy.submit(page, day("first_day", "2019-09-02"))
    assert page.errors == ["Say what was wrong"]
    page = academy.submit(page, {"reason": "The letter says September"})
    assert "In this post since 2 September 2019" in page.text
    history = academy.get(f"/people/{person.id}/history").text
    assert "From 1 January 2019" in history
    assert "The letter says September" in history


def test_a_post_that_never_was_is_removed(academy: Pages) -> None:
    person = factories.staff()
    spell = person.spells[0]
    page = academy.get(f"/people/{person.id}/posts/{spell.id}/correct")
    page = academy.get(page.links()["Remove this post: it was recorded by mistake"])
    page = academy.submit(page, {"reason": "Wrong person"})
    assert "Nothing is recorded of where" in page.text
    academy.get(f"/people/{person.id}/posts/{spell.id}/correct", status=404)


def test_a_long_term_absence_is_recorded_ended_and_removed(academy: Pages) -> None:
    person = factories.staff()
    page = academy.submit(academy.get(f"/people/{person.id}/absences/new"), day("first_day", "2012-01-10"))
    assert page.errors == [
        f"{person.name} is not in post on 10 January 2012. Choose a day on which they are, or correct their "
        "posts first."
    ]
    page = academy.submit(page, day("first_day", "2022-01-10"))
    assert "Long-term absence" in page.text
    page = academy.get(page.links()["End or correct the absence from 10 January 2022"])
    page = academy.submit(page, day("last_day", "2022-01-09"))
    assert page.errors == ["The last day must be on or after the first day, 10 January 2022."]
    page = academy.submit(page, day("last_day", "2022-06-30"))
    assert "Long-term absence until 30 June 2022" in page.text
    page = academy.get(page.links()["Correct the absence from 10 January 2022"])
    page = academy.get(page.links()["Remove this absence: it was recorded by mistake"])
    page = academy.submit(page, {"reason": "Somebody else"})
    assert "Long-term absence until" not in page.text


def test_things_of_another_person_are_not_there(academy: Pages) -> None:
    one, other = factories.staff(), factories.staff()
    academy.get(f"/people/{one.id}/posts/{other.spells[0].id}/correct", status=404)
    academy.get(f"/people/{one.id}/posts/99999999999/remove", status=404)
    academy.get("/people/99999999999999", status=404)
    partner = factories.partner()
    academy.get(f"/people/{partner.id}/absences/new", status=404)


# --- Who may open what (3.0) ---------------------------------------------------------------------------


def test_30_a_line_manager_opens_the_own_team_alone(pages: Pages, travel_to: Callable[..., None]) -> None:
    travel_to(TODAY, tick=True)
    manager = factories.staff(first_name="Maria", last_name="Lind")
    team, other = factories.team("Fostering"), factories.team("Adoption")
    member = factories.staff(first_name="Sam", last_name="Oduya", team_id=team.id, manager_id=manager.id)
    factories.staff(first_name="Ade", last_name="Bello", team_id=team.id)
    stranger = factories.staff(first_name="Not", last_name="Mine", team_id=other.id)
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=manager))
    page = pages.get("/my-team")
    assert "Sam Oduya" in page.text
    assert "Ade Bello" in page.text
    assert "Not Mine" not in page.text
    page = pages.get(f"/people/{member.id}")
    assert "Edit these details" not in page.text
    assert "Correct" not in page.text
    pages.get(f"/people/{manager.id}")
    pages.get(f"/teams/{team.id}?on=2021-08-31")
    for path in (
        f"/people/{stranger.id}",
        f"/teams/{other.id}",
        f"/people/{member.id}/edit",
        f"/people/{member.id}/history",
        "/people",
        "/teams",
        "/organisations",
    ):
        pages.get(path, status=403)


def test_4_4_a_teams_page_names_the_service_of_its_day(academy: Pages) -> None:
    team = factories.team("Night duty", "Assessment")
    rules.edit_team(
        team=team,
        name=team.name,
        service=factories.service("Early Help"),
        first_day=date(2022, 1, 1),
        by=factories.actor(Role.ACADEMY_MANAGER),
        now=clock.now(),
    )
    db.session.commit()
    for on, service in (("2021-12-31", "Assessment"), ("2022-01-01", "Early Help"), ("", "Early Help")):
        caption = academy.get(f"/teams/{team.id}?on={on}").soup.select_one("[class*=govuk-caption]")
        assert caption.text.strip() == service, on


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ACADEMY_MANAGER])
def test_30_nobody_else_opens_the_directory_or_a_stranger(role: Role, pages: Pages) -> None:
    stranger = factories.staff(first_name="Marker", last_name="Zzyzx")
    own = factories.staff()
    pages.sign_in(factories.user(role, of=own))
    for path in ("/people", "/people?q=Zzyzx", f"/people/{stranger.id}", f"/people/{stranger.id}/history"):
        assert "Zzyzx" not in pages.get(path, status=403).html
    sees_own = role in {Role.PRACTITIONER, Role.LINE_MANAGER, Role.PARTNER, Role.COORDINATOR}
    pages.get(f"/people/{own.id}", status=200 if sees_own else 403)


def test_what_is_alike_in_all_of_a_team_is_said_once(pages: Pages) -> None:
    team, boss = factories.team("Fostering"), factories.staff(first_name="Maria", last_name="Lind")
    for _ in range(2):
        factories.staff(team_id=team.id, manager_id=boss.id)
    pages.sign_in(factories.user(Role.LINE_MANAGER, of=boss))
    page = pages.get("/my-team")
    assert "Everybody listed is in Fostering and answers to Maria Lind." in page.text
    assert [one.text for one in page.soup.select("thead th")] == ["Name", "Role"]
    assert "Employee" not in page.text
    agency = {"employment_type": EmploymentType.AGENCY, "job_title": "Social Worker"}
    factories.staff(team_id=factories.team("Adoption").id, manager_id=boss.id, **agency)
    page = pages.get("/my-team")
    assert "Social Worker, Agency" in page.text
    assert "Everybody listed answers to Maria Lind." in page.text
    assert [one.text for one in page.soup.select("thead th")] == ["Name", "Role", "Team"]


def test_lm08_a_mover_is_in_my_team_today_and_was_not_yesterday(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    travel_to(TODAY, tick=True)
    manager = factories.staff()
    mover = factories.staff(first_name="Sam", last_name="Oduya", last_day=date(2022, 1, 31))
    factories.spell(mover, first_day=date(2022, 2, 1), employed_from=date(2019, 1, 1), manager_id=manager.id)
    account = factories.user(Role.LINE_MANAGER, of=manager)
    pages.sign_in(account)
    assert "Sam Oduya" in pages.get("/my-team").text
    travel_to("2022-01-31", tick=True)
    pages.sign_in(account)
    assert "Nobody has you as their line manager today" in pages.get("/my-team").text
    assert "Sam Oduya" in pages.get("/my-team?on=2022-02-01").text
    page = pages.get("/my-team?on=31/01/2022")
    assert "answered to you on 31 January 2022." in page.text
    assert page.links()["Show today"].endswith("/my-team")


# --- Teams, organisations, lists -----------------------------------------------------------------------


def test_a_teams_page_is_of_a_date(academy: Pages) -> None:
    fostering = factories.team("Fostering")
    manager = factories.staff(first_name="Maria", last_name="Lind")
    mover = factories.staff(
        first_name="Sam",
        last_name="Oduya",
        team_id=fostering.id,
        last_day=date(2021, 12, 31),
        manager_id=manager.id,
    )
    factories.spell(mover, first_day=date(2022, 1, 1), employed_from=date(2019, 1, 1))
    page = academy.get(f"/teams/{fostering.id}")
    assert "Nobody was in this team on 1 February 2022." in page.text
    page = academy.submit(page, {"on": "2021-08-31"})
    assert "Sam Oduya" in page.text
    assert "Maria Lind" in page.text
    assert "31 August 2021" in page.text
    assert academy.get(f"/teams/{fostering.id}?on=2021-08-31").value("on") == "31/8/2021"
    page = academy.get(f"/teams/{fostering.id}?on=2021-02-30")
    assert page.errors == ["In post on must be a real date, like 31/03/2026"]


def test_a_team_is_added_renamed_and_moved(academy: Pages) -> None:
    page = academy.submit(academy.get("/services/new"), {"name": "Early Help"})
    assert "Early Help" in page.text
    academy.submit(academy.get("/services/new"), {"name": "Placements"})
    page = academy.get("/teams/new")
    assert academy.submit(page).errors == ["Enter a name", "Choose a service"]
    services = {option.text: str(option["value"]) for option in page.soup.select("#service option")}
    page = academy.submit(page, {"name": "Fostering", "service": services["Early Help"]})
    assert page.h1 == "Fostering"
    page = academy.submit(academy.get(f"{page.path}/edit"), {"service": services["Placements"]})
    assert "Placements" in page.text
    history = academy.get(f"{page.path}/history")
    assert "Service: Early Help → Placements" in history.text
    assert "Fostering" in academy.get("/teams").text


def test_the_page_of_a_team_that_moved_lists_its_services_with_their_days(academy: Pages) -> None:
    team = factories.team("Fostering", "Early Help")
    placements = str(factories.service("Placements").id)
    db.session.commit()
    assert "Services of Fostering" not in academy.get(f"/teams/{team.id}").text
    for service, (day, month, year) in (
        (placements, ("1", "9", "2021")),
        (str(team.service.id), ("1", "1", "2022")),
    ):
        typed = {"first_day-day": day, "first_day-month": month, "first_day-year": year}
        page = academy.submit(academy.get(f"/teams/{team.id}/edit"), {"service": service, **typed})
    assert [" ".join(row.stripped_strings) for row in page.soup.select("tbody tr")] == [
        "Until 31 August 2021 Early Help",
        "1 September 2021 to 31 December 2021 Placements",
        "From 1 January 2022 Early Help",
    ]


def test_an_organisation_is_added_edited_and_shows_its_people(academy: Pages) -> None:
    page = academy.get("/organisations/new")
    sectors = {option.text: str(option["value"]) for option in page.soup.select("#sector option")}
    assert list(sectors) == ["Choose one", "Education", "Health", "Housing", "Police", "Other"]
    page = academy.submit(page, {"name": "Castle Homes", "sector": sectors["Housing"]})
    organisation = db.session.query(Organisation).one()
    factories.partner(organisation, first_name="Judith", last_name="Smith")
    assert "Judith Smith" in academy.get(page.path).text
    page = academy.submit(academy.get(f"{page.path}/edit"), {"name": "Castle Housing"})
    assert page.h1 == "Castle Housing"
    assert "Name: Castle Homes → Castle Housing" in academy.get(f"{page.path}/history").text
    listed = academy.get("/organisations?q=castle")
    assert "Castle Housing" in listed.text
    assert "No organisation fits" in academy.get(f"/organisations?sector={sectors['Police']}").text
    again = academy.submit(
        academy.get("/organisations/new"), {"name": "castle housing", "sector": sectors["Other"]}
    )
    assert again.errors == ["There is already an organisation called Castle Housing."]


@pytest.mark.parametrize("path", ["services", "role-groups", "sectors"])
def test_a_short_list_grows_and_its_rows_are_renamed(academy: Pages, path: str) -> None:
    page = academy.submit(academy.get(f"/{path}/new"), {"name": "Youth Offending"})
    assert "Youth Offending is added." in page.text
    page = academy.get(page.links()["Rename Youth Offending"])
    page = academy.submit(page, {"name": "Youth Justice"})
    assert "Youth Justice" in page.text
    assert "Youth Offending" not in page.text
    page = academy.get(page.links()["Rename Youth Justice"])
    assert "Name: Youth Offending → Youth Justice" in page.text
    assert academy.submit(page, {"name": ""}).errors == ["Enter a name"]


def test_role_groups_count_people_of_today(academy: Pages) -> None:
    role = factories.role_group("Social Worker")
    factories.staff(role_group_id=role.id)
    factories.staff(role_group_id=role.id, last_day=date(2022, 1, 31))
    page = academy.get("/role-groups")
    assert "Social Worker 1" in page.text
    assert db.session.query(RoleGroup).count() == 1
    assert db.session.query(Spell).count() == 2


# --- Addresses that bounce -------------------------------------------------------------------------------


def test_u18_what_comes_back_is_shown_on_the_person_and_held_back_until_the_address_is_corrected(
    academy: Pages,
) -> None:
    person = factories.staff(first_name="Ada", last_name="Marsh", email="ada@council.example")
    page = academy.get(f"/people/{person.id}")
    page = academy.submit(page, button="An e-mail came back")
    assert "No e-mail was sent to this address, so none can have come back." in page.html
    bounced(person.email, at=clock.now(), state=MessageState.SENT)
    page = academy.submit(page, button="An e-mail came back")
    assert "E-mails to ada@council.example come back since 1 February 2022" in page.text
    bounced(person.email, at=clock.now(), state=MessageState.SUPPRESSED)
    assert "1 e-mail is held back." in academy.get(f"/people/{person.id}").text
    page = academy.get(page.links()["Correct the address"])
    page = academy.submit(page, {"email": "ada.marsh@council.example"})
    assert "come back" not in page.text
    assert set(db.session.execute(select(Message.to_address, Message.state)).tuples()) == {
        ("ada.marsh@council.example", MessageState.QUEUED)
    }


def test_u18_an_address_that_is_right_after_all_is_tried_again(academy: Pages) -> None:
    person = factories.staff(email="ada@council.example")
    bounced(person.email, at=clock.now(), state=MessageState.BOUNCED)
    page = academy.submit(academy.get(f"/people/{person.id}"), button="Try this address again")
    assert "E-mails to this address are sent again, within a minute." in page.html
    assert "come back since" not in page.text
    assert db.session.scalars(select(Message.state)).all() == [MessageState.QUEUED]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (f"Open {SECRET_STANDS_HERE}", "the link in it was forgotten when it was sent"),
        ("", "its words were deleted, as it was written long ago"),
    ],
)
def test_u18_the_academy_is_told_of_what_came_back_without_its_link_or_words(
    academy: Pages, words: str, why: str
) -> None:
    person = factories.staff(email="ada@council.example")
    bounced(person.email, at=clock.now(), state=MessageState.SENT, text=words)
    page = academy.submit(academy.get(f"/people/{person.id}"), button="An e-mail came back")
    assert f"“Hello” is not sent again, since {why}." in page.text
    academy.submit(page, button="Try this address again")
    assert db.session.scalars(select(Message.state)).all() == [MessageState.WITHDRAWN]


# --- Two who edit one thing ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "path", "first", "second", "saved"),
    [
        (
            lambda: factories.staff(email=None),
            "people",
            {"email": "sam@council.example"},
            {"preferred_name": "Sam"},
            "E-mail address sam@council.example",
        ),
        (
            lambda: factories.partner(email=None),
            "people",
            {"email": "pat@school.example"},
            {"preferred_name": "Pat"},
            "E-mail address pat@school.example",
        ),
        (factories.team, "teams", {"name": "Front Door"}, {"name": "First Call"}, "Front Door Service"),
        (
            factories.organisation,
            "organisations",
            {"name": "Castle Housing"},
            {"name": "Castle Homes"},
            "Castle Housing Sector",
        ),
    ],
)
def test_u29_the_second_of_two_editors_is_shown_what_the_first_saved(
    academy: Pages,
    make: Callable[[], Any],
    path: str,
    first: dict[str, str],
    second: dict[str, str],
    saved: str,
) -> None:
    thing = make()
    address = f"/{path}/{thing.id}/edit"
    pages = academy.get(address), academy.get(address)
    academy.submit(pages[0], first)
    page = academy.submit(pages[1], second)
    assert page.errors[0].startswith("This was changed by Avery Academy on ")
    assert saved in page.text
    name, typed = next(iter(second.items()))
    assert page.value(name) == typed
    db.session.refresh(thing)
    assert all(getattr(thing, name) == value for name, value in first.items())
    page = academy.submit(page)
    assert page.path == f"/{path}/{thing.id}"
    assert typed in page.text


def _merged_by_olive(ann: Person) -> None:
    other = factories.staff(employee_number=None, email="other@council.example")
    by = factories.actor(Role.ACADEMY_MANAGER, name="Olive Older")
    merging.merge(survivor=ann, merged=other, taken=["email"], by=by, now=clock.now())
    db.session.commit()


def _changed_by_nobody_known(ann: Person) -> None:
    ann.preferred_name = "Annie"
    db.session.commit()


@pytest.mark.parametrize(
    ("change", "by"),
    [
        (lambda _: bring_in_people({"last_name": "Barrow"}), "by Tess Ting on 1 February 2022"),
        (_merged_by_olive, "by Olive Older on 1 February 2022"),
        (_changed_by_nobody_known, "by somebody else,"),
    ],
    ids=["HR’s file", "a merge", "no entry"],
)
def test_u29_who_is_named_changed_it_after_the_page_was_opened(
    academy: Pages, change: Callable[[Person], Any], by: str
) -> None:
    bring_in_people({})
    ann = only("000101")
    rules.edit_person(person=ann, swe_number="SW2", by=Actor(name="Early Edna"), now=clock.now())
    db.session.commit()
    page = academy.get(f"/people/{ann.id}/edit")
    change(ann)
    page = academy.submit(page, {"preferred_name": "Anna"})
    assert page.errors[0].startswith(f"This was changed {by}")
