"""Whatever the board reads of a target names nobody of the academy. (3.0)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import select

from app.bookings import rules as bookings
from app.bookings.models import LeavingCause
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.figures import rules
from app.figures.models import TargetKind
from app.people.models import EmploymentType
from app.programmes import rules as programmes
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import ACADEMY, Scene

DAY = date(2022, 1, 31)
NOW = clock.london_time(DAY, time(17))
BY: dict[str, Any] = {"by": ACADEMY, "now": LONG_AGO}


def target_titled(scene: Scene, words: str) -> None:
    rules.add_target(
        code="named",
        title=words,
        kind=TargetKind.PEOPLE_TRAINED,
        programme=scene.course.programme,
        course=scene.course,
        minimum_count=3,
        **BY,
    )


def unit_called(scene: Scene, words: str) -> None:
    rules.add_target(
        code="named",
        title="Sessions",
        kind=TargetKind.DELIVERABLE,
        programme=scene.course.programme,
        unit=words,
        minimum_count=3,
        **BY,
    )


def population_called(scene: Scene, words: str) -> None:
    rules.add_population(
        code="named", name=words, entries=rules.Entries(employment_types=[EmploymentType.AGENCY]), **BY
    )


def cohort_called(scene: Scene, words: str) -> None:
    rules.add_cohort(code="named", name=words, requirements={"untrained": [scene.course]}, **BY)


def cause_called(scene: Scene, words: str) -> None:
    rules.add_cohort(code="named", name="A list", requirements={words: [scene.course]}, **BY)


def milestone_titled(scene: Scene, words: str) -> None:
    rules.add_milestone(target=scene.target, due_on=DAY, minimum_count=1, title=words, **BY)


def milestone_changed(scene: Scene, words: str) -> None:
    milestone = rules.add_milestone(target=scene.target, due_on=DAY, minimum_count=1, **BY)
    rules.change_milestone(
        target=scene.target,
        milestone=milestone,
        due_on=DAY,
        minimum_count=2,
        title=words,
        reason="More",
        **BY,
    )


def stated_in(scene: Scene, words: str) -> None:
    rules.state_figure(target=scene.target, as_at=DAY, numerator=1, source=words, by=ACADEMY, now=NOW)


def programme_titled(_scene: Scene, words: str) -> None:
    programmes.add_programme(code="NAMED", title=words, **BY)


def course_titled(scene: Scene, words: str, components: tuple[str, ...] = ("Day 1",)) -> None:
    programmes.add_course(
        programme=scene.course.programme,
        code=f"NAMED-{len(components[-1])}",
        title=words,
        components=components,
        catch_up_months=12,
        **BY,
    )


def course_retitled(scene: Scene, words: str) -> None:
    course = scene.course
    programmes.edit_course(
        course=course,
        code=course.code,
        title=words,
        summary="",
        audience=programmes.EVERYBODY,
        default_capacity=16,
        minimum_places=6,
        **BY,
    )


def day_titled(scene: Scene, words: str) -> None:
    course_titled(scene, "A course", ("Day 1", words))


def run_coded(_scene: Scene, words: str) -> None:
    """The sessions of a deliverable are listed with the codes of their runs."""
    programmes.checked_code(words.replace(" ", "-"))


def reason_called(_scene: Scene, words: str) -> None:
    bookings.add_cause(name=words, is_charged=False, **BY)


def reason_renamed(_scene: Scene, words: str) -> None:
    cause = db.session.scalars(select(LeavingCause)).first()
    assert cause is not None
    bookings.change_cause(cause=cause, name=words, is_charged=False, is_offered=True, **BY)


def career_stage_named(_scene: Scene, words: str) -> None:
    rules.add_population(code="named", name="A stage", entries=rules.Entries(career_stages=[words]), **BY)


@pytest.mark.parametrize(
    "enter",
    [
        programme_titled,
        course_titled,
        course_retitled,
        day_titled,
        run_coded,
        reason_called,
        reason_renamed,
        career_stage_named,
        target_titled,
        unit_called,
        population_called,
        cohort_called,
        cause_called,
        milestone_titled,
        milestone_changed,
        stated_in,
    ],
    ids=lambda enter: enter.__name__,
)
def test_3_0_what_the_board_reads_of_a_target_names_nobody(enter: Callable[[Scene, str], None]) -> None:
    scene = scenes.cohort(members=2)
    factories.staff(first_name="Ada", last_name="Zquux")
    refused = pytest.raises(RuleBroken, match="it names Ada Zquux: say it without the name")
    with refused, db.session.begin_nested():  # as by a page, what was entered before is taken back
        enter(scene, "As Ada Zquux says")
    enter(scene, "As the letter says")
