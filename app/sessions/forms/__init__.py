"""What is typed about runs, sessions, venues and trainers."""

from __future__ import annotations

from app.sessions.forms.dates import read_date, read_dates
from app.sessions.forms.joining import InstructionsForm, MaterialForm, RunInstructionsForm
from app.sessions.forms.planning import CopyForm, CopyTheseForm, PatternForm, PlanForm, RunForm, SessionForm
from app.sessions.forms.resources import TrainerForm, VenueForm

__all__ = [
    "CopyForm",
    "CopyTheseForm",
    "InstructionsForm",
    "MaterialForm",
    "PatternForm",
    "PlanForm",
    "RunForm",
    "RunInstructionsForm",
    "SessionForm",
    "TrainerForm",
    "VenueForm",
    "read_date",
    "read_dates",
]
