"""Random booking, cancelling, catching up and changing of capacity, against a plain list of who has what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.bookings import queries, rules
from app.bookings.models import BookingState
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from tests import factories

PEOPLE = 5
DAYS = 2

actions = st.lists(
    st.one_of(
        st.tuples(st.just("book"), st.integers(0, PEOPLE - 1), st.sampled_from([None, 0, 1])),
        st.tuples(st.just("cancel"), st.integers(0, 20), st.none()),
        st.tuples(st.just("capacity"), st.integers(0, DAYS - 1), st.integers(1, 3)),
    ),
    min_size=1,
    max_size=14,
)


@dataclass
class Oracle:
    """Places as somebody with paper would keep them: lists of (person, day or None), in order of arrival."""

    capacity: list[int]
    confirmed: list[tuple[int, int | None]] = field(default_factory=list)
    waiting: list[tuple[int, int | None]] = field(default_factory=list)

    def fits(self, wanted: int | None) -> bool:
        return all(
            self.taken(day) < self.capacity[day] for day in range(DAYS) if wanted is None or wanted == day
        )

    def taken(self, day: int) -> int:
        return sum(1 for _, one in self.confirmed if one is None or one == day)

    def book(self, person: int, wanted: int | None) -> bool:
        held = {one for who, one in [*self.confirmed, *self.waiting] if who == person}
        if wanted in held or (wanted is not None and None in held):
            return True
        if wanted is None and held:
            return False
        (self.confirmed if self.fits(wanted) else self.waiting).append((person, wanted))
        return True

    def cancel(self, place: tuple[int, int | None]) -> None:
        (self.confirmed if place in self.confirmed else self.waiting).remove(place)
        self.promote()

    def change(self, day: int, capacity: int) -> bool:
        if capacity < self.taken(day):
            return False
        self.capacity[day] = capacity
        self.promote()
        return True

    def promote(self) -> None:
        for place in list(self.waiting):
            if self.fits(place[1]):
                self.waiting.remove(place)
                self.confirmed.append(place)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=actions)
def test_u04_places_agree_with_a_list_on_paper(database: None, steps: list[Any]) -> None:
    """Whatever is done in whatever order: the same have places, and the same wait in the same order."""
    oracle = Oracle(capacity=[2] * DAYS)
    run = factories.run(factories.course(components=DAYS), capacity=2)
    people = [factories.staff(email=None) for _ in range(PEOPLE)]
    places = {person.id: number for number, person in enumerate(people)}
    days = {session.id: number for number, session in enumerate(run.sessions)}
    by, now = factories.actor(Role.ACADEMY_MANAGER), clock.now()
    try:
        for step, (verb, first, second) in enumerate(steps):
            _do(oracle, run, people, verb, first, second, by=by, now=now + timedelta(seconds=step))
            found = list(db.session.scalars(queries.open_bookings_on(run.id)))
            now_held: dict[bool, list[tuple[int, int | None]]] = {True: [], False: []}
            for one in found:
                is_confirmed = one.state is BookingState.CONFIRMED
                now_held[is_confirmed].append((places[one.person_id], days.get(one.session_id or 0)))
            assert sorted(now_held[True], key=str) == sorted(oracle.confirmed, key=str)
            assert now_held[False] == oracle.waiting
            assert queries.capacity_breaches() == []
    finally:
        db.session.rollback()


def _do(
    oracle: Oracle, run: Any, people: list[Any], verb: str, first: int, second: int | None, **how: Any
) -> None:
    """The same step on paper and in the service; both do it, or both refuse."""
    if verb == "cancel":
        held = list(db.session.scalars(queries.open_bookings_on(run.id)))
        if held:
            booking = held[first % len(held)]
            days = {session.id: number for number, session in enumerate(run.sessions)}
            oracle.cancel((people.index(booking.person), days.get(booking.session_id or 0)))
            rules.cancel(booking=booking, **how)
        return
    if verb == "book":
        agreed = oracle.book(first, second)
        session = None if second is None else run.sessions[second]
        done = _done(lambda: rules.book(run=run, person=people[first], session=session, **how))
    else:
        assert second is not None
        agreed = oracle.change(first, second)
        session = run.sessions[first]
        done = _done(lambda: rules.change_capacity(session=session, capacity=second, **how))
    assert done is agreed


def _done(action: Any) -> bool:
    try:
        action()
    except RuleBroken:
        return False
    return True
