"""The shape of an upload and of its confirmation."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.core.forms import (
    LONGEST_REASON,
    CheckboxesField,
    CheckboxField,
    DateField,
    FileField,
    Form,
    LookedAtForm,
    Required,
    SelectField,
    TextArea,
)
from app.core.tables import MAX_MB
from app.exchange.models import ImportKind
from app.exchange.rules import Difference
from app.figures.models import Target


class UploadForm(Form):
    file = FileField(
        "CSV file",
        [Required("Choose a file")],
        description=f"At most {MAX_MB} MB.",
        render_kw={"accept": ".csv,text/csv"},
    )
    target = SelectField(
        "Target",
        [Required("Choose a target")],
        description="The people join the cohort that this target is about.",
    )
    effective_on = DateField(
        "Changes count from",
        description="A move to another team or role counts from this day, at most a year back or three "
        "months ahead. Leave it empty for today.",
    )
    recorded_on = DateField(
        "Known since",
        description="Only for history: the day on which this became known. Leave it empty for now.",
    )

    @classmethod
    def of(cls, kind: ImportKind, targets: Iterable[Target]) -> UploadForm:
        """The form with the fields that a file of this kind needs."""
        form = cls()
        if kind is ImportKind.COHORT:
            form.target.choices = [SelectChoice(value="", label="Choose a target")] + [
                SelectChoice(value=target.code, label=target.title) for target in targets
            ]
        else:
            del form.target
        if kind not in {ImportKind.PEOPLE, ImportKind.PARTNERS}:
            del form.effective_on
        return form


class ApplyForm(LookedAtForm):
    left = CheckboxesField("Who has left?", coerce=int, validate_choice=False)
    end_missing = CheckboxField("All of these have left")
    clash_reason = TextArea("Why both can go ahead", max_length=500)
    reason = TextArea("Reason for the correction", max_length=LONGEST_REASON)

    def stand_below(self, edition: str) -> bool:
        """Who was confirmed to have left by another preview is not confirmed by this one."""
        was_seen = super().stand_below(edition)
        self.end_missing.data = self.end_missing.data and was_seen
        self.left.data = self.left.data if was_seen else []
        return was_seen

    def ask_of(self, missing: Iterable[Difference]) -> None:
        """Ask of each of these people whether they have left."""
        self.left.choices = [SelectChoice(value=str(one.person), label=one.who) for one in missing]


class UndoForm(Form):
    leave_changed = CheckboxField("Leave those who were changed since as they are, and undo the rest")
    reason = TextArea("Reason for the correction", max_length=LONGEST_REASON)
