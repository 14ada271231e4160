"""The booking desk as somebody with paper would keep it: what test_random_desk.py holds the service to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count

from app.core import clock, workdays

DAYS = 2

Key = tuple[int, int, int | None]


@dataclass
class Entry:
    """A booking: whose, of which run, of all its days or one; its state is empty once it is over."""

    number: int
    person: int
    run: int
    wanted: int | None
    queued: datetime
    is_approved: bool
    has_priority: bool = False
    state: str = ""
    until: datetime | None = None
    lapses: int = 0
    passed: datetime | None = None

    @property
    def key(self) -> Key:
        return self.person, self.run, self.wanted

    @property
    def days(self) -> list[int]:
        return list(range(DAYS)) if self.wanted is None else [self.wanted]

    @property
    def holds(self) -> bool:
        return self.state in {"requested", "offered", "confirmed"}


@dataclass
class Paper:
    """Two runs. `sectors` says where each person comes from; staff (None) may need approval. `gone` are
    those who have become one with somebody else; `lost` is when a run was cancelled under whom, and `had`
    when they last got a place."""

    sectors: list[str | None]
    wants_approval: bool
    makes_offers: bool
    capacity: list[list[int]]
    quotas: list[dict[str | None, tuple[int, date]]] = field(default_factory=lambda: [{}, {}])
    entries: list[Entry] = field(default_factory=list)
    cancelled: set[int] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    lost: dict[int, datetime] = field(default_factory=dict)
    had: dict[int, datetime] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=count)

    # --- What is asked of it ---------------------------------------------------------------------------

    def open(self, run: int) -> list[Entry]:
        return [one for one in self.entries if one.run == run and one.state]

    def queue(self, run: int) -> list[Entry]:
        waiting = [one for one in self.open(run) if one.state == "waitlisted"]
        return sorted(waiting, key=lambda one: (not one.has_priority, one.queued, one.number))

    def taken(self, run: int, day: int) -> Counter[str | None]:
        held = [one for one in self.open(run) if one.holds and day in one.days]
        return Counter(self.sectors[one.person] for one in held)

    def fits(self, run: int, days: list[int], sector: str | None, now: datetime) -> bool:
        return all(
            self.taken(run, day).total() + self.kept(run, day, sector, now) < self.capacity[run][day]
            for day in days
        )

    def kept(self, run: int, day: int, sector: str | None, now: datetime) -> int:
        """The places of a day that nobody from this sector may have."""
        force = self.in_force(run, now)
        seats = {one: number for one, number in self.taken(run, day).items() if one is not None}
        beyond = sum(seats.values()) - sum(min(force.get(one, 0), seats[one]) for one in seats)
        kept = sum(
            max(0, places - seats.get(one, 0)) for one, places in force.items() if one not in {None, sector}
        )
        return kept + (max(0, force.get(None, 0) - beyond) if sector is None else 0)

    def in_force(self, run: int, now: datetime) -> dict[str | None, int]:
        today = clock.day_of(now)
        return {one: places for one, (places, until) in self.quotas[run].items() if until >= today}

    # --- What time and free places do ------------------------------------------------------------------

    def expire(self, run: int, now: datetime) -> None:
        """End what ran out; the others in the queue come before whose offer has only just run out."""
        over = [one for one in self.open(run) if one.until is not None and one.until <= now]
        lapsed = [one for one in over if one.state == "offered"]
        for one in over:
            one.until = None
            one.state = "waitlisted" if one in lapsed else ""
            one.lapses += one in lapsed
            if one in lapsed and one.lapses >= 2:
                one.queued, one.has_priority = now, False
        if over:
            self.promote(run, now, apart_from=lapsed)

    def promote(self, run: int, now: datetime, apart_from: list[Entry] | None = None) -> None:
        """Nothing is offered where all who wait let two offers lapse."""
        waiting = self.queue(run)
        if all(one.lapses >= 2 for one in waiting):
            return
        for one in waiting:
            is_passed = one in (apart_from or []) or (one.passed is not None and now < one.passed)
            if not is_passed and self.fits(run, one.days, self.sectors[one.person], now):
                self.give(one, now, is_new=False)

    def settle(self, run: int, now: datetime) -> None:
        self.expire(run, now)
        self.promote(run, now)

    def give(self, one: Entry, now: datetime, *, is_new: bool) -> None:
        if not one.is_approved:
            one.state, one.until = "requested", _at_five(now, 3)
        elif self.makes_offers and not is_new:
            one.state, one.until, one.passed = "offered", _at_five(now, 2), None
        else:
            self.confirm(one, now)

    def confirm(self, one: Entry, now: datetime) -> None:
        one.state, one.until, self.had[one.person] = "confirmed", None, now

    def is_owed(self, person: int) -> bool:
        """Whether somebody lost a place because its run was cancelled, and has had none since."""
        lost, had = self.lost.get(person), self.had.get(person)
        return lost is not None and (had is None or had < lost)

    # --- What people do: each says whether it may be done -----------------------------------------------

    def book(
        self,
        run: int,
        person: int,
        wanted: int | None,
        now: datetime,
        *,
        is_own: bool,
        is_moved: bool = False,
        still_asks: bool = False,
        is_offered: bool = False,
    ) -> bool:
        if is_own and wanted is not None:  # a day alone is for who has begun, which nobody here has
            return any(one.person == person and one.wanted in {None, wanted} for one in self.open(run))
        if run in self.cancelled or person in self.gone:
            return False
        self.expire(run, now)
        held = [one.wanted for one in self.open(run) if one.person == person]
        if wanted in held or (wanted is not None and None in held):
            return True
        if wanted is None and held:
            return False
        self.promote(run, now)
        needs = still_asks or (is_own and self.wants_approval and self.sectors[person] is None)
        one = Entry(next(self.numbers), person, run, wanted, now, not needs, is_moved)
        has_room = self.fits(run, one.days, self.sectors[person], now)
        self.entries.append(one)
        one.state = "waitlisted"
        if has_room:
            self.give(one, now, is_new=not is_offered)
        else:
            one.has_priority = is_moved or self.is_owed(person)
        return True

    def cancel(self, one: Entry, now: datetime) -> bool:
        one.state, one.until = "", None
        self.settle(one.run, now)
        return True

    def move(self, one: Entry, now: datetime) -> bool:
        to, asks, is_offered = 1 - one.run, not one.is_approved, one.state == "offered"
        how = {"is_own": False, "is_moved": True, "still_asks": asks, "is_offered": is_offered}
        if to in self.cancelled or not self.book(to, one.person, None, now, **how):
            return False
        self._put_first(to, one)
        return self.cancel(one, now)

    def _put_first(self, run: int, moved: Entry) -> None:
        """Whom the academy moves waits before the others, even where they waited already: for the same, or
        for all the days where a place on one of them is moved."""
        for there in self.open(run):
            is_same = there.person == moved.person and there.wanted in {None, moved.wanted}
            if is_same and there.state == "waitlisted":
                there.has_priority = True

    def merge(self, run: int, now: datetime) -> bool:
        """Everybody moves to the other run: places first, then those who wait; nobody is there twice."""
        into = 1 - run
        if run in self.cancelled or into in self.cancelled:
            return False
        leaving = sorted(
            self.open(run),
            key=lambda one: (
                one.state != "confirmed",
                not one.holds,
                not one.has_priority,
                one.queued,
                one.number,
            ),
        )
        self.cancelled.add(run)
        offered = [one for one in leaving if one.state == "offered"]
        for one in leaving:
            if one.holds:
                self.lost[one.person] = now
            one.state, one.until = "", None
        for one in leaving:
            asks, is_offered = not one.is_approved, one in offered  # an offer that nobody took stays one
            how = {"is_own": False, "is_moved": True, "still_asks": asks, "is_offered": is_offered}
            self.book(into, one.person, one.wanted, now, **how)
            self._put_first(into, one)
        self.settle(into, now)
        return True

    def unite(self, person: int, into: int, now: datetime) -> bool:
        """Two records become one: of two bookings for one day the better stays, the other seat goes on."""
        if person == into or {person, into} & self.gone:
            return False
        freed = set()
        for run in range(len(self.capacity)):
            both = [one for one in self.open(run) if one.person in {person, into}]
            kept: list[Entry] = []
            for one in sorted(both, key=_best_first):
                if any(set(one.days) & set(other.days) for other in kept):
                    one.state, one.until = "", None
                    freed.add(run)
                else:
                    kept.append(one)
                    one.person = into
        self.gone.add(person)
        for times in (self.lost, self.had):
            known = [times[one] for one in (person, into) if one in times]
            times.update({into: max(known)} if known else {})
        for run in sorted(freed):
            self.settle(run, now)
        return True

    def approve(self, one: Entry, now: datetime) -> bool:
        self.settle(one.run, now)
        if one.is_approved or not one.state:
            return False
        one.is_approved = True
        if one.state == "requested":
            self.confirm(one, now)
        return True

    def decline(self, one: Entry, now: datetime) -> bool:
        self.settle(one.run, now)
        return not one.is_approved and bool(one.state) and self.cancel(one, now)

    def accept(self, one: Entry, now: datetime) -> bool:
        if one.state == "confirmed":
            return True
        self.settle(one.run, now)
        if one.state != "offered":
            return False
        self.confirm(one, now)
        return True

    def turn_down(self, one: Entry, now: datetime, *, waits_on: bool) -> bool:
        self.settle(one.run, now)
        if one.state != "offered":
            return False
        tomorrow = workdays.working_days_after(clock.day_of(now), 1)
        one.passed, one.until = clock.london_time(tomorrow, time(9)), None
        one.state = "waitlisted" if waits_on else ""
        if waits_on:
            one.queued, one.has_priority = now, False
        self.settle(one.run, now)
        return True

    def change(self, run: int, day: int, capacity: int, now: datetime) -> bool:
        if run in self.cancelled:
            return False
        if capacity < sum(self.in_force(run, now).values()):
            return False
        self.expire(run, now)
        if capacity < self.taken(run, day).total():
            return False
        self.capacity[run][day] = capacity
        self.settle(run, now)
        return True

    def keep(self, run: int, sector: str | None, places: int, until: date, now: datetime) -> bool:
        if run in self.cancelled:
            return False
        others = sum(number for one, number in self.in_force(run, now).items() if one != sector)
        if others + places > min(self.capacity[run]):
            return False
        self.quotas[run][sector] = (places, until)
        self.settle(run, now)
        return True

    def release(self, run: int, sector: str | None, now: datetime) -> bool:
        if run in self.cancelled:
            return False
        if self.quotas[run].pop(sector, None):
            self.settle(run, now)
        return True


def _best_first(one: Entry) -> tuple[object, ...]:
    order = ["confirmed", "offered", "requested", "waitlisted"]
    return order.index(one.state), one.wanted is not None, not one.has_priority, one.queued, one.number


def _at_five(now: datetime, working_days: int) -> datetime:
    return clock.london_time(workdays.working_days_after(clock.day_of(now), working_days), time(17))
