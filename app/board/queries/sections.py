"""What stands in a pack, section by section: its page, PDF, workbook and CSV are all written from this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from app.board.queries import activity, standings
from app.board.queries.definitions import definitions
from app.board.queries.moved import what_moved
from app.board.queries.reach import reach_by_sector
from app.board.queries.shape import Contents, Section
from app.board.queries.weekly_lines import WeeklyLine, weekly_lines
from app.board.queries.whole import Whole, whole
from app.people.queries import Named


def contents(
    *,
    meeting: str,
    as_at: date,
    known_at: datetime,
    is_draft: bool = False,
    everybody: Sequence[Named] | None = None,
) -> Contents:
    """A pack as at a day, as known: every section in its order, but for those with nothing to say.

    It is for a board: small groups are hidden, whoever looks. `everybody` whom it must not name, where they
    are known already.
    """
    told = whole(as_at=as_at, known_at=known_at, is_for_pack=True, everybody=everybody)
    found = weekly_lines(told)
    return Contents(
        weekly_lines=found,
        is_draft=is_draft,
        meeting=meeting,
        as_at=as_at,
        known_at=known_at,
        told=told,
        sections=[one for one in _sections(told, found) if one.rows or one.notes],
    )


def _sections(told: Whole, found: Sequence[WeeklyLine]) -> list[Section]:
    return [
        standings.where_targets_stand(told),
        standings.forecast_of_each(told),
        standings.to_book(told),
        what_moved(told),
        standings.breakdown(told),
        activity.sessions_delivered(told),
        reach_by_sector(told),
        standings.scores(told),
        standings.stated(told),
        standings.milestones(told),
        activity.attendance(told),
        activity.reasons(told),
        activity.turnover(told),
        standings.weeks(found),
        definitions(told),
    ]
