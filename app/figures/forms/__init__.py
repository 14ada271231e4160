"""The forms of figures."""

from __future__ import annotations

from app.figures.forms.cohorts import AddPeopleForm, CohortForm, LeaveForm, WithdrawForm
from app.figures.forms.dates import DatesForm
from app.figures.forms.movement import MovementForm
from app.figures.forms.organisation import HeadcountForm
from app.figures.forms.populations import PopulationForm
from app.figures.forms.publishing import PublishForm
from app.figures.forms.targets import KindForm, TargetForm

__all__ = [
    "AddPeopleForm",
    "CohortForm",
    "DatesForm",
    "HeadcountForm",
    "KindForm",
    "LeaveForm",
    "MovementForm",
    "PopulationForm",
    "PublishForm",
    "TargetForm",
    "WithdrawForm",
]
