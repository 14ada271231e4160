"""Which programmes are under way: their targets are told in full, and those of others in brief."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby

from app.core import clock
from app.figures.models import Target
from app.figures.queries.figure import Figure
from app.figures.queries.forecast import is_over
from app.programmes import queries as programmes
from app.programmes.models import ProgrammeDates

MONTHS_AFTER = 12

# A programme's title with the figures of its targets.
Grouped = tuple[str, list[Figure]]


def is_on(dates: ProgrammeDates, figures: Iterable[Figure], as_at: date) -> bool:
    """It has begun, and is not over for 12 months; however long its grant is, not while something is asked by
    a deadline that is ahead."""
    first, last = dates.starts_on, dates.deadline
    if first is not None and first > as_at:
        return False
    if last is None or last > clock.months_before(as_at, MONTHS_AFTER):
        return True
    return any(one.deadline is not None and not is_over(one.deadline, one.as_at) for one in figures)


def by_programme(
    targets: Sequence[Target], figures: Sequence[Figure], *, as_at: date, known_at: datetime | None = None
) -> tuple[list[Grouped], list[Grouped]]:
    """These figures under their programmes: of those that are under way, and of those over or to come."""
    dates = programmes.dates_of([target.programme for target in targets], known_at)
    on: list[Grouped] = []
    others: list[Grouped] = []
    pairs = zip(targets, figures, strict=True)
    for programme, found in groupby(pairs, lambda pair: pair[0].programme):
        own = [figure for _target, figure in found]
        group = on if is_on(dates[programme.id], own, as_at) else others
        group.append((programme.title, own))
    return on, others
