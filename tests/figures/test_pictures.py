"""The pages with pictures: progress, breakdown and attendance, for who sees names and who does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core import clock
from app.core.db import record
from app.core.filters import day
from app.core.permissions import Role
from app.figures import rules
from app.figures.files import Outlook, progress_chart, weeks_chart
from app.figures.models import Milestone, TargetKind
from app.figures.queries import Planned, Point, WeekOfPlaces
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.places import CAME, IN_TIME, NO_SHOW, UNMARKED, one_day
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

MARCH = date(2022, 3, 31)
DAY = date(2022, 3, 1)


@pytest.fixture
def board(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.BOARD_MEMBER))


@pytest.fixture
def academy(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


# --- Progress ------------------------------------------------------------------------------------------


def test_progress_is_a_picture_with_its_name_its_key_and_its_table(board: Pages) -> None:
    scene = scenes.cohort(members=10)
    for person in scene.people[:4]:
        scenes.complete(person, scene.course, date(2022, 2, 14))
    milestone = Milestone(
        target_id=scene.target.id, due_on=date(2022, 2, 28), minimum_percent=Decimal(50), title="Half-way"
    )
    record(milestone, by="Tests", now=LONG_AGO)
    page = board.get("/targets/new-and-upskill/progress?as_at=2022-02-28")
    assert page.soup.select_one(".takeup-chart__picture")["aria-label"] == (
        "Completions by week: no one in scope at 1 March 2021, 4 of 10 at 28 February 2022. "
        "Required: 8 by 31 March 2022. Forecast for 31 March 2022: 4 likely, 4 at best."
    )
    key = [" ".join(one.get_text().split()) for one in page.soup.select(".takeup-key__item")]
    assert key == [
        "Complete: 4",
        "Required",
        "Planned: milestones",
        "Deadline: 31 March 2022",
        "Forecast: 4 likely, 4 at best",
    ]
    assert "Half-way 50% (5) 40%: 4 of 10 members of the cohort at 28 February 2022 Not met" in page.text
    drawn = [one.get_text() for one in page.soup.select(".takeup-chart__label")]
    assert {"people", "Deadline 31 March 2022"} <= set(drawn)
    first = [cell.get_text(strip=True) for cell in page.soup.select("details tbody tr:first-child > *")]
    assert first == ["Mon 28 Feb 2022", "4", "10", "40%", "8"]
    assert not any(person.name in page.html for person in scene.people)


def test_4_5_5_u26_the_name_of_a_picture_says_that_no_one_is_in_scope(board: Pages) -> None:
    scenes.cohort(members=0)
    page = board.get("/targets/new-and-upskill/progress?as_at=2022-02-28")
    assert page.soup.select_one(".takeup-chart__picture")["aria-label"] == (
        "Completions by week: no one in scope at 1 March 2021, no one in scope at 28 February 2022."
    )


def test_4_11_no_picture_has_a_forecast_of_what_is_met(board: Pages) -> None:
    """As on the target’s own page, on the board’s and in its packs: it can’t change how the target ends."""
    scene = scenes.cohort(members=10)
    for person in scene.people[:8]:
        scenes.complete(person, scene.course, date(2022, 2, 14))
    assert "Forecast" not in board.get("/targets/new-and-upskill?as_at=2022-02-28").text
    page = board.get("/targets/new-and-upskill/progress?as_at=2022-02-28")
    words = page.soup.select_one(".takeup-chart__picture")["aria-label"]
    assert words.endswith("8 of 10 at 28 February 2022. Required: 8 by 31 March 2022.")
    assert "Forecast" not in page.text


def test_progress_of_people_trained_has_no_denominator(board: Pages) -> None:
    course = factories.course()
    rules.add_target(
        code="trained",
        title="150 staff",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=course.programme,
        course=course,
        minimum_count=150,
        by=ACADEMY,
        now=LONG_AGO,
    )
    page = board.get("/targets/trained/progress")
    assert "Required: 150." in page.soup.select_one(".takeup-chart__picture")["aria-label"]
    assert "are broken down" in board.get("/targets/trained/breakdown").text


@pytest.mark.parametrize(
    "path", ["/targets/two-day/progress", "/targets/two-day/breakdown", "/attendance-rates"]
)
def test_a_wrong_date_is_a_sentence_and_no_picture(board: Pages, path: str) -> None:
    scenes.coverage(trained=1, untrained=0)
    page = board.get(f"{path}?known_at=2199-01-01")
    assert page.errors == ["“As known on” must be today or a day in the past"]
    assert not page.soup.select("main svg")


@pytest.mark.parametrize("path", ["/targets/new-and-upskill/progress", "/targets/new-and-upskill/breakdown"])
def test_of_a_day_to_come_there_is_a_forecast_and_todays_figures(board: Pages, path: str) -> None:
    scene = scenes.cohort(members=5, deadline=clock.today() + timedelta(days=60))
    scenes.complete(scene.people[0], scene.course)
    page = board.get(f"{path}?as_at={(clock.today() + timedelta(days=30)).isoformat()}")
    assert "is still to come" in page.text
    assert "1 of 5" in str(page.soup.select("main svg"))


def test_4_11_the_forecast_is_a_range_at_the_deadline(board: Pages) -> None:
    deadline = clock.today() + timedelta(days=60)
    scene = scenes.cohort(members=20, deadline=deadline)
    scenes.complete(scene.people[0], scene.course)
    run = factories.run(scene.course)
    for person in scene.people[1:11]:
        factories.booking(run, person)
    page = board.get("/targets/new-and-upskill/progress")
    words = page.soup.select_one(".takeup-chart__picture")["aria-label"]
    assert words.endswith(f"Forecast for {day(deadline)}: 10 likely, 11 at best.")
    assert "Forecast: 10 likely, 11 at best" in page.text
    assert len(page.soup.select("main svg.takeup-chart__picture > line.takeup-chart__range")) == 1


def test_where_lines_go() -> None:
    points = [
        Point(date(2022, 1, 1) + timedelta(days=30 * number), 10 * number, 50, 40) for number in range(4)
    ]
    chart = progress_chart(
        points,
        [Planned(date(2022, 2, 10), 20, "20")],
        deadline=date(2022, 4, 21),
        outlook=Outlook(date(2022, 4, 21), 36, 44),
    )
    assert [tick.label for tick in chart.up] == ["0", "20", "40", "60"]
    assert [tick.label for tick in chart.across] == ["Jan 2022", "Feb 2022", "Mar 2022", "Apr 2022"]
    assert chart.complete == "52.0,244.0 165.4,207.0 278.9,170.0 392.3,133.0"
    assert chart.required.split()[-1] == "468.0,96.0"
    assert (chart.likely.y, chart.best.y, chart.deadline.at) == ("110.8", "81.2", "468.0")
    assert chart.words.endswith("Forecast for 21 April 2022: 36 likely, 44 at best.")


def test_a_deadline_long_over_is_not_drawn() -> None:
    chart = progress_chart([Point(MARCH, 0, 0, 0)], deadline=date(2021, 3, 31))
    assert (chart.deadline, chart.planned, chart.complete) == (None, [], "52.0,244.0")


def test_where_bars_go() -> None:
    monday = date(2022, 2, 28)
    weeks = [WeekOfPlaces(monday, 1, 20, 15), WeekOfPlaces(monday + timedelta(days=7), 0, 0, 0)]
    chart = weeks_chart(weeks, as_at=monday + timedelta(days=6))
    assert [(one.capacity_height, one.booked_height) for one in chart.bars] == [
        ("222.0", "166.5"),
        ("0.0", "0.0"),
    ]
    assert chart.today == "260.0"
    assert chart.words.endswith("In the 1 week after that of 6 March: 0 of 0 booked.")


# --- Breakdown -----------------------------------------------------------------------------------------


def small_team() -> None:
    scene = scenes.coverage(trained=3, untrained=4)
    for name, size in (("North", 3), ("South", 12), ("West", 20)):
        team = factories.team(name, "Early Help")
        for number in range(size):
            person = factories.staff(team_id=team.id)
            if number % 2:
                scenes.complete(person, scene.course)


def test_bm05_the_board_sees_fewer_than_five_and_the_academy_the_number(pages: Pages) -> None:
    small_team()
    found = {}
    for role in (Role.BOARD_MEMBER, Role.DFE_ADVISER, Role.ACADEMY_MANAGER):
        page = pages.sign_in(factories.user(role)).get("/targets/two-day/breakdown")
        rows = page.soup.select("tbody tr")
        cells = [[cell.get_text("|", strip=True) for cell in row.select("th, td")] for row in rows]
        found[role] = {row[0]: [one.partition("|")[0] for one in row[1:]] for row in cells}
        assert "3 of 7 (43%)" in page.text
    for role in (Role.BOARD_MEMBER, Role.DFE_ADVISER):
        assert found[role]["North"] == ["not shown", "fewer than 5", "not shown", "not shown"]
        assert found[role]["South"] == ["not shown"] * 4
        assert found[role]["West"] == ["10", "20", "50%", "10"]
    assert found[Role.ACADEMY_MANAGER]["North"] == ["1", "3", "33%", "2"]
    assert found[Role.ACADEMY_MANAGER]["South"] == ["6", "12", "50%", "6"]


def test_bm05_the_file_hides_what_the_page_hides(pages: Pages, travel_to: Callable[..., None]) -> None:
    small_team()
    travel_to("2022-07-01 14:05")
    lines = {}
    for role in (Role.BOARD_MEMBER, Role.ACADEMY_MANAGER):
        page = pages.sign_in(factories.user(role)).get("/targets/two-day/breakdown.csv?as_at=2022-03-31")
        lines[role] = [line for line in page.html.splitlines() if ",Early Help,North" in line]
    about = "two-day,2022-03-31,2022-07-01T14:05:00+01:00,Team,Early Help,North"
    assert lines[Role.BOARD_MEMBER] == [f"{about},,fewer than 5,,"]
    assert lines[Role.ACADEMY_MANAGER] == [f"{about},1,3,2,33%"]


@pytest.mark.parametrize("address", ["/targets/two-day/breakdown.csv", "/board.csv"])
def test_4_4_every_file_says_the_end_of_a_day_as_london_has_it(board: Pages, address: str) -> None:
    scenes.coverage(trained=6, untrained=0)
    file = board.get(f"{address}?as_at=2021-06-30&known_at=2021-07-01")
    assert ",2021-06-30,2021-07-01T23:59:59.999999+01:00," in file.html


def test_4_13_turnover_stands_under_a_coverage(board: Pages) -> None:
    scenes.coverage(trained=6, untrained=0)
    for _ in range(5):
        factories.staff(last_day=date(2022, 1, 31))
    page = board.get("/targets/two-day/breakdown?as_at=2022-03-31")
    assert "Employees who left in the 12 months to 31 March 2022" in page.text
    assert "Social Worker 5 6 83% (n = 6)" in page.text
    assert "Coverage lost to leavers in 12 months: 0 trained people, 0% of the 6 counted." in page.text


# --- Attendance ----------------------------------------------------------------------------------------


def test_4_9_the_four_rates_on_their_page(board: Pages) -> None:
    course, _ = one_day((CAME, 8), (NO_SHOW, 1), (UNMARKED, 1), (IN_TIME, 2), on=DAY, capacity=16)
    page = board.get("/attendance-rates?as_at=2022-03-31")
    assert course.programme.title in page.text
    assert "Places filled 50% 8 of 16 places" in page.text
    assert "Booked people who came 80% 8 of 10 booked places not cancelled" in page.text
    assert "Booked people who came, of all who booked 67% 8 of 12 booked places" in page.text
    assert "Non-attendance 10% 1 of 10 booked places not cancelled" in page.text
    assert "1 mark not recorded yet" in page.text
    assert "Other reasons fewer than 5" in page.text
    assert "Not answered yet" not in page.text
    assert "28 February 2022 1 16 10" in page.text
    assert (
        "No sessions were held in this period, or too few people"
        in board.get("/attendance-rates?as_at=2021-03-31").text
    )


def test_reasons_below_five_are_the_academys_alone(academy: Pages) -> None:
    one_day((NO_SHOW, 3), on=DAY)
    page = academy.get("/attendance-rates?as_at=2022-03-31")
    assert "Not answered yet 3" in page.text


def test_a_longer_period_keeps_the_dates(board: Pages) -> None:
    one_day((CAME, 8), on=date(2021, 6, 1))
    page = board.get("/attendance-rates?as_at=2022-03-31")
    assert "No sessions were held in this period, or too few people" in page.text
    page = board.get("/attendance-rates?as_at=2022-03-31&period=12")
    assert "Sessions held from 1 April 2021 to 31 March 2022" in page.text
    assert "1 session with 500 places" in page.text


def test_4_9_several_programmes_and_all_of_them(board: Pages) -> None:
    for _ in range(2):
        one_day((CAME, 6), on=DAY, capacity=8)
    page = board.get("/attendance-rates?as_at=2022-03-31")
    assert "Places filled 75% 12 of 16 places" in page.text
    assert page.text.count("Places filled 75% 6 of 8 places") == 2


def test_tabs_are_those_of_the_kind(board: Pages) -> None:
    scenes.coverage(trained=1, untrained=0)
    tabs = board.get("/targets/two-day?as_at=2022-03-31").links()
    assert tabs["Progress"] == "/targets/two-day/progress?as_at=2022-03-31"
    assert tabs["Breakdown"] == "/targets/two-day/breakdown?as_at=2022-03-31"
