"""Places and unmarked days of courses that run out, or that stand in for another (4.3, 4.11, 4.12)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.core.db import db, record, supersede
from app.figures import queries, rules
from app.figures.models import Population, TargetKind
from app.figures.queries import Figure
from app.people.models import EmploymentType
from app.programmes.models import Course, CourseSettings, Equivalence
from app.programmes.queries import settings_of
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.scenes import Scene

TODAY = date(2022, 2, 28)
MARCH = [date(2022, 3, 15), date(2022, 3, 16)]


def _holds_for(course: Course, months: int) -> None:
    terms = CourseSettings(course_id=course.id, catch_up_months=12, validity_months=months)
    record(terms, by="Tests", now=supersede(settings_of(course.id), by="Tests", now=LONG_AGO))
    db.session.flush()


def _read(scene: Scene) -> Figure:
    db.session.flush()
    return queries.figure(scene.target, as_at=TODAY)


@pytest.mark.parametrize(("days", "booked"), [(1, 0), (2, 1)])
def test_4_3_4_11_whose_completion_is_over_is_booked_when_places_close_a_set_anew(
    days: int, booked: int
) -> None:
    """Completed in March 2021 for six months; a place on the second day alone is no completion."""
    scene = scenes.coverage(trained=1, untrained=1, percent="80")
    _holds_for(scene.course, 6)
    run = factories.run(scene.course, days=MARCH)
    for session in run.sessions[2 - days :]:
        factories.booking(run, scene.people[0], session_id=session.id)
    figure = _read(scene)
    assert figure.forecast is not None
    assert (figure.numerator, figure.forecast.booked, figure.after_deadline) == (0, booked, 0)


def test_4_3_4_12_an_unmarked_day_of_a_course_that_is_over_changes_nothing() -> None:
    """One was trained in 2021 and is due again; only the first of two days is not marked yet."""
    scene = scenes.coverage(trained=1, untrained=0, percent="80")
    _holds_for(scene.course, 6)
    held = factories.run(scene.course, days=[date(2022, 2, 15), date(2022, 2, 16)])
    factories.booking(held, scene.people[0], session_id=held.sessions[0].id)
    scenes.attend(factories.staff(employment_type=EmploymentType.AGENCY), held, days=1)
    verdict = _read(scene).verdict
    assert verdict is not None
    assert not verdict.is_provisional


def test_i14_4_12_marks_outstanding_of_a_course_that_stands_in_make_it_provisional() -> None:
    """The target asks for the 2-day, for which the 5-day stands in: whoever was there would be complete."""
    scene = scenes.cohort(members=1)
    longer = factories.course(components=1, programme_id=scene.course.programme_id)
    stands_in = Equivalence(course_id=scene.course.id, satisfied_by_id=longer.id)
    record(stands_in, by="Tests", now=LONG_AGO)
    scenes.attend(factories.staff(), factories.run(scene.course, days=[date(2022, 2, 1), date(2022, 2, 2)]))
    held = factories.run(longer, days=[date(2022, 2, 15)])
    factories.booking(held, scene.people[0])
    verdict = _read(scene).verdict
    assert verdict is not None
    assert verdict.is_provisional


def test_i14_4_11_who_takes_a_course_that_stands_in_once_more_is_to_complete_the_other_anew() -> None:
    """The 2-day holds for 4 months, and the 5-day, which stands in for it, for ever: whoever did that last
    year is not current, and is by a place on it; also where another target asks for the 5-day itself."""
    scene = scenes.coverage(trained=0, untrained=1, percent="100", deadline=date(2022, 3, 31))
    longer = factories.course(components=1, programme_id=scene.course.programme_id)
    _holds_for(scene.course, 4)
    stands_in = Equivalence(course_id=scene.course.id, satisfied_by_id=longer.id)
    record(stands_in, by="Tests", now=LONG_AGO)
    other = rules.add_target(
        code="longer",
        title="Longer",
        kind=TargetKind.COVERAGE,
        programme=longer.programme,
        course=longer,
        population=db.session.get_one(Population, scene.target.population_id),
        minimum_percent=Decimal(100),
        by=scenes.ACADEMY,
        now=LONG_AGO,
    )
    (person,) = scene.people
    scenes.attend(person, factories.run(longer, days=[date(2021, 5, 4)]))
    factories.booking(factories.run(longer, days=[date(2022, 3, 8)]), person)
    db.session.flush()
    for targets in ([scene.target], [scene.target, other]):
        one = queries.figures(targets, as_at=TODAY)[0]
        assert one.forecast is not None
        assert (one.numerator, one.forecast.booked) == (0, 1)
