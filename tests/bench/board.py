"""The board's page with six targets and a year's attendance, beside raw statements that count the same and an
empty page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient

from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries
from app.figures.queries.rates import attendance_rates
from tests.bench import raw
from tests.bench.results import Bound, Result, alternate, timed
from tests.bench.stage import EMPTY_PAGE, Place, Stage

Counts = dict[str, tuple[Any, ...]]  # see raw.together and raw.attended
MONTHS = 12  # of which the page tells the attendance


def measure(stage: Stage) -> Iterator[Result]:
    smaller = stage.size.times(0.1)
    for engine in stage.engines:
        place = stage.academy(engine)
        browser = _board_member(place)
        page, empty, counted = _get(browser, "/board"), _get(browser, EMPTY_PAGE), _raw(place)
        for work in (page, empty, counted):
            work()
        took = alternate(timed(page), timed(empty), timed(counted), rounds=stage.rounds)
        yield Result(
            "board’s page with six targets",
            engine,
            "s",
            took[0],
            took[1] + took[2],
            Bound(1.3, is_of_ratio=True),
            detail={"empty page": took[1], "raw statements": took[2], "figures": _figures(place)},
        )
        yield Result(
            "board’s page: SQL statements, beside those with a tenth of the people",
            engine,
            "statements",
            _statements(place),
            _statements(stage.academy(engine, smaller)),
            Bound(1, is_of_ratio=True),
        )
        found = _figures(place)
        differing = sum(found[code] != counts for code, counts in counted().items())
        yield Result(
            "board’s figures, attendance and reasons that differ from the raw statements’", engine,
            f"of {len(found)}", differing, bound=Bound(0),
        )  # fmt: skip


def _raw(place: Place) -> Callable[[], Counts]:
    def ask() -> Counts:
        with place.raw() as cursor:
            if place.engine == "postgresql":
                # It takes few rows for granted where there are thousands, and goes through them for each
                # person: fourteen times as long, which would flatter the page.
                cursor.execute("SET LOCAL enable_nestloop = off")
            return recount(lambda words: cursor.execute(words).fetchall(), clock.today(), place.engine)

    return ask


def recount(ask: Callable[[str], Any], day: date, engine: str) -> Counts:
    """The figures, the attendance and the reasons of the page, from raw statements."""
    return raw.found(ask, day, engine) | raw.attended(ask, _year_to(day), day)


def _figures(place: Place) -> Counts:
    with place.app.app_context():
        return told(clock.today())


def told(day: date) -> Counts:
    """The same as the page has them."""
    targets = list(db.session.scalars(queries.targets(as_at=day)))
    rates = attendance_rates(_year_to(day), day)
    reasons = queries.absence_reasons(_year_to(day), day)
    return {one.code: parts(one) for one in queries.figures(targets, as_at=day)} | {
        "attendance": tuple(sorted((one.programme_id, *astuple(one.attendance)) for one in rates)),
        "reasons": tuple(sorted((one.name, one.of) for one in reasons)),
    }


def _year_to(day: date) -> date:
    return clock.months_before(day, MONTHS) + timedelta(days=1)


def parts(figure: queries.Figure) -> tuple[Any, ...]:
    """What is to be the same. A target without a minimum has no forecast."""
    ahead = figure.forecast
    forecast = (ahead.booked, ahead.free, ahead.absence) if ahead else ()
    return figure.numerator, figure.denominator, figure.after_deadline, *forecast


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
