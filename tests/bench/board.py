"""The board's page with six targets, beside one raw statement that counts the same and an empty page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from flask.testing import FlaskClient

from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries
from tests.bench.academy import COURSES
from tests.bench.results import Bound, Result, alternate, timed
from tests.bench.stage import EMPTY_PAGE, Place, Stage

Counts = dict[str, tuple[int, int | None]]

# Completion of one version by its components' marks: on the closing day each component's latest mark lies
# within the window. A window function for each component that the version has, and for no more.
_DONE = """
  SELECT DISTINCT {version} AS version_id, person_id FROM (
    SELECT person_id, opens_on, {latest} FROM mark
    WHERE version_id = {version} AND counts AND held_on <= '{day}' AND superseded_at IS NULL
    WINDOW days AS (PARTITION BY person_id ORDER BY held_on)) AS marked
  WHERE {covered}"""
_LATEST = "max(CASE component WHEN {0} THEN held_on END) OVER days AS day_{0}"
_COVERED = "day_{0} >= opens_on"

_COVERAGE = """
  SELECT '{code}', count(CASE WHEN person_id IN ({done}) THEN 1 END), count(*) FROM spell
  WHERE superseded_at IS NULL AND first_day <= '{day}' AND (last_day IS NULL OR last_day >= '{day}')
    AND {scope}"""
_COHORT = """
  SELECT 'cohort', count(CASE WHEN cause = 'new starter' AND person_id IN ({two})
    OR cause = 'needs upskilling' AND person_id IN ({five}) THEN 1 END), count(*) FROM membership
  WHERE superseded_at IS NULL AND joined_on <= '{day}' AND (left_on IS NULL OR left_on > '{day}')
    AND (EXISTS (SELECT 1 FROM spell WHERE spell.person_id = membership.person_id
           AND superseded_at IS NULL AND first_day <= '{day}' AND (last_day IS NULL OR last_day >= '{day}'))
      OR NOT EXISTS (SELECT 1 FROM spell WHERE spell.person_id = membership.person_id
           AND superseded_at IS NULL AND last_day < '{day}'))"""
_TRAINED = "SELECT '{code}', count(*), NULL FROM done WHERE version_id = {version}"
_EMPLOYEES = "employment_type = 'employee' AND role_group_id IN (1, 2, 3, 4, 5, 6, 7, 8)"
_STAFF = "employment_type IN ('employee', 'agency')"


def measure(stage: Stage) -> Iterator[Result]:
    smaller = stage.size.times(0.1)
    for engine in stage.engines:
        place = stage.academy(engine)
        browser = _board_member(place)
        page, empty, raw = _get(browser, "/board"), _get(browser, EMPTY_PAGE), _raw(place)
        for work in (page, empty, raw):
            work()
        took = alternate(timed(page), timed(empty), timed(raw), rounds=stage.rounds)
        yield Result(
            "board’s page with six targets",
            engine,
            "s",
            took[0],
            took[1] + took[2],
            Bound(1.3, is_of_ratio=True),
            detail={"empty page": took[1], "one raw statement": took[2], "figures": _figures(place)},
        )
        yield Result(
            "board’s page: SQL statements, beside those with a tenth of the people",
            engine,
            "statements",
            _statements(place),
            _statements(stage.academy(engine, smaller)),
            Bound(1, is_of_ratio=True),
        )
        differing = sum(_figures(place)[code] != counts for code, counts in raw().items())
        yield Result(
            "board’s figures that differ from the raw statement’s", engine, "of 6", differing, bound=Bound(0)
        )


def statement(day: date) -> str:
    """All six figures in one statement: for each target its code, numerator and denominator."""
    versions = {code: number for number, code in enumerate(COURSES, start=1)}
    done = [
        _DONE.format(
            version=versions[code],
            day=day,
            latest=", ".join(_LATEST.format(number) for number in range(1, COURSES[code] + 1)),
            covered=" AND ".join(_COVERED.format(number) for number in range(1, COURSES[code] + 1)),
        )
        for code in ("FIVE-A", "FIVE-B", "TWO-A", "TWO-B", "WORKSHOP")
    ]
    of = {code: f"SELECT person_id FROM done WHERE version_id = {one}" for code, one in versions.items()}
    counts = [
        _COVERAGE.format(code="two-coverage", done=of["TWO-A"], day=day, scope=_EMPLOYEES),
        _COVERAGE.format(code="five-coverage", done=of["FIVE-A"], day=day, scope=_EMPLOYEES),
        _COVERAGE.format(code="staff-coverage", done=of["TWO-B"], day=day, scope=_STAFF),
        _COHORT.format(two=of["TWO-A"], five=of["FIVE-A"], day=day),
        _TRAINED.format(code="five-trained", version=versions["FIVE-B"]),
        _TRAINED.format(code="workshop-trained", version=versions["WORKSHOP"]),
    ]
    return f"WITH done AS ({' UNION ALL '.join(done)}) {' UNION ALL '.join(counts)}"


def _raw(place: Place) -> Callable[[], Counts]:
    asked = statement(clock.today())

    def ask() -> Counts:
        with place.raw() as cursor:
            return {code: (done, scope) for code, done, scope in cursor.execute(asked).fetchall()}

    return ask


def _figures(place: Place) -> Counts:
    """The figures as the page has them."""
    with place.app.app_context():
        targets = list(db.session.scalars(queries.targets()))
        found = queries.figures(targets, as_at=clock.today())
        return {figure.code: (figure.numerator, figure.denominator) for figure in found}


def _board_member(place: Place) -> FlaskClient:
    with place.app.app_context():
        user = db.session.scalars(db.select(User).where(User.name == Role.BOARD_MEMBER)).one()
        return place.browser(user)


def _get(browser: FlaskClient, path: str) -> Callable[[], bytes]:
    def get() -> bytes:
        response = browser.get(path)
        assert response.status_code == 200, f"{path} answered {response.status_code}"
        return response.data

    return get


def _statements(place: Place) -> int:
    with place.statements() as sent:
        _get(_board_member(place), "/board")()
    return len(sent)
