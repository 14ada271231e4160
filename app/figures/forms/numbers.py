"""Percentages and scores as they are typed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import wtforms
from govuk_frontend_wtf import wtforms_widgets as govuk

from app.core.forms import Optional, ReadOnce, named


class DecimalField(ReadOnce, wtforms.DecimalField):
    """A number that may have decimals: 80, 82.5, 10%; data is a Decimal, or None when nothing is typed.

    `like` completes the sentence for what is no number: "80 or 82.5".
    """

    widget = govuk.GovTextInput()

    def __init__(self, label: str, *, like: str, suffix: str | None = None, **kwargs: Any):
        params: dict[str, Any] = {"classes": "govuk-input--width-4"}
        if suffix:
            params["suffix"] = {"text": suffix}
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "params": params})
        super().__init__(label, [Optional()], places=None, **kwargs)
        self.like = like

    def process_data(self, value: Decimal | None) -> None:
        self.data = Decimal(f"{value.normalize():f}") if value is not None else None

    def process_formdata(self, valuelist: list[str]) -> None:
        typed, self.data = (valuelist[0].strip().rstrip("% ") if valuelist else ""), None
        if not typed:
            return
        if not re.fullmatch(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?", typed):  # Decimal() would also read "NaN"
            raise ValueError(f"{named(self.label.text)} must be a number, like {self.like}")
        self.data = Decimal(typed)
