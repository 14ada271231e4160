"""Entering what a document states of a target: kept as it is, and corrected only with a reason (U-25)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, TypedDict, Unpack

from sqlalchemy import select

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, live, lock_row, record, supersede
from app.core.errors import RuleBroken, check_all
from app.core.filters import day, plural
from app.figures import queries
from app.figures.models import StatedFigure, Target, TargetKind
from app.figures.rules.codes import checked_reason, checked_title
from app.figures.rules.ending import check_has_not_ended
from app.figures.rules.locks import lock_live
from app.figures.rules.numbers import check_score

_WHAT = "this figure. Look at the target again."


class Statement(TypedDict, total=False):
    """What a document states: a number, perhaps of how many; or a score, perhaps with how many replied."""

    as_at: date
    source: str
    is_day_assumed: bool
    is_approximate: bool
    numerator: int | None
    denominator: int | None
    score: Decimal | None
    replies: int | None


def state_figure(
    *,
    target: Target,
    by: Actor,
    now: datetime,
    recorded_at: datetime | None = None,
    **stated: Unpack[Statement],
) -> StatedFigure:
    """Keep a figure as a document states it, such as "239 of 263" in August 2021 (T03, AM-13).

    It is labelled as stated wherever it is shown, and stands beside what is computed: neither changes the
    other, however they differ. `recorded_at` is given when history is brought in: since when it was known.
    """
    lock_row(Target, target.id)
    check_has_not_ended(target, on=clock.day_of(now))
    check_stated(target, now, **stated)
    figure = StatedFigure(target_id=target.id, **_kept(target, stated))
    record(figure, by=by.name, now=now, recorded_at=recorded_at)
    db.session.flush()
    changes = {"Stated": (None, _in_words(figure)), "Source": (None, figure.source)}
    audit.record(by=by, verb="target:figure stated", thing=target, now=now, changes=changes)
    return figure


def correct_stated(
    *,
    target: Target,
    figure: StatedFigure,
    by: Actor,
    now: datetime,
    reason: str | None,
    **stated: Unpack[Statement],
) -> StatedFigure:
    """A stated figure was typed wrongly: what was typed before stays with the reason."""
    why = checked_reason(reason, "why it is corrected")
    lock_live(Target, target.id, figure, _WHAT)
    check_has_not_ended(target, on=clock.day_of(now))
    check_stated(target, now, instead_of=figure, **stated)
    known_from = supersede(figure, by=by.name, now=now)
    corrected = record(
        StatedFigure(target_id=target.id, reason=why, **_kept(target, stated)),
        by=by.name,
        now=now,
        recorded_at=known_from,
    )
    db.session.flush()
    changes = {
        "Stated": (_in_words(figure), _in_words(corrected)),
        "Source": (figure.source, corrected.source),
    }
    changes = {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
    audit.record(
        by=by, verb="target:stated figure corrected", thing=target, now=now, changes=changes, reason=why
    )
    return corrected


def take_back_stated(
    *, target: Target, figure: StatedFigure, by: Actor, now: datetime, reason: str | None
) -> None:
    """A stated figure should not have been entered: from now on it is shown nowhere but in the history."""
    why = checked_reason(reason, "why it is taken back")
    lock_live(Target, target.id, figure, _WHAT)
    supersede(figure, by=by.name, now=now)
    changes = {"Stated": (_in_words(figure), None)}
    audit.record(
        by=by, verb="target:stated figure taken back", thing=target, now=now, changes=changes, reason=why
    )


def check_stated(
    target: Target,
    now: datetime,
    *,
    instead_of: StatedFigure | None = None,
    **stated: Unpack[Statement],
) -> None:
    """What a document can state of a target: a number of no more than it is of, on a day that is over and of
    which nothing else is stated. A corrected one may keep its day. All of that is answered at once, as far as
    it is typed.
    """
    checks: list[Callable[[], object]] = [
        partial(_check_score if target.kind is TargetKind.SCORE else _check_number, stated),
        partial(_checked_source, stated),
    ]
    if (as_at := stated.get("as_at")) is not None:
        checks.append(partial(_check_day, target, as_at, now, instead_of))
    check_all(*checks)


def _kept(target: Target, stated: Statement) -> dict[str, Any]:
    """The columns of a stated figure, those of the other kind empty."""
    is_score = target.kind is TargetKind.SCORE
    return {
        "as_at": stated["as_at"],
        "source": _checked_source(stated),
        "is_day_assumed": stated.get("is_day_assumed", False),
        "is_approximate": stated.get("is_approximate", False),
        "numerator": None if is_score else stated.get("numerator"),
        "denominator": None if is_score else stated.get("denominator"),
        "score": stated.get("score") if is_score else None,
        "replies": stated.get("replies") if is_score else None,
    }


def _checked_source(stated: Statement) -> str:
    return checked_title(stated.get("source") or "", "the document that states it", field="source")


def _check_day(target: Target, as_at: date, now: datetime, instead_of: StatedFigure | None) -> None:
    if as_at > clock.day_of(now):
        raise RuleBroken("The day of a stated figure must be today or in the past", field="as_at")
    _check_year(target, as_at)
    if instead_of is None or as_at != instead_of.as_at:
        _check_day_is_free(target, as_at)


def _check_day_is_free(target: Target, as_at: date) -> None:
    taken = select(StatedFigure.id).where(
        StatedFigure.target_id == target.id, StatedFigure.as_at == as_at, live(StatedFigure)
    )
    if db.session.scalar(taken) is not None:
        raise RuleBroken(f"A figure is stated for {day(as_at)} already: correct that one", field="as_at")


def _check_year(target: Target, as_at: date) -> None:
    """A baseline may be older than its programme; one older than all that is recorded is a slip."""
    starts_on = target.programme.starts_on
    if starts_on is None or as_at >= starts_on:
        return
    first = queries.first_day_recorded()
    if first is not None and as_at < first:
        raise RuleBroken(
            f"{day(as_at)} is before {day(starts_on)}, when the programme starts, and before {day(first)}, "
            "the first day of which anything is recorded: check the year",
            field="as_at",
        )


def _check_number(stated: Statement) -> None:
    number, whole = stated.get("numerator"), stated.get("denominator")
    if number is None:
        raise RuleBroken("Enter the number that the document states", field="numerator")
    if whole is not None and whole < 1:
        raise RuleBroken("Of how many must be 1 or more", field="denominator")
    if whole is not None and number > whole:
        raise RuleBroken(f"The number can’t be more than the {whole:,} it is of", field="numerator")


def _check_score(stated: Statement) -> None:
    score = stated.get("score")
    if score is None:
        raise RuleBroken("Enter the score that the document states", field="score")
    check_score(score, "Score", field="score", like="7.4")


def _in_words(figure: StatedFigure) -> str:
    about = "approximately " if figure.is_approximate else ""
    if figure.score is not None:
        replies = f", {plural(figure.replies, 'reply', 'replies')}" if figure.replies else ""
        number = f"{figure.score:.1f}{replies}"
    else:
        number = f"{figure.numerator:,}" + (f" of {figure.denominator:,}" if figure.denominator else "")
    return f"{about}{number} at {day(figure.as_at)}{', day not stated' if figure.is_day_assumed else ''}"
