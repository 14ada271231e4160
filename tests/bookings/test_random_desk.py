"""Random days at the booking desk, against the same desk kept on paper (paper.py), on two runs of a course.

Whatever is done in whatever order: the same have places, the same hold requests and offers until the same
hour, the same wait in the same order, and no session ever has more seats taken than it has (4.1).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.merging import rules as merging
from app.people.models import Person
from app.programmes.models import ApprovalMode, Promotion
from app.sessions.models import Run
from tests import factories
from tests.bookings.desk import academy, own, partner_of, sector
from tests.bookings.paper import DAYS, Key, Paper

SECTORS = [None, None, None, "Health", "Health", "Police", "Education"]
ALIKE = [(0, 1), (0, 2), (1, 2), (3, 4)]  # who could be one person, being of one sector
KEPT_FOR = [None, "Health", "Police"]
MONDAY = date(2029, 1, 8)
FIRST_DAYS = (date(2029, 9, 3), date(2029, 10, 1))

run_number, which = st.integers(0, 1), st.integers(0, 30)
person, wanted = st.integers(0, len(SECTORS) - 1), st.sampled_from([None, None, 0, 1])


def _one_of(verb: str, *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(verb), *parts)


books_one = _one_of("book", run_number, person, wanted, st.booleans())
answers = st.one_of(
    _one_of("accept", which), _one_of("turn_down", which, st.booleans()), _one_of("approve", which)
)
# Most days begin with places kept on the first run, and with more people who book it than it has places.
beginning = st.tuples(
    st.lists(
        _one_of("keep", st.just(0), st.sampled_from(KEPT_FOR), st.integers(1, 2), st.integers(1, 6)),
        max_size=2,
    ),
    st.lists(_one_of("book", st.just(0), person, st.none(), st.just(True)), min_size=2, max_size=7),
).map(lambda parts: [*parts[0], *parts[1]])
actions = st.lists(
    st.one_of(
        books_one,
        books_one,
        answers,
        answers,
        _one_of("decline", which),
        _one_of("cancel", which),
        _one_of("move", which),
        _one_of("wait", st.sampled_from([3, 8, 24, 49, 80, 100])),
        _one_of("sweep", run_number),
        _one_of("change", run_number, st.integers(0, DAYS - 1), st.integers(1, 4)),
        _one_of("keep", run_number, st.sampled_from(KEPT_FOR), st.integers(1, 3), st.integers(0, 6)),
        _one_of("release", run_number, st.sampled_from(KEPT_FOR)),
        _one_of("merge", run_number),
        _one_of("unite", st.sampled_from(ALIKE), st.booleans()),
    ),
    min_size=3,
    max_size=18,
)


@dataclass
class Desk:
    """The service, and the paper beside it: each action is done on both, or refused by both."""

    paper: Paper
    runs: list[Run]
    people: list[Person]
    now: datetime

    def do(self, verb: str, *parts: Any) -> None:
        self.now += timedelta(seconds=1)
        if verb == "wait":
            self.now += timedelta(hours=parts[0])
        elif verb in {"book", "sweep", "change", "keep", "release", "merge", "unite"}:
            getattr(self, verb)(*parts)
        else:
            self._to_one(verb, *parts)

    def agree(self, on_paper: bool, action: Callable[..., object], **how: Any) -> None:
        refused = nullcontext() if on_paper else pytest.raises(RuleBroken)
        with refused:
            action(now=self.now, **how)

    def book(self, run: int, person: int, wanted: int | None, is_own: bool) -> None:
        by: Actor = own(self.people[person]) if is_own else academy()
        session = None if wanted is None else self.runs[run].sessions[wanted]
        agreed = self.paper.book(run, person, wanted, self.now, is_own=is_own)
        how = {"run": self.runs[run], "person": self.people[person], "session": session, "by": by}
        self.agree(agreed, rules.book, **how)

    def sweep(self, run: int) -> None:
        self.paper.settle(run, self.now)
        rules.settle(self.runs[run], now=self.now)

    def change(self, run: int, day: int, capacity: int) -> None:
        agreed = self.paper.change(run, day, capacity, self.now)
        session = self.runs[run].sessions[day]
        self.agree(agreed, rules.change_capacity, session=session, capacity=capacity, by=academy())

    def keep(self, run: int, for_sector: str | None, places: int, days: int) -> None:
        until = clock.day_of(self.now) + timedelta(days=days)
        agreed = self.paper.keep(run, for_sector, places, until, self.now)
        how = {"run": self.runs[run], "places": places, "kept_until": until, "by": academy()}
        self.agree(agreed, rules.keep_places, sector_id=_id_of(for_sector), **how)

    def release(self, run: int, for_sector: str | None) -> None:
        agreed = self.paper.release(run, for_sector, self.now)
        how = {"run": self.runs[run], "sector_id": _id_of(for_sector), "by": academy()}
        self.agree(agreed, rules.release_quota, **how)

    def merge(self, run: int) -> None:
        agreed = self.paper.merge(run, self.now)
        self.agree(agreed, rules.merge_runs, run=self.runs[run], into=self.runs[1 - run], by=academy())

    def unite(self, alike: tuple[int, int], is_turned: bool) -> None:
        person, into = alike[::-1] if is_turned else alike
        agreed = self.paper.unite(person, into, self.now)
        how = {"survivor": self.people[into], "merged": self.people[person], "by": academy()}
        self.agree(agreed, merging.merge, **how)

    def _to_one(self, verb: str, number: int, *parts: Any) -> None:
        """Something that is done to one of the bookings that are open."""
        entries = [one for one in self.paper.entries if one.state]
        if verb == "move":
            entries = [one for one in entries if one.wanted is None]
        if not entries:
            return
        entry = entries[number % len(entries)]
        booking = self.found()[entry.key]
        if verb == "move":
            to_run = self.runs[1 - entry.run]
            agreed = self.paper.move(entry, self.now)
            self.agree(agreed, rules.transfer, booking=booking, to_run=to_run, by=academy())
            return
        by = own(self.people[entry.person]) if verb in {"accept", "turn_down", "cancel"} else academy()
        more: dict[str, Any] = {"turn_down": {"waits_on": parts[0]} if parts else {}}.get(verb, {})
        agreed = getattr(self.paper, verb)(entry, self.now, **more)
        if verb == "decline":
            more = {"reason": "Cover"}
        self.agree(agreed, getattr(rules, verb), booking=booking, by=by, **more)

    def found(self) -> dict[Key, Booking]:
        """The open bookings of the service, by whose they are and for what."""
        found = {}
        for run, row in enumerate(self.runs):
            days = {session.id: day for day, session in enumerate(row.sessions)}
            for one in db.session.scalars(queries.open_bookings_on(row.id)):
                found[self._person(one), run, days.get(one.session_id or 0)] = one
        return found

    def _person(self, booking: Booking) -> int:
        return next(number for number, one in enumerate(self.people) if one.id == booking.person_id)

    def check(self) -> None:
        """The service and the paper agree, and the invariant of 4.1 holds."""
        found = self.found()
        on_paper = {one.key: (one.state, one.until) for one in self.paper.entries if one.state}
        assert {key: (one.state.value, one.held_until) for key, one in found.items()} == on_paper
        keys = {booking.id: key for key, booking in found.items()}
        for number, run in enumerate(self.runs):
            waiting = [keys[one.id] for one in db.session.scalars(queries.queue(run.id))]
            assert waiting == [one.key for one in self.paper.queue(number)]
            taken = queries.seats_taken([session.id for session in run.sessions])
            assert all(taken[session.id] <= session.capacity for session in run.sessions)
        breaches = [one.problem for one in queries.capacity_breaches()]
        assert [one for one in breaches if "kept for" not in one] == []  # which goes by the real day


@pytest.fixture(autouse=True)
def _is_monday(travel_to: Callable[..., None]) -> None:
    """Whatever day it is really: what is told of without a `now` is asked on the day that the desk opens."""
    travel_to(MONDAY)


def _id_of(for_sector: str | None) -> int | None:
    return sector(for_sector).id if for_sector else None


def _desk(capacity: int, wants_approval: bool, makes_offers: bool) -> Desk:
    terms = {
        "staff_approval": ApprovalMode.MANAGER if wants_approval else ApprovalMode.NONE,
        "promotion": Promotion.OFFER if makes_offers else Promotion.CONFIRM,
    }
    of = factories.course(components=DAYS, terms=terms)
    runs = [
        factories.run(of, days=[first + timedelta(weeks=day) for day in range(DAYS)], capacity=capacity)
        for first in FIRST_DAYS
    ]
    people = [partner_of(one) if one else factories.staff() for one in SECTORS]
    paper = Paper(SECTORS, wants_approval, makes_offers, [[capacity] * DAYS for _ in runs])
    return Desk(paper, runs, people, clock.london_time(MONDAY, time(9)))


@settings(
    max_examples=15,
    phases=[
        Phase.generate
    ],  # what fails is told at once: to make it shorter takes longer than everything else
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    capacity=st.integers(1, 3),
    wants_approval=st.booleans(),
    makes_offers=st.booleans(),
    first=beginning,
    steps=actions,
)
def test_4_1_whatever_happens_at_the_desk_agrees_with_paper(
    database: None,
    capacity: int,
    wants_approval: bool,
    makes_offers: bool,
    first: list[Any],
    steps: list[Any],
) -> None:
    try:
        desk = _desk(capacity, wants_approval, makes_offers)
        for step in [*first, *steps]:
            desk.do(*step)
            desk.check()
    finally:
        db.session.rollback()


def test_4_1_whoever_is_moved_to_a_run_on_which_they_wait_waits_first(database: None) -> None:
    """Two wait on a full run; the second has a place on the other one, and is moved from there."""
    desk = _desk(1, wants_approval=False, makes_offers=False)
    try:
        for person in (4, 6, 3):
            desk.do("book", 0, person, None, True)
        desk.do("book", 1, 3, None, False)
        desk.do("move", 3)
        desk.check()
        assert [one.person for one in desk.paper.queue(0)] == [3, 6]
    finally:
        db.session.rollback()


def test_am18_who_loses_a_day_of_a_merged_run_waits_first_for_all_of_the_other(database: None) -> None:
    """Two wait for all days of a full run; the second has a place on one day of the run that joins it."""
    desk = _desk(1, wants_approval=False, makes_offers=False)
    try:
        for person in (4, 6, 3):
            desk.do("book", 0, person, None, True)
        desk.do("book", 1, 3, 0, False)
        desk.do("merge", 1)
        desk.check()
        assert [one.person for one in desk.paper.queue(0)] == [3, 6]
    finally:
        db.session.rollback()


def test_u15_a_request_that_ran_out_goes_to_the_next_before_places_are_cut(database: None) -> None:
    """One of two places is asked for, one waits: once the time to answer is over, both places are taken."""
    desk = _desk(2, wants_approval=True, makes_offers=False)
    try:
        for person in (6, 2, 3):
            desk.do("book", 0, person, None, True)
        desk.do("wait", 80)
        desk.do("change", 0, 1, 1)  # refused on paper, and so by the service
        desk.do("sweep", 0)
        desk.check()
        assert {key: one.state for key, one in desk.found().items()} == {
            (6, 0, None): BookingState.CONFIRMED,
            (3, 0, None): BookingState.CONFIRMED,
        }
    finally:
        db.session.rollback()


def test_st04_an_offer_stays_one_when_its_run_is_merged(database: None) -> None:
    """Of two who wait on a full run one is offered a place; then everybody moves to the other run."""
    desk = _desk(2, wants_approval=False, makes_offers=True)
    try:
        for person in (0, 1, 2):
            desk.do("book", 0, person, None, True)
        desk.do("cancel", 0)
        desk.do("wait", 3)
        desk.do("merge", 0)
        desk.check()
        assert desk.found()[2, 1, None].state is BookingState.OFFERED
    finally:
        db.session.rollback()


def test_the_paper_can_tell_when_the_service_is_wrong(database: None) -> None:
    """So that the test above is known to look: a place taken behind the rules is seen."""
    desk = _desk(1, wants_approval=False, makes_offers=True)
    desk.do("book", 0, 0, None, True)
    desk.do("book", 0, 1, None, True)
    desk.check()
    desk.found()[1, 0, None].state = BookingState.DECLINED
    db.session.flush()
    with pytest.raises(AssertionError):
        desk.check()
