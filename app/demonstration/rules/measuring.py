"""What else a board asks of the programme: sessions delivered, reach, confidence, milestones and a colour."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.demonstration.rules.current import BEGAN_BEFORE
from app.figures import rules as figures
from app.figures.models import Colour, ReachStep, Target, TargetKind
from app.figures.queries import sessions_of_programme, target_coded

UNIT = "workshops and training days"


def fill(*, by: Actor, now: datetime) -> None:
    """A target of each further kind in the programme of today, set up when it began, as those that it was
    commissioned for were; with what stands beside them."""
    today = clock.day_of(now)
    began = clock.start_of_day(today - BEGAN_BEFORE)
    coverage = db.session.scalars(target_coded("trauma-coverage")).one()
    sessions = _add(coverage, "trauma-sessions", "Days delivered under the contract", by=by, now=began)
    ids = list(db.session.scalars(sessions_of_programme(sessions).order_by("id")))
    figures.tick_sessions(target=sessions, offered=ids, ticked=ids[:22], by=by, now=began)
    figures.add_target(
        code="trauma-attended",
        title="People who attended",
        kind=TargetKind.REACH,
        reach_step=ReachStep.ATTENDED,
        programme=coverage.programme,
        minimum_count=120,
        deadline=coverage.programme.deadline,
        by=by,
        now=began,
    )
    confidence = figures.add_target(
        code="trauma-confidence",
        title="Confidence in trauma-informed practice",
        kind=TargetKind.SCORE,
        programme=coverage.programme,
        minimum_score=Decimal("7.5"),
        deadline=coverage.programme.deadline,
        by=by,
        now=began,
    )
    for weeks, score, replies in ((20, "6.0", None), (3, "7.2", 84)):
        figures.state_figure(
            target=confidence,
            as_at=today - timedelta(weeks=weeks),
            source="Survey of practitioners and partners",
            score=Decimal(score),
            replies=replies,
            by=by,
            now=now - timedelta(weeks=weeks - 1),
        )
    _beside(coverage, by=by, now=now)


def _add(coverage: Target, code: str, title: str, *, by: Actor, now: datetime) -> Target:
    return figures.add_target(
        code=code,
        title=title,
        kind=TargetKind.DELIVERABLE,
        programme=coverage.programme,
        minimum_count=24,
        unit=UNIT,
        deadline=coverage.programme.deadline,
        by=by,
        now=now,
    )


def _beside(coverage: Target, *, by: Actor, now: datetime) -> None:
    """Milestones behind and ahead, a figure of a report that differs, and the academy's own colour."""
    today = clock.day_of(now)
    for weeks, percent, title in ((-6, "2", "First quarter"), (8, "15", "Third quarter")):
        figures.add_milestone(
            target=coverage,
            due_on=today + timedelta(weeks=weeks),
            minimum_percent=Decimal(percent),
            title=title,
            by=by,
            now=now,
        )
    figures.state_figure(
        target=coverage,
        as_at=today - timedelta(weeks=4),
        source="Report to the Improvement Board",
        numerator=20,
        is_approximate=True,
        by=by,
        now=now,
    )
    figures.override_colour(
        target=coverage,
        colour=Colour.AMBER,
        reason="Two more runs are agreed with the provider and are not scheduled yet.",
        days=21,
        by=by,
        now=now,
    )
