"""A target's breakdown as a file: the same rows as its page, and no number that the page hides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.core import clock
from app.core.sheets import csv_text
from app.figures.queries import Breakdown, Figure, Part

COLUMNS = ("target", "as_at", "known_at", "by", "service", "name", "complete", "of", "outstanding", "percent")


def breakdown_csv(figure: Figure, breakdown: Breakdown) -> str:
    """One line for each row of each table; a hidden one says why in place of its number."""
    about = (figure.code, figure.as_at.isoformat(), known_in_words(figure, clock.now()))
    return csv_text(COLUMNS, ((*about, *line) for line in _lines(breakdown)))


def known_in_words(figure: Figure, now: datetime) -> str:
    """As known at which instant a figure is, as files say it, with London's offset; of one as known now the
    instant `now` at which the file is written: a file that is kept has to say what was known."""
    return clock.london(figure.known_at or now).isoformat()


def _lines(breakdown: Breakdown) -> Iterator[tuple[object, ...]]:
    for way, _name, parts in breakdown.ways:
        for part in parts:
            yield (way, None, *_numbers(part))
    for service in breakdown.teams:
        for part in service.teams:
            yield ("Team", service.service, *_numbers(part))


def _numbers(part: Part) -> tuple[object, ...]:
    if part.is_hidden:
        return (part.name, None, part.hiding.label, None, None)
    return (part.name, part.complete, part.of, part.outstanding, part.percent)
