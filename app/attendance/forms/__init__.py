"""What is typed into registers and on the pages around them."""

from __future__ import annotations

from app.attendance.forms.absences import AbsenceForm
from app.attendance.forms.certificates import (
    CertificateCodeForm,
    ReflectionForm,
)
from app.attendance.forms.deciding import (
    AGAIN,
    NOT_HELD,
    SOMEBODY_ELSE,
    AnotherDayForm,
    AskForm,
    DecideHeldForm,
    NotHeldForm,
    UndoForm,
    WalkInForm,
)
from app.attendance.forms.files import (
    FileForm,
    TakeForm,
    take_form,
)
from app.attendance.forms.past import (
    AnswerForm,
    CorrectPastForm,
    DeclareForm,
    PastForm,
    TakeBackPastForm,
    values_of_past,
)
from app.attendance.forms.register import (
    CHOICES,
    RegisterForm,
    register_form,
)
from app.attendance.forms.versions import (
    MappingForm,
    VersionForm,
    components_text,
    mapping_form,
)
from app.attendance.forms.ways import (
    CodeForm,
    HereForm,
    LinkForm,
)

__all__ = [
    "AGAIN",
    "CHOICES",
    "NOT_HELD",
    "SOMEBODY_ELSE",
    "AbsenceForm",
    "AnotherDayForm",
    "AnswerForm",
    "AskForm",
    "CertificateCodeForm",
    "CodeForm",
    "CorrectPastForm",
    "DecideHeldForm",
    "DeclareForm",
    "FileForm",
    "HereForm",
    "LinkForm",
    "MappingForm",
    "NotHeldForm",
    "PastForm",
    "ReflectionForm",
    "RegisterForm",
    "TakeBackPastForm",
    "TakeForm",
    "UndoForm",
    "VersionForm",
    "WalkInForm",
    "components_text",
    "mapping_form",
    "register_form",
    "take_form",
    "values_of_past",
]
