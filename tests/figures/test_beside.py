"""Stated figures, milestones and the academy's own colour, on a target's page and by their rules."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Colour, ColourOverride, ReachStep, StatedFigure, Target, TargetKind
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Page, Pages

AUGUST = date(2021, 8, 31)
MANAGER = factories.actor(Role.ACADEMY_MANAGER)


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def boxes(name: str, on: date) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}


def state(target: Target, as_at: date = AUGUST, **stated: Any) -> StatedFigure:
    stated.setdefault("source", "Variation, January 2022")
    return rules.state_figure(target=target, as_at=as_at, by=ACADEMY, now=clock.now(), **stated)


# --- Stated figures ------------------------------------------------------------------------------------


def test_u25_a_stated_figure_stands_beside_the_computed_one(manager: Pages) -> None:
    scenes.coverage(trained=6, untrained=2)
    page = manager.get("/targets/two-day/stated/new")
    page = manager.submit(
        page,
        {
            "source": "Variation of contract",
            **boxes("as_at", AUGUST),
            "is_day_assumed": "y",
            "numerator": "7",
            "denominator": "9",
        },
    )
    assert page.path == "/targets/two-day"
    assert "31 August 2021, day not stated" in page.text
    assert "7 of 9 (78%)" in page.text
    assert (
        "Stated 7, computed 6: a difference of 1. Stated of 9, computed of 8: a difference of 1" in page.text
    )
    assert "6 of 8 practitioners in post" in page.text  # the figure itself is not adjusted


def test_u25_a_stated_figure_that_agrees_says_so_and_a_corrected_one_keeps_what_was_typed() -> None:
    scene = scenes.coverage(trained=6, untrained=2)
    figure = state(scene.target, numerator=9, denominator=9)
    with pytest.raises(RuleBroken, match="Say why it is corrected"):
        correct(scene.target, figure, numerator=6, denominator=8)
    correct(scene.target, figure, numerator=6, denominator=8, reason="Misread")
    beside = queries.beside_target(scene.target, as_at=AUGUST)
    assert [one.shown for one in beside.stated] == ["6 of 8 (75%)"]
    assert beside.stated[0].difference_words == "The computed figure is the same."
    before, _now = db.session.scalars(queries.ever_stated(scene.target, AUGUST).order_by(StatedFigure.id))
    assert (before.numerator, before.denominator) == (9, 9)


def correct(target: Target, figure: StatedFigure, reason: str = "", **stated: Any) -> None:
    rules.correct_stated(
        target=target,
        figure=figure,
        as_at=AUGUST,
        source=figure.source,
        reason=reason,
        by=ACADEMY,
        now=clock.now(),
        **stated,
    )


def test_t08_an_approximate_number_is_said_to_be_one() -> None:
    course = factories.course()
    target = rules.add_target(
        code="partners",
        title="Partners offered training",
        kind=TargetKind.REACH,
        reach_step=ReachStep.OFFERED,
        programme=course.programme,
        by=ACADEMY,
        now=clock.now(),
    )
    state(target, numerator=300, is_approximate=True)
    (one,) = queries.beside_target(target, as_at=AUGUST).stated
    assert one.shown == "approximately 300"
    assert one.difference_words == "Stated approximately 300, computed 0: a difference of 300"
    assert queries.figure(target, as_at=AUGUST).numerator == 0


def test_4_5_4_u25_a_stated_figure_is_not_shown_as_what_it_does_not_reach(manager: Pages) -> None:
    target = scenes.coverage(trained=1, untrained=1, percent="80").target
    state(target, numerator=87, denominator=109)
    state(target, AUGUST + timedelta(days=1), numerator=88, denominator=110)
    db.session.commit()
    text = manager.get("/targets/two-day").text
    assert "87 of 109 (79.8%)" in text
    assert "88 of 110 (80%)" in text


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        ({"numerator": 10, "denominator": 9}, "The number can’t be more than the 9 it is of"),
        ({"numerator": None}, "Enter the number that the document states"),
        ({"numerator": 1, "source": " "}, "Enter the document that states it"),
        (
            {"numerator": 1, "as_at": date(2199, 1, 1)},
            "The day of a stated figure must be today or in the past",
        ),
    ],
)
def test_a_stated_figure_that_cannot_be(stated: dict[str, Any], sentence: str) -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    with pytest.raises(RuleBroken, match=sentence):
        state(scene.target, **stated)


def test_a_stated_figure_is_not_of_a_day_before_all_that_is_known(manager: Pages) -> None:
    """A baseline may be older than its programme; one of 1999 is a slip, and moves no day."""
    scene = scenes.coverage(trained=1, untrained=0)
    factories.dated(scene.target.programme, starts_on=date(2022, 7, 1))
    db.session.commit()
    page = manager.get("/targets/two-day/stated/new")
    typed = {"numerator": "1", "source": "The bid"}
    page = manager.submit(page, typed | boxes("as_at", date(1999, 11, 4)))
    assert page.errors == [
        "4 November 1999 is before 1 July 2022, when the programme starts, and before 1 January 2019, the "
        "first day of which anything is recorded: check the year"
    ]
    assert page.value("as_at-year") == "1999"
    assert manager.submit(page, boxes("as_at", date(2019, 1, 1))).path == "/targets/two-day"
    factories.dated(scene.target.programme, starts_on=None)
    db.session.commit()
    state(scene.target, date(1999, 11, 4), numerator=1)
    assert queries.first_day_recorded() == date(2019, 1, 1)


def test_all_that_is_wrong_with_a_stated_figure_is_told_at_once(manager: Pages) -> None:
    """A rule that is broken beside a field that is empty took a second press to be read."""
    scene = scenes.coverage(trained=1, untrained=0)
    state(scene.target, numerator=1)
    db.session.commit()
    page = manager.get("/targets/two-day/stated/new")
    page = manager.submit(page, {"numerator": "10", "denominator": "9"} | boxes("as_at", AUGUST))
    assert page.errors == [
        "Enter the document that states it",
        "A figure is stated for 31 August 2021 already: correct that one",
        "The number can’t be more than the 9 it is of",
    ]
    page = manager.submit(page, {"source": "The bid"})
    assert page.errors == [
        "A figure is stated for 31 August 2021 already: correct that one",
        "The number can’t be more than the 9 it is of",
    ]


@pytest.mark.parametrize("score", [None, Decimal("0.9"), Decimal("10.1"), Decimal("7.45")])
def test_a_score_off_the_scale_is_a_sentence(score: Decimal | None) -> None:
    target = rules.add_target(
        code="confidence",
        title="Confidence",
        kind=TargetKind.SCORE,
        programme=factories.programme(),
        by=ACADEMY,
        now=clock.now(),
    )
    with pytest.raises(RuleBroken, match=r"[Ss]core"):
        state(target, score=score)


def test_one_figure_is_stated_for_a_day_and_taken_back_with_a_reason(manager: Pages) -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    figure = state(scene.target, numerator=1)
    with pytest.raises(RuleBroken, match="A figure is stated for 31 August 2021 already: correct that one"):
        state(scene.target, numerator=1)
    page = manager.get(f"/targets/two-day/stated/{figure.id}/take-back")
    assert manager.submit(page, {}).errors == ["Say why"]
    page = manager.submit(page, {"reason": "Of another council"})
    assert "No document’s figure has been entered." in page.text
    assert "Stated figure taken back" in page.text


def test_a_stated_figure_is_corrected_on_its_page(manager: Pages) -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    figure = state(scene.target, numerator=5, denominator=6)
    page = manager.get(f"/targets/two-day/stated/{figure.id}/edit")
    assert (page.value("numerator"), page.value("reason")) == ("5", "")
    page = manager.submit(page, {"numerator": "1", "denominator": "2", "reason": "Misread"})
    assert "1 of 2 (50%)" in page.text
    assert "The computed figure is the same." in page.text


# --- Milestones ----------------------------------------------------------------------------------------


def milestone(target: Target, on: date, **asked: Any) -> Any:
    return rules.add_milestone(target=target, due_on=on, by=ACADEMY, now=clock.now(), **asked)


def test_what_somebody_else_has_just_changed_is_not_changed_again() -> None:
    target = scenes.coverage(trained=6, untrained=2).target
    half_way = milestone(target, date(2022, 2, 28), minimum_count=4)
    figure = state(target, numerator=9, denominator=9)
    common: dict[str, Any] = {"target": target, "by": ACADEMY, "now": clock.now(), "reason": "A slip"}
    rules.remove_milestone(milestone=half_way, **common)
    with pytest.raises(RuleBroken, match="Somebody else has just changed this milestone"):
        rules.remove_milestone(milestone=half_way, **common)
    rules.take_back_stated(figure=figure, **common)
    with pytest.raises(RuleBroken, match="Somebody else has just changed this figure"):
        rules.take_back_stated(figure=figure, **common)


@pytest.mark.parametrize(
    ("on", "asked", "sentence"),
    [
        (date(2021, 3, 31), {"minimum_count": 1}, "before 1 April 2021, when the programme starts"),
        (date(2022, 2, 28), {"minimum_percent": Decimal("80.01")}, "The target asks for 80%"),
    ],
)
def test_t07_a_milestone_is_on_the_way(on: date, asked: dict[str, Any], sentence: str) -> None:
    scene = scenes.cohort(members=10)
    factories.dated(scene.target.programme, starts_on=date(2021, 4, 1))
    with pytest.raises(RuleBroken, match=sentence):
        milestone(scene.target, on, **asked)
    assert milestone(scene.target, date(2021, 4, 1), minimum_percent=Decimal(80))


def test_t07_milestones_are_met_or_not_at_their_own_dates() -> None:
    scene = scenes.cohort(members=10)
    for person in scene.people[:4]:
        scenes.complete(person, scene.course, date(2022, 2, 15))
    milestone(scene.target, date(2022, 2, 14), minimum_count=1)
    milestone(scene.target, date(2022, 2, 28), minimum_percent=Decimal(40))
    milestone(scene.target, date(2022, 3, 15), minimum_percent=Decimal("40.5"))
    milestone(scene.target, date(2022, 3, 31), minimum_count=9, title="All but one")
    found = queries.beside_target(scene.target, as_at=date(2022, 3, 20)).milestones
    assert [(one.asked, one.label) for one in found] == [
        ("1", "Not met"),
        ("40%", "Met"),
        ("40.5%", "Not met"),
        ("9", "To come"),
    ]


def test_t07_a_milestone_through_its_pages(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=1)
    page = manager.get("/targets/two-day/milestones/new")
    page = manager.submit(page, boxes("due_on", AUGUST))
    assert page.errors == ["Enter a percentage or a number, one of the two"]
    page = manager.submit(page, {"minimum_percent": "60", "title": "Half-way"})
    assert "Half-way" in page.text
    assert "Not met" in page.text
    page = follow(manager, page, "Change the milestone of 31 August 2021")
    page = manager.submit(page, {"minimum_percent": "50"})
    assert page.errors == ["Say why the milestone changes"]
    page = manager.submit(page, {"reason": "The board agreed"})
    assert "50%" in page.text
    page = follow(manager, page, "Take away the milestone of 31 August 2021")
    page = manager.submit(page, {"reason": "No longer asked"})
    assert "No milestones are set" in page.text


def follow(pages: Pages, page: Page, words: str) -> Page:
    return pages.get(page.links()[words])


def test_one_press_tells_all_that_is_wrong_with_a_target(manager: Pages) -> None:
    """That a title is missing hides neither the code that is taken nor what is asked wrongly."""
    scene = scenes.coverage(trained=1, untrained=0)
    programme = factories.programme(starts_on=date(2021, 10, 1))
    typed = {
        "title": "",
        "code": scene.target.code,
        "programme": str(programme.id),
        "population": str(scene.target.population_id),
        "course": str(factories.course(programme_id=programme.id).id),
        "minimum_percent": "80",
        "minimum_count": "20",
        "planning_absence": "100",
        **boxes("deadline", AUGUST),
    }
    of_the_rules = [
        f"The code {scene.target.code} is already used. Choose another.",
        "Enter a minimum percentage or a minimum number, not both",
        "The deadline is before 1 October 2021, when the programme starts",
        "Planning non-attendance must be 0 or more and less than 100, like 10",
    ]
    page = manager.submit(manager.get("/targets/new/coverage"), typed)
    assert sorted(page.errors) == sorted(["Enter the target’s title", *of_the_rules])
    page = manager.submit(page, {"title": "Coverage"})
    assert sorted(page.errors) == sorted(of_the_rules)
    gone = "Choose again: what you chose is not on the list any more"
    page = manager.post(page.path, typed | {"programme": "gone"})
    asked_of_no_programme = [one for one in of_the_rules if "programme" not in one]
    assert sorted(page.errors) == sorted(["Enter the target’s title", gone, *asked_of_no_programme])
    page = manager.get(f"/targets/{scene.target.code}/edit")
    page = manager.submit(page, {"title": "", "minimum_percent": "80", "minimum_count": "20"})
    assert sorted(page.errors) == sorted(["Enter the target’s title", of_the_rules[1]])


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"minimum_percent": Decimal(101)}, "Percentage must be more than 0 and at most 100"),
        ({"minimum_percent": Decimal(0)}, "Percentage must be more than 0 and at most 100"),
        ({"minimum_percent": Decimal(5), "minimum_count": 5}, "Enter a percentage or a number"),
        ({"minimum_count": 0}, "Number must be 1 or more"),
    ],
)
def test_a_milestone_that_cannot_be(asked: dict[str, Any], sentence: str) -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    with pytest.raises(RuleBroken, match=sentence):
        milestone(scene.target, AUGUST, **asked)


def test_a_milestone_after_the_deadline_is_none() -> None:
    scene = scenes.cohort(members=2, deadline=date(2022, 3, 31))
    milestone(scene.target, date(2022, 3, 31), minimum_count=1)
    with pytest.raises(RuleBroken, match="it must be on 31 March 2022 or before"):
        milestone(scene.target, date(2022, 4, 1), minimum_count=2)


# --- The academy's own colour --------------------------------------------------------------------------

NOON = clock.london_time(date(2022, 3, 1), time(12))


def override(
    target: Target,
    now: datetime = NOON,
    days: int = 30,
    by: Any = MANAGER,
    reason: str = "Two runs are agreed",
) -> ColourOverride:
    return rules.override_colour(target=target, colour=Colour.AMBER, reason=reason, days=days, by=by, now=now)


def shown(target: Target, on: date) -> bool:
    return target.id in queries.overrides_on([target.id], on=on)


def test_4_12_an_override_is_shown_for_its_days_one_at_a_time() -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    made = override(target)
    assert made.last_day == date(2022, 3, 30)
    on = [date(2022, 2, 28), date(2022, 3, 1), date(2022, 3, 30), date(2022, 3, 31)]
    assert [shown(target, day) for day in on] == [False, True, True, False]
    with pytest.raises(RuleBroken, match="overridden until 30 March 2022 already"):
        override(target, NOON + timedelta(days=5))
    override(target, NOON + timedelta(days=30))


def test_4_12_an_override_that_is_taken_back_stays_on_the_days_before() -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    made = override(target)
    rules.take_back_override(target=target, override=made, by=MANAGER, now=NOON + timedelta(days=4))
    assert [shown(target, date(2022, 3, day)) for day in (4, 5)] == [True, False]
    with pytest.raises(RuleBroken, match="not shown any more"):
        rules.take_back_override(target=target, override=made, by=MANAGER, now=NOON)


@pytest.mark.parametrize("days", [0, 31])
def test_4_12_at_most_thirty_days(days: int) -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    with pytest.raises(RuleBroken, match="Days must be between 1 and 30"):
        override(target, days=days)


def test_bm01_what_the_board_reads_names_nobody() -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    factories.staff(first_name="Joy", last_name="Okafor")
    with pytest.raises(RuleBroken, match="The board reads this, and it names Joy Okafor"):
        override(target, reason="Waiting for JOY  Okafor’s return")
    assert override(target, reason="Joy to come back").reason == "Joy to come back"


def test_4_12_only_the_academy_manager_overrides() -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    with pytest.raises(NotAllowed):
        override(target, by=factories.actor(Role.BOARD_MEMBER))


def test_4_12_the_colour_on_the_page(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=1)
    page = manager.submit(manager.get("/targets/two-day/colour"), {"days": "31"})
    assert page.errors == [
        "Choose a colour",
        "For how many days must be between 1 and 30",
        "Say why the colour is overridden",
    ]
    page = manager.submit(page, {"colour": "amber", "days": "7", "reason": "Two runs are agreed"})
    assert "Two runs are agreed" in page.text
    assert "Amber until" in page.text
    page = manager.submit(page, form=1)
    assert "Override the colour for a time" in page.text


# --- Sessions, and new targets of the further kinds ----------------------------------------------------


def test_t09_a_deliverable_is_set_up_and_its_sessions_are_ticked(manager: Pages) -> None:
    run = factories.run(days=[date(2022, 2, 1), date(2022, 2, 8)])
    scenes.attend(factories.staff(), run, days=1)
    page = manager.submit(manager.get("/targets/new"), {"kind": "deliverable"})
    page = manager.submit(
        page,
        {
            "title": "Practice-led sessions",
            "code": "sessions",
            "programme": str(run.version.course.programme_id),
            "unit": "practice-led training sessions",
            **boxes("deadline", date(2022, 3, 31)),
        },
    )
    assert page.errors == ["Enter how many sessions are contracted"]
    for typed, sentence in (
        ("0", "Number of sessions contracted must be 1 or more"),
        ("9999999999", "Number of sessions contracted must be 2,147,483,647 or less"),
    ):
        page = manager.submit(page, {"minimum_count": typed})
        assert page.errors == [sentence]
    page = manager.submit(page, {"minimum_count": "17"})
    assert "0 of 17" in page.text
    assert "17 sessions" in page.text
    page = manager.get(page.links()["Show the sessions"])
    page = follow(manager, page, "Choose which count")
    page = manager.submit(page, {"sessions": [str(one.id) for one in run.sessions]})
    assert "1 of 17 sessions delivered" in page.text
    assert "Register not marked" in page.text
    page = manager.submit(follow(manager, page, "Choose which count"), {"sessions": []})
    assert page.errors == ["Say why sessions no longer count"]


def test_a_score_and_a_reach_target_are_set_up(manager: Pages) -> None:
    programme = str(factories.course().programme_id)
    page = manager.get("/targets/new/score")
    about = {"title": "Confidence", "code": "confidence", "programme": programme}
    page = manager.submit(page, about | {"minimum_score": "11"})
    assert page.errors == ["Minimum score must be between 1 and 10, with one decimal at most, like 7.5"]
    page = manager.submit(page, {"minimum_score": "7.5", "score_margin": "0.5"})
    assert "No score yet" in page.text
    page = follow(manager, page, "Enter a stated figure")
    page = manager.submit(page, {"source": "Survey", **boxes("as_at", AUGUST), "score": "6", "replies": "84"})
    assert "6.0 of 10, as stated by" in page.text
    assert "6.0, 84 replies" in page.text
    page = manager.get("/targets/new/reach")
    about = {"title": "Partners", "code": "partners", "programme": programme}
    page = manager.submit(page, about)
    assert page.errors == ["Choose the step that is counted"]
    page = manager.submit(page, {"reach_step": "offered", "minimum_count": "300"})
    assert "0 people offered training by" in page.text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"minimum_percent": Decimal(101)}, "more than 0 and at most 100"),
        ({"minimum_percent": Decimal(0)}, "more than 0 and at most 100"),
        ({"deadline": date(2021, 9, 30)}, "before 1 October 2021, when the programme starts"),
        ({"planning_absence": Decimal(100)}, "0 or more and less than 100"),
        ({"planning_absence": Decimal(-1)}, "0 or more and less than 100"),
    ],
)
def test_a_target_that_cannot_be(asked: dict[str, Any], sentence: str) -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    factories.dated(scene.target.programme, starts_on=date(2021, 10, 1))
    with pytest.raises(RuleBroken, match=sentence):
        rules.change_target(
            target=scene.target,
            title="T",
            course=scene.course,
            by=ACADEMY,
            now=clock.now(),
            reason="Why",
            **asked,
        )


def test_planning_absence_is_kept_with_its_reason(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=1)
    page = manager.get("/targets/two-day/edit")
    page = manager.submit(page, {"planning_absence": "12.5", "reason": "Seen last year"})
    assert "Planning non-attendance: 12.5%" in page.text
    assert manager.get("/targets/two-day/edit").value("planning_absence") == "12.5"


def test_a_board_member_sees_what_stands_beside_a_target_and_changes_nothing(pages: Pages) -> None:
    scene = scenes.coverage(trained=3, untrained=3)
    state(scene.target, numerator=1)
    milestone(scene.target, AUGUST, minimum_count=1)
    override(scene.target, clock.now())
    page = pages.sign_in(factories.user(Role.BOARD_MEMBER)).get("/targets/two-day")
    assert "Variation, January 2022" in page.text
    assert "Amber" in page.text
    assert not {"Correct", "Change", "Enter a stated figure", "Set a milestone"} & set(page.links())
