"""How many of those who are booked are expected not to come (4.11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from app.board.queries import contents
from app.core import clock
from app.core.db import supersede
from app.core.permissions import Role
from app.figures.queries import planning_absence
from app.sessions.models import RunState
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import places as scenes
from tests.figures.places import (
    APOLOGIES,
    CAME,
    GIVEN_ON,
    IN_TIME,
    LATE,
    LATE_AND_CAME,
    NO_SHOW,
    NOT_HELD,
    UNMARKED,
    Case,
    one_day,
)
from tests.figures.scenes import cohort
from tests.pages import Pages
from tests.statements import statements

DAY = date(2022, 3, 1)
EXPECTED = "of booked people are expected not to come:"
CAPPED = f"{EXPECTED} the most that is taken from the past; of the programme’s"
ALL_WEEK = datetime(2022, 3, 7, 17, tzinfo=clock.LONDON)


@pytest.mark.parametrize(
    ("cases", "share", "places"),
    [
        ([(CAME, 44), (NO_SHOW, 5)], None, 49),
        ([(CAME, 45), (NO_SHOW, 5)], Fraction(5, 50), 50),
        ([(CAME, 50)], Fraction(0), 50),
        ([(CAME, 40), (NO_SHOW, 4), (APOLOGIES, 2), (LATE, 4)], Fraction(8, 50), 50),
        ([(CAME, 45), (APOLOGIES, 5)], Fraction(0), 50),
        ([(CAME, 45), (NO_SHOW, 5), (IN_TIME, 30), (UNMARKED, 30), (GIVEN_ON, 9)], Fraction(5, 50), 50),
        ([(CAME, 45), (LATE_AND_CAME, 5)], Fraction(5, 50), 50),
        ([(CAME, 49), (UNMARKED, 1)], None, 49),
        ([], None, 0),
    ],
)
def test_4_11_ten_percent_until_fifty_past_places(
    cases: list[tuple[Case, int]], share: Fraction | None, places: int
) -> None:
    course, _ = one_day(*cases, on=DAY)
    found = planning_absence([course.programme_id], as_at=DAY)[course.programme_id]
    assert (found.share, found.places) == (Fraction(1, 10) if share is None else share, places)
    assert found.is_measured is (share is not None)


@pytest.mark.parametrize("seed", range(6))
def test_4_11_u02_the_own_share_is_no_shows_and_late_cancellations(seed: int) -> None:
    """Counted place by place as 4.11 has it: the DNA + late cancellation rate of the past places."""
    chance = Random(seed)
    cases = [(one, chance.randint(0, 25)) for one in (CAME, NO_SHOW, APOLOGIES, LATE, IN_TIME, UNMARKED)]
    course, _ = one_day((CAME, 50), *cases, on=DAY)
    of = {CAME: 50}
    for case, count in cases:
        of[case] = of.get(case, 0) + count
    past = of[CAME] + of[NO_SHOW] + of[APOLOGIES] + of[LATE]
    found = planning_absence([course.programme_id], as_at=DAY)[course.programme_id]
    assert (found.missed, found.late, found.places) == (of[NO_SHOW], of[LATE], past)
    assert found.share == Fraction(of[NO_SHOW] + of[LATE], past)


def test_4_11_the_assumption_is_always_said_in_words() -> None:
    course, run = one_day((CAME, 45), (NO_SHOW, 3), on=DAY)
    ident = course.programme_id
    assert planning_absence([ident], as_at=DAY)[ident].words == (
        "10% of booked people are expected not to come: the programme’s own share is used from 50 past "
        "places on, and it has 48"
    )
    scenes.places(run, (NO_SHOW, 1), (LATE, 1))
    assert planning_absence([ident], as_at=DAY)[ident].words == (
        f"10% {EXPECTED} of the programme’s 50 past places 4 were missed without notice and 1 was given up "
        "late"
    )
    scenes.places(run, (APOLOGIES, 40), (NO_SHOW, 6), (LATE, 3))
    assert planning_absence([ident], as_at=DAY)[ident].words == (
        f"14% {EXPECTED} of the programme’s 99 past places 10 were missed without notice and 4 were given up "
        "late"
    )


@pytest.mark.parametrize(
    ("came", "missed", "words"),
    [
        (
            5,
            45,
            f"90% {EXPECTED} of the programme’s 50 past places 45 were missed without notice and none was "
            "given up late",
        ),
        (0, 51, f"90% {CAPPED} 51 past places 51 were missed without notice and none was given up late"),
        (1, 50, f"90% {CAPPED} 51 past places 50 were missed without notice and none was given up late"),
        (
            26,
            25,
            f"49% {EXPECTED} of the programme’s 51 past places 25 were missed without notice and none was "
            "given up late",
        ),
    ],
)
def test_4_11_the_share_that_is_said_is_the_one_that_is_planned_with(
    came: int, missed: int, words: str
) -> None:
    course, _ = one_day((CAME, came), (NO_SHOW, missed), on=DAY)
    found = planning_absence([course.programme_id], as_at=DAY)[course.programme_id]
    assert found.words == words
    assert found.share == min(Fraction(missed, came + missed), Fraction(9, 10))


def test_4_11_the_page_says_when_more_stayed_away_than_is_planned_with(
    pages: Pages, run_command: Callable[..., Any]
) -> None:
    scene = cohort(members=5)
    run = factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)], capacity=30)
    scenes.places(run, (NO_SHOW, 26))
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = board.get("/targets/new-and-upskill?as_at=2022-02-28")
    parts = "52 past places 52 were missed without notice and none was given up late"
    assert f"Expected not to come 90% {CAPPED} {parts}." in page.text
    packed = contents(meeting="Board", as_at=date(2022, 2, 28), known_at=clock.now()).sections
    forecast = next(one for one in packed if one.title == "Forecast")
    assert f" 90% {CAPPED} {parts}." in forecast.notes[0]
    (found,) = json.loads(run_command("figures", "--json", "--as-at", "2022-02-28").stdout)
    assert (found["planning_absence"], found["expected_not_to_come"]) == ("9/10", f"90% {CAPPED} {parts}")
    assert f"90% {CAPPED} {parts}" in board.get("/board.csv?as_at=2022-02-28").html
    assert "Who sent apologies is not among these." in board.get("/definitions").text


def test_4_11_the_form_of_a_target_says_what_is_planned_with(pages: Pages) -> None:
    scene = cohort(members=1)
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(f"/targets/{scene.target.code}/edit")
    assert "Empty: 10%, and from 50 past places on what this programme has seen." in page.text


def test_4_11_only_what_was_held_by_the_day_and_known_by_the_instant() -> None:
    course, run = one_day((CAME, 50), (NO_SHOW, 10), on=DAY)
    ident = course.programme_id

    def places(as_at: date = DAY, known_at: datetime | None = None) -> int:
        return planning_absence([ident], as_at=as_at, known_at=known_at)[ident].places

    assert (places(), places(DAY - timedelta(days=1))) == (60, 0)
    assert (places(known_at=LONG_AGO), places(known_at=LONG_AGO - timedelta(days=1))) == (60, 0)
    mark = scenes.a_mark_of(run)
    supersede(mark, by="Tests", now=ALL_WEEK)
    assert (places(), places(known_at=ALL_WEEK - timedelta(days=1))) == (59, 60)
    run.state, run.cancelled_at = RunState.CANCELLED, ALL_WEEK
    assert (places(), places(known_at=ALL_WEEK - timedelta(days=1))) == (0, 60)


def test_4_11_a_late_cancellation_stood_until_it_was_made() -> None:
    course, run = one_day((NO_SHOW, 50), on=DAY)
    scenes.places(run, (LATE, 1), ended_at=ALL_WEEK)
    ident = course.programme_id
    assert planning_absence([ident], as_at=DAY)[ident].places == 51
    before = planning_absence([ident], as_at=DAY, known_at=ALL_WEEK - timedelta(hours=1))
    assert before[ident].places == 50
    assert planning_absence([ident], as_at=DAY, known_at=ALL_WEEK)[ident].places == 51


def test_4_11_a_session_that_was_not_held_is_nobodys_absence() -> None:
    course, _ = one_day((CAME, 50), (LATE, 5), (NOT_HELD, 1), on=DAY)
    assert planning_absence([course.programme_id], as_at=DAY)[course.programme_id].places == 0


def test_4_11_each_programme_by_its_own_places_in_one_statement() -> None:
    one, _ = one_day((CAME, 45), (NO_SHOW, 5), on=DAY)
    two, _ = one_day((CAME, 40), (NO_SHOW, 10), on=DAY)
    idents = [one.programme_id, two.programme_id]
    with statements() as asked:
        found = planning_absence(idents, as_at=DAY)
    assert len(asked) == 1
    assert [found[ident].share for ident in idents] == [Fraction(1, 10), Fraction(1, 5)]
    assert planning_absence([], as_at=DAY) == {}
