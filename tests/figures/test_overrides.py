"""The academy's own colour of a target, as known at an instant (4.4, 4.12)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Colour, ColourOverride, Target
from tests import factories
from tests.figures import scenes
from tests.pages import Pages

MANAGER = factories.actor(Role.ACADEMY_MANAGER)
GIVEN = clock.london_time(date(2022, 3, 1), time(12))
TAKEN_BACK = GIVEN + timedelta(days=4)
SECOND = timedelta(seconds=1)


@pytest.fixture
def target() -> Target:
    """Amber from 1 March 2022 at noon until it was taken back on 5 March at noon; green an hour later."""
    found = scenes.coverage(trained=3, untrained=3).target
    made = _override(found, Colour.AMBER, GIVEN)
    rules.take_back_override(target=found, override=made, by=MANAGER, now=TAKEN_BACK)
    _override(found, Colour.GREEN, TAKEN_BACK + timedelta(hours=1))
    return found


def _override(target: Target, colour: Colour, now: datetime) -> ColourOverride:
    return rules.override_colour(
        target=target, colour=colour, reason="Two runs are agreed", days=30, by=MANAGER, now=now
    )


@pytest.mark.parametrize(
    ("on", "known_at", "colour"),
    [
        (1, GIVEN - SECOND, None),
        (1, GIVEN, Colour.AMBER),
        (1, None, Colour.AMBER),
        (4, TAKEN_BACK, Colour.AMBER),
        (5, TAKEN_BACK - SECOND, Colour.AMBER),
        (5, TAKEN_BACK, None),
        (5, TAKEN_BACK + timedelta(hours=1), Colour.GREEN),
        (5, None, Colour.GREEN),
        (30, TAKEN_BACK - SECOND, Colour.AMBER),
        (31, TAKEN_BACK - SECOND, None),
        (31, None, Colour.GREEN),
    ],
)
def test_4_12_an_override_goes_by_the_day_and_by_what_was_known(
    target: Target, on: int, known_at: datetime | None, colour: Colour | None
) -> None:
    shown = queries.overrides_on([target.id], on=date(2022, 3, on), known_at=known_at).get(target.id)
    assert (shown.colour if shown else None) == colour


def test_4_12_the_command_says_the_academys_own_colour_and_that_no_minimum_is_stated(
    target: Target, run_command: Callable[..., Any]
) -> None:
    found = json.loads(run_command("figures", "--json", "--as-at", "2022-03-04").stdout)[0]
    assert (found["code"], found["standing"], found["rag"]) == (target.code, "No minimum stated", "no_data")
    found = json.loads(run_command("figures", "--json", "--as-at", "2022-03-06").stdout)[0]
    assert found["override"] == {"rag": "green", "until": "2022-04-03", "reason": "Two runs are agreed"}


def test_4_12_the_pages_show_the_override_of_the_day(target: Target, pages: Pages) -> None:
    """Nobody can take back what is taken back already."""
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    before = pages.get(f"/targets/{target.code}?as_at=2022-03-04&known_at=2022-03-04")
    assert "Amber until 30 March 2022" in before.text
    assert "Take the colour back" not in before.text
    now = pages.get(f"/targets/{target.code}?as_at=2022-03-05")
    assert "Green until 3 April 2022" in now.text
    assert "Take the colour back" in now.text
    assert "Amber, the academy’s own" in pages.get("/board?as_at=2022-03-04&known_at=2022-03-04").text
    assert "Green, the academy’s own" in pages.get("/board?as_at=2022-03-05").text


def test_4_12_the_academys_own_colour_hides_nowhere_that_no_minimum_is_stated(
    target: Target, pages: Pages
) -> None:
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    for path in ("/targets", f"/targets/{target.code}", "/board"):
        page = board.get(f"{path}?as_at=2022-03-06")
        assert "● Green, the academy’s own No minimum stated" in page.text, path
    text = board.get("/board.csv?as_at=2022-03-06").html.removeprefix("\ufeff")
    (found,) = csv.DictReader(io.StringIO(text))
    assert (found["standing"], found["own_colour"]) == ("No minimum stated", "Green")


@pytest.mark.parametrize(
    ("members", "reason"), [(0, "No one is in scope."), (2, "No register is marked yet.")]
)
def test_4_12_while_there_is_no_data_there_is_no_colour_to_override(
    pages: Pages, members: int, reason: str
) -> None:
    """Nor is it offered; a form that was open before is refused, and keeps what was typed."""
    scene = scenes.cohort(members=3, deadline=clock.today() + timedelta(days=30))
    scenes.complete(scene.people[0], scene.course)
    manager = pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    address = f"/targets/{scene.target.code}"
    assert "Override the colour" in manager.get(address).text
    form = manager.get(f"{address}/colour")
    for person in scene.people[: 3 - members]:
        scenes.leave(scene, person, on=date(2022, 3, 1))
    sentence = f"{reason} A colour can be overridden once the figure has one."
    page = manager.submit(form, {"colour": "amber", "days": "7", "reason": "Two runs are agreed"})
    assert page.errors == [sentence]
    assert "Two runs are agreed" in page.html
    assert "Override the colour" not in manager.get(address).text
    assert queries.overrides_on([scene.target.id], on=clock.today()) == {}


def test_4_12_the_colour_before_is_taken_back_first(pages: Pages) -> None:
    """A form that was open before is refused; one that would be refused is not opened."""
    scene = scenes.cohort(members=2, deadline=clock.today() + timedelta(days=30))
    scenes.complete(scene.people[0], scene.course)
    manager = pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    address = f"/targets/{scene.target.code}"
    first = manager.get(f"{address}/colour")
    second = manager.get(f"{address}/colour")
    typed = {"colour": "amber", "days": "7", "reason": "Two runs are agreed"}
    assert manager.submit(first, typed).path == address
    (sentence,) = manager.submit(second, typed).errors
    assert sentence.endswith("already. Take that back first.")
    page = manager.get(f"{address}/colour")
    assert page.path == address
    assert sentence in page.text


def test_4_12_what_was_published_shows_both_colours_as_they_stood(target: Target, pages: Pages) -> None:
    """Amber was the academy's own on 3 March, and taken back on the 5th; on that day nothing stood beside."""
    kept = [
        rules.publish(targets=[target], as_at=on, occasion=f"Board {on}", by=MANAGER, now=now)[0]
        for on, now in ((date(2022, 3, 3), GIVEN + timedelta(days=2)), (date(2022, 3, 5), TAKEN_BACK))
    ]
    db.session.commit()
    pages.sign_in(factories.user(Role.BOARD_MEMBER))
    of_one = pages.get(f"/published/{kept[0].id}").text
    assert "Amber, the academy’s own" in of_one
    assert "The academy’s own, until 30 March 2022: Two runs are agreed." in of_one
    assert "the academy’s own" not in pages.get(f"/published/{kept[1].id}").text.lower()
    for address in ("/published", f"/targets/{target.code}/published"):
        assert pages.get(address).text.count("Amber, the academy’s own") == 1, address
