"""Who has completed one course, of everybody, beside the one raw statement that finds the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.core import clock
from app.core.db import db
from app.learning.queries import completions
from app.programmes.models import Course
from tests.bench.academy import COURSES
from tests.bench.results import Bound, Result, alternate, timed
from tests.bench.stage import Place, Stage

COURSE = "FIVE-A"
_LATEST = "max(CASE component WHEN {0} THEN held_on END) OVER days AS day_{0}"
_COMPLETED = """
  SELECT person_id, min(held_on) FROM (
    SELECT person_id, held_on, opens_on, {latest} FROM mark
    WHERE version_id = {version} AND counts AND held_on <= '{day}' AND superseded_at IS NULL
    WINDOW days AS (PARTITION BY person_id ORDER BY held_on)) AS marked
  WHERE {covered} GROUP BY person_id"""


def measure(stage: Stage) -> Iterator[Result]:
    for engine in stage.engines:
        place = stage.academy(engine)
        with place.app.app_context():
            course_id = db.session.scalars(db.select(Course.id).where(Course.code == COURSE)).one()
            day = clock.today()
            found, wanted = _ours(course_id, day), _raw(place, day)
            took = alternate(
                timed(lambda course_id=course_id, day=day: _ours(course_id, day)),
                timed(lambda place=place, day=day: _raw(place, day)),
                rounds=stage.rounds,
            )
            db.session.rollback()
        size = stage.size
        yield Result(
            f"completion of {size.people:,} people over {size.marks:,} marks for one course, as at a date",
            engine,
            "s",
            *took,
            Bound(1.3, is_of_ratio=True),
            detail={"complete": found},
        )
        yield Result("completion: people that differ", engine, "people", abs(found - wanted), bound=Bound(0))


def _ours(course_id: int, day: date) -> int:
    return len(db.session.execute(completions([course_id], as_at=day)).all())


def _raw(place: Place, day: date) -> int:
    numbers = range(1, COURSES[COURSE] + 1)
    asked = _COMPLETED.format(
        version=list(COURSES).index(COURSE) + 1,
        day=day,
        latest=", ".join(_LATEST.format(number) for number in numbers),
        covered=" AND ".join(f"day_{number} >= opens_on" for number in numbers),
    )
    with place.raw() as cursor:
        return len(cursor.execute(asked).fetchall())
