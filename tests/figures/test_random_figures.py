"""Random small academies: every figure and its forecast against Part 4, read word for word and slowly."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.db import db
from app.figures import queries
from app.figures.models import ReachStep, Target
from app.figures.queries import Counted
from app.figures.queries.figure import Figure
from tests.figures.desk import TODAY
from tests.figures.paper import Paper
from tests.figures.plain import Asked
from tests.figures.story import FIRST, Story
from tests.figures.under_way import UnderWay

FIGURES_ASKED = 2


# Evenly spread chance, as for completions: what hypothesis likes to try seldom has a place to come.
@settings(
    max_examples=6,
    phases=[Phase.generate],  # a whole half year can't be made much shorter
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chance=st.randoms(use_true_random=True))
def test_part_4_every_figure_agrees_with_its_definition(
    database: None, travel_to: Any, chance: Random
) -> None:
    """Numbers, forecast and colour of coverage, cohorts and people trained, for any day and any knowledge."""
    travel_to(f"{TODAY} 12:30")
    try:
        story = Story(chance)
        for _ in range(FIGURES_ASKED):
            on = _day(chance)
            at = chance.choice([None, story.any_instant()])
            _check(story, on, at, chance)
    finally:
        db.session.rollback()


@settings(
    max_examples=4,
    phases=[Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(chance=st.randoms(use_true_random=True))
def test_4_11_places_and_single_days_are_given_to_as_many_as_can_be(
    database: None, travel_to: Any, chance: Random
) -> None:
    """As many as any way to give them away serves, in the middle of many runs."""
    travel_to(f"{TODAY} 12:30")
    try:
        _check(UnderWay(chance), TODAY, None, chance)
    finally:
        db.session.rollback()


def _day(chance: Random) -> date:
    """Today or a day of the half year; now and then one to come."""
    on = FIRST + timedelta(days=chance.randint(0, (TODAY - FIRST).days))
    return chance.choice([TODAY, on, on, TODAY + timedelta(days=chance.randint(1, 60))])


def _check(story: Story, on: date, at: datetime | None, chance: Random) -> None:
    until, as_at = (on, TODAY) if on > TODAY else (None, on)
    end = min(clock.end_of_day(as_at), at or clock.now())
    paper = Paper(story.lessons, story.events, as_at, at, end)
    targets = [target for target, _ in story.asked]
    for (target, asked), found in zip(
        story.asked, queries.figures(targets, as_at=on, known_at=at), strict=True
    ):
        expected = paper.figure(asked, until)
        assert _said(found, expected) == expected, _about(target, asked, on, at)
        if lists := sorted(queries.lists_of(target)):
            _check_list(target, chance.choice(lists), found, as_at, at, until)
        if target.reach_step is ReachStep.ATTENDED:
            _check_reach(target, found, as_at, at, until)


def _check_list(
    target: Target, which: Counted, figure: Figure, as_at: date, at: datetime | None, until: date | None
) -> None:
    """A number leads to as many people as it says, or to those who have as many marks."""
    ahead = figure.forecast
    numbers = {
        Counted.COMPLETE: figure.numerator,
        Counted.BOOKED: ahead.booked if ahead else 0,
        Counted.EVERYBODY: figure.denominator,
        Counted.OUTSTANDING: figure.outstanding,
        Counted.NOT_BOOKED: ahead.unbooked if ahead else figure.outstanding,
        Counted.TOO_LATE: figure.after_deadline,
        Counted.UNMARKED: figure.outstanding_marks,
        Counted.AWAY: figure.away,
        Counted.NEWCOMERS: figure.newcomers,
        **{Counted(one.employment): one.of for one in figure.beside},
    }
    if which is Counted.NEWCOMERS and figure.newcomers is None:
        assert target.cohort_id is not None, "only a cohort says nothing of newcomers"
        return
    people = queries.counted(target, which, as_at=as_at, known_at=at, until=until)
    rows = db.session.execute(people).tuples().all()
    listed = sum(marks for *_, marks in rows) if which is Counted.UNMARKED else len(rows)
    assert listed == numbers.get(which, 0), f"{target.code}: {which} as at {as_at}, known at {at}, to {until}"


def _check_reach(
    target: Target, figure: Figure, as_at: date, at: datetime | None, until: date | None
) -> None:
    """So it is with a target on attendance: whom it reached, who is booked, and its marks outstanding."""
    booked = figure.forecast.booked if figure.forecast else 0
    lists = [
        (figure.numerator, queries.reached_people(target, ReachStep.ATTENDED, as_at=as_at, known_at=at)),
        (booked, queries.booked_to_attend(target, as_at=as_at, known_at=at, until=until)),
        (figure.outstanding_marks, queries.marks_of_reach_outstanding(target, as_at=as_at, known_at=at)),
    ]
    for number, rows in lists:
        assert len(db.session.execute(rows).all()) == number, f"{target.code} as at {as_at}, known at {at}"


def _said(figure: Figure, expected: dict[str, Any]) -> dict[str, Any]:
    """What the service says, by the same names."""
    forecast, verdict = figure.forecast, figure.verdict
    assert verdict is not None
    said: dict[str, Any] = {}
    for name in expected:
        if name == "colour":
            said[name] = verdict.colour.value
        elif name == "provisional":
            said[name] = None if verdict.colour.value == "no_data" else verdict.is_provisional
        elif name == "beside":
            said[name] = [(one.done, one.of) for one in figure.beside]
        else:
            said[name] = getattr(figure, name) if hasattr(figure, name) else getattr(forecast, name)
    return said


def _about(target: Target, asked: Asked, on: date, at: datetime | None) -> str:
    return f"{target.code} as at {on}, known at {at}: {asked}"
