"""A target’s forecast as its page shows it, and from a shortfall to the people. (AM-07, AM-08)"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.bookings import rules as booking_rules
from app.bookings.models import Booking, Invitation
from app.core import clock
from app.core.db import db
from app.core.filters import day
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import ReachStep, TargetKind
from app.people.models import Person, Spell
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY, Scene
from tests.figures.test_prospects import MARCH, february
from tests.pages import Pages


def test_am07_bm01_the_page_and_the_command_say_who_is_still_needed(
    pages: Pages, run_command: Callable[..., Any]
) -> None:
    february()
    page = pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/targets/new-and-upskill?as_at=2022-02-28")
    for words in (
        "▲ Red",
        "At most 80 are likely by 31 March 2022 even if every place is filled: 8 short.",
        "Book 23 more people; 14 places exist; 9 more places needed.",
        "Likely 68 of 110 (62%)",
        "Best case 71 of 110 (65%)",
        "Likely if every free place is filled 80 of 110 (73%)",
        "Booked to complete 30 people",
        "Not booked 39 people",
        "Free places 14 places in runs that end in time",
        "Places missing 9 places: 1 more run of 16",
        "Last useful start 24 March 2022",
        "10% of booked people are expected not to come",
    ):
        assert words in page.text, words
    assert "Invite those" not in page.text
    found = json.loads(run_command("figures", "--json", "--as-at", "2022-02-28").stdout)[0]
    names = ("likely", "best", "ceiling", "to_book", "place_shortfall", "rag")
    assert [found[name] for name in names] == [68, 71, 80, 23, 9, "red"]
    assert (found["impossible"], found["standing"]) == (False, "Red")
    assert found["rag_reason"] == (
        "At most 80 are likely by 31 March 2022 even if every place is filled: 8 short."
    )
    assert found["baseline"] == {
        "listed_on": "2022-01-26", "listed": 110, "joined": 0, "left": 0, "required_then": 88, "exempt": 0,
    }  # fmt: skip


def test_4_11_am07_no_run_is_asked_for_where_too_few_may_book(pages: Pages) -> None:
    """Of 15 people 12 may book: the page says what helps, and leads to no new run."""
    scene = scenes.cohort(members=15, deadline=clock.today() + timedelta(days=90))
    factories.run(scene.course, capacity=5)
    address = "/targets/new-and-upskill"
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(address)
    assert "14 people" in page.text
    assert "Schedule a run" in page.text
    for person in scene.people[:3]:
        _become_team_manager(person)
    scene.course.role_groups = [factories.role_group("Social Worker")]
    page = pages.get(address)
    words = "only 12 of those not booked may book: widen the audience, or change whom the target counts"
    assert f"Still to book Impossible: {words}" in page.text
    assert "Schedule a run" not in page.text
    assert "Places missing" not in page.text


def _become_team_manager(person: Person) -> None:
    spell = db.session.scalars(select(Spell).where(Spell.person_id == person.id)).one()
    spell.role_group_id = factories.role_group("Team Manager").id


@pytest.mark.parametrize(
    ("on", "is_ahead"), [("2022-03-30", True), ("2022-03-31", False), ("2022-04-01", False)]
)
@pytest.mark.parametrize("is_marked", [True, False])
def test_4_12_nothing_is_forecast_after_the_deadline(
    pages: Pages, run_command: Callable[..., Any], on: str, is_ahead: bool, is_marked: bool
) -> None:
    """On the page, on the board’s, in its file and by the command, whether it was missed or nothing is known
    of it; nor when a day to come is asked for."""
    scene = scenes.cohort(members=5)
    if is_marked:
        scenes.complete(scene.people[0], scene.course, date(2022, 2, 1))
    db.session.commit()
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    assert ("Still to book" in board.get(f"/targets/new-and-upskill?as_at={on}").text) is is_ahead
    found = json.loads(run_command("figures", "--json", "--as-at", on).stdout)[0]
    names = {"booked", "free", "likely", "best", "ceiling", "to_book", "place_shortfall", "extra_runs"}
    assert {found[name] is not None for name in names} == {is_ahead}
    assert found["forecast_for"] == ("2022-03-31" if is_ahead else None)
    colour = {(True, True): "red", (True, False): "missed"}.get((is_marked, is_ahead), "no_data")
    assert found["rag"] == colour
    text = board.get(f"/board.csv?as_at={on}").html.removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert bool(row["likely"]) is is_ahead
    to_come = (clock.today() + timedelta(days=30)).isoformat()
    found = json.loads(run_command("figures", "--json", "--as-at", to_come).stdout)[0]
    assert (found["forecast_for"], found["rag"]) == (None, "missed" if is_marked else "no_data")
    assert {found[name] for name in names} == {None}


def test_4_11_the_page_says_whom_single_days_would_complete(pages: Pages) -> None:
    """Three have done day 1 of 2; two seats are left on a second day, and 14 places on a run to come."""
    scene = february()
    held = factories.run(scene.course, days=[date(2022, 2, 8), date(2022, 2, 9)])
    for person in scene.people[80:83]:
        scenes.attend(person, held, days=1)
    factories.run(scene.course, days=[date(2022, 2, 15), date(2022, 3, 10)], capacity=2)
    page = pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/targets/new-and-upskill?as_at=2022-02-28")
    said = "Free places 14 places in runs that end in time, and single days that would complete 2 people"
    assert said in page.text
    assert "16 places exist; 7 more places needed" in page.text


def test_4_4_each_number_leads_to_the_people_whom_it_counts(pages: Pages) -> None:
    scene = february()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/targets/new-and-upskill?as_at=2022-02-28")
    numbers = {
        "110 people": "everybody",
        "41 people": "complete",
        "69 people": "outstanding",
        "30 people": "booked",
        "39 people": "not_booked",
    }
    for words, which in numbers.items():
        address = page.links()[words]
        assert address == f"/targets/new-and-upskill/people/{which}?as_at=2022-02-28"
        assert f"of {words}" in pages.get(address).text
    assert scene.people[0].name in pages.get(page.links()["41 people"]).text
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    assert "41 people" not in pages.get("/targets/new-and-upskill?as_at=2022-02-28").links()
    assert pages.get("/targets/new-and-upskill/people/complete", status=403).status == 403


def test_u12_the_cohort_grows_and_green_becomes_red(run_command: Callable[..., Any]) -> None:
    """84 complete and 10 booked: green against 110 with 88 needed, red against 118 with 95 needed."""
    scene = scenes.cohort(members=114)
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)], capacity=90)
    for person in scene.people[:84]:
        scenes.attend(person, held)
    run = factories.run(scene.course, days=MARCH, capacity=10)
    for person in scene.people[84:94]:
        factories.booking(run, person)
    for person in scene.people[110:]:
        scenes.leave(scene, person, on=date(2022, 2, 10))
    assert _colour(run_command, "2022-02-28")[:2] == ("green", 93)
    scenes.join(scene, 8, on=date(2022, 3, 1))
    assert _colour(run_command, "2022-02-28")[:2] == ("green", 93)
    colour, likely, to_book, shortfall = _colour(run_command, "2022-03-01")
    assert (colour, likely, to_book, shortfall) == ("red", 93, 3, 3)


def _colour(run_command: Callable[..., Any], as_at: str) -> tuple[Any, ...]:
    found = json.loads(run_command("figures", "--json", "--as-at", as_at).stdout)[0]
    return tuple(found[name] for name in ("rag", "likely", "to_book", "place_shortfall"))


def test_a_day_to_come_has_a_forecast_and_nothing_else(pages: Pages, travel_to: Callable[..., None]) -> None:
    travel_to("2027-01-13")  # 40 days on it is a Monday, and so it is a week before
    scene = _to_come()
    scenes.join(scene, 3, on=scenes.LISTED_ON)
    soon = clock.today() + timedelta(days=40)
    run = factories.run(scene.course, days=[soon, soon + timedelta(days=1)])
    factories.booking(run, scene.people[0])
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get(f"/targets/new-and-upskill?as_at={soon}")
    assert "is still to come: the figures are today’s, and each forecast is for that day" in page.text
    assert "Best case 0 of 5 (0%)" in page.text
    assert f"Last useful start {day(soon - timedelta(days=7))}" in page.text
    later = pages.get(f"/targets/new-and-upskill?as_at={soon + timedelta(days=1)}")
    assert "Best case 1 of 5 (20%)" in later.text


def test_4_11_on_the_deadlines_own_day_once_it_is_over_nobody_is_to_be_booked(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    """2 of 5, of whom 4 are needed by 31 March: on that day somebody could still come, on the next not."""
    scene = scenes.cohort(members=5)
    held = factories.run(scene.course, days=[date(2022, 3, 1), date(2022, 3, 2)])
    for person in scene.people[:2]:
        scenes.attend(person, held)
    manager = factories.user(Role.ACADEMY_MANAGER)
    address = "/targets/new-and-upskill?as_at=2022-03-31"
    travel_to("2022-03-31 09:00")
    page = pages.sign_in(manager).get(address)
    assert "Book 3 more people" in page.text
    travel_to("2022-04-01 09:00")
    page = pages.sign_in(manager).get(address)
    assert "Missed" in page.text
    assert "2 people short after the deadline of 31 March 2022." in page.text
    for words in ("Book 3", "Forecast for", "likely", "Show the figure as at the deadline"):
        assert words not in page.text, words
    known = pages.get(f"{address}&known_at=2022-03-31T09:00")
    assert "Book 3 more people" in known.text


def test_am08_whom_to_invite_can_be_narrowed_to_a_service_or_a_team(manager: Pages) -> None:
    """Of two teams of one name each is its own service's; everybody on the page is everybody there."""
    scene = scenes.cohort(members=0, deadline=clock.today() + timedelta(days=90))
    teams = [factories.team("North", "Early Help"), factories.team("North", "Duty")]
    for team, name in zip(teams, ("Tom", "Ann"), strict=True):
        person = factories.staff(first_name=name, last_name="Reyes", team_id=team.id)
        rules.add_people(
            cohort=scene.cohort, typed=str(person.employee_number), joined_on=scenes.LISTED_ON,
            cause="untrained", by=ACADEMY, now=LONG_AGO,
        )  # fmt: skip
    soon = clock.today() + timedelta(days=40)
    run = factories.run(scene.course, days=[soon, soon + timedelta(days=1)])
    db.session.commit()
    address = f"/targets/new-and-upskill/not-booked/{scene.course.id}"
    for asked, there in (
        ("", {"Tom Reyes", "Ann Reyes"}),
        ("?service=Duty", {"Ann Reyes"}),
        (f"?team={teams[0].id}", {"Tom Reyes"}),
        (f"?service=Duty&team={teams[0].id}", {"Tom Reyes"}),
        ("?service=Nowhere&team=0", {"Tom Reyes", "Ann Reyes"}),
    ):
        page = manager.get(f"{address}{asked}")
        assert {name for name in ("Tom Reyes", "Ann Reyes") if name in page.text} == there, asked
    here = f"{address}?service=Duty"  # a form without an action goes to where its page is
    page = replace(manager.get(here), path=here)
    page = manager.submit(page, {"who": "everybody", "runs": str(run.id), "how": "invite"}, form=1)
    assert "Invite 1 person to 1 run" in page.text
    page = manager.submit(replace(page, path=here))
    assert "1 person invited by e-mail." in page.text
    assert "Tom Reyes" not in page.text
    factories.team("South", "Fostering")
    db.session.commit()
    assert "Nobody there is left to invite." in manager.get(f"{address}?service=Fostering").text


