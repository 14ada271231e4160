"""What every form and field shares: errors in sentences, and how a field is named in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import wtforms
from flask_wtf import FlaskForm
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from app.core.errors import RuleBroken, refusal_of

_ASIDE = re.compile(r" \([^()]*\)$")  # "Reason (optional)", "Why do you decline? (only if you decline)"


class Form(FlaskForm):
    """The base of every form: protected against forgery, and able to carry an error about the whole of it."""

    _also: tuple[Callable[[], object], ...] = ()

    def also(self, *checks: Callable[[], object]) -> None:
        """Rules that are asked even while a field is wrong, so that one press tells everything. They take
        what could be read, and change nothing."""
        self._also = (*self._also, *checks)

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """Whether every field can be read. If one can't, what is broken besides is told as well; if all can,
        the action asks its rules itself."""
        is_valid: bool = super().validate(extra_validators)
        if not is_valid:
            for check in self._also:
                if broken := refusal_of(check):
                    self.tell(broken)
        return is_valid

    def tell(self, broken: RuleBroken) -> None:
        """Say what is broken, and what besides: one sentence beside each field."""
        for one in (broken, *broken.others):
            target = self._find(one.field) if one.field else None
            if target is None or not target.errors:
                self.add_error(one.message, one.field)

    def add_error(self, message: str, field: str | None = None) -> None:
        """Put a rule's sentence beside the field it is about, or at the top when it is about none."""
        target = self._find(field) if field else None
        if target is None:
            self.form_errors.append(message)
        else:
            target.errors = [*target.errors, message]
        for several in self._fields.values():
            if isinstance(several, wtforms.FieldList):
                several.errors = [one.errors for one in several.entries if one.errors]

    def _find(self, path: str) -> wtforms.Field | None:
        """The field that a rule names; "sessions.1.ends" is that of the second of some parts."""
        target = self._fields.get(path.partition(".")[0])
        for step in path.split(".")[1:]:
            if isinstance(target, wtforms.FieldList):
                target = target.entries[int(step)] if int(step) < len(target.entries) else None
            elif isinstance(target, wtforms.FormField):
                target = target.form._fields.get(step)
            else:
                return None
        return None if isinstance(target, wtforms.FieldList | wtforms.FormField) else target


class Part(wtforms.Form):
    """Fields that stand together, once or several times, inside a form; it has no token of its own."""


def named(label: str) -> str:
    """A field's label as a sentence about it names the field: without "(optional)"; a question's answer."""
    label = _ASIDE.sub("", label)
    return "Your answer" if label.endswith("?") else label


class ReadOnce:
    """What can't be read says so: a validator would say only that nothing was entered."""

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors:  # type: ignore[attr-defined]
            raise StopValidation
