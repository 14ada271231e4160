"""What the forms of people share: lists, days and shares of full time, and how wide a box is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.forms import Form, SelectField, TextField, ValidationError
from app.people import rules


def wide(classes: str, **attributes: Any) -> dict[str, Any]:
    return {"params": {"classes": classes}, **attributes}


HALF = wide("govuk-!-width-one-half", autocomplete="off")
TWO_THIRDS = wide("govuk-!-width-two-thirds", autocomplete="off")
TEN = wide("govuk-input--width-10", autocomplete="off")


class ListField(SelectField):
    """One row of a list, by its id; `number` is that id, or None for the empty choice."""

    def __init__(self, label: str, validators: Sequence[Any] = (), *, unknown: str, **kwargs: Any):
        checks = [*validators, is_offered(unknown)]
        super().__init__(label, checks, choices=[], validate_choice=False, **kwargs)

    @property
    def number(self) -> int | None:
        return int(self.data) if self.data else None


def is_offered(message: str) -> Any:
    def check(_form: Form, field: SelectField) -> None:
        offered: Any = field.choices
        if field.data and field.data not in {choice.value for choice in offered}:
            raise ValidationError(message)

    return check


class DayBox(TextField):
    """A date in one box, as in every filter: 31/8/2021; `?on=2021-08-31` in an address is understood too."""

    day: date | None = None

    def __init__(self, label: str, **kwargs: Any):
        super().__init__(label, max_length=20, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        typed = (valuelist[0] if valuelist else "").strip()
        found = clock.read_day(typed)
        self.day = found if found and found.year in clock.YEARS else None
        if typed and self.day is None:
            raise ValueError(f"{self.label.text} must be a real date, like 31/03/2026")

    def _value(self) -> str:
        return f"{self.day.day}/{self.day.month}/{self.day.year}" if self.day else self.data or ""


class FullTimeField(TextField):
    """The part of full time that somebody works: 0.6; `share` is exact."""

    share: Decimal | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        typed = (valuelist[0] if valuelist else "").strip()
        self.share = rules.share_of_full_time(typed) if typed else None
        if typed and self.share is None:
            raise ValueError("Part of full time must be more than 0 and at most 1, like 0.6")
