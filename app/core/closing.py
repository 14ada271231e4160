"""What is used until a last day and closed after it: chosen for no later day, named wherever it was used."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, or_, true
from sqlalchemy.orm import Mapped


class Closes:
    """What can be closed. `last_day` is the last on which it is used, and counts; None while it has none.

    A venue that is given up with 31 March 2026 takes a session on that day, and none on 1 April.
    """

    last_day: Mapped[date | None]

    if TYPE_CHECKING:
        __tablename__: str
        id: Mapped[int]
        name: Mapped[str]

    def is_closed_on(self, day: date) -> bool:
        return self.last_day is not None and self.last_day < day


def offered(model: type[Any], on: date | None, also: Collection[int] = ()) -> ColumnElement[bool]:
    """Those that can be chosen on a day, which are not closed by then, and `also` those that were chosen
    already. Without a day everything is, for a list of all or a filter."""
    if on is None:
        return true()
    return or_(model.last_day.is_(None), model.last_day >= on, model.id.in_(also))
