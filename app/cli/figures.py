"""`flask figures`: every target's figure on a date, as known at an instant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click

from app.cli.answers import Answering, stop
from app.cli.opening import with_database
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day
from app.figures import queries, rules
from app.figures.files import known_in_words
from app.figures.models import TargetKind
from app.figures.queries import Figure, Forecast

FORECAST = (
    "booked",
    "free",
    "likely",
    "best",
    "ceiling",
    "to_book",
    "place_shortfall",
    "extra_runs",
    "planning_absence",
    "expected_not_to_come",
    "impossible",
)


@click.command("figures", cls=Answering)
@click.option("--target", "code", metavar="CODE", help="Only this target, ended or not.")
@click.option(
    "--as-at", "as_at_typed", metavar="DATE", help="What had happened by the end of DATE; today by default."
)
@click.option(
    "--known-at",
    "known_at_typed",
    metavar="WHEN",
    help="What was recorded by WHEN, a date (the end of it in London) or a time; now by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@with_database
def figures(code: str | None, as_at_typed: str | None, known_at_typed: str | None, as_json: bool) -> None:
    """Show the figure of each target that is asked for on the day, with its denominator and rule."""
    as_at, known_at = _dates(as_at_typed, known_at_typed, as_json=as_json)
    found = _figures(code, as_at, known_at, as_json=as_json)
    for sentence in (*_notes(as_at, known_at), *_ends(found)):
        click.echo(sentence, err=True)
    if as_json:
        now = clock.now()  # one instant for all: together they are what was known then
        click.echo(json.dumps([as_dict(figure, now) for figure in found], ensure_ascii=False, indent=2))
    else:
        _print(found)


def _dates(as_at: str | None, known_at: str | None, *, as_json: bool) -> tuple[date, datetime | None]:
    try:
        return (
            rules.as_at_from(as_at) if as_at is not None else clock.today(),
            rules.known_at_from(known_at) if known_at is not None else None,
        )
    except RuleBroken as error:
        stop(error.message, as_json=as_json, code=2)


def _notes(as_at: date, known_at: datetime | None) -> Iterator[str]:
    """What must be read with figures of such dates: it goes to standard error, beside the figures."""
    today = clock.today()
    if as_at > today:
        yield (
            f"{day(as_at)} is to come: the figures are today’s, each with what is expected by then, or by "
            "its deadline where that comes first."
        )
    if known_at is not None and clock.day_of(known_at) < min(as_at, today):
        known = day(clock.day_of(known_at))
        yield f"{known} is before {day(as_at)}: of what happened in between nothing was recorded by then."
    if known_at is not None and known_at > clock.end_of_day(today):
        yield f"{day(clock.day_of(known_at))} is to come: the figures are as known now."


def _ends(figures: list[Figure]) -> Iterator[str]:
    """A target that had ended is shown to whoever names it."""
    for one in figures:
        if one.end is not None:
            yield f"{one.code} ended on {day(one.end.last_day)}: {one.end.reason}"


def _figures(code: str | None, as_at: date, known_at: datetime | None, *, as_json: bool) -> list[Figure]:
    """The figure of the target that is named or, of those that are asked for on the day, of every one."""
    if code is None:
        targets = list(db.session.scalars(queries.targets(as_at=as_at, known_at=known_at)))
        return queries.figures(targets, as_at=as_at, known_at=known_at)
    target = db.session.scalars(queries.target_coded(code)).one_or_none()
    if target is None:
        stop(f"There is no target with the code {code}.", as_json=as_json)
    return [queries.figure(target, as_at=as_at, known_at=known_at)]


def as_dict(figure: Figure, now: datetime) -> dict[str, Any]:
    """A figure for a program to read; `known_at` is an instant with London's offset, and of a figure as known
    now the instant `now`."""
    return {
        "code": figure.code,
        "title": figure.title,
        "kind": figure.kind.value,
        "as_at": figure.as_at.isoformat(),
        "known_at": known_in_words(figure, now),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "required": str(figure.asked) if isinstance(figure.asked, Decimal) else figure.asked,
        "met": figure.met,
        "shown": figure.shown,
        "deadline": figure.deadline.isoformat() if figure.deadline else None,
        "rule": figure.rule_words,
        "standing": figure.standing_words,
        **_outlook(figure),
    }


def _outlook(figure: Figure) -> dict[str, Any]:
    """What only some kinds have: a colour, a forecast where people are counted, a cohort's baseline; null
    where there is none, as of nobody."""
    found: dict[str, Any] = {}
    if figure.end is not None:
        found |= {"ended_on": figure.end.last_day.isoformat()}
    if figure.verdict is not None:
        found |= {"rag": figure.verdict.colour.value, "rag_reason": figure.verdict.whole_reason}
        found |= {"check_data": bool(figure.verdict.doubt), "flagged": figure.flagged}
        forecast_for = figure.forecast_for if figure.forecast is not None else None
        found |= {"forecast_for": forecast_for.isoformat() if forecast_for else None}
        found |= {"provisional": figure.verdict.is_provisional, "marks_outstanding": figure.outstanding_marks}
    if (own := figure.override) is not None:
        of_academy = {"rag": own.colour.value, "until": own.last_day.isoformat(), "reason": own.reason}
        found |= {"override": of_academy}
    if figure.forecast is not None:
        found |= _forecast(figure.forecast)
    elif figure.kind not in {TargetKind.DELIVERABLE, TargetKind.SCORE}:
        found |= dict.fromkeys(FORECAST)
    if figure.kind is TargetKind.SCORE:
        last = figure.score.last if figure.score else None
        found |= {"numerator": None, "score": str(last.mean) if last else None}
        found |= {"minimum_score": str(figure.minimum_score) if figure.minimum_score is not None else None}
        found |= {"replies": last.replies if last else None}
    if figure.kind is TargetKind.COHORT:
        found |= {"baseline": _baseline(figure)}
    return found


def _baseline(figure: Figure) -> dict[str, Any] | None:
    if (one := figure.baseline) is None:
        return None
    return asdict(one) | {"listed_on": one.listed_on.isoformat()}


def _forecast(forecast: Forecast) -> dict[str, Any]:
    """What is expected, and what is still to be done for it, unless it is impossible."""
    expected = (forecast.booked, forecast.free, forecast.likely, forecast.best, forecast.ceiling)
    beside = (str(forecast.absence), forecast.absence_words or None, forecast.is_impossible)
    return dict(zip(FORECAST, (*expected, *forecast.to_be_done, *beside), strict=True))


def _print(found: list[Figure]) -> None:
    if not found:
        click.echo(
            "No target is asked for on that day. `flask records load` enters those of the five records."
        )
    for figure in found:
        click.echo(f"{figure.code:24} {figure.shown:>6}  {figure.of_words}: {figure.standing_words.lower()}")
        if figure.verdict is not None and figure.has_colour:
            reason = f"{figure.verdict.words}: {figure.verdict.reason} {figure.verdict.doubt}"
            click.echo(f"{'':32}{reason.rstrip()}")
        if figure.outstanding_words:
            click.echo(f"{'':32}{figure.outstanding_words}.")
        click.echo(f"{'':32}{figure.rule_words}.")