def _to_come() -> Scene:
    """Two to train in the next months, and a third who is done, in another cohort's register."""
    scene = scenes.cohort(members=2, deadline=clock.today() + timedelta(days=90))
    held = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)])
    scenes.attend(factories.staff(), held)
    return scene


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def test_am08_from_the_shortfall_to_an_invitation(manager: Pages) -> None:
    scene = _to_come()
    scene.people[1].email = None
    run = factories.run(scene.course)
    page = manager.get("/targets/new-and-upskill")
    page = manager.get(next(href for words, href in page.links().items() if words.startswith("Invite those")))
    assert scene.people[0].name in page.text
    form = {"runs": [str(run.id)], "how": "invite", "people": [str(one.id) for one in scene.people]}
    page = manager.submit(manager.submit(page, form, form=1))
    assert "1 person invited by e-mail." in page.text
    assert f"Without an e-mail address, so not invited: {scene.people[1].name}." in page.text
    assert db.session.scalar(select(func.count(Invitation.id))) == 1
    today = day(clock.today())
    assert page.text.count(f"invited on {today}") == 1
    page = manager.submit(page, {"runs": [str(run.id)], "how": "invite", "who": "everybody"}, form=1)
    assert f"1 person was invited already, on {today}." in page.text
    assert db.session.scalar(select(func.count(Invitation.id))) == 1


