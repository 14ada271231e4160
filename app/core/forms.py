"""Forms: fields that look as GOV.UK's do, keep what was typed, and answer in sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Any

import wtforms
from flask import render_template
from flask_wtf import FlaskForm
from flask_wtf.file import FileField as FlaskFileField
from govuk_frontend_wtf import wtforms_widgets as govuk
from markupsafe import Markup
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.form import BaseForm
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    StopValidation,
    ValidationError,
)

from app.core import clock

__all__ = [
    "CheckboxField",
    "CheckboxesField",
    "DateField",
    "EmailField",
    "FileField",
    "Form",
    "HiddenField",
    "InputRequired",
    "IntegerField",
    "Optional",
    "Part",
    "PartField",
    "PartsField",
    "PasswordField",
    "PoundsField",
    "RadioField",
    "ReadOnce",
    "Required",
    "SelectChoice",
    "SelectField",
    "TextArea",
    "TextField",
    "TimeField",
    "ValidationError",
    "choices_from",
    "choices_of",
]

LARGEST_INTEGER = 2_147_483_647
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_ASIDE = re.compile(r" \([^()]*\)$")  # "Reason (optional)", "Why do you decline? (only if you decline)"
_INVISIBLE = re.compile(
    r"[\u200b\u2060\ufeff]"
)  # they come with what is pasted; two names would look the same


class Form(FlaskForm):
    """The base of every form: protected against forgery, and able to carry an error about the whole of it."""

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


def Required(message: str) -> DataRequired:  # noqa: N802 - reads as the validator that it is
    """The field must be filled in; `message` says what to do: "Enter the programme’s title"."""
    return DataRequired(message)


def named(label: str) -> str:
    """A field's label as a sentence about it names the field: without "(optional)"; a question's answer."""
    label = _ASIDE.sub("", label)
    return "Your answer" if label.endswith("?") else label


def _strip(value: str | None) -> str | None:
    return _INVISIBLE.sub("", value).strip() if value else value


def _no_control_characters(_form: wtforms.Form, field: wtforms.Field) -> None:
    if field.data and _CONTROL.search(field.data):
        field.data = _CONTROL.sub("", field.data)  # a page that showed them would not be HTML
        raise ValidationError("Remove the characters that can’t be printed")


class _Text:
    """What every typed text shares: stripped, within its length, nothing that can't be printed."""

    def __init__(self, label: str, validators: Sequence[Any] = (), *, max_length: int, **kwargs: Any) -> None:
        checks = [
            *validators,
            Length(max=max_length, message=f"{named(label)} must be {max_length} characters or fewer"),
            _no_control_characters,
        ]
        kwargs.setdefault("filters", [_strip])
        super().__init__(label, checks, **kwargs)  # type: ignore[call-arg]


class TextField(_Text, wtforms.StringField):
    widget = govuk.GovTextInput()

    def __init__(self, label: str, validators: Sequence[Any] = (), *, max_length: int = 200, **kwargs: Any):
        super().__init__(label, validators, max_length=max_length, **kwargs)


class TextArea(_Text, wtforms.TextAreaField):
    widget = govuk.GovTextArea()

    def __init__(self, label: str, validators: Sequence[Any] = (), *, max_length: int = 2000, **kwargs: Any):
        super().__init__(label, validators, max_length=max_length, **kwargs)


class EmailField(_Text, wtforms.StringField):
    """An e-mail address, kept in lower case; a wrong one is a sentence, not a guess."""

    widget = govuk.GovTextInput()

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any):
        kwargs.setdefault("filters", [_strip, lambda value: value.lower() if value else value])
        kwargs.setdefault("render_kw", {"type": "email", "autocomplete": "email", "spellcheck": "false"})
        super().__init__(label, [*validators, _looks_like_an_address], max_length=254, **kwargs)


def _looks_like_an_address(_form: wtforms.Form, field: wtforms.Field) -> None:
    if field.data and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", field.data):
        raise ValidationError("Enter an e-mail address in the correct format, like name@example.org")


class PasswordField(wtforms.PasswordField):
    widget = govuk.GovPasswordInput()


