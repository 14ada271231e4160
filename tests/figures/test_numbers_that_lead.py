"""Each number on a page leads to the rows that it counts, for those who may see names (4.4)."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.bookings.models import Booking, BookingState, LeavingCause
from app.core import clock
from app.core.db import db, record
from app.core.filters import day
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import ReachStep, TargetKind
from app.figures.queries import Counted, Listed
from app.learning.models import MarkStatus
from app.people.models import Absence, EmploymentType
from app.sessions.models import Run
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.places import (
    APOLOGIES,
    CAME,
    IN_TIME,
    NO_SHOW,
    NOT_HELD,
    UNMARKED,
    mark,
    one_day,
    strangers,
)
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


def numbers_that_lead(page: Page, whither: str = "/targets/two-day/people/") -> dict[str, int]:
    """Where each number leads that leads there, with the number."""
    found = {}
    for link in page.soup.select(f"main a[href^='{whither}']"):
        number = re.match(r"[\d,]+", link.get_text(" ", strip=True))
        if number:
            found[str(link["href"])] = int(number[0].replace(",", ""))
    return found


def people_on(page: Page, nouns: str = "person|people") -> int:
    """How many people a list says it has, or places or sessions."""
    words = page.soup.select_one(".takeup-results")
    assert words is not None, page.text
    said = re.search(rf"([\d,]+) (?:{nouns})$", words.get_text(" ", strip=True))
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


def test_bm05_role_groups_and_sectors_lead_to_their_people_too(pages: Pages) -> None:
    scene = scenes.cohort(members=3)
    partners = [factories.partner(factories.organisation(f"School {number}")) for number in range(2)]
    partners.append(factories.partner(factories.organisation("Ward & Sons’ Clinic", "Health")))
    manager = factories.staff(role_group_id=factories.role_group("Team Manager").id)
    for person in (*partners, manager):
        rules.join(
            cohort=scene.cohort,
            person=person,
            joined_on=scenes.LISTED_ON,
            cause="untrained",
            by=scenes.ACADEMY,
            now=LONG_AGO,
        )
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    numbers = numbers_that_lead(
        pages.get(f"/targets/new-and-upskill/breakdown?as_at={DAY}"), "/targets/new-and-upskill/people/"
    )
    assert {name for one in numbers for name in ("role", "sector") if f"{name}=" in one} == {"role", "sector"}
    for address, number in numbers.items():
        assert people_on(pages.get(address)) == number, address


def test_lists_say_both_days_that_they_are_of(pages: Pages, scene: Scene) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    known = DAY + timedelta(days=6)
    page = pages.get(f"{TARGET}/people/complete?as_at={DAY}&known_at={known}")
    assert "At 31 March 2022, as known on 6 April 2022" in page.text
    to_come = clock.today() + timedelta(days=30)
    assert f"At {day(clock.today())}" in pages.get(f"{TARGET}/people/complete?as_at={to_come}").text


def test_4_6_the_second_lines_lead_to_their_people(pages: Pages, scene: Scene) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"{TARGET}?as_at={DAY}")
    numbers = numbers_that_lead(page)
    lists = {address.split("?")[0].rsplit("/", 1)[-1]: number for address, number in numbers.items()}
    assert lists == {
        Counted.EVERYBODY: 20,
        Counted.COMPLETE: 9,
        Counted.OUTSTANDING: 11,
        Counted.BOOKED: 3,
        Counted.NOT_BOOKED: 8,
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
    rows = [" ".join(one.get_text(" ").split()) for one in page.soup.select("tbody tr")]
    assert [one.endswith("Booked to complete it later") for one in rows if scene.people[0].name in one] == [
        True
    ]
    assert [one.endswith("Not booked") for one in rows if scene.people[1].name in one] == [True]
    listed = pages.get("/targets/new-and-upskill/people/too_late?as_at=2022-02-28")
    assert people_on(listed) == 1
    assert scene.people[0].name in listed.text


def test_u11_who_is_trained_too_late_is_listed_where_people_are_counted(pages: Pages) -> None:
    """Of people trained, too, whose courses end after the deadline are a number that leads to its people."""
    course = factories.course(title="Signs of Safety 2-day")
    rules.add_target(
        code="trained", title="Trained", kind=TargetKind.PEOPLE_TRAINED, programme=course.programme,
        course=course, population=None, minimum_percent=None, minimum_count=5, deadline=DAY,
        by=factories.actor(), now=LONG_AGO,
    )  # fmt: skip
    late = factories.run(course, days=[DAY, DAY + timedelta(days=1)])
    person = factories.staff()
    factories.booking(late, person)
    scenes.complete(factories.staff(), course)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    numbers = numbers_that_lead(pages.get("/targets/trained?as_at=2022-02-28"), "/targets/trained/people/too")
    ((address, number),) = numbers.items()
    listed = pages.get(address)
    assert people_on(listed) == number == 1
    assert person.name in listed.text


def test_4_4_the_headline_on_the_boards_page_leads_to_whom_it_counts(pages: Pages, scene: Scene) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    numbers = numbers_that_lead(pages.get(f"/board?as_at={DAY}"), f"{TARGET}/people/complete")
    ((address, number),) = numbers.items()
    assert people_on(pages.get(address)) == number == 9


def test_u11_who_completes_too_late_is_offered_the_same_day_in_time(pages: Pages) -> None:
    """Day 2 is after the deadline: the runs that hold it in time and have a seat, and whom it completes."""
    today = clock.today()
    deadline = today + timedelta(days=31)
    scene = scenes.cohort(members=3, deadline=deadline)
    begun, whole, *_ = scene.people
    late = factories.run(scene.course, days=[today - timedelta(days=7), deadline + timedelta(days=4)])
    scenes.attend(begun, late, days=1)
    factories.booking(late, begun, session_id=late.sessions[1].id)
    days = [deadline + timedelta(days=1), deadline + timedelta(days=2)]
    factories.booking(factories.run(scene.course, days=days, code="ALL-LATE"), whole)
    in_time = [today - timedelta(days=1), today + timedelta(days=20)]
    factories.run(scene.course, days=in_time, capacity=3, code="IN-TIME")
    full = factories.run(scene.course, days=in_time, capacity=1, code="FULL")
    factories.booking(full, factories.staff())
    first_alone = [today + timedelta(days=3), today - timedelta(days=20)]
    factories.run(scene.course, days=first_alone, capacity=2, code="HELD")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    address = "/targets/new-and-upskill/people/too_late"
    page = pages.get(address)
    assert people_on(page) == 2
    assert f"Days by {day(deadline)} with free seats" in page.text
    assert f"{day(in_time[1])} Day 2 of {scene.course.title} IN-TIME with Day 2 3 {begun.name}" in page.text
    assert f"Day 1 of {scene.course.title} HELD with Day 1 2 Nobody by itself" in page.text
    for code in ("FULL", "ALL-LATE"):
        assert code not in page.text, code
    booking = next(address for address in page.links().values() if "/book?" in address)
    assert begun.name in pages.get(booking).text
    assert "with free seats" not in pages.get(f"{address}?as_at={today - timedelta(days=1)}").text


def test_board_members_see_numbers_that_lead_nowhere(pages: Pages, scene: Scene) -> None:
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    for address in (TARGET, f"{TARGET}/breakdown", "/board"):
        assert not numbers_that_lead(pages.get(f"{address}?as_at={DAY}"))
    for which in Counted:
        pages.get(f"{TARGET}/people/{which}?as_at={DAY}", status=403)


def test_people_trained_lists_who_is_trained_and_who_is_booked(pages: Pages, scene: Scene) -> None:
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
    numbers = numbers_that_lead(pages.get(f"/targets/trained?as_at={DAY}"), "/targets/trained/people/")
    assert {address.split("?")[0].rsplit("/", 1)[-1]: number for address, number in numbers.items()} == {
        Counted.COMPLETE: 2,
        Counted.BOOKED: 3,
        Counted.UNMARKED: 4,
    }
    for address, number in numbers.items():
        people = people_on(pages.get(address))
        assert people == (2 if "/unmarked" in address else number), address
    for which in set(Counted) - {Counted.COMPLETE, Counted.BOOKED, Counted.TOO_LATE, Counted.UNMARKED}:
        pages.get(f"/targets/trained/people/{which}", status=404)


@pytest.fixture
def march() -> Run:
    """A day of 20 places: 6 came, 2 did not, 1 sent apologies, 1 is not marked, 3 gave their place up, one of
    whom booked again and came, and 4 came without a place."""
    _, run = one_day(
        (CAME, 6), (NO_SHOW, 2), (APOLOGIES, 1), (UNMARKED, 1), (IN_TIME, 3), on=DAY, capacity=20
    )
    for who in strangers(4):
        mark(run, who, MarkStatus.ATTENDED)
    one_day((NOT_HELD, 3), on=DAY)
    came, gave_up = bookings_of(run, BookingState.CONFIRMED)[0], bookings_of(run, BookingState.CANCELLED)
    gave_up[0].person_id = came.person_id
    gave_up[1].moves[0].cause_id = factories.named(LeavingCause, "Busy", is_charged=False).id
    db.session.flush()
    return run


def bookings_of(run: Run, state: BookingState) -> list[Booking]:
    found = select(Booking).where(Booking.run_id == run.id, Booking.state == state).order_by(Booking.id)
    return list(db.session.scalars(found))


def test_4_9_each_number_of_the_rates_leads_to_its_places(pages: Pages, march: Run) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/attendance-rates?as_at={DAY}")
    assert page.links()["Non-attendance"] == "/definitions#non-attendance"
    numbers = numbers_that_lead(page, "/attendance-rates/places/")
    lists = {address.split("?")[0].rsplit("/", 1)[-1]: number for address, number in numbers.items()}
    assert lists == {
        Listed.ATTENDED: 10,
        Listed.CAME: 6,
        Listed.WALK_INS: 4,
        Listed.EXPECTED: 10,
        Listed.BOOKED: 13,
        Listed.NO_SHOWS: 2,
    }
    notes = [one for one in page.soup.select("main a") if one.get_text().startswith("Show them")]
    for link, which in zip(notes, (Listed.UNMARKED, Listed.APOLOGIES), strict=True):
        assert f"/places/{which}?" in str(link["href"])
        numbers[str(link["href"])] = 1
    for address, number in numbers.items():
        listed = pages.get(address)
        if "/booked" in address:
            assert people_on(listed, "place|places") == number - 1, "one has two bookings"
            assert listed.text.count("Came 2") == 1
        else:
            assert people_on(listed, "place|places") == number, address


def test_4_9_sessions_and_reasons_lead_to_their_rows(pages: Pages, march: Run) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/attendance-rates?as_at={DAY}")
    ((address, number),) = numbers_that_lead(page, "/attendance-rates/sessions").items()
    assert (number, people_on(pages.get(address), "session|sessions")) == (1, 1)
    reasons = numbers_that_lead(page, "/attendance-rates/not-used")
    assert sorted(reasons.values()) == [1, 1, 2]
    for address, number in reasons.items():
        assert people_on(pages.get(address), "place|places") == number, address
    ((address, number),) = numbers_that_lead(page, "/attendance-rates/week").items()
    listed = pages.get(address)
    assert (number, people_on(listed, "session|sessions")) == (2, 2), "the one that was not held had places"
    assert f"{march.version.course.title} 20 10" in listed.text


def test_board_members_see_rates_without_their_rows(pages: Pages, march: Run) -> None:
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = pages.get(f"/attendance-rates?as_at={DAY}")
    assert "6 of 10 booked places not cancelled" in page.text
    assert not numbers_that_lead(page, "/attendance-rates/")
    for address in (
        "sessions",
        "not-used?reason=Busy",
        "week?monday=2022-03-28",
        *(f"places/{which}" for which in Listed),
    ):
        pages.get(f"/attendance-rates/{address}", status=403)


def test_4_13_turnover_leads_to_who_left_and_who_is_in_post(pages: Pages) -> None:
    scenes.coverage(trained=3, untrained=4)
    gone = [factories.staff(last_day=DAY - timedelta(days=number)) for number in (1, 30)]
    factories.staff(role_group_id=factories.role_group("Team Manager").id)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    numbers = numbers_that_lead(pages.get(f"{TARGET}/breakdown?as_at={DAY}"), "/turnover/")
    assert sorted(numbers.values()) == [1, 2, 2, 7, 8], "left and in post by two role groups, and in all"
    for address, number in numbers.items():
        assert people_on(pages.get(address)) == number, address
    left = pages.get(f"/turnover/left?role=Social+Worker&as_at={DAY}")
    assert f"{gone[0].name} {gone[0].employee_number} Social Worker 30 March 2022" in left.text
    pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/turnover/left", status=403)


def test_4_13_what_a_coverage_lost_leads_to_who_was_complete_and_left(pages: Pages) -> None:
    made = scenes.coverage(trained=3, untrained=4)
    trained, untrained = (factories.staff(last_day=DAY - timedelta(days=30)) for _ in range(2))
    scenes.complete(trained, made.course)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    for page in (f"{TARGET}/breakdown?as_at={DAY}", f"/board?as_at={DAY}"):
        link = pages.get(page).soup.select_one(f"main a[href^='{TARGET}/trained-leavers']")
        assert link is not None, page
        assert link.get_text(strip=True).startswith(
            "Coverage lost to leavers in 12 months: 1 trained person"
        ), page
    left = pages.get(str(link["href"]))
    assert people_on(left) == 1
    assert f"{trained.name} {trained.employee_number} Social Worker 1 March 2022" in left.text
    assert untrained.name not in left.text
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = board.get(f"/board?as_at={DAY}").text
    assert "Coverage lost to leavers in 12 months: fewer than 5 trained people" in page
    board.get(f"{TARGET}/trained-leavers", status=403)


def test_t08_marks_that_reach_waits_for_lead_to_the_places(pages: Pages) -> None:
    course = factories.course(components=2)
    target = rules.add_target(
        code="reach",
        title="Reach",
        programme=course.programme,
        course=course,
        kind=TargetKind.REACH,
        reach_step=ReachStep.ATTENDED,
        minimum_count=3,
        by=factories.actor(),
        now=LONG_AGO,
    )
    run = factories.run(course, days=[DAY - timedelta(days=9), DAY - timedelta(days=8)])
    people = strangers(3)
    for person in people:
        factories.booking(run, person)
    mark(run, people[2], MarkStatus.ATTENDED)
    mark(
        factories.run(course, days=[DAY - timedelta(days=20), DAY - timedelta(days=19)]),
        people[0],
        MarkStatus.ATTENDED,
    )
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/targets/{target.code}?as_at={DAY}")
    ((address, number),) = numbers_that_lead(page, "/targets/reach/attendance-not-marked").items()
    assert number == 4, "both days of two, one of whom it has reached already"
    places = pages.get(address)
    assert people_on(places, "mark|marks") == 4
    assert places.text.count(people[0].name) >= 4, "a row for each"
    pages.get(f"{TARGET}/attendance-not-marked", status=404)
    pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/targets/reach/attendance-not-marked", status=403)


def test_weeks_and_movements_lead_to_the_people_of_their_days(pages: Pages, scene: Scene) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    scenes.complete(scene.people[6], scene.course, DAY)
    for address in (f"{TARGET}/progress?as_at={DAY}", f"{TARGET}/movement?from=2022-03-30&to={DAY}"):
        numbers = numbers_that_lead(pages.get(address))
        days = {one: number for one, number in numbers.items() if "2022-03-30" in one or str(DAY) in one}
        assert len(days) == (2 if "progress" in address else 4), days
        for where, number in days.items():
            assert people_on(pages.get(where)) == number, where


def test_4_6_who_cannot_book_what_is_wanted_of_them_is_counted_and_listed(pages: Pages) -> None:
    scene = scenes.coverage(trained=1, untrained=3)
    scene.course.role_groups = [factories.role_group("Team Manager")]
    factories.booking(factories.run(scene.course), scene.people[1])
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(TARGET)
    assert "2 people not booked, and outside the audience" in page.text
    (listed,) = page.soup.select(f"a[href^='{TARGET}/people/outside_audience']")
    names = pages.get(str(listed["href"])).text
    assert [one.name in names for one in scene.people] == [False, False, True, True]
    scene.course.role_groups = [factories.role_group(), factories.role_group("Team Manager")]
    assert "outside the audience" not in pages.get(TARGET).text


def test_4_6_of_a_cohort_the_courses_of_each_cause_are_looked_at(pages: Pages) -> None:
    scene = scenes.cohort(members=2)
    other = factories.course(title="Signs of Safety 5-day")
    other.role_groups = [factories.role_group("Team Manager")]
    rules.change_cohort(
        cohort=scene.cohort,
        name=scene.cohort.name,
        requirements={"untrained": [scene.course], "needs upskilling": [other]},
        reason="The programme has a second course",
        by=scenes.ACADEMY,
        now=LONG_AGO + timedelta(days=1),
    )
    member = factories.staff()
    rules.join(
        cohort=scene.cohort, person=member, joined_on=scenes.LISTED_ON, cause="needs upskilling",
        by=scenes.ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "1 person not booked, and outside the audience" in pages.get("/targets/new-and-upskill").text
    listed = pages.get("/targets/new-and-upskill/people/outside_audience")
    assert people_on(listed) == 1
    assert member.name in listed.text