def test_am05_places_kept_for_partners_are_no_places_for_those_who_are_not_booked(manager: Pages) -> None:
    """As many as the forecast counts: 5 places, of which 3 are kept for schools, and then all of them."""
    scene = _to_come()
    run = factories.run(scene.course, capacity=5)
    sector = factories.organisation("St Oda’s School", "Education").sector
    for kept, offered, counted in ((3, "(2 places)", "2 places"), (5, "(full: waiting list)", "0 places")):
        booking_rules.keep_places(
            run=run,
            sector_id=sector.id,
            places=kept,
            kept_until=clock.today(),
            by=factories.actor(Role.ACADEMY_MANAGER),
            now=clock.now(),
        )
        assert offered in manager.get(f"/targets/new-and-upskill/not-booked/{scene.course.id}").text
        page = manager.get("/targets/new-and-upskill")
        assert f"Free places {counted} in runs that end in time" in page.text


def test_am08_who_was_booked_since_the_page_was_opened_is_said_to_be_off_the_list(manager: Pages) -> None:
    scene = _to_come()
    run = factories.run(scene.course)
    page = manager.get(f"/targets/new-and-upskill/not-booked/{scene.course.id}")
    factories.booking(run, scene.people[0])
    people = [str(one.id) for one in scene.people]
    page = manager.submit(page, {"runs": [str(run.id)], "how": "invite", "people": people}, form=1)
    assert page.errors == ["Choose again: what you chose is not on the list any more"]
    assert db.session.scalar(select(func.count(Invitation.id))) == 0


