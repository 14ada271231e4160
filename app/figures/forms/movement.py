"""The two points between which a figure moved, read from the address."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from werkzeug.datastructures import MultiDict
from wtforms import Field

from app.core import clock
from app.core.errors import RuleBroken
from app.core.forms import DateField, Form, ValidationError
from app.figures import rules
from app.figures.forms.dates import known_too_early

_DAYS = ("from", "to")
_INSTANTS = ("from_known", "to_known")


class MovementForm(Form):
    """From one day to another; each perhaps only as known on a day, or (in a link) at an instant."""

    class Meta:
        csrf = False

    first = DateField(
        "From", name="from", description="The end of this day. Empty: the same day of the month before."
    )
    first_known = DateField(
        "The first day as known on",
        name="from_known",
        description="What was recorded by the end of this day. Empty: as the last day is.",
    )
    last = DateField("To", name="to", description="The end of this day. Empty: today.")
    last_known = DateField("As known on", name="to_known", description="Empty: all that is known now.")

    @classmethod
    def read(cls, address: Mapping[str, str]) -> MovementForm:
        """The form as the address fills it in, already checked: `is_right` says whether it can be used."""
        boxes: MultiDict[str, str] = MultiDict(
            {name: value for name, value in address.items() if "-" in name and name.startswith(_DAYS)}
        )
        instants: dict[str, datetime] = {}
        problems: list[RuleBroken] = []
        for name in (*_DAYS, *_INSTANTS):
            if not address.get(name):
                continue
            try:
                _fill(boxes, instants, name, address[name])
            except RuleBroken as error:
                problems.append(error)
        form = cls(formdata=boxes)
        form.instants = instants
        form.is_right = form.validate() and not problems
        for problem in problems:
            form.add_error(problem.message)
        if form.is_right:
            form.is_right = form._is_in_order()
        return form

    instants: Mapping[str, datetime] = {}
    is_right: bool = False

    def validate_first(self, field: Field) -> None:
        _check_not_in_the_future(field)

    def validate_last(self, field: Field) -> None:
        _check_not_in_the_future(field)

    def validate_first_known(self, field: Field) -> None:
        _check_not_in_the_future(field)

    def validate_last_known(self, field: Field) -> None:
        _check_not_in_the_future(field)

    @property
    def before(self) -> tuple[date, datetime | None]:
        """The earlier point: the day, and what was known."""
        first: date = self.first.data or clock.months_before(self.after[0], 1)
        return first, self._known("from_known", self.first_known) or self.after[1]

    @property
    def after(self) -> tuple[date, datetime | None]:
        """The later point."""
        return self.last.data or clock.today(), self._known("to_known", self.last_known)

    def address(self) -> dict[str, str]:
        """What a link to the same movement carries."""
        before, after = self.before, self.after
        values = {"from": before[0].isoformat(), "to": after[0].isoformat()}
        if before[1] is not None and before[1] != after[1]:
            values["from_known"] = before[1].isoformat()
        if after[1] is not None:
            values["to_known"] = after[1].isoformat()
        return values

    def figure_address(self) -> dict[str, str]:
        """The later point's dates, so that whoever asked why it moved finds the figure of that day again."""
        if not self.is_right:
            return {}
        days = (("as_at", self.last), ("known_at", self.last_known))
        found = {name: field.data.isoformat() for name, field in days if field.data}
        instant = self.instants.get("to_known")
        if instant is not None and instant != clock.end_of_day(self.last_known.data):
            found["known_at"] = instant.isoformat()
        return found

    def _known(self, name: str, field: Field) -> datetime | None:
        if name in self.instants:
            return self.instants[name]
        return clock.end_of_day(field.data) if field.data else None

    def _is_in_order(self) -> bool:
        before, after = self.before, self.after
        if before[0] > after[0]:
            self.add_error("“From” must be no later than “To”", "first")
            return False
        if before == after:
            self.add_error(
                "“From” and “To” are the same day, as known at the same time: choose another", "first"
            )
            return False
        if before[1] is not None and after[1] is not None and before[1] > after[1]:
            self.add_error("What was known first must be no later than what was known last", "first_known")
            return False
        for on, name in ((before[0], "first_known"), (after[0], "last_known")):
            known = self[name]
            if known.data and known.data < on:
                self.add_error(known_too_early(known, on), name)
                return False
        return True


def _fill(boxes: MultiDict[str, str], instants: dict[str, datetime], name: str, typed: str) -> None:
    """A link's day or instant into the boxes, as if it had been typed."""
    if name in _DAYS:
        on = rules.as_at_from(typed)
    else:
        instants[name] = rules.known_at_from(typed)
        on = clock.day_of(instants[name])
    for part in ("day", "month", "year"):
        boxes[f"{name}-{part}"] = str(getattr(on, part))


def _check_not_in_the_future(field: Field) -> None:
    if field.data and field.data > clock.today():
        raise ValidationError(f"“{field.label.text}” must be today or a day in the past")
