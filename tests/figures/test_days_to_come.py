"""A day to come: today's figures, and what is expected by then, or by a deadline before it (4.4, 4.11)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import Colour, ReachStep, Target, TargetKind
from app.programmes.models import Course
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

JANUARY, MARCH, MAY = date(2022, 1, 31), date(2022, 3, 31), date(2022, 5, 31)


@pytest.fixture(autouse=True)
def _in_february(travel_to: Callable[..., None]) -> None:
    travel_to("2022-02-28 12:00")


@pytest.fixture
def board(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.BOARD_MEMBER))


@pytest.fixture
def course() -> Course:
    return factories.course(components=1)


def counting(
    course: Course, deadline: date | None, kind: TargetKind = TargetKind.PEOPLE_TRAINED, least: int = 3
) -> Target:
    """Two came in January and two are booked, for a day in March and for one in April; 3 are asked for."""
    step = ReachStep.ATTENDED if kind is TargetKind.REACH else None
    target = rules.add_target(
        code="counting", title="Counting", kind=kind, programme=course.programme, course=course,
        reach_step=step, minimum_count=least, deadline=deadline, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    held = factories.run(course, days=[date(2022, 1, 10)])
    for _ in range(2):
        scenes.attend(factories.staff(), held)
    for on in (date(2022, 3, 7), date(2022, 4, 4)):
        factories.booking(factories.run(course, days=[on]), factories.staff())
    db.session.commit()
    return target


def row(pages: Pages, as_at: str) -> dict[str, str]:
    text = pages.get(f"/board.csv?as_at={as_at}").html.removeprefix("\ufeff")
    return next(csv.DictReader(io.StringIO(text)))


def said(run_command: Callable[..., Any], as_at: str) -> dict[str, Any]:
    (found,) = json.loads(run_command("figures", "--json", "--as-at", as_at).stdout)
    return dict(found)


# --- A deadline before it ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [TargetKind.PEOPLE_TRAINED, TargetKind.REACH])
def test_4_12_what_was_missed_stays_missed_on_a_day_to_come(
    board: Pages, run_command: Callable[..., Any], course: Course, kind: TargetKind
) -> None:
    """After its deadline nothing is expected of a target, though more are booked than it lacks."""
    counting(course, JANUARY, kind)
    for path in (
        "/board?as_at=2022-12-31",
        "/targets/counting?as_at=2022-12-31",
        "/targets?as_at=2022-12-31",
    ):
        page = board.get(path)
        assert "✘ Missed" in page.text, path
        assert "1 person short after the deadline of 31 January 2022." in page.text, path
        expected = ("likely", "Book 1", "Forecast for", "Last useful start")
        assert not [words for words in expected if words in page.text], path
    found = row(board, "2022-12-31")
    assert (found["colour"], found["forecast_for"], found["likely"]) == ("Missed", "", "")
    found = said(run_command, "2022-12-31")
    assert (found["rag"], found["forecast_for"], found["likely"]) == ("missed", None, None)


def test_4_12_what_was_met_says_since_when_on_a_day_to_come(board: Pages, course: Course) -> None:
    counting(course, JANUARY, least=2)
    assert "Met on 10 January 2022." in board.get("/targets/counting?as_at=2022-12-31").text


@pytest.mark.parametrize("kind", [TargetKind.PEOPLE_TRAINED, TargetKind.REACH])
@pytest.mark.parametrize(
    ("as_at", "forecast_for", "best"),
    [
        ("2022-03-04", "2022-03-04", 2),
        ("2022-03-07", "2022-03-07", 3),
        ("2022-03-31", "2022-03-31", 3),
        ("2022-04-04", "2022-03-31", 3),
        ("2022-12-31", "2022-03-31", 3),
    ],
)
def test_4_11_nothing_counts_after_the_deadline_whatever_day_is_asked_for(
    run_command: Callable[..., Any],
    course: Course,
    kind: TargetKind,
    as_at: str,
    forecast_for: str,
    best: int,
) -> None:
    """The deadline is 31 March, and one of the two places is in April."""
    counting(course, MARCH, kind)
    found = said(run_command, as_at)
    assert (found["forecast_for"], found["best"]) == (forecast_for, best)


def test_4_11_the_page_of_a_day_after_the_deadline_names_the_deadline(board: Pages, course: Course) -> None:
    counting(course, MARCH)
    page = board.get("/targets/counting?as_at=2022-12-31")
    words = "the figures are today’s, and each forecast is for that day, or for its deadline where that comes"
    assert words in page.text
    assert "Forecast for 31 March 2022" in page.text
    assert "Last useful start 31 March 2022" in page.text
    assert "3 if everybody who is booked comes" in page.text


def test_4_11_without_a_deadline_the_day_itself_counts(
    run_command: Callable[..., Any], course: Course
) -> None:
    counting(course, None)
    assert [said(run_command, on)["best"] for on in ("2022-04-03", "2022-04-04")] == [3, 4]


# --- What its page says --------------------------------------------------------------------------------


@pytest.fixture
def deliverable(course: Course) -> Target:
    """Of 5 sessions contracted by 31 May two are delivered, and one each is in March, April and June."""
    runs = [factories.run(course, days=[date(2022, month, 10)]) for month in (1, 2, 3, 4, 6)]
    for run in runs[:2]:
        scenes.attend(factories.staff(), run)
    for run in runs[2:]:
        run.sessions[0].trainer_id = factories.trainer().id
    target = rules.add_target(
        code="sessions", title="Sessions", kind=TargetKind.DELIVERABLE, programme=course.programme,
        minimum_count=5, unit="sessions", deadline=MAY, by=ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    ids = [run.sessions[0].id for run in runs]
    rules.tick_sessions(target=target, offered=ids, ticked=ids, by=ACADEMY, now=LONG_AGO, reason=None)
    db.session.commit()
    return target


@pytest.mark.usefixtures("deliverable")
@pytest.mark.parametrize(
    ("as_at", "reason", "line"),
    [
        (
            "2022-03-31",
            "2 delivered and 1 scheduled by 31 March 2022; 5 contracted: 2 not scheduled.",
            "2 of 5 sessions delivered, 1 scheduled by 31 March 2022, 2 not scheduled by then, 2 after that "
            "day, 92 days left",
        ),
        (
            "2022-12-31",
            "2 delivered and 2 scheduled by 31 May 2022; 5 contracted: 1 not scheduled.",
            "2 of 5 sessions delivered, 2 scheduled, 1 not scheduled, 1 after the deadline, 92 days left",
        ),
    ],
)
def test_4_12_sessions_are_counted_up_to_the_day_to_come_and_no_further_than_the_deadline(
    board: Pages, as_at: str, reason: str, line: str
) -> None:
    page = board.get(f"/targets/sessions?as_at={as_at}")
    assert reason in page.text
    assert line in page.text
    assert reason in board.get(f"/board?as_at={as_at}").text
    assert row(board, as_at)["colour_reason"] == reason
    assert line in board.get(f"/targets/sessions/sessions?as_at={as_at}").text


@pytest.mark.usefixtures("deliverable")
def test_t09_a_session_to_come_is_not_called_unmarked_on_a_day_to_come(board: Pages) -> None:
    """It is marked when it is held: today nothing is missing."""
    page = board.get("/targets/sessions/sessions?as_at=2022-12-31")
    assert page.text.count("To come") == 3
    assert "Register not marked" not in page.text


def test_u11_who_completes_after_a_day_to_come_is_not_too_late(pages: Pages) -> None:
    """The deadline is 31 March: a place on 7 March is later than 4 March, and in time."""
    scene = scenes.cohort(members=2)
    run = factories.run(scene.course, days=[date(2022, 3, 6), date(2022, 3, 7)])
    factories.booking(run, scene.people[0])
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/targets/new-and-upskill?as_at=2022-03-04")
    assert "Later 1 person will complete after 4 March 2022" in page.text
    assert "Too late" not in page.text
    listed = pages.get("/targets/new-and-upskill/people/too_late?as_at=2022-03-04")
    assert listed.h1 == "Booked to complete later"
    assert scene.people[0].name in listed.text


def test_4_12_the_academys_own_colour_is_not_in_force_after_its_last_day(
    pages: Pages, run_command: Callable[..., Any], course: Course
) -> None:
    """It ends on 13 March: on that day to come it is shown, and on the next it is not."""
    target = counting(course, MAY)
    rules.override_colour(
        target=target, colour=Colour.AMBER, reason="A run is agreed", days=14,
        by=factories.actor(Role.ACADEMY_MANAGER), now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    for as_at, is_shown in (("2022-03-13", True), ("2022-03-14", False)):
        for path in ("/board", "/targets", "/targets/counting"):
            assert ("the academy’s own" in pages.get(f"{path}?as_at={as_at}").text) is is_shown, (path, as_at)
        assert bool(row(pages, as_at)["own_colour"]) is is_shown
        assert ("override" in said(run_command, as_at)) is is_shown
    assert "Override the colour" not in pages.get("/targets/counting?as_at=2022-03-14").text
