"""Titles differ, since pages and the words of rules tell populations, cohorts and targets apart by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import Cohort, Population, Target, TargetKind
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def by() -> dict[str, Any]:
    return {"by": ACADEMY, "now": clock.now()}


def names(model: type) -> int | None:
    return db.session.scalar(select(func.count()).select_from(model))


def test_two_populations_have_two_names(manager: Pages) -> None:
    scenes.practitioners()
    said = "There is a population called “{}” already: choose another"
    page = manager.get("/populations/new")
    typed = {"code": "again", "name": " PRACTITIONERS  in post", "employment_types": ["agency"]}
    page = manager.submit(page, typed)
    assert page.errors == [said.format("PRACTITIONERS in post")]
    page = manager.submit(page, {"name": "Agency"})
    assert (page.errors, names(Population)) == ([], 2)
    page = manager.submit(manager.get("/populations/again/edit"), {"name": "practitioners In Post"})
    assert page.errors == [said.format("practitioners In Post")]
    page = manager.submit(page, {"name": "AGENCY"})
    assert page.errors == [], "in other capitals it is its own name still"


def test_two_cohorts_have_two_names(manager: Pages) -> None:
    scene = scenes.cohort(members=0)
    said = "There is a cohort called “NEW staff and upskilling” already: choose another"
    page = manager.get("/cohorts/new")
    row = {"requirements-0-cause": "New", "requirements-0-course": str(scene.course.id)}
    page = manager.submit(page, {"code": "again", "name": "NEW staff  and upskilling", **row})
    assert page.errors == [said]
    page = manager.submit(page, {"name": "Others"})
    assert (page.errors, names(Cohort)) == ([], 2)
    page = manager.submit(manager.get("/cohorts/again/edit"), {"name": "NEW staff and upskilling"})
    assert page.errors == [said]


def test_a_cause_is_written_alike_in_each_row(manager: Pages) -> None:
    """“New” and “new” are one cause: of two courses that it needs each has a row."""
    courses = [factories.course(), factories.course()]
    page = manager.get("/cohorts/new")
    rows = {
        f"requirements-{number}-{name}": value
        for number, (cause, course) in enumerate(zip(("New", "new"), courses, strict=True))
        for name, value in (("cause", cause), ("course", str(course.id)))
    }
    page = manager.submit(page, {"code": "new-staff", "name": "Staff", **rows})
    assert page.errors == [
        "“New” and “new” are one cause: write it alike in each row, or call one of them something else"
    ]
    page = manager.submit(page, {"requirements-1-cause": "New"})
    assert (page.errors, names(Cohort)) == ([], 1)


def test_two_targets_that_are_asked_for_have_two_titles(manager: Pages) -> None:
    """One that has ended leaves its title to another, and is then not put back under it."""
    scene = scenes.coverage(trained=0, untrained=1)
    page = manager.get("/targets/new/people_trained")
    typed = {
        "code": "again",
        "title": "TWO-DAY  training",
        "programme": str(scene.course.programme_id),
        "course": str(scene.course.id),
    }
    page = manager.submit(page, typed)
    said = "There is a target called “TWO-DAY training” already: choose another"
    assert page.errors == [said]
    assert manager.submit(page, {"title": "People trained"}).errors == []
    page = manager.submit(manager.get("/targets/again/edit"), {"title": "TWO-DAY training"})
    assert page.errors == [said]

    yesterday = clock.today() - timedelta(days=1)
    rules.end_target(target=scene.target, last_day=yesterday, reason="Varied", **by())
    assert manager.submit(page, {}).errors == []
    back = manager.submit(manager.get("/targets/two-day/end/take-back"), {"reason": "By mistake"})
    assert back.errors == ["There is a target called “Two-day training” already: choose another"]


def test_4_2_a_target_names_a_course_of_its_own_programme(manager: Pages) -> None:
    other = factories.course(
        title="Signs of Safety 2-day", programme_id=factories.programme(title="Signs of Safety").id
    )
    own = factories.course(programme_id=factories.programme(title="Trauma").id)
    typed = {"code": "people", "title": "People", "programme": str(own.programme_id), "course": str(other.id)}
    page = manager.submit(manager.get("/targets/new/people_trained"), typed)
    said = "Signs of Safety 2-day is a course of Signs of Safety: choose one of Trauma"
    assert page.errors == [said]
    assert page.value("course") == str(other.id)
    assert names(Target) == 0
    assert manager.submit(page, {"course": str(own.id)}).path == "/targets/people"
    page = manager.submit(manager.get("/targets/people/edit"), {"course": str(other.id), "reason": "Other"})
    assert page.errors == [said]


@pytest.mark.parametrize("kind", [TargetKind.COVERAGE, TargetKind.COHORT, TargetKind.REACH])
def test_4_2_of_every_kind_that_names_a_course_it_is_the_programmes(kind: TargetKind) -> None:
    with pytest.raises(RuleBroken, match="choose one of Trauma") as refused:
        rules.check_asked(kind, factories.programme(title="Trauma"), {"course": factories.course()})
    assert refused.value.field == "course"
