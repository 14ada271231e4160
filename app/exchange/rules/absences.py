"""What HR's file says of long-term absences, beside those that are known. (4.6)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from app.core.filters import day as in_words
from app.core.filters import listed
from app.exchange.files import HrRow
from app.exchange.rules.known import KnownAbsence
from app.exchange.rules.timeline import DAY, Timeline


class Away(NamedTuple):
    """An absence to record, in place of the known ones that it overlaps."""

    first_day: date
    last_day: date | None
    replaces: list[KnownAbsence]

    @property
    def what(self) -> str:
        """ "Long-term absence from 1 June 2021, no last day yet, not from 10 May 2021 to 30 June 2021"."""
        until = f" to {in_words(self.last_day)}" if self.last_day else ", no last day yet"
        others = [one for one in self.replaces if one.first_day != self.first_day]
        instead = f", not {listed(_days(one) for one in others)}" if others else ""
        return f"Long-term absence from {in_words(self.first_day)}{until}{instead}"

    def begins_out_of_post(self, timeline: Timeline) -> bool:
        """Who started in 2021 was not away from 2019; what is known to begin then may change its last day."""
        if any(one.first_day == self.first_day for one in self.replaces):
            return False
        return not any(one.first_day <= self.first_day and one.reaches(self.first_day) for one in timeline)


def away_by(row: HrRow, known: Sequence[KnownAbsence], *, effective: date) -> Away | None:
    """The absence that a line makes known, or None when it changes none.

    Nobody is absent twice on one day: from 10 May here and from 1 June in the file is one absence, which the
    file dates otherwise. An open one that the line no longer has ends the day before `effective`, since that
    is when the file finds the person back.
    """
    begins, ends = row.long_term_absence_from, row.long_term_absence_to
    if begins is None:
        away = [one for one in known if not one.last_day and one.first_day < effective]
        if not away:
            return None
        begins, ends = away[-1].first_day, effective - DAY
    same = [one for one in known if _overlap(one, begins, ends)]
    if [(one.first_day, one.last_day) for one in same] == [(begins, ends)]:
        return None
    return Away(begins, ends, same)


def _overlap(known: KnownAbsence, begins: date, ends: date | None) -> bool:
    return (ends is None or known.first_day <= ends) and (known.last_day is None or begins <= known.last_day)


def _days(known: KnownAbsence) -> str:
    until = f" to {in_words(known.last_day)}" if known.last_day else ""
    return f"from {in_words(known.first_day)}{until}"
