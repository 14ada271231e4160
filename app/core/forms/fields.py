"""Fields for words, numbers and choices, which look as GOV.UK's do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Any

import wtforms
from flask_wtf.file import FileField as FlaskFileField
from govuk_frontend_wtf import wtforms_widgets as govuk
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.form import BaseForm
from wtforms.validators import (
    DataRequired,
    Length,
    ValidationError,
)

from app.config import is_e_mail_address
from app.core.forms.base import ReadOnce, named
from app.core.letters import UNPRINTABLE, on_one_line, visible

LARGEST_INTEGER = 2_147_483_647
COUNTED_FROM_PERCENT = 75
LONGEST_REASON = 400  # of a reason that the people whom it concerns may be told


def Required(message: str) -> DataRequired:  # noqa: N802 - reads as the validator that it is
    """The field must be filled in; `message` says what to do: "Enter the programme’s title"."""
    return DataRequired(message)


def _strip(value: str | None) -> str | None:
    return visible(value).strip() if value else value


def _one_line(value: str | None) -> str | None:
    """A browser sends no line break from a field of one line; what is kept has none, whoever sent it."""
    return on_one_line(value) if value else value


def _no_control_characters(_form: wtforms.Form, field: wtforms.Field) -> None:
    if field.data and UNPRINTABLE.search(field.data):
        field.data = UNPRINTABLE.sub("", field.data)  # a page that showed them would not be HTML
        raise ValidationError("Remove the characters that can’t be printed")


def _lines(value: str | None) -> str | None:
    """A line break is one letter, as a browser counts it; it sends two."""
    return value.replace("\r\n", "\n") if value else value


class _Text:
    """What every typed text shares: stripped, within its length, nothing that can't be printed."""

    def __init__(self, label: str, validators: Sequence[Any] = (), *, max_length: int, **kwargs: Any) -> None:
        checks = [
            *validators,
            Length(max=max_length, message=f"{named(label)} must be {max_length} characters or fewer"),
            _no_control_characters,
        ]
        kwargs.setdefault("filters", [_strip])
        self.max_length = max_length
        super().__init__(label, checks, **kwargs)  # type: ignore[call-arg]


class TextField(_Text, wtforms.StringField):
    """Words on one line, with single spaces between them."""

    widget = govuk.GovTextInput()

    def __init__(self, label: str, validators: Sequence[Any] = (), *, max_length: int = 200, **kwargs: Any):
        kwargs.setdefault("filters", [_one_line])
        super().__init__(label, validators, max_length=max_length, **kwargs)


class NameField(TextField):
    """Somebody’s name as it is typed by whoever is not the academy: e-mails greet people by it."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any):
        super().__init__(label, [*validators, _is_no_web_address], **kwargs)


def _is_no_web_address(_form: wtforms.Form, field: wtforms.Field) -> None:
    """An e-mail that comes from the council carries no address that a visitor typed."""
    if field.data and re.search(r"://|www\.", field.data, re.IGNORECASE):
        raise ValidationError(f"{named(field.label.text)} can’t have a web address in it")


class _Counted(govuk.GovCharacterCount):
    """Says how long a text may be, also where no script runs; one counts once three quarters are used up."""

    def map_gov_params(self, field: Any, **kwargs: Any) -> Any:
        params = {"maxlength": field.max_length, "threshold": COUNTED_FROM_PERCENT}
        return params | super().map_gov_params(field, **kwargs)


class TextArea(_Text, wtforms.TextAreaField):
    """Words on several lines, such as a reason: how many letters are left is counted beside them."""

    widget = _Counted()

    def __init__(self, label: str, validators: Sequence[Any] = (), *, max_length: int = 2000, **kwargs: Any):
        kwargs.setdefault("filters", [_lines, _strip])
        super().__init__(label, validators, max_length=max_length, **kwargs)


class EmailField(_Text, wtforms.StringField):
    """An e-mail address, kept in lower case; a wrong one is a sentence, not a guess."""

    widget = govuk.GovTextInput()

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any):
        kwargs.setdefault("filters", [_strip, lambda value: value.lower() if value else value])
        kwargs.setdefault("render_kw", {"type": "email", "autocomplete": "email", "spellcheck": "false"})
        super().__init__(label, [*validators, _looks_like_an_address], max_length=254, **kwargs)


def _looks_like_an_address(_form: wtforms.Form, field: wtforms.Field) -> None:
    if field.data and not is_e_mail_address(field.data):
        raise ValidationError("Enter an e-mail address in the correct format, like name@example.org")


class PasswordField(wtforms.PasswordField):
    widget = govuk.GovPasswordInput()


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


HiddenField = wtforms.HiddenField
PartField = wtforms.FormField
PartsField = wtforms.FieldList


def choices_of(states: type[StrEnum]) -> list[SelectChoice]:
    """The choices of an enum with labels, in its order."""
    return [SelectChoice(value=state.value, label=state.label) for state in states]  # type: ignore[attr-defined]


def choices_from(
    rows: Iterable[Any], *, blank: str | None = None, label: Callable[[Any], str] = attrgetter("name")
) -> list[SelectChoice]:
    """The choices for rows with an id and a name; `blank` is the text of an empty first choice."""
    first = [SelectChoice(value="", label=blank)] if blank is not None else []
    return first + [SelectChoice(value=str(row.id), label=label(row)) for row in rows]
