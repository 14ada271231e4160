"""What is typed on the pages of places."""

from __future__ import annotations

from app.bookings.forms.booking import (
    AnswersForm,
    BookForm,
    CancelForm,
    DeclaringBookForm,
    NeedForm,
    OfferAnswer,
    OfferForm,
    OneAnswerForm,
    SubstituteForm,
    SwapForm,
    mode_options,
)
from app.bookings.forms.charges import CauseForm, DecisionForm, RateForm
from app.bookings.forms.inviting import (
    PEOPLE_ON_A_PAGE,
    RUNS_AT_MOST,
    BookManyForm,
    InviteForm,
    TakeInvitationForm,
)
from app.bookings.forms.parts import NOWHERE, CauseAsked
from app.bookings.forms.runs import (
    CancelRunForm,
    CapacityForm,
    FewForm,
    KeepPlacesForm,
    MergeForm,
    MistakeForm,
    MoveForm,
    TransferForm,
)

__all__ = [
    "NOWHERE",
    "PEOPLE_ON_A_PAGE",
    "RUNS_AT_MOST",
    "AnswersForm",
    "BookForm",
    "BookManyForm",
    "CancelForm",
    "CancelRunForm",
    "CapacityForm",
    "CauseAsked",
    "CauseForm",
    "DecisionForm",
    "DeclaringBookForm",
    "FewForm",
    "InviteForm",
    "KeepPlacesForm",
    "MergeForm",
    "MistakeForm",
    "MoveForm",
    "NeedForm",
    "OfferAnswer",
    "OfferForm",
    "OneAnswerForm",
    "RateForm",
    "SubstituteForm",
    "SwapForm",
    "TakeInvitationForm",
    "TransferForm",
    "mode_options",
]
