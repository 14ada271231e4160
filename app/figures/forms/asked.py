"""What an address asks for besides the two dates: which sessions, and which part of a target's people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.core.errors import RuleBroken
from app.figures import queries, rules
from app.figures.forms.dates import DatesForm
from app.figures.queries import Among

PERIODS = {"3": "The last 3 months", "12": "The last 12 months", "year": "Since 1 April"}


def among_from(arguments: Mapping[str, str]) -> Among:
    """Which people: `service=Children in Care&team=North Team` asks for those of one team."""
    return Among(**{one.name: arguments.get(one.name) or None for one in fields(Among)})


def monday_from(arguments: Mapping[str, str]) -> date | None:
    """Which week, by its Monday (`monday=2026-11-23`); None where no Monday is given."""
    try:
        monday = rules.as_at_from(arguments.get("monday", ""))
    except RuleBroken:
        return None
    return None if monday.weekday() else monday


@dataclass(frozen=True)
class SessionsAsked:
    """Which sessions a page is about, as its address says: those of a period."""

    dates: DatesForm
    period: str

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> SessionsAsked:
        """From `?period=12`, with the two dates of every figure."""
        period = arguments.get("period", "")
        return cls(DatesForm.read(arguments), period if period in PERIODS else "3")

    @property
    def first(self) -> date:
        """The first day of the period, which ends with the day of the figures."""
        if self.period == "year":
            return date(queries.year_of(self.last), 4, 1)
        return clock.months_before(self.last, int(self.period)) + timedelta(days=1)

    @property
    def last(self) -> date:
        return self.dates.happened_by

    @property
    def span(self) -> tuple[date, date]:
        return self.first, self.last

    @property
    def address(self) -> dict[str, str]:
        """What links to the rows of these sessions carry."""
        return {"period": self.period, **self.dates.address()}


@dataclass(frozen=True)
class PartAsked:
    """Of which service, or team of it, the people of a page are, as its address says."""

    service: str | None = None
    team: str | None = None
    team_id: int | None = None

    @classmethod
    def read(
        cls, arguments: Mapping[str, str], teams: Sequence[tuple[int, str, int, str, date | None]]
    ) -> PartAsked:
        """From `?service=Duty&team=7`, where there is such a one. A team is asked for with its own service:
        another may have one of the same name."""
        for team_id, team, _service_id, service, _last_day in teams:
            if str(team_id) == arguments.get("team"):
                return cls(service, team, team_id)
        asked = arguments.get("service")
        return cls(asked) if any(service == asked for *_team, service, _last_day in teams) else cls()

    @property
    def among(self) -> Among:
        return Among(service=self.service, team=self.team)

    @property
    def address(self) -> dict[str, Any]:
        """The same for the address of a page."""
        return {"service": self.service, "team": self.team_id}
