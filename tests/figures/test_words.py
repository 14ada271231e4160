"""The numbers of rules in words: written beside their rules, and read from there by every page and file."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import ReachStep, TargetKind
from app.figures.queries.figure import NEWCOMER_DAYS
from app.figures.queries.prospects import OUTSTANDING_DAYS
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.house.source import modules, spoken, templates
from tests.pages import Pages

ROOMS = ("figures", "board")
OF_RULES = (
    queries.FEW,
    f"{NEWCOMER_DAYS} days",
    f"{OUTSTANDING_DAYS} days",
    f"in {queries.TURNOVER_MONTHS} months",
    f"in the {queries.TURNOVER_MONTHS} months",
    queries.USUAL_PERCENT,
    f"{queries.ENOUGH_PLACES} past places",
    "fewer than five",
    "in the twelve months",
    "half a point",
)


@pytest.mark.once
def test_no_page_and_no_code_of_figures_writes_a_number_of_a_rule_once_more() -> None:
    written = [(f"templates/{name}", text) for name, text in templates().items() if name.startswith(ROOMS)]
    for path, tree in modules().items():
        if path.split("/")[1] in ROOMS:
            written += [(f"{path}:{line}", text) for line, text in spoken(tree)]
    is_number = re.compile("|".join(rf"\b{re.escape(one)}" for one in OF_RULES), re.IGNORECASE)
    found = [f"{where}: {match.group()}" for where, text in written for match in is_number.finditer(text)]
    assert written
    assert not found, found


def test_bm06_the_page_of_definitions_has_the_numbers_of_the_rules(pages: Pages) -> None:
    text = pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/definitions").text
    for words in (
        "Stands beside a colour when more than 10% of the people counted have records in doubt.",
        "Had a place 92 days ago or earlier that was never marked.",
        "sees no number for a group of fewer than 5 people",
        "Employees who left in the 12 months to the day",
        "amber within 0.5 points below or the target’s own margin",
        "none with fewer than 5 replies.",
    ):
        assert words in text, words


def test_bm05_who_may_not_see_names_reads_that_groups_and_sectors_are_hidden(pages: Pages) -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    rules.add_target(
        code="reached", title="Reached", kind=TargetKind.REACH, programme=scene.course.programme,
        reach_step=ReachStep.ATTENDED, by=scenes.ACADEMY, now=LONG_AGO,
    )  # fmt: skip
    scenes.attend(scene.people[0], factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)]))
    for role, is_told in ((Role.BOARD_MEMBER, True), (Role.ACADEMY_MANAGER, False)):
        pages.sign_in(factories.user(role))
        assert (queries.GROUPS_NOT_SHOWN in pages.get("/targets/two-day/breakdown").text) is is_told
        assert (queries.SECTORS_NOT_SHOWN in pages.get("/targets/reached").text) is is_told


def test_bm06_a_target_without_a_minimum_does_not_say_that_one_is_due_by_its_deadline(pages: Pages) -> None:
    """ "No minimum stated by 31 March 2027" read as if one were to be stated by then."""
    scene = scenes.coverage(trained=1, untrained=1, deadline=date(2027, 3, 31))
    figure = queries.figure(scene.target, as_at=date(2026, 3, 31))
    assert figure.threshold_words == "no minimum stated (deadline 31 March 2027)"
    text = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/targets/two-day").text
    assert "No minimum stated (deadline 31 March 2027)" in text
    assert "stated by" not in text
