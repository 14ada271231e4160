"""Publishing figures: what a board was told is kept as it was told, whatever is recorded later. (AM-15)"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

from sqlalchemy import Integer, case, func, insert, literal, select, union_all

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, save_all_unique
from app.core.errors import RuleBroken, check_all
from app.core.filters import day, day_and_time
from app.core.names import folded
from app.figures import queries
from app.figures.models import PublishedFigure, PublishedPerson, Target
from app.figures.queries import Figure
from app.people.rules import check_names_nobody

LONGEST_OCCASION = 200
_AGAIN = "Something was recorded at this very moment. Nothing was published: press the button again."


def snapshot(*, targets: Sequence[Target], as_at: date, occasion: str, now: datetime) -> list[Figure]:
    """The figures that would be frozen if they were published now, whole; this only reads.

    It is refused what the publication is. They are worked out once more when they are published, with what
    is known by then.
    """
    _check_can_publish(targets, as_at, occasion, now)
    return queries.figures(targets, as_at=as_at, known_at=now)


def publish(
    *,
    targets: Sequence[Target],
    as_at: date,
    occasion: str,
    by: Actor,
    now: datetime,
    figures: Sequence[Figure] | None = None,
) -> list[PublishedFigure]:
    """Freeze the figures of some targets as at a date, as known now, with whom they count (4.4).

    "Publish snapshot as at 31 August 2021" keeps 239 of 263 and 118 of 263 with the rule of each; what is
    recorded afterwards never changes them. `figures` are those of the same two dates, for whoever has worked
    them out already.
    """
    occasion = _check_can_publish(targets, as_at, occasion, now)
    if figures is None:
        figures = queries.figures(targets, as_at=as_at, known_at=now)
    in_force = queries.target_rules({target.id for target in targets}, now)
    made = [
        _frozen(target, figure, in_force[target.id].number, occasion=occasion, by=by, now=now)
        for target, figure in zip(targets, figures, strict=True)
    ]
    save_all_unique(made, taken=_published_already(as_at, occasion, "just now"))
    _keep_people(made, as_at=as_at, now=now)
    for target, one in zip(targets, made, strict=True):
        shown = queries.count_in_words(one.numerator, one.denominator, one.shown)
        changes = {"As at": (None, as_at), "Figure": (None, shown), "Occasion": (None, occasion)}
        audit.record(by=by, verb="target:published", thing=target, now=now, changes=changes)
    return made


def check_publication(targets: Sequence[Target], as_at: date | None, occasion: str, now: datetime) -> None:
    """What is asked of a publication whatever else is typed of it: where the occasion is missing, a day to
    come is refused in the same answer."""
    checks: list[Callable[[], object]] = [partial(check_names_nobody, occasion, field="occasion")]
    if as_at is not None:
        checks.append(partial(_check_day, targets, as_at, now))
    check_all(*checks)


def _check_can_publish(targets: Sequence[Target], as_at: date, occasion: str, now: datetime) -> str:
    """Gives back the occasion as it is kept."""
    check_publication(targets, as_at, occasion, now)
    occasion = _checked_occasion(occasion)
    if not targets:
        raise RuleBroken("No target is asked for on that day, so there is nothing to publish")
    _check_is_new(targets, as_at, occasion)
    return occasion


def _checked_occasion(occasion: str) -> str:
    occasion = " ".join(occasion.split())
    if not occasion:
        raise RuleBroken("Say what the figures are published for", field="occasion")
    if len(occasion) > LONGEST_OCCASION:
        raise RuleBroken(f"Occasion must be {LONGEST_OCCASION} characters or fewer", field="occasion")
    return occasion


def _check_day(targets: Sequence[Target], as_at: date, now: datetime) -> None:
    if as_at > clock.day_of(now):
        raise RuleBroken("Figures can be published as at today or a day in the past", field="as_at")
    check_has_begun(targets, as_at)
    check_is_known(targets, as_at)


def check_is_known(targets: Sequence[Target], as_at: date) -> None:
    """No figure is published of a day before the first recorded one, where a programme states no first
    day."""
    starts = [target.programme.starts_on for target in targets]
    if None not in starts or any(start is not None and start <= as_at for start in starts):
        return
    recorded = queries.first_day_recorded() or clock.day_of(min(one.created_at for one in targets))
    first = min([recorded, *(start for start in starts if start is not None)])
    if as_at < first:
        raise RuleBroken(
            f"Nothing is known of {day(as_at)}: the first day of which anything is recorded is {day(first)}",
            field="as_at",
        )


def check_has_begun(targets: Sequence[Target], as_at: date) -> None:
    """No figure is published of a day before the first programme began: that year is a typing error."""
    first = min((target.programme.starts_on or date.min for target in targets), default=date.min)
    if as_at < first:
        raise RuleBroken(f"No programme had begun: the first starts on {day(first)}", field="as_at")


def _check_is_new(targets: Sequence[Target], as_at: date, occasion: str) -> None:
    """A form that is sent twice publishes once; one that puts another right says so in its occasion."""
    same = select(PublishedFigure.published_at).where(
        PublishedFigure.target_id.in_([target.id for target in targets]),
        PublishedFigure.as_at == as_at,
        PublishedFigure.folded_occasion == folded(occasion),
    )
    published_at = db.session.scalar(same.order_by(PublishedFigure.id.desc()).limit(1))
    if published_at is not None:
        raise _published_already(as_at, occasion, f"on {day_and_time(published_at)}")


def _published_already(as_at: date, occasion: str, when: str) -> RuleBroken:
    return RuleBroken(
        f"The figures as at {day(as_at)} were published for “{occasion}” already, {when}. To put them right, "
        "say so in the occasion.",
        field="occasion",
    )


def _frozen(
    target: Target, figure: Figure, rule_number: int, *, occasion: str, by: Actor, now: datetime
) -> PublishedFigure:
    colour, reason = queries.colour_of(figure.hiding_few())
    return PublishedFigure(
        target_id=target.id,
        as_at=figure.as_at,
        known_at=now,
        title=figure.title,
        numerator=figure.numerator,
        denominator=figure.denominator,
        required=figure.required,
        score=queries.score_of(figure),
        replies=figure.score.last.replies if figure.score else None,
        shown=figure.shown,
        rule_number=rule_number,
        rule_words=figure.rule_words,
        scope_words=figure.scope_words,
        colour=colour,
        colour_reason=reason,
        occasion=occasion,
        published_at=now,
        published_by=by.name,
    )


def _keep_people(made: Sequence[PublishedFigure], *, as_at: date, now: datetime) -> None:
    """Whom each figure counted, in one statement; they must be as many as it says."""
    plans = queries.plans_for([one.target for one in made], now)
    sources = queries.sources_for(plans, as_at, now)
    parts = []
    for one, plan in zip(made, plans, strict=True):
        counted = queries.people_counted(plan, sources)
        if counted is not None:
            people = counted.subquery()
            parts.append(select(literal(one.id, Integer), people.c.person_id, people.c.done == 1))
    if not parts:
        return
    names = ["figure_id", "person_id", "is_complete"]
    db.session.execute(insert(PublishedPerson).from_select(names, union_all(*parts)))
    kept = _counts_kept([one.id for one in made])
    for one, plan in zip(made, plans, strict=True):
        if plan.target.kind.counts_people:
            everybody = one.numerator if one.denominator is None else one.denominator
            if kept.get(one.id, (0, 0)) != (everybody, one.numerator):
                raise RuleBroken(_AGAIN)


def _counts_kept(figure_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    complete = func.sum(case((PublishedPerson.is_complete, 1), else_=0))
    statement = (
        select(PublishedPerson.figure_id, func.count(), complete)
        .where(PublishedPerson.figure_id.in_(figure_ids))
        .group_by(PublishedPerson.figure_id)
    )
    return {ident: (everybody, done) for ident, everybody, done in db.session.execute(statement).tuples()}
