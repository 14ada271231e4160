"""The picture on a target's own page: of what kinds of target have that count no completions."""

from __future__ import annotations

from collections.abc import Sequence

from app.figures.files.months import MonthsChart, months_chart
from app.figures.files.steps import StepsChart, steps_charts
from app.figures.files.waves import WavesChart, waves_chart
from app.figures.models import Target
from app.figures.queries import BesideTarget, Figure, Wave


def months_of(figure: Figure, beside: BesideTarget) -> MonthsChart | None:
    """A deliverable's sessions by month; None while none is ticked."""
    if not beside.months:
        return None
    return months_chart(
        beside.months, as_at=figure.as_at, contracted=figure.required, deadline=figure.deadline
    )


def steps_of(target: Target, figure: Figure, beside: BesideTarget) -> Sequence[StepsChart]:
    """The steps of a target for reach, as they may be seen; none while nobody was reached."""
    if target.reach_step is None or not beside.reach:
        return []
    return steps_charts(beside.reach, step=target.reach_step, required=figure.required)


def waves_of(figure: Figure, beside: BesideTarget) -> WavesChart | None:
    """A score's waves, as documents state them; None while none does."""
    waves = [
        Wave(one.stated.as_at, one.stated.score, one.stated.replies, one.stated.is_approximate)
        for one in beside.stated
        if one.stated.score is not None and not one.is_few
    ]
    if not waves:
        return None
    return waves_chart(waves, as_at=figure.as_at, wanted=figure.minimum_score, deadline=figure.deadline)