class ReadOnce:
    """What can't be read says so: a validator would say only that nothing was entered."""

    def pre_validate(self, form: BaseForm) -> None:
        if self.process_errors:  # type: ignore[attr-defined]
            raise StopValidation


def _within(at_least: int, at_most: int) -> Callable[[BaseForm, Any], None]:
    """Refuses any other number, and none; names the field as its form has labelled it by then."""
    is_bounded = at_most < LARGEST_INTEGER
    bounds = f"between {at_least} and {at_most:,}" if is_bounded else f"{at_least} or more"

    def check(_form: BaseForm, field: Any) -> None:
        if field.data is None or not at_least <= field.data <= at_most:
            is_beyond = not is_bounded and field.data is not None and field.data > at_most
            words = f"{at_most:,} or less" if is_beyond else bounds
            raise ValidationError(f"{named(field.label.text)} must be {words}")

    return check


class IntegerField(ReadOnce, wtforms.IntegerField):
    """A whole number between `at_least` and `at_most`."""

    widget = govuk.GovTextInput()

    def __init__(
        self,
        label: str,
        validators: Sequence[Any] = (),
        *,
        at_least: int = 0,
        at_most: int = LARGEST_INTEGER,
        **kwargs: Any,
    ):
        kwargs.setdefault(
            "render_kw", {"inputmode": "numeric", "params": {"classes": "govuk-input--width-4"}}
        )
        super().__init__(label, [*validators, _within(at_least, at_most)], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        typed, self.data = valuelist[0].strip(), None
        if not re.fullmatch(r"-?[0-9]{1,20}", typed):  # int() would also read "1_6"
            raise ValueError(f"{named(self.label.text)} must be a whole number, like 16")
        self.data = int(typed)


class PoundsField(ReadOnce, wtforms.DecimalField):
    """An amount of money in pounds: 90, £90, 1,200.50; data is a Decimal, or None when nothing is typed."""

    widget = govuk.GovTextInput()

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any):
        params = {"classes": "govuk-input--width-5", "prefix": {"text": "£"}}
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "params": params})
        super().__init__(label, list(validators), places=2, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        typed, self.data = (valuelist[0].strip() if valuelist else ""), None
        if not typed:
            return
        match = re.fullmatch(r"£?\s*([0-9]{1,3}(?:,?[0-9]{3}){0,2}(?:\.[0-9]{1,2})?)", typed)
        if match is None:
            raise ValueError(f"{named(self.label.text)} must be an amount in pounds, like 90 or 47.50")
        self.data = Decimal(match[1].replace(",", ""))


class _NoEmptyHint:
    """GOV.UK's groups of choices show a hint even when there is none, and describe the group by it."""

    def map_gov_params(self, field: wtforms.Field, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]
        if not any(params["hint"].get(kind) for kind in ("text", "html")):
            del params["hint"]
        return params


class CheckboxWidget(_NoEmptyHint, govuk.GovCheckboxInput):
    """What is said about a single box stands beneath it: above it nobody knows yet what it is about."""

    def map_gov_params(self, field: wtforms.Field, **kwargs: Any) -> dict[str, Any]:
        params = super().map_gov_params(field, **kwargs)
        if "hint" in params:
            params["items"][0]["hint"] = params.pop("hint")
        return params


class CheckboxesWidget(_NoEmptyHint, govuk.GovCheckboxesInput):
    pass


class RadioWidget(_NoEmptyHint, govuk.GovRadioInput):
    pass


class CheckboxField(wtforms.BooleanField):
    widget = CheckboxWidget()


class _FromList:
    def pre_validate(self, form: BaseForm) -> None:
        """What was chosen may have gone from the list since the page was opened."""
        try:
            super().pre_validate(form)  # type: ignore[misc]
        except ValidationError:
            raise ValidationError("Choose again: what you chose is not on the list any more") from None


class _Choice(_FromList):
    """Spaces alone choose nothing, as for every validator."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        kwargs.setdefault("filters", [_strip])
        super().__init__(label, validators, **kwargs)  # type: ignore[call-arg]


class RadioField(_Choice, wtforms.RadioField):
    widget = RadioWidget()


class SelectField(_Choice, wtforms.SelectField):
    widget = govuk.GovSelect()


class CheckboxesField(_FromList, wtforms.SelectMultipleField):
    widget = CheckboxesWidget()


class FileField(FlaskFileField):
    widget = govuk.GovFileInput()


class Part(wtforms.Form):
    """Fields that stand together, once or several times, inside a form; it has no token of its own."""


HiddenField = wtforms.HiddenField
PartField = wtforms.FormField
PartsField = wtforms.FieldList


def choices_of(states: type[StrEnum]) -> list[SelectChoice]:
    """The choices of an enum with labels, in its order."""
    return [SelectChoice(value=state.value, label=state.label) for state in states]  # type: ignore[attr-defined]


def choices_from(rows: Iterable[Any], *, blank: str | None = None) -> list[SelectChoice]:
    """The choices for rows with an id and a name; `blank` is the text of an empty first choice."""
    first = [SelectChoice(value="", label=blank)] if blank is not None else []
    return first + [SelectChoice(value=str(row.id), label=row.name) for row in rows]


class DateWidget:
    """Day, month and year boxes; the error summary's link reaches the first of them."""

    def __call__(self, field: DateField, **kwargs: Any) -> Markup:
        params = kwargs.get("params", {})
        return Markup(render_template("macros/date_input.html", field=field, params=params))  # noqa: S704 - rendered by our own template


class DateField(ReadOnce, wtforms.Field):
    """A date typed as day, month and year: data is a date, or None when all three are empty."""

    widget = DateWidget()

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any):
        super().__init__(label, list(validators) or [Optional()], **kwargs)
        self.typed = ("", "", "")
        self.group_id = self.id
        self.id = f"{self.id}-day"

    def process(
        self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None
    ) -> None:
        names = [f"{self.name}-{part}" for part in ("day", "month", "year")]
        super().process(None, data, extra_filters)
        if isinstance(self.data, date):
            self.typed = (str(self.data.day), str(self.data.month), str(self.data.year))
        if formdata is None:
            return
        if not any(name in formdata for name in names) and "csrf_token" not in formdata:
            return  # an address leaves out what it does not ask for; a form that is sent has all its boxes
        self.typed = tuple(formdata.get(name, "").strip() for name in names)
        self.raw_data = [part for part in self.typed if part]
        self.data = None
        if self.raw_data:
            try:
                self.data = self._read()
            except ValueError as error:
                self.process_errors = [*self.process_errors, str(error)]

    def _read(self) -> date:
        label = named(self.label.text)
        missing = [name for name, part in zip(("day", "month", "year"), self.typed, strict=True) if not part]
        if missing:
            raise ValueError(f"{label} must include a {' and a '.join(missing)}")
        if not all(part.isascii() and part.isdigit() for part in self.typed):
            raise ValueError(f"{label} must be a real date, like 31 3 2026")
        day, month, year = (int(part) for part in self.typed)
        if year not in clock.YEARS:
            which = f"from {clock.YEARS[0]} to {clock.YEARS[-1]}" if year > 999 else "of 4 figures, like 2026"
            raise ValueError(f"{label} must have a year {which}")
        try:
            return date(year, month, day)
        except (ValueError, OverflowError):
            raise ValueError(f"{label} must be a real date, like 31 3 2026") from None


class TimeField(ReadOnce, wtforms.Field):
    """A time of day on a London clock: 9:30, 09.30, 0930, 9am and 4.30pm are understood."""

    widget = govuk.GovTextInput()
    _PATTERN = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?\s*(am|pm)?", re.IGNORECASE)

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any):
        kwargs.setdefault("render_kw", {"params": {"classes": "govuk-input--width-5"}})
        super().__init__(label, list(validators), **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        if typed:
            self.data = self._read(typed)

    def _read(self, typed: str) -> time:
        match = self._PATTERN.fullmatch(typed)
        if match:
            hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower()
            if half and 1 <= hour <= 12:
                hour = hour % 12 + (12 if half == "pm" else 0)
            if hour < 24 and minute < 60:
                return time(hour, minute)
        raise ValueError(f"{named(self.label.text)} must be a time, like 9:30 or 16:30")
