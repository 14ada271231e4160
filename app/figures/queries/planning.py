"""How many of those who are booked a forecast expects not to come: 10%, then what happened (4.11)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import FromClause, Select, case, func, select

from app.bookings.models import BookingState
from app.core.days import written
from app.core.db import db, live
from app.figures.queries import places
from app.figures.queries.arithmetic import shown_percent
from app.figures.queries.definitions import percent_in_words
from app.figures.queries.forecast import DEFAULT_ABSENCE
from app.learning.models import ABSENT, THERE, Mark, MarkStatus
from app.sessions.models import SessionDate

ENOUGH_PLACES = 50
LARGEST_SHARE = Fraction(9, 10)  # were it all of them, nobody could ever be booked enough

USUAL_PERCENT = shown_percent(DEFAULT_ABSENCE.numerator, DEFAULT_ABSENCE.denominator)

HOW_PLANNED = (
    f"{USUAL_PERCENT} of those who are booked; from {ENOUGH_PLACES} past places of the programme on, the "
    "share of them that were missed without notice or given up late. Who sent apologies is not among these. "
    "A target may plan with a share of its own."
)


@dataclass(frozen=True)
class PlanningAbsence:
    """The share of booked people whom a programme's forecasts expect not to come.

    `places` are the past places that it is, or would be, measured on, of which so many were `missed` without
    notice and given up `late`; `is_capped`: they were more than is ever taken from the past.
    """

    share: Fraction
    places: int
    is_measured: bool
    missed: int = 0
    late: int = 0
    is_stated: bool = False
    is_capped: bool = False

    @property
    def words(self) -> str:
        """How it came about, which is always shown beside a forecast."""
        return f"{self._percent} of booked people are expected not to come: {self._origin}"

    @property
    def _percent(self) -> str:
        """The share that is planned with; what was stated has all its decimals."""
        if self.is_stated:
            return percent_in_words(100 * Decimal(self.share.numerator) / self.share.denominator)
        return shown_percent(self.share.numerator, self.share.denominator)

    @property
    def _origin(self) -> str:
        if self.is_stated:
            return "what the target plans with"
        if self.is_capped:
            return f"the most that is taken from the past; {self._parts}"
        if self.is_measured:
            return self._parts
        return (
            f"the programme’s own share is used from {ENOUGH_PLACES} past places on, and it has "
            f"{self.places:,}"
        )

    @property
    def _parts(self) -> str:
        """ "of the programme’s 99 past places 10 were missed without notice and 1 was given up late"."""
        return (
            f"of the programme’s {self.places:,} past places {_were(self.missed)} missed without notice and "
            f"{_were(self.late)} given up late"
        )


def _were(places: int) -> str:
    if places == 0:
        return "none was"
    return "1 was" if places == 1 else f"{places:,} were"


def planned_at(percent: Decimal) -> PlanningAbsence:
    """What a target itself plans with, in place of its programme's past: 12.5% is 1 in 8."""
    return PlanningAbsence(Fraction(percent) / 100, 0, is_measured=False, is_stated=True)


def planning_absence(
    programme_ids: Collection[int], *, as_at: date, known_at: datetime | None = None
) -> dict[int, PlanningAbsence]:
    """The planning non-attendance of each programme, in one statement.

    10% at first; from 50 past places on the programme's own share, up to 90%: who was absent without notice
    (U-02) or gave up late, of all places that were not given up in time. Of 400 places 20 no-shows and 12
    given up late are 32 of 400, 8%; 4 with apologies on the day are among the 400 alone. A place that the
    register says nothing of is in neither number.
    """
    counts = _counts(programme_ids, as_at, known_at) if programme_ids else {}
    return {one: _planned(*counts.get(one, (0, 0, 0))) for one in programme_ids}


def _planned(past: int, missed: int, late: int) -> PlanningAbsence:
    if past < ENOUGH_PLACES:
        return PlanningAbsence(DEFAULT_ABSENCE, past, is_measured=False)
    share = Fraction(missed + late, past)
    return PlanningAbsence(
        min(share, LARGEST_SHARE),
        past,
        is_measured=True,
        missed=missed,
        late=late,
        is_capped=share > LARGEST_SHARE,
    )


def _counts(
    programme_ids: Collection[int], as_at: date, known_at: datetime | None
) -> dict[int, tuple[int, int, int]]:
    """Of each programme the past places of which it is known what became, those that were missed without
    notice, and those that were given up late.

    Counted by session, since a programme may have hundreds of thousands of places: who came without a place
    makes up for somebody of whom the same register says nothing.
    """
    past = places.sessions_of_runs(known_at).where(SessionDate.held_on <= written(as_at)).subquery()
    booked = _booked(past, known_at).where(past.c.programme_id.in_(sorted(programme_ids))).subquery()
    said = _said(known_at).subquery()
    known = case((said.c.said < booked.c.stood, said.c.said), else_=booked.c.stood)
    statement = (
        select(
            booked.c.programme_id,
            func.sum(known + booked.c.late),
            func.sum(said.c.missed),
            func.sum(booked.c.late),
        )
        .join_from(booked, said, said.c.session_id == booked.c.session_id)
        .where(said.c.not_held == 0)
        .group_by(booked.c.programme_id)
    )
    return {
        programme: (int(past), int(missed), int(late))
        for programme, past, missed, late in db.session.execute(statement)
    }


def _booked(sessions: FromClause, known_at: datetime | None) -> Select[Any]:
    """How many places of each session stood until it was held, and how many were given up late."""
    one = places.confirmed_bookings(known_at).subquery()
    counted = (
        select(
            one.c.run_id,
            one.c.session_id,
            places.how_many(one.c.state == BookingState.CONFIRMED).label("stood"),
            places.how_many(one.c.state == BookingState.CANCELLED_LATE).label("late"),
        )
        .group_by(one.c.run_id, one.c.session_id)
        .subquery()
    )
    return (
        select(
            sessions.c.session_id,
            sessions.c.programme_id,
            func.sum(counted.c.stood).label("stood"),
            func.sum(counted.c.late).label("late"),
        )
        .join_from(sessions, counted, places.is_for(counted, sessions))
        .group_by(sessions.c.session_id, sessions.c.programme_id)
    )


def _said(known_at: datetime | None) -> Select[Any]:
    """Of how many people each session's register says something, how many of them were absent without
    notice, and whether it says that the session was not held."""
    return (
        select(
            Mark.session_id,
            places.how_many(Mark.status.in_((*THERE, *ABSENT))).label("said"),
            places.how_many(Mark.status == MarkStatus.ABSENT_NO_NOTICE).label("missed"),
            places.how_many(Mark.status == MarkStatus.NOT_HELD).label("not_held"),
        )
        .where(live(Mark, known_at))
        .group_by(Mark.session_id)
    )