def test_am08_a_past_day_offers_to_invite_nobody(manager: Pages) -> None:
    """Who was not booked then may be booked now, or complete."""
    _to_come()
    yesterday = clock.today() - timedelta(days=1)
    for address, is_offered in (
        ("", True),
        (f"?as_at={yesterday}", False),
        (f"?known_at={yesterday}", False),
    ):
        page = manager.get(f"/targets/new-and-upskill{address}")
        assert "Not booked 2 people" in page.text
        assert ("Invite those who are not booked" in page.text) == is_offered, address


def test_am08_or_they_are_booked_at_once_and_leave_the_list(manager: Pages) -> None:
    scene = _to_come()
    run = factories.run(scene.course)
    address = f"/targets/new-and-upskill/not-booked/{scene.course.id}"
    typed = {"runs": [str(run.id)], "how": "book", "who": "everybody"}
    asked = manager.submit(manager.get(address), typed, form=1)
    assert asked.h1 == f"Book 2 people onto {run.code}, with 16 places left?"
    page = manager.submit(asked)
    assert "2 people have a place." in page.text
    assert "Everybody who is counted and lacks this course is booked." in page.text
    assert db.session.scalar(select(func.count(Booking.id))) == 2


def test_am08_whoever_is_outside_the_audience_is_marked_and_not_invited(manager: Pages) -> None:
    scene = _to_come()
    run, (first, second) = factories.run(scene.course), scene.people
    scene.course.role_groups = [factories.role_group("Social Worker")]
    _become_team_manager(second)
    db.session.commit()
    address = f"/targets/new-and-upskill/not-booked/{scene.course.id}"
    typed = {"runs": [str(run.id)], "how": "invite", "who": "everybody"}
    page = manager.get(address)
    assert "Can’t book it The course is not for their role or organisation." in page.text
    assert "1 person. Nobody is invited to the same runs again" in page.text
    assert [one["value"] for one in page.soup.select("input[name=people]")] == [str(first.id)]
    asked = manager.submit(page, typed, form=1)
    assert asked.h1 == "Invite 1 person to 1 run with 16 places?"
    assert "1 person is left out, as the course is not for their role or organisation." in asked.text
    assert "1 person invited by e-mail." in manager.submit(asked).text
    assert list(db.session.scalars(select(Invitation.person_id))) == [first.id]
    ticked = typed | {"who": "ticked", "people": [str(first.id)]}
    assert "left out" not in manager.submit(manager.get(address), ticked, form=1).text
    _become_team_manager(first)
    db.session.commit()
    page = manager.get(address)
    assert "Nobody on this page can book the course." in page.text
    assert all(one.name in page.text for one in scene.people)


