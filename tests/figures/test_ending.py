"""Targets that end: which days still have them, as known when; and how one is ended and put back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import db, record
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.figures import queries, rules
from app.figures.models import Colour, ReachStep, Target, TargetEnd, TargetKind
from app.people.models import Person
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.pages import Page, Pages
from tests.races import AT_ONCE, at_once

MANAGER = factories.actor(Role.ACADEMY_MANAGER, name="Academy")
LAST_DAY = date(2022, 3, 3)
ENDED = clock.start_of_day(date(2022, 3, 10))
PUT_BACK = ENDED + timedelta(days=4)
AGAIN = PUT_BACK + timedelta(hours=1)
SECOND = timedelta(seconds=1)
WHY = "The contract was varied"


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def end(target: Target, last_day: date = LAST_DAY, now: datetime = ENDED, reason: str = WHY) -> TargetEnd:
    return rules.end_target(target=target, last_day=last_day, reason=reason, by=MANAGER, now=now)


def asked_for(as_at: date, known_at: datetime | None = None) -> list[str]:
    return [one.code for one in db.session.scalars(queries.targets(as_at=as_at, known_at=known_at))]


def typed(last_day: date, reason: str = WHY) -> dict[str, str]:
    names = ("day", "month", "year")
    return {f"last_day-{name}": str(getattr(last_day, name)) for name in names} | {"reason": reason}


# --- Which days still have it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "known_at", "is_asked_for"),
    [
        (date(2022, 3, 3), None, True),  # the last day counts
        (date(2022, 3, 4), ENDED - SECOND, True),
        (date(2022, 3, 4), ENDED, False),
        (date(2022, 3, 3), ENDED, True),
        (date(2022, 3, 4), PUT_BACK - SECOND, False),
        (date(2022, 3, 4), PUT_BACK, True),
        (date(2022, 3, 4), AGAIN, True),
        (date(2022, 4, 1), AGAIN, True),
        (date(2022, 4, 2), AGAIN, False),
        (date(2022, 4, 1), None, True),
        (date(2022, 4, 2), None, False),
        (date(2022, 4, 2), LONG_AGO - SECOND, True),  # before it was set up: as it was set up
    ],
)
def test_4_4_a_target_ends_by_the_day_and_by_what_was_known(
    on: date, known_at: datetime | None, is_asked_for: bool
) -> None:
    """Ended on 10 March with 3 March, put back on the 14th, ended an hour later with 1 April."""
    target = scenes.coverage(trained=1, untrained=1).target
    end(target)
    rules.take_back_end(target=target, reason="Too early", by=MANAGER, now=PUT_BACK)
    end(target, date(2022, 4, 1), AGAIN)
    assert asked_for(on, known_at) == ([target.code] if is_asked_for else [])
    others = queries.ended(as_at=on, known_at=known_at)
    assert [one.target.code for one in others] == ([] if is_asked_for else [target.code])
    assert queries.ended_count(as_at=on, known_at=known_at) == len(others)


def test_4_4_ending_a_target_changes_no_figure_and_no_number_of_its_rule() -> None:
    target = scenes.coverage(trained=1, untrained=1, percent="50").target
    after = date(2022, 4, 2)
    before = {on: queries.figure(target, as_at=on) for on in (LAST_DAY, after)}
    (plan,) = queries.plans_for([target])
    end(target)
    assert queries.figure(target, as_at=LAST_DAY) == before[LAST_DAY]
    now = queries.figure(target, as_at=after)
    assert (now.quoted, now.standing_words) == (before[after].quoted, "Ended")
    assert (now.forecast, now.verdict, now.short_by) == (None, None, 0)
    assert queries.figure(target, as_at=after, known_at=ENDED - SECOND).end is None
    assert queries.plans_for([target])[0].rule.number == plan.rule.number == 1
    rules.change_target(
        target=target,
        title="Two days",
        course=plan.rule.course,
        reason="No share is asked for any more",
        by=MANAGER,
        now=AGAIN,
    )
    standing = queries.end_of(target)
    assert standing is not None
    assert (standing.last_day, standing.reason) == (LAST_DAY, WHY)


def test_a_target_set_up_by_mistake_can_end_before_its_programme_began() -> None:
    target = scenes.coverage(trained=1, untrained=0).target
    end(target, date(1900, 1, 1))
    assert asked_for(date(1900, 1, 2)) == []


def test_st01_a_target_that_has_ended_wants_nothing_of_anybody() -> None:
    scene = scenes.coverage(trained=0, untrained=1)
    (person,) = scene.people
    end(scene.target)
    people = select(Person.id)
    for on, wanted in ((LAST_DAY, [scene.course]), (LAST_DAY + timedelta(days=1), [])):
        assert [one.course for one in queries.wanted_of(person.id, on=on)] == wanted
        assert [one.course for one in queries.gaps_of(people, on=on)] == wanted


def test_4_6_what_a_cohort_requires_outlives_its_target_but_not_its_deadline() -> None:
    scene = scenes.cohort(members=1)
    end(scene.target)
    for on, deadline in ((LAST_DAY, date(2022, 3, 31)), (LAST_DAY + timedelta(days=1), None)):
        (wanted,) = queries.wanted_of(scene.people[0].id, on=on)
        assert (wanted.course, wanted.deadline) == (scene.course, deadline)


def test_tr10_a_trainer_reads_of_a_deliverable_until_it_ends() -> None:
    trainer = factories.user(Role.TRAINER)
    course = factories.course()
    run = factories.run(course, days=[LAST_DAY, LAST_DAY])
    run.sessions[0].trainer = factories.trainer(trainer)
    target = _add(course.programme, TargetKind.DELIVERABLE, minimum_count=17)
    end(target)
    for on, found in ((LAST_DAY, [target]), (LAST_DAY + timedelta(days=1), [])):
        assert list(db.session.scalars(queries.deliverables_of_trainer(trainer.id, on=on))) == found


def _add(programme: Any, kind: TargetKind, **asked: Any) -> Target:
    return rules.add_target(
        code=kind.value.replace("_", "-"),
        title=kind.label,
        kind=kind,
        programme=programme,
        by=MANAGER,
        now=LONG_AGO,
        **asked,
    )


def test_of_every_kind_the_list_of_those_that_ended_has_the_last_figure() -> None:
    scene = scenes.coverage(trained=1, untrained=1)
    programme = scene.course.programme
    score = _add(programme, TargetKind.SCORE)
    for on, mean in ((LAST_DAY, 6), (date(2022, 4, 1), 7)):
        rules.state_figure(
            target=score, as_at=on, score=Decimal(mean), source="Survey", by=MANAGER, now=clock.now()
        )
    others = [
        _add(programme, TargetKind.PEOPLE_TRAINED, course=scene.course),
        _add(programme, TargetKind.REACH, reach_step=ReachStep.ATTENDED),
        _add(programme, TargetKind.DELIVERABLE, minimum_count=17),
    ]
    for target in (scene.target, score, *others):
        end(target)
    found = queries.ended(as_at=date(2022, 5, 1))
    assert {one.target.code: one.figure.quoted for one in found} == {
        "two-day": "1 of 2 (50%)",
        "score": "6.0",
        "people-trained": "0",
        "reach": "0",
        "deliverable": "0 of 17",
    }
    assert {one.figure.as_at for one in found} == {LAST_DAY}


# --- Ending it, and putting it back --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (" ", "Say why the target ends"),
        ("As Ada Zquux said", "it names Ada Zquux: say it without the name"),
    ],
)
def test_3_0_the_board_reads_why_a_target_ended_and_no_name(reason: str, sentence: str) -> None:
    target = scenes.coverage(trained=1, untrained=0).target
    factories.staff(first_name="Ada", last_name="Zquux")
    with pytest.raises(RuleBroken, match=sentence):
        end(target, reason=reason)
    assert queries.end_of(target) is None


def test_a_reason_keeps_the_lines_that_were_typed() -> None:
    target = scenes.coverage(trained=1, untrained=0).target
    assert (
        end(target, reason="  The contract ended.\n\nSee the minutes. ").reason
        == "The contract ended.\n\nSee the minutes."
    )


def test_a_target_that_has_an_end_is_not_ended_again_nor_put_back_twice() -> None:
    target = scenes.coverage(trained=1, untrained=0).target
    end(target)
    with pytest.raises(
        RuleBroken, match="Academy has ended this target already: its last day is 3 March 2022"
    ):
        end(target, date(2022, 5, 1))
    rules.take_back_end(target=target, reason="Too early", by=MANAGER, now=PUT_BACK)
    with pytest.raises(RuleBroken, match="This target has no end, or it was taken back already"):
        rules.take_back_end(target=target, reason="Too early", by=MANAGER, now=PUT_BACK)


def test_of_several_who_end_one_target_at_once_one_does(app: Flask) -> None:
    target_id = scenes.coverage(trained=0, untrained=0).target.id

    def end_it(number: int) -> None:
        target = db.session.get_one(Target, target_id)
        queries.end_of(target)  # as the page does, before it is ended
        end(target, LAST_DAY + timedelta(days=number), clock.now())

    assert at_once(app, end_it) == ["done"] + ["refused"] * (AT_ONCE - 1)
    assert db.session.scalar(select(func.count(TargetEnd.id))) == 1


@pytest.mark.parametrize(("reasons", "promise"), [((WHY, WHY), "target_end"), ((None,), "says_why")])
def test_the_database_keeps_one_end_of_a_target_with_its_reason(
    reasons: tuple[str | None, ...], promise: str
) -> None:
    target = scenes.coverage(trained=1, untrained=0).target
    for reason in reasons:
        made = TargetEnd(target_id=target.id, last_day=LAST_DAY, reason=reason)
        record(made, by="Tests", now=ENDED)
    with pytest.raises(IntegrityError, match=promise):
        db.session.flush()


# --- Its pages -----------------------------------------------------------------------------------------


def test_a_target_is_ended_listed_apart_and_put_back(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=1)
    yesterday = clock.today() - timedelta(days=1)
    page = manager.get(manager.get("/targets/two-day").links()["End this target"])
    assert page.value("last_day-year") == str(clock.today().year)
    assert manager.submit(page, {"last_day-day": "", "last_day-month": "", "last_day-year": ""}).errors == [
        "Enter the last day on which the target is asked for",
        "Say why the target ends",
    ]
    page = manager.submit(page, typed(yesterday))
    assert page.path == "/targets/two-day"
    assert f"Ended on {_day(yesterday)}: {WHY}" in page.text
    assert "End this target" not in page.links()
    assert f"Target ended Last day: {_day(yesterday)}. Reason: {WHY}" in page.text

    page = manager.get("/targets")
    assert "Two-day training" not in page.text
    page = manager.get(page.links()["1 ended target"])
    assert f"Two-day training {WHY}" not in page.text
    assert f"1 of 2 (50%) practitioners in post at {_day(yesterday)} {WHY}" in page.text
    assert "Two-day training" in manager.get(f"/targets?as_at={yesterday}").text

    page = manager.get(page.links()["Two-day training"])
    page = manager.get(page.links()["Take back the end"])
    assert manager.submit(page, {}).errors == ["Say why"]
    page = manager.submit(page, {"reason": "It is asked for still"})
    assert "Ended on" not in page.text
    assert "End of a target taken back" in page.text
    page = manager.get("/targets")
    assert "Two-day training" in page.text
    assert "ended target" not in page.text
    assert "No target had ended by this day" in manager.get("/ended-targets").text


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def test_a_target_is_not_ended_by_a_form_that_says_no_day(manager: Pages) -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    for year, sentence in (
        (None, "Enter the last day on which the target is asked for"),
        ("1752", "Last day must have a year from 1900 to 2199"),
        ("22", "Last day must have a year of 4 figures, like 2026"),
    ):
        day_of_year = {"last_day-day": "1", "last_day-month": "3", "last_day-year": year} if year else {}
        page = manager.post(f"/targets/{target.code}/end", {"reason": "Varied", **day_of_year})
        assert page.errors == [sentence]
    assert queries.end_of(target) is None


def test_a_target_that_ends_today_is_asked_for_until_tonight(manager: Pages) -> None:
    scenes.coverage(trained=1, untrained=1, percent="80")
    page = manager.submit(manager.get("/targets/two-day/end"), {"reason": WHY})
    assert f"Ends on {_day(clock.today())}: {WHY}" in page.text
    assert "Show its last figure" not in page.links()
    assert "Two-day training" in manager.get("/targets").text
    page = manager.get(f"/targets?as_at={clock.today() + timedelta(days=1)}")
    assert "No target is asked for on this day." in page.text
    assert "1 ended target" in page.links()


def test_u29_the_second_of_two_who_end_a_target_keeps_what_was_typed(manager: Pages) -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    page = manager.get("/targets/two-day/end")
    end(target)
    db.session.commit()
    page = manager.submit(page, typed(date(2022, 4, 1), "As the board asked"))
    assert page.errors == [
        "Academy has ended this target already: its last day is 3 March 2022. To choose another day, take "
        "that end back first."
    ]
    assert (page.value("last_day-month"), page.value("reason")) == ("4", "As the board asked")


@pytest.mark.usefixtures("_in_february")
def test_am07_nothing_is_forecast_of_a_target_that_has_ended_and_nobody_is_invited(manager: Pages) -> None:
    scene = scenes.cohort(members=10)
    scenes.complete(scene.people[0], scene.course, date(2022, 2, 1))
    factories.run(scene.course, days=[date(2022, 3, 15), date(2022, 3, 16)])
    address = "/targets/new-and-upskill"
    page = manager.get(address)
    invite = _link(page, "Invite those who are not booked")
    assert "Forecast for 31 March 2022" in page.text
    open_page = manager.get(invite)
    end(scene.target, date(2022, 2, 27), clock.now())
    db.session.commit()
    page = manager.get(address)
    assert "1 of 10 members of the cohort at 28 February 2022" in page.text
    for words in (
        "Forecast",
        "Invite those",
        "Schedule a run",
        "Override the colour",
        "Book ",
        "Still needed",
    ):
        assert words not in page.text
    page = manager.get(f"{address}?as_at=2022-02-27")
    assert "Forecast for 31 March 2022" in page.text
    assert "Invite those" not in page.text
    sentence = "This target ended on 27 February 2022."
    assert sentence in manager.get(invite).text
    assert sentence in manager.submit(open_page, {}).text
    with pytest.raises(RuleBroken, match=sentence):
        rules.override_colour(
            target=scene.target, colour=Colour.AMBER, reason="So", days=3, by=MANAGER, now=clock.now()
        )


@pytest.mark.usefixtures("_in_february")
def test_4_2_of_a_target_that_has_ended_nothing_more_is_set_or_stated(manager: Pages) -> None:
    """What was entered by mistake is still taken away; what was typed before it ended is kept."""
    scene = scenes.cohort(members=2)
    target = scene.target
    scenes.complete(scene.people[0], scene.course)
    common: dict[str, Any] = {"target": target, "by": MANAGER, "now": clock.now()}
    rules.add_milestone(due_on=date(2022, 2, 20), minimum_count=1, **common)
    rules.state_figure(as_at=date(2022, 2, 1), numerator=1, source="Minutes", **common)
    address = f"/targets/{target.code}"
    before = manager.get(address)
    names = (
        "Set a milestone",
        "Enter a stated figure",
        "Override the colour for a time",
        "Change the milestone of 20 February 2022",
        "Correct the figure of 1 February 2022",
    )
    forms = {name: before.links()[name] for name in names}
    opened = {name: manager.get(forms[name]) for name in names}
    end(target, date(2022, 2, 27), clock.now())
    db.session.commit()
    page = manager.get(address)
    assert not set(names) & set(page.links())
    take_away = ("Take away the milestone of 20 February 2022", "Take back the figure of 1 February 2022")
    links = page.links()
    sentence = "This target ended on 27 February 2022. If it is still asked for, take the end back."
    for name in names:
        assert sentence in manager.get(forms[name], most_queries=40).text  # of two pages
    page = manager.submit(opened["Set a milestone"], _boxes("due_on", LAST_DAY) | {"minimum_count": "2"})
    assert (page.errors, page.value("minimum_count")) == ([sentence], "2")
    typed = _boxes("as_at", date(2022, 2, 2)) | {"source": "Minutes", "numerator": "1"}
    page = manager.submit(opened["Enter a stated figure"], typed)
    assert (page.errors, page.value("source")) == ([sentence], "Minutes")
    for name in take_away:
        page = manager.submit(manager.get(links[name]), {"reason": "A slip"})
    assert "The stated figure is taken back" in page.text


@pytest.mark.usefixtures("_in_february")
def test_4_2_of_a_target_that_has_ended_nothing_is_changed_or_corrected() -> None:
    target = scenes.cohort(members=2).target
    common: dict[str, Any] = {"target": target, "by": MANAGER, "now": clock.now()}
    milestone = rules.add_milestone(due_on=date(2022, 2, 20), minimum_count=1, **common)
    stated = rules.state_figure(as_at=date(2022, 2, 1), numerator=1, source="Minutes", **common)
    end(target, date(2022, 2, 28), clock.now())
    changed: dict[str, Any] = {"due_on": milestone.due_on, "minimum_count": 2, "reason": "Agreed"}
    changed_to = rules.change_milestone(milestone=milestone, **changed, **common)  # the last day counts
    tomorrow = common | {"now": clock.now() + timedelta(days=1)}
    with pytest.raises(RuleBroken, match="This target ended on 28 February 2022"):
        rules.change_milestone(milestone=changed_to, **changed, **tomorrow)
    with pytest.raises(RuleBroken, match="This target ended on 28 February 2022"):
        rules.correct_stated(
            figure=stated, as_at=stated.as_at, numerator=2, source="Minutes", reason="A slip", **tomorrow
        )


def _boxes(name: str, on: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(on, part)) for part in ("day", "month", "year")}


def test_the_page_that_ends_a_target_says_that_it_was_ended_and_how_to_put_it_back(manager: Pages) -> None:
    end(scenes.coverage(trained=1, untrained=1).target)
    db.session.commit()
    page = manager.get("/targets/two-day/end")
    assert f"Academy ended this target on 10 March 2022. Its last day is 3 March 2022: {WHY}" in page.text
    assert "Why it ends" not in page.text
    assert manager.get(page.links()["take back the end"]).path == "/targets/two-day/end/take-back"


def test_the_page_that_takes_an_end_back_says_when_there_is_none(manager: Pages) -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    none = "This target has no end, or it was taken back already."
    page = manager.get("/targets/two-day/end/take-back")
    assert (page.path, none in page.text) == ("/targets/two-day", True)
    end(target)
    db.session.commit()
    page = manager.get("/targets/two-day/end/take-back")
    assert (page.h1, none in page.text) == ("Take back the end", False)
    rules.take_back_end(target=target, reason="Too early", by=MANAGER, now=PUT_BACK)
    db.session.commit()
    page = manager.submit(page, {"reason": "It is asked for again"})
    assert (page.path, none in page.text) == ("/targets/two-day", True)


@pytest.fixture
def _in_february(travel_to: Callable[..., None]) -> None:
    travel_to("2022-02-28 12:00")


def _link(page: Page, words: str) -> str:
    return next(href for text, href in page.links().items() if text.startswith(words))


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.CONTRACT_MANAGER])
def test_3_0_who_edits_no_targets_reads_that_one_ended_and_can_do_nothing_about_it(
    pages: Pages, role: Role
) -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    pages.sign_in(factories.user(role))
    assert "End this target" not in pages.get("/targets/two-day").links()
    end(target)
    db.session.commit()
    page = pages.get("/targets/two-day")
    assert f"Ended on 3 March 2022: {WHY}" in page.text
    assert "Take back the end" not in page.links()
    assert WHY in pages.get(pages.get("/targets").links()["1 ended target"]).text
    for path in ("/targets/two-day/end", "/targets/two-day/end/take-back"):
        pages.get(path, status=403)
        pages.post(path, typed(LAST_DAY), status=403)


def test_a_population_and_a_cohort_of_an_ended_target_say_until_when(manager: Pages) -> None:
    coverage, cohort = scenes.coverage(trained=1, untrained=0), scenes.cohort(members=1)
    for target in (coverage.target, cohort.target):
        end(target)
    assert "Two-day training , until 3 March 2022" in manager.get("/populations/practitioners").text
    assert "New staff and upskilling , until 3 March 2022" in manager.get("/cohorts/new-and-upskill").text


def test_bm06_the_definitions_leave_out_what_has_ended(manager: Pages) -> None:
    target = scenes.coverage(trained=1, untrained=0).target
    assert "Two-day training" in manager.get("/definitions").text
    end(target)
    assert "Two-day training" not in manager.get("/definitions").text


def test_am15_a_day_on_which_targets_were_asked_for_is_published_when_all_have_ended(manager: Pages) -> None:
    target = scenes.coverage(trained=1, untrained=1).target
    end(target)
    boxes = {"as_at-day": "3", "as_at-month": "3", "as_at-year": "2022", "occasion": "March"}
    page = manager.submit(manager.submit(manager.get("/published/new"), boxes))
    assert "1 figure published as at 3 March 2022." in page.text


def test_am15_a_snapshot_has_the_targets_of_its_day(manager: Pages) -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    end(scene.target)
    _add(scene.course.programme, TargetKind.PEOPLE_TRAINED, course=scene.course)
    for on, count in ((LAST_DAY, "2 figures"), (LAST_DAY + timedelta(days=1), "1 figure")):
        boxes = {f"as_at-{name}": str(getattr(on, name)) for name in ("day", "month", "year")}
        seen = manager.submit(manager.get("/published/new"), boxes | {"occasion": f"Board of {on}"})
        page = manager.submit(seen)
        assert f"{count} published as at {_day(on)}" in page.text


# --- At the command ------------------------------------------------------------------------------------


def test_flask_figures_leaves_out_what_has_ended_unless_it_is_named(
    run_command: Callable[..., Result],
) -> None:
    end(scenes.coverage(trained=1, untrained=1).target)
    assert "1 of 2" in run_command("figures", "--as-at", "2022-03-03").stdout
    assert "No target is asked for on that day." in run_command("figures", "--as-at", "2022-03-04").stdout
    before = ("--as-at", "2022-03-04", "--known-at", "2022-03-09")
    assert "1 of 2" in run_command("figures", *before).stdout
    named = run_command("figures", "--target", "two-day", "--as-at", "2022-03-04")
    assert "1 of 2" in named.stdout
    assert named.stderr == f"two-day ended on 3 March 2022: {WHY}\n"
    assert run_command("figures", "--target", "two-day", *before).stderr == ""
