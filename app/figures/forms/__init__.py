"""The forms of figures."""

from __future__ import annotations

from app.figures.forms.asked import PERIODS, PartAsked, SessionsAsked, among_from, monday_from
from app.figures.forms.beside import ColourForm, MilestoneForm, SessionsForm, StatedForm, TakeBackForm
from app.figures.forms.cohorts import AddPeopleForm, ChooseForm, CohortForm, LeaveForm, WithdrawForm
from app.figures.forms.dates import DatesForm
from app.figures.forms.movement import MovementForm
from app.figures.forms.organisation import HeadcountForm
from app.figures.forms.populations import PopulationForm
from app.figures.forms.publishing import PublishForm, SnapshotForm
from app.figures.forms.targets import EndForm, KindForm, TargetForm

__all__ = [
    "PERIODS",
    "AddPeopleForm",
    "ChooseForm",
    "CohortForm",
    "ColourForm",
    "DatesForm",
    "EndForm",
    "HeadcountForm",
    "KindForm",
    "LeaveForm",
    "MilestoneForm",
    "MovementForm",
    "PartAsked",
    "PopulationForm",
    "PublishForm",
    "SessionsAsked",
    "SessionsForm",
    "SnapshotForm",
    "StatedForm",
    "TakeBackForm",
    "TargetForm",
    "WithdrawForm",
    "among_from",
    "monday_from",
]