def test_am08_a_run_that_ends_after_the_deadline_says_so(manager: Pages) -> None:
    scene = _to_come()
    deadline = clock.today() + timedelta(days=90)
    in_time = factories.run(scene.course, days=[deadline - timedelta(days=1), deadline])
    late = factories.run(scene.course, days=[deadline, deadline + timedelta(days=6)])
    page = manager.get(f"/targets/new-and-upskill/not-booked/{scene.course.id}")
    ends = f"ends on {day(deadline + timedelta(days=6))}, after the deadline"
    labels = {one.text.split(",")[0].strip(): one.text for one in page.soup.select("label")}
    assert labels[late.code].strip().endswith(f"(16 places), {ends}")
    assert "deadline" not in labels[in_time.code]
    for runs, says_so in (([late], True), ([in_time, late], True), ([in_time], False)):
        typed = {"runs": [str(one.id) for one in runs], "how": "invite", "who": "everybody"}
        asked = manager.submit(page, typed, form=1)
        assert (f"{late.code} {ends} of {day(deadline)}." in asked.text) is says_so


def test_am08_without_a_run_the_next_step_is_to_schedule_one(manager: Pages) -> None:
    scene = _to_come()
    page = manager.get(f"/targets/new-and-upskill/not-booked/{scene.course.id}")
    assert page.links()["Schedule a run"] == f"/runs/new?course={scene.course.id}"


def test_am08_each_is_asked_for_the_course_that_they_lack(manager: Pages) -> None:
    scene = _to_come()
    other = factories.course(programme=scene.course.programme)
    page = manager.get(f"/targets/new-and-upskill/not-booked/{other.id}")
    assert "Everybody who is counted and lacks this course is booked." in page.text


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (TargetKind.DELIVERABLE, {"minimum_count": 3, "unit": "training days"}),
        (TargetKind.REACH, {"minimum_count": 3, "reach_step": ReachStep.ATTENDED}),
    ],
)
def test_am07_from_what_is_not_scheduled_one_press_leads_to_scheduling(
    pages: Pages, kind: TargetKind, asked: dict[str, Any]
) -> None:
    """Of sessions without a date, and of people for whom no place is free: of today alone."""
    programme = factories.course().programme
    due = clock.today() + timedelta(days=90)
    how = {"code": "short", "title": "Short", "deadline": due, "by": ACADEMY, "now": LONG_AGO}
    rules.add_target(kind=kind, programme=programme, **how, **asked)
    db.session.commit()
    manager = pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = manager.get("/targets/short")
    assert page.links()["Schedule a run"] == "/runs/new"
    past = clock.today() - timedelta(days=1)
    assert "Schedule a run" not in manager.get(f"/targets/short?as_at={past}").links()
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    assert "Schedule a run" not in board.get("/targets/short").links()
