"""Targets, who is in the denominator, and figures as published."""

from __future__ import annotations

from app.figures.models.published import PublishedFigure, PublishedPerson
from app.figures.models.targets import (
    OVERRIDE_DAYS,
    Colour,
    ColourOverride,
    DeliverableSession,
    Milestone,
    ReachStep,
    Standing,
    StatedFigure,
    Target,
    TargetEnd,
    TargetKind,
    TargetRule,
    unjudged,
)
from app.figures.models.who import (
    EXEMPT,
    Cohort,
    CohortRequirement,
    Membership,
    Population,
    PopulationItem,
    PopulationRule,
    StatedSize,
)

__all__ = [
    "EXEMPT",
    "OVERRIDE_DAYS",
    "Cohort",
    "CohortRequirement",
    "Colour",
    "ColourOverride",
    "DeliverableSession",
    "Membership",
    "Milestone",
    "Population",
    "PopulationItem",
    "PopulationRule",
    "PublishedFigure",
    "PublishedPerson",
    "ReachStep",
    "Standing",
    "StatedFigure",
    "StatedSize",
    "Target",
    "TargetEnd",
    "TargetKind",
    "TargetRule",
    "unjudged",
]
