"""Where a target will stand at its deadline: exact arithmetic on counts, and nothing else (4.11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor

from app.core.filters import plural
from app.core.workdays import is_working_day
from app.programmes.models import USUAL_CAPACITY

DEFAULT_ABSENCE = Fraction(1, 10)


def last_useful_start(deadline: date, days: int) -> date:
    """The last day on which a course of so many weekly days can begin that ends by the deadline.

    Five days by Thursday 31 March 2022: Thursday 3 March. Every day of it is a working day.
    """
    start = deadline - timedelta(weeks=days - 1)
    while not all(is_working_day(start + timedelta(weeks=number)) for number in range(days)):
        start -= timedelta(days=1)
    return start


def is_over(deadline: date | None, on: date) -> bool:
    """Whether a deadline, if there is one, is over on a day. It includes its own."""
    return deadline is not None and on > deadline


def forecast_day(deadline: date | None, until: date | None) -> date | None:
    """The day that a forecast is for: the deadline or, where a day to come before that is asked for, that
    day. After the deadline nothing counts, whatever day is asked for."""
    return min((one for one in (until, deadline) if one), default=None)


@dataclass(frozen=True)
class Forecast:
    """What is expected at the deadline, from what is complete, what is booked and which places are free.

    `complete` (C) of `people` (N, None for a flow) where `required` (R) are wanted; `booked` (B) people's
    confirmed places, with the marks that they have, cover all that they lack by the deadline; `free` (S) are
    the places that the others could still take, `single_days` of them people who would catch up; `absence`
    (a) is the share of booked people who are expected not to come. All are people, none is a percentage.

    28 February, N = 110, R = 88: C = 41, B = 30, S = 14 and a = 10% give likely 68, best 71, a ceiling of 80,
    23 people to book and 9 places short.
    """

    required: int
    people: int | None
    complete: int
    booked: int
    free: int
    absence: Fraction = DEFAULT_ABSENCE
    absence_words: str = ""
    usual_capacity: int = USUAL_CAPACITY
    single_days: int = 0
    shut_out: int = 0

    @property
    def gap(self) -> int:
        """How many are still missing today."""
        return max(0, self.required - self.complete)

    @property
    def unbooked(self) -> int | None:
        """U: who is neither complete nor booked; None for a flow, which has no list of people."""
        return None if self.people is None else self.people - self.complete - self.booked

    @property
    def can_book(self) -> int | None:
        """Those of them whom a place could be for; None for a flow."""
        return None if self.unbooked is None else self.unbooked - self.shut_out

    @property
    def best(self) -> int:
        """Everybody who is booked comes."""
        return self.complete + self.booked

    @property
    def likely(self) -> int:
        """Of those booked the usual share does not come."""
        return self.complete + floor(self.booked * (1 - self.absence))

    @property
    def ceiling(self) -> int:
        """Every free place is taken besides, and the usual share does not come."""
        return self.complete + floor((self.booked + self.takers) * (1 - self.absence))

    @property
    def takers(self) -> int:
        """How many of those who are not booked there is a place for."""
        return self.free if self.can_book is None else min(self.free, self.can_book)

    @property
    def to_book(self) -> int:
        """How many more people must be booked so that the target is likely to be met."""
        return ceil(max(0, self.required - self.likely) / (1 - self.absence))

    @property
    def is_just_enough(self) -> bool:
        """Whether only the rounding asks for more people than can be booked: likely is rounded down and what
        is to book up, while every place filled is enough. Then nothing is impossible, and no place missing.

        C = 15, B = 22, S = 28 and a = 10%, where 60 are required: likely 34, 29 to book, and a ceiling of 60.
        """
        return self.to_book > self.takers and self.ceiling >= self.required

    @property
    def is_impossible(self) -> bool:
        """More would have to be booked than there are people who are not, and who may be."""
        if self.can_book is None or self.is_just_enough:
            return False
        return self.to_book > self.can_book

    @property
    def place_shortfall(self) -> int:
        """How many places are missing for the people who must still be booked."""
        return 0 if self.is_just_enough else max(0, self.to_book - self.free)

    @property
    def extra_runs(self) -> int:
        """How many more runs of the usual capacity make up for the missing places."""
        return ceil(Fraction(self.place_shortfall, self.usual_capacity))

    @property
    def to_be_done(self) -> tuple[int | None, int | None, int | None]:
        """People to book, places and runs missing, as files tell it: nothing of it where it is impossible, as
        no run helps where too few people are left."""
        if self.is_impossible:
            return None, None, None
        return self.to_book, self.place_shortfall, self.extra_runs

    @property
    def impossible_words(self) -> str:
        """In place of the number of people to book: "Impossible: only 2 people are not booked"."""
        return f"Impossible: {self._why_impossible}"

    @property
    def _why_impossible(self) -> str:
        if not self.unbooked:
            return "everybody else is booked"
        if self.to_book <= self.unbooked:
            few = f"only {self.can_book:,}" if self.can_book else "none"
            return f"{few} of those not booked may book: widen the audience, or change whom the target counts"
        return f"only {plural(self.unbooked, 'person is', 'people are')} not booked"

    @property
    def short_even_if_full(self) -> int:
        """How far the target would be missed although every free place were taken."""
        return max(0, self.required - self.ceiling)

    @property
    def to_book_in_words(self) -> str:
        """ "Book 23 more people; 14 places exist; 9 more places needed." """
        if not self.to_book:
            return "Nobody more has to be booked."
        words = f"Book {plural(self.to_book, 'more person', 'more people')}"
        if self.is_just_enough:
            takers = plural(self.takers, "person", "people")
            return f"{words}, rounded up; {takers} can be booked, which is just enough."
        if self.is_impossible:
            return f"{words}: impossible, as {self._why_impossible}."
        words += f"; {plural(self.free, 'place exists', 'places exist')}"
        if self.place_shortfall:
            words += f"; {plural(self.place_shortfall, 'more place', 'more places')} needed"
        return f"{words}."
