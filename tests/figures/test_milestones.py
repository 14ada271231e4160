"""Milestones and their target keep to each other, whichever of them changes (T07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.board.queries import contents
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Milestone, TargetRule
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Page, Pages

JANUARY, FEBRUARY, MARCH = date(2022, 1, 22), date(2022, 2, 25), date(2022, 3, 31)
ADDRESS = "/targets/new-and-upskill"


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


@pytest.fixture
def scene() -> scenes.Scene:
    """At least 25% of a cohort by 31 March, and 15% by 22 January."""
    scene = scenes.cohort(members=2, percent="25", deadline=MARCH)
    add(scene, JANUARY, minimum_percent=Decimal(15), title="First wave")
    return scene


def add(scene: scenes.Scene, on: date, **asked: object) -> Milestone:
    return rules.add_milestone(target=scene.target, due_on=on, by=ACADEMY, now=clock.now(), **asked)


def dated(name: str, on: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(on, part)) for part in ("day", "month", "year")}


def set_one(manager: Pages, on: date, percent: str = "", count: str = "") -> Page:
    page = manager.get(f"{ADDRESS}/milestones/new")
    typed = {"minimum_percent": percent, "minimum_count": count} | dated("due_on", on)
    return manager.submit(page, typed)


def count_of(model: type) -> int | None:
    return db.session.scalar(select(func.count()).select_from(model))


def test_t07_a_target_is_not_changed_past_its_milestones(manager: Pages, scene: scenes.Scene) -> None:
    """Both of them are changed once the milestone has gone; as it is it stays."""
    page = manager.get(f"{ADDRESS}/edit")
    page = manager.submit(page, {"minimum_percent": "10", "reason": "The board asks for less"})
    named = "The milestone “First wave: 15% by 22 January 2022”"
    assert page.errors == [f"{named} asks for more than that: change it or take it away first"]
    assert page.value("minimum_percent") == "10"
    page = manager.submit(page, {"minimum_percent": "15"} | dated("deadline", date(2022, 1, 21)))
    assert page.errors == [f"{named} lies after that day: change it or take it away first"]
    assert count_of(TargetRule) == 1
    page = manager.submit(page, dated("deadline", JANUARY))
    assert "The target is changed." in page.text

    (milestone,) = db.session.scalars(select(Milestone))
    rules.remove_milestone(
        target=scene.target, milestone=milestone, by=ACADEMY, now=clock.now(), reason="No longer asked"
    )
    page = manager.submit(manager.get(f"{ADDRESS}/edit"), {"minimum_percent": "10", "reason": "Less"})
    assert "The target is changed." in page.text


def test_t07_a_number_of_people_is_kept_to_as_well(manager: Pages) -> None:
    scene = scenes.cohort(members=2)
    rules.change_target(
        target=scene.target, title="Few", minimum_count=9, reason="x", by=ACADEMY, now=clock.now()
    )
    add(scene, JANUARY, minimum_count=7)
    page = manager.submit(manager.get(f"{ADDRESS}/edit"), {"minimum_count": "6", "reason": "Fewer"})
    assert page.errors == [
        "The milestone “7 by 22 January 2022” asks for more than that: change it or take it away first"
    ]


def test_a_deadline_that_is_after_the_programmes_own_is_warned_of(
    manager: Pages, scene: scenes.Scene
) -> None:
    """It may be a slip, 2062 for 2026, and is set all the same; one that is not later is not told."""
    factories.dated(scene.target.programme, deadline=MARCH)
    for on, is_warned in ((date(2062, 3, 31), True), (MARCH, False)):
        page = manager.submit(manager.get(f"{ADDRESS}/edit"), dated("deadline", on) | {"reason": "x"})
        assert "The target is changed." in page.text
        words = "The deadline is 31 March 2062, after the programme’s own of 31 March 2022. If it is a slip"
        assert (words in page.text) is is_warned


def test_t07_a_milestone_that_asks_for_more_people_than_there_are_is_warned_of(manager: Pages) -> None:
    """It is set all the same, as the list may not be written yet; a number that can be met is not."""
    scene = scenes.cohort(members=2)
    page = manager.submit(
        manager.get(f"{ADDRESS}/edit"), {"minimum_percent": "", "minimum_count": "9", "reason": "x"}
    )
    assert "9 are asked for, and 2 are in scope today: that can’t be met unless more join." in page.text
    page = set_one(manager, FEBRUARY, count="3")
    assert "The milestone is set." in page.text
    assert "3 are asked for, and 2 are in scope today: that can’t be met unless more join." in page.text
    assert count_of(Milestone) == 1
    scenes.join(scene, 1, on=scenes.LISTED_ON)
    db.session.commit()
    change = page.links()["Change the milestone of 25 February 2022"]
    page = manager.submit(manager.get(change), {"title": "Half-way", "reason": "Named"})
    assert "The milestone is changed." in page.text
    assert "can’t be met unless" not in page.text


def test_t07_a_later_milestone_asks_for_no_less(manager: Pages, scene: scenes.Scene) -> None:
    """1% a month after 15% is no way to 25%. The same is, and a number is not held against a share."""
    named = "The milestone “First wave: 15% by 22 January 2022”"
    page = set_one(manager, FEBRUARY, "1")
    assert page.errors == [f"{named} is earlier and asks for more: ask for no less than it"]
    assert set_one(manager, FEBRUARY, "15").path == ADDRESS
    assert set_one(manager, date(2022, 2, 26), count="1").path == ADDRESS
    page = set_one(manager, date(2022, 1, 1), "16")
    assert page.errors == [f"{named} is later and asks for less: ask for no more than it"]
    assert count_of(Milestone) == 3


def test_t07_a_milestone_is_not_changed_out_of_its_turn(manager: Pages, scene: scenes.Scene) -> None:
    """Among the others alone: what it asked itself until now does not stand in its way."""
    add(scene, FEBRUARY, minimum_percent=Decimal(20))
    change = manager.get(ADDRESS).links()["Change the milestone of 22 January 2022"]
    page = manager.submit(manager.get(change), {"minimum_percent": "21", "reason": "Faster"})
    assert page.errors == [
        "The milestone “20% by 25 February 2022” is later and asks for less: ask for no more than it"
    ]
    assert manager.submit(page, {"minimum_percent": "10"}).path == ADDRESS


def test_4_5_4_t07_what_was_not_reached_is_not_shown_as_reached(manager: Pages) -> None:
    """1 of 34 is 2.94%: of 3% that were asked it is 2.9%, and of 2% it is 3%; wherever it is read."""
    scene = scenes.coverage(trained=1, untrained=33, percent="80")
    on = date(2022, 2, 28)
    add(scene, JANUARY, minimum_percent=Decimal(2))
    add(scene, FEBRUARY, minimum_percent=Decimal(3))
    add(scene, on, minimum_count=1)
    db.session.commit()
    for page in ("", "/progress"):
        text = manager.get(f"/targets/two-day{page}?as_at=2022-03-01").text
        assert "3% (2) 2.9%: 1 of 34" in text or "3% 2.9%: 1 of 34" in text
        assert "3%: 1 of 34 practitioners in post at 22 January 2022 Met" in text
    packed = contents(meeting="Board", as_at=on, known_at=clock.now()).sections
    rows = next(one.rows for one in packed if one.title == "Milestones")
    assert [row[2:5] for row in rows] == [
        ("2%", "1 of 34 (3%)", "Met"),
        ("3%", "1 of 34 (2.9%)", "Not met"),
        ("1", "1 of 34 (3%)", "Met"),
    ]


def test_4_5_4_t07_what_was_reached_is_shown_against_the_target(scene: scenes.Scene) -> None:
    """87 of 109 reached 79%, and is not the 80% that the target asks."""
    figure = replace(
        queries.figure(scene.target, as_at=JANUARY), numerator=87, denominator=109, shown="79.8%"
    )
    asked = Milestone(due_on=JANUARY, minimum_percent=Decimal(79))
    (found,) = queries.milestones_on([asked], {JANUARY: figure}, JANUARY)
    assert (found.label, found.quoted) == ("Met", "87 of 109 (79.8%)")
    today = clock.today()
    for percent, label in ((79, "Met"), (81, "Due today")):
        asked = Milestone(due_on=today, minimum_percent=Decimal(percent))
        (found,) = queries.milestones_on([asked], {today: figure}, today)
        assert found.label == label
    asked = Milestone(due_on=MARCH, minimum_percent=Decimal(79))
    (found,) = queries.milestones_on([asked], {}, JANUARY)
    assert (found.label, found.shown, found.quoted) == ("To come", None, "")


def test_t07_all_that_is_wrong_with_a_milestone_is_told_at_once(manager: Pages, scene: scenes.Scene) -> None:
    """Beside each field, whether the form can be read or not."""
    page = manager.get(f"/targets/{scene.target.code}/milestones/new")
    number = "Enter a percentage or a number, one of the two"
    assert manager.submit(page, {}).errors == ["Enter the day of the milestone", number]
    late = {"due_on-day": "1", "due_on-month": "1", "due_on-year": "2199"}
    said = manager.submit(page, late | {"title": scene.people[0].name}).errors
    assert len(said) == 3
    assert said[0].startswith("The board reads this, and it names")
    assert said[1].startswith("A milestone lies on the way to the deadline")
    assert said[2] == number


def test_am15_all_that_is_wrong_with_what_is_to_be_published_is_told_at_once(
    manager: Pages, scene: scenes.Scene
) -> None:
    page = manager.get("/published/new")
    to_come = "Figures can be published as at today or a day in the past"
    typed = {"as_at-day": "1", "as_at-month": "1", "as_at-year": "2199"}
    missing = manager.submit(page, typed | {"occasion": ""}).errors
    assert sorted(missing) == [to_come, "Say what the figures are published for"]
    named = manager.submit(page, typed | {"occasion": f"Talk with {scene.people[0].name}"}).errors
    assert to_come in named
    assert len(named) == 2
