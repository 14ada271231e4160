"""Dates and times as people type them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any

import wtforms
from flask import render_template
from govuk_frontend_wtf import wtforms_widgets as govuk
from markupsafe import Markup
from wtforms.validators import Optional

from app.core import clock
from app.core.forms.base import ReadOnce, named


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
