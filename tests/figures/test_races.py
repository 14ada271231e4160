"""Several people at once who use one name, or publish the same: one does, and each other reads why not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import db
from app.core.names import folded
from app.figures import rules
from app.figures.models import (
    Cohort,
    Population,
    PublishedFigure,
    ReachStep,
    Target,
    TargetKind,
)
from app.people.models import EmploymentType
from app.programmes.models import Course, Programme
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.races import AT_ONCE, at_once

AUGUST = date(2021, 8, 31)
ENTRIES = rules.Entries(employment_types=[EmploymentType.EMPLOYEE])
WRITTEN = ("Front door", "FRONT DOOR", "front  door", "Front Door", "Front door", "front door")
ONE_IS_DONE = ["done"] + ["name"] * (AT_ONCE - 1)


def by() -> dict[str, Any]:
    return {"by": ACADEMY, "now": clock.now()}


def add_target(programme_id: int, code: str, title: str) -> Target:
    return rules.add_target(
        code=code,
        title=title,
        kind=TargetKind.REACH,
        reach_step=ReachStep.ATTENDED,
        programme=db.session.get_one(Programme, programme_id),
        minimum_count=2,
        **by(),
    )


def add_cohort(course_id: int, code: str, name: str) -> Cohort:
    requirements = {"new": [db.session.get_one(Course, course_id)]}
    return rules.add_cohort(code=code, name=name, requirements=requirements, **by())


# --- Names ---------------------------------------------------------------------------------------------


def test_of_several_populations_of_one_name_one_is_added(app: Flask) -> None:
    def add(number: int) -> None:
        rules.add_population(code=f"door-{number}", name=WRITTEN[number], entries=ENTRIES, **by())

    assert at_once(app, add) == ONE_IS_DONE


def test_of_several_populations_that_are_called_alike_one_is(app: Flask) -> None:
    made = [
        rules.add_population(code=f"door-{number}", name=f"Door {number}", entries=ENTRIES, **by()).id
        for number in range(AT_ONCE)
    ]

    def rename(number: int) -> None:
        population = db.session.get_one(Population, made[number])
        rules.change_population(population=population, name=WRITTEN[number], entries=ENTRIES, **by())

    assert at_once(app, rename) == ONE_IS_DONE


def test_of_several_populations_of_one_code_the_code_is_said_to_be_taken(app: Flask) -> None:
    """A row with two keys says which of them was refused."""

    def add(number: int) -> None:
        rules.add_population(code="door", name=f"Door {number}", entries=ENTRIES, **by())

    assert at_once(app, add) == ["code"] * (AT_ONCE - 1) + ["done"]


def test_of_several_cohorts_of_one_name_one_is_added(app: Flask) -> None:
    course_id = factories.course().id
    assert (
        at_once(app, lambda number: add_cohort(course_id, f"door-{number}", WRITTEN[number])) == ONE_IS_DONE
    )


def test_of_several_cohorts_that_are_called_alike_one_is(app: Flask) -> None:
    course_id = factories.course().id
    made = [add_cohort(course_id, f"door-{number}", f"Door {number}").id for number in range(AT_ONCE)]

    def rename(number: int) -> None:
        cohort = db.session.get_one(Cohort, made[number])
        requirements = {"new": [db.session.get_one(Course, course_id)]}
        rules.change_cohort(cohort=cohort, name=WRITTEN[number], requirements=requirements, **by())

    assert at_once(app, rename) == ONE_IS_DONE


# --- Titles of targets that are asked for --------------------------------------------------------------


def test_4_2_of_several_targets_of_one_title_one_is_added(app: Flask) -> None:
    programme_id = factories.programme().id
    told = at_once(app, lambda number: add_target(programme_id, f"door-{number}", WRITTEN[number]))
    assert told == ["done"] + ["title"] * (AT_ONCE - 1)


def test_4_2_of_several_targets_that_are_called_alike_one_is(app: Flask) -> None:
    programme_id = factories.programme().id
    made = [add_target(programme_id, f"door-{number}", f"Door {number}").id for number in range(AT_ONCE)]

    def rename(number: int) -> None:
        target = db.session.get_one(Target, made[number])
        rules.change_target(target=target, title=WRITTEN[number], minimum_count=2, **by())

    assert at_once(app, rename) == ["done"] + ["title"] * (AT_ONCE - 1)
    assert len({folded(title) for title in db.session.scalars(select(Target.title))}) == AT_ONCE


def test_4_2_a_target_that_is_put_back_and_others_of_its_title_are_one(app: Flask) -> None:
    programme_id = factories.programme().id
    ended = add_target(programme_id, "door", "Front door")
    yesterday = clock.today() - timedelta(days=1)
    rules.end_target(target=ended, last_day=yesterday, reason="Varied", **by())
    ended_id = ended.id

    def use_the_title(number: int) -> None:
        if number % 2:
            add_target(programme_id, f"door-{number}", "Front door")
        else:
            target = db.session.get_one(Target, ended_id)
            rules.take_back_end(target=target, reason="By mistake", **by())

    told = at_once(app, use_the_title)
    assert told.count("done") == 1
    assert set(told) - {"done"} <= {"title", "refused"}  # refused: the end was taken back already


# --- Figures as published ------------------------------------------------------------------------------


def test_am15_of_several_presses_at_once_one_publishes(app: Flask) -> None:
    scenes.coverage(trained=3, untrained=2)
    target_id = db.session.scalars(select(Target.id)).one()

    def publish(number: int) -> None:
        target = db.session.get_one(Target, target_id)
        rules.publish(targets=[target], as_at=AUGUST, occasion=WRITTEN[number], **by())

    assert at_once(app, publish) == ["done"] + ["occasion"] * (AT_ONCE - 1)
    assert db.session.scalar(select(func.count()).select_from(PublishedFigure)) == 1


# --- The promises themselves ---------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Population, Cohort, Programme])
def test_the_database_keeps_names_apart(model: Any) -> None:
    """Whatever writes there: two rows are compared by the same."""
    if model is Population:
        made = [rules.add_population(code=code, name=code, entries=ENTRIES, **by()) for code in ("a", "b")]
        column = "folded_name"
    elif model is Cohort:
        course_id = factories.course().id
        made = [add_cohort(course_id, code, code) for code in ("a", "b")]
        column = "folded_name"
    else:
        made = [factories.programme(title=title) for title in ("a", "b")]
        column = "folded_title"
    with pytest.raises(IntegrityError):
        db.session.execute(update(model).where(model.id == made[1].id).values({column: "a"}))


def test_am15_the_database_keeps_a_figure_of_an_occasion_once() -> None:
    scene = scenes.coverage(trained=1, untrained=0)
    [made] = rules.publish(targets=[scene.target], as_at=AUGUST, occasion="Board", **by())
    columns = [column for column in PublishedFigure.__table__.columns if column.name != "id"]
    again = select(*columns).where(PublishedFigure.id == made.id)
    with pytest.raises(IntegrityError):
        db.session.execute(insert(PublishedFigure).from_select([one.name for one in columns], again))
