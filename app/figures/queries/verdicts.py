"""The colours of what counts no completions: sessions delivered and scores (4.12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.figures.models import TargetKind
from app.figures.queries.colours import Verdict, verdict_on_score, verdict_on_sessions
from app.figures.queries.deliverables import deliveries_of
from app.figures.queries.deliveries import Deliveries
from app.figures.queries.figure import Figure
from app.figures.queries.plans import Plan
from app.figures.queries.sources import Sources


def with_verdicts(figures: Sequence[Figure], plans: Sequence[Plan], sources: Sources) -> list[Figure]:
    """These figures, those of a deliverable and of a score with their colours."""
    deliveries = deliveries_of(
        [plan.target for plan in plans],
        as_at=sources.moment.as_at,
        known_at=sources.moment.known_at,
        until=sources.until,
        rules={plan.target.id: plan.rule for plan in plans},
    )
    return [
        replace(
            figure,
            verdict=_verdict(figure, plan, sessions, sources),
            deliveries=sessions,
            outstanding_marks=sessions.not_marked if sessions else figure.outstanding_marks,
        )
        for figure, plan in zip(figures, plans, strict=True)
        for sessions in (deliveries.get(plan.target.id),)
    ]


def _verdict(figure: Figure, plan: Plan, deliveries: Deliveries | None, sources: Sources) -> Verdict | None:
    if plan.target.kind is TargetKind.SCORE:
        last = figure.score.last if figure.score else None
        return verdict_on_score(
            minimum=plan.rule.minimum_score,
            score=last.mean if last else None,
            replies=last.replies if last else None,
            margin=plan.rule.score_margin,
        )
    if deliveries is None:
        return figure.verdict
    return _verdict_on_sessions(figure, deliveries, sources.forecast_day(plan))


def _verdict_on_sessions(figure: Figure, deliveries: Deliveries, deadline: date | None) -> Verdict:
    """Provisional when it would be another colour if every register that is not marked told of somebody."""

    def verdict(delivered: int) -> Verdict:
        return verdict_on_sessions(
            required=figure.required,
            delivered=delivered,
            confirmed=deliveries.confirmed,
            unconfirmed=deliveries.unconfirmed,
            as_at=figure.looked_at_on,
            deadline=deadline,
            not_scheduled=deliveries.not_scheduled_words,
            met_on=deliveries.met_on,
        )

    found, if_held = verdict(deliveries.delivered), verdict(deliveries.delivered + deliveries.not_marked)
    return replace(found, is_provisional=if_held.colour is not found.colour)
