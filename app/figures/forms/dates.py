"""The two dates of a figure, read from its address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TypedDict

from werkzeug.datastructures import MultiDict
from wtforms import Field

from app.core import clock
from app.core.errors import RuleBroken
from app.core.filters import day
from app.core.forms import DateField, Form, ValidationError
from app.figures import rules


def known_too_early(field: Field, on: date) -> str:
    """What is wrong with a day of knowing that is before the day of the figure."""
    return (
        f"“{field.label.text}” must not be before {day(on)}: nobody knew then what would have happened by "
        "that day"
    )


class Dates(TypedDict):
    """The two dates as queries take them: `queries.flagged_people(target, **dates.chosen)`."""

    as_at: date
    known_at: datetime | None


class DatesForm(Form):
    """As-at D and known-at K, read from the address, so that a figure's page can be kept and sent (4.4).

    The boxes send `as_at-day` and so on; a link says `as_at=2021-08-31`. Both are understood.
    """

    class Meta:
        csrf = False

    as_at = DateField(
        "Figures as at",
        description="What had happened by the end of this day; of a day to come, the forecast. Empty: today.",
    )
    known_at = DateField(
        "As known on",
        description="Only what had been recorded by the end of this day. Empty: all that is known now.",
    )

    @classmethod
    def read(cls, address: Mapping[str, str]) -> DatesForm:
        """The form as the address fills it in, already checked: `is_right` says whether it can be used."""
        boxes: MultiDict[str, str] = MultiDict(
            {name: value for name, value in address.items() if name.startswith(("as_at-", "known_at-"))}
        )
        problems: list[RuleBroken] = []
        instant: datetime | None = None
        try:
            if address.get("as_at"):
                _fill(boxes, "as_at", rules.as_at_from(address["as_at"]))
            if address.get("known_at"):
                instant = rules.known_at_from(address["known_at"])
                _fill(boxes, "known_at", clock.day_of(instant))
        except RuleBroken as error:
            problems.append(error)
        form = cls(formdata=boxes)
        form.instant = instant
        form.is_right = form.validate() and not problems
        for problem in problems:
            form.add_error(problem.message, problem.field)
        return form

    instant: datetime | None = None
    is_right: bool = False

    def validate_known_at(self, field: Field) -> None:
        if not field.data:
            return
        if field.data > clock.today():
            raise ValidationError("“As known on” must be today or a day in the past")
        if self.as_at.data and field.data < self.as_at.data:
            raise ValidationError(known_too_early(field, self.as_at.data))

    @property
    def on(self) -> date:
        """D: today, when no date is given; or the day of K, when only that is."""
        return self.as_at.data or self.known_at.data or clock.today()

    @property
    def is_to_come(self) -> bool:
        """Whether D is still to come, so that there is a forecast for it and nothing else."""
        return self.on > clock.today()

    @property
    def is_now(self) -> bool:
        """Whether the figures are today's as known now, so that the people behind them can be invited."""
        return self.known is None and self.on == clock.today()

    @property
    def happened_by(self) -> date:
        """The day of what has happened: D, or today while D is to come."""
        return min(self.on, clock.today())

    @property
    def in_words(self) -> str:
        """Both dates of what is listed: "26 November 2026, as known on 20 November 2026"."""
        if self.known is None:
            return day(self.happened_by)
        known = clock.day_of(self.known)
        return f"{day(self.happened_by)}, as known on {day(known)}"

    @property
    def chosen(self) -> Dates:
        """What has happened, and what of it was known: of a day to come, today's."""
        return {"as_at": self.happened_by, "known_at": self.known}

    @property
    def forecast_day(self) -> date | None:
        """D while it is to come: the day of each forecast whose deadline is not before it."""
        return self.on if self.is_to_come else None

    @property
    def known(self) -> datetime | None:
        """K as an instant; None for all that is known now."""
        if self.instant is not None:
            return self.instant
        return clock.end_of_day(self.known_at.data) if self.known_at.data else None

    @property
    def is_chosen(self) -> bool:
        """Whether the address names a date, so that the page says so."""
        return bool(self.as_at.data or self.known_at.data or self.errors)

    def address(self) -> dict[str, str]:
        """What links to other figures of the same dates carry; K to the second, where a link said so."""
        found = {
            name: field.data.isoformat()
            for name, field in (("as_at", self.as_at), ("known_at", self.known_at))
            if field.data
        }
        if self.instant is not None and self.instant != clock.end_of_day(self.known_at.data):
            found["known_at"] = self.instant.isoformat()
        return found

    def movement_address(self) -> dict[str, str]:
        """The same dates as the later point of a movement: whoever looks at the figure of 31 March asks why
        it moved until then. Of a day to come nothing moved yet."""
        if not self.is_right or not self.is_chosen or self.is_to_come:
            return {}
        known = self.address().get("known_at")
        return {"to": self.on.isoformat()} | ({"to_known": known} if known else {})


def _fill(boxes: MultiDict[str, str], name: str, typed: date) -> None:
    for part in ("day", "month", "year"):
        boxes[f"{name}-{part}"] = str(getattr(typed, part))
