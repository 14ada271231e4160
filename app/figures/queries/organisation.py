"""Those of an organisation who came in a year, of how many that it says it has. (MA-10)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, and_, select

from app.core.db import db, live
from app.figures.queries.arithmetic import shown_percent
from app.learning.models import Mark
from app.people.models import Organisation, Spell, StatedHeadcount
from app.people.queries import covers, stated_headcount

FIRST_DAY, LAST_DAY = (4, 1), (3, 31)


@dataclass(frozen=True)
class YearOfAttendance:
    """How many people of an organisation came in a year, and how many it says that it has, if it said so."""

    year: int
    attended: frozenset[int]
    stated: StatedHeadcount | None

    @property
    def count(self) -> int:
        return len(self.attended)

    @property
    def shown(self) -> str | None:
        """The share of the stated number: 14 of 60 is "23%"; None while none is stated."""
        return shown_percent(self.count, self.stated.headcount) if self.stated else None

    @property
    def is_more_than_stated(self) -> bool:
        return self.stated is not None and self.count > self.stated.headcount


def year_of(day: date) -> int:
    """The financial year of a day, by the calendar year in which it begins: 31 March 2027 is of 2026-27."""
    return day.year if (day.month, day.day) >= FIRST_DAY else day.year - 1


def year_words(year: int) -> str:
    """A financial year as it is written: "2026-27"."""
    return f"{year}-{(year + 1) % 100:02d}"


def attendance_of_year(organisation: Organisation, year: int, *, as_at: date) -> YearOfAttendance:
    """Those who came in a financial year, up to a day: each counts once, with a mark that counts while they
    belonged to the organisation, whether or not they still do."""
    last = min(as_at, date(year + 1, *LAST_DAY))
    statement = attendees(organisation.id, date(year, *FIRST_DAY), last)
    return YearOfAttendance(
        year=year,
        attended=frozenset(db.session.scalars(statement)),
        stated=db.session.scalar(stated_headcount(organisation.id, year)),
    )


def attendees(organisation_id: int, first: date, last: date) -> Select[tuple[int]]:
    """The ids of the people who came between two days while they belonged to an organisation."""
    belonged = and_(
        Spell.person_id == Mark.person_id,
        live(Spell),
        covers(Spell, Mark.held_on),
    )
    return (
        select(Mark.person_id)
        .distinct()
        .join(Spell, belonged)
        .where(
            Spell.organisation_id == organisation_id,
            live(Mark),
            Mark.counts,
            Mark.held_on >= first,
            Mark.held_on <= last,
        )
    )
