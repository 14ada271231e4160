"""Figures that a board can trust: six targets, why one moved, a pack, a year of weeks, and how each grows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import select

from app.board import rules as board
from app.board.models import Format, PackFile
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import queries
from app.figures.models import Target
from app.figures.queries import Figure
from tests import factories
from tests.bench.results import Bound, Result, alternate, timed
from tests.bench.stage import Place, Stage

YEAR = timedelta(days=364)
SIX_TARGETS_MS = {"sqlite": 400, "postgresql": 120}
Work = Callable[[], object]


def measure(stage: Stage) -> Iterator[Result]:
    for engine in stage.engines:
        place = stage.academy(engine)
        with place.app.app_context():
            (took,) = alternate(timed(six), rounds=stage.rounds)
            bound = Bound(SIX_TARGETS_MS[engine])
            yield Result("six targets with their forecasts", engine, "ms", took * 1000, bound=bound)
            (took,) = alternate(timed(moved), rounds=stage.rounds)
            yield Result("why a coverage moved in a year", engine, "s", took, bound=Bound(1))
            yield from _weeks(stage, place)
            yield _pack(stage, engine)
            db.session.rollback()


def measure_growth(stage: Stage) -> Iterator[Result]:
    """Each work with ten times the people, beside ten times what it took before: linear is 1.

    From 1,000 to 10,000 people and on to 100,000. To see that the rest works nobody waits for this.
    """
    if stage.is_quick:
        return
    for engine in stage.engines:
        took: dict[str, list[float]] = {}
        for share in (0.1, 1, 10):
            place = stage.academy(engine, stage.size.times(share))
            with place.app.app_context():
                for what, work in _WORKS.items():
                    took.setdefault(what, []).extend(alternate(timed(work), rounds=2, turns=1))
                db.session.rollback()
        for what, (small, middle, large) in took.items():
            seconds = {"1,000": small, "10,000": middle, "100,000": large}
            for people, ours, before in (("10,000", middle, small), ("100,000", large, middle)):
                yield Result(
                    f"{what} of {people} people, beside ten times that of a tenth", engine, "s",
                    ours, 10 * before, Bound(1, is_of_ratio=True), detail=seconds,
                )  # fmt: skip


# --- The works -----------------------------------------------------------------------------------------


def six() -> list[Figure]:
    return queries.figures(
        list(db.session.scalars(queries.targets(as_at=clock.today()))), as_at=clock.today()
    )


def moved() -> queries.Movement:
    today = clock.today()
    return queries.movement(_target("two-coverage"), before=(today - YEAR, None), after=(today, None))


def weeks() -> list[queries.Point]:
    return queries.weekly(_target("two-coverage"), first=clock.today() - YEAR, last=clock.today())


_WORKS: dict[str, Work] = {"six targets": six, "why one moved": moved, "a year of weeks": weeks}


def _target(code: str) -> Target:
    return db.session.scalars(queries.target_coded(code)).one()


def _weeks(stage: Stage, place: Place) -> Iterator[Result]:
    """A year of weekly points in as many statements as one, and each the same as the figure of its day."""
    engine, today = place.engine, clock.today()
    (took,) = alternate(timed(weeks), rounds=stage.rounds)
    yield Result("a year of weekly points", engine, "s", took, bound=Bound(1))
    target = _target("two-coverage")
    with place.statements() as sent:
        points = queries.weekly(target, first=today - YEAR, last=today)
    with place.statements() as of_one:
        queries.weekly(target, first=today, last=today)
    yield Result(
        "a year of weekly points: SQL statements, beside those of one point", engine, "statements",
        len(sent), len(of_one), Bound(1, is_of_ratio=True),
    )  # fmt: skip
    of_days = queries.figures_on(target, [point.on for point in points[::13]])
    differing = sum(_differs(point, of_days[point.on]) for point in points[::13])
    yield Result("weekly points that differ from their figures", engine, "points", differing, bound=Bound(0))


def _differs(point: queries.Point, figure: Figure) -> bool:
    return (point.complete, point.in_scope) != (figure.numerator, figure.denominator)


def _pack(stage: Stage, engine: str) -> Result:
    """From the press of the button to the three files, and nothing kept."""
    by, size, took = factories.actor(Role.ACADEMY_MANAGER), 0, []
    for _ in range(stage.rounds):
        began = time.perf_counter()
        today = clock.today()
        pack = board.issue(
            board.prepare(meeting="Board", meets_on=today, as_at=today, now=clock.now()), by=by
        )
        took.append(time.perf_counter() - began)
        of_pdf = select(PackFile.content).where(PackFile.pack_id == pack.id, PackFile.format == Format.PDF)
        size = len(db.session.scalars(of_pdf).one())
        db.session.rollback()
    return Result(
        "a board’s pack of six targets issued, PDF, workbook and CSV",
        engine,
        "s",
        statistics.median(took),
        bound=Bound(5),
        detail={"bytes of PDF": size},
    )
