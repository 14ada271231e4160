"""Random marks, bookings and merges, against a plain list of who attended what and who has which place."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.bookings import queries as bookings_queries
from app.bookings import rules as bookings
from app.bookings.models import Booking
from app.core import clock
from app.core.db import db, live
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark
from app.learning.queries import completions, shapes_of
from app.merging import rules
from app.merging.models import Merge
from app.people.models import Person
from tests import factories
from tests.attendance.marking import mark

PEOPLE = 4
DAYS = 2
RUNS = 2

who = st.integers(0, PEOPLE - 1)
which = st.integers(0, RUNS - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("mark"), who, which, st.integers(1, DAYS)),
        st.tuples(st.just("book"), who, which, st.just(0)),
        st.tuples(st.just("merge"), who, who, st.just(0)),
        st.tuples(st.just("undo"), st.just(0), st.just(0), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)

# Two merges one on top of the other, and both undone.
NESTED = [
    ("book", 0, 0, 0),
    ("mark", 3, 0, 2),
    ("merge", 0, 3, 0),
    ("book", 0, 0, 0),
    ("merge", 1, 0, 0),
    ("undo", 0, 0, 0),
    ("undo", 0, 0, 0),
]

# Somebody completes, goes on under another record, and comes back: at each time before it was another.
COMPLETED = [
    ("mark", 0, 0, 1),
    ("mark", 0, 0, 2),
    ("merge", 1, 0, 0),
    ("undo", 0, 0, 0),
]


class Paper:
    """Who attended which day of the course, and which record goes on for which, kept by hand."""

    def __init__(self) -> None:
        self.days: dict[int, set[tuple[int, int]]] = {number: set() for number in range(PEOPLE)}
        self.stands = set(range(PEOPLE))
        self.before: list[tuple[int, int, dict[int, set[tuple[int, int]]]]] = []

    def merge(self, survivor: int, merged: int) -> None:
        self.before.append((survivor, merged, {number: set(days) for number, days in self.days.items()}))
        self.days[survivor] |= self.days[merged]
        self.days[merged] = set()
        self.stands.discard(merged)

    def undo(self, since: set[tuple[int, int]]) -> None:
        """Each record has what it had; what the one that went on got since stays with it."""
        survivor, merged, was = self.before.pop()
        self.days[merged] = was[merged]
        self.days[survivor] = was[survivor] | since
        self.stands.add(merged)

    def completed(self) -> set[int]:
        return {number for number, days in self.days.items() if {day for _, day in days} == {1, 2}}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
@example(steps=NESTED)
@example(steps=COMPLETED)
def test_u07_completion_agrees_with_a_list_on_paper_before_and_after_merges(
    database: None, steps: list[Any]
) -> None:
    """Whatever is marked, booked, merged and undone: the same have completed, as known now and at each time
    before, nobody has two places on one run, and no session is oversold."""
    course = factories.course(components=DAYS)
    past = [_run(course, date(2022, 1, 4)), _run(course, date(2022, 1, 18))]
    coming = [factories.run(course, capacity=2) for _ in range(RUNS)]
    people = [factories.staff(email=None) for _ in range(PEOPLE)]
    numbers = {person.id: number for number, person in enumerate(people)}
    paper, merges, known = Paper(), [], []
    by, start = factories.actor(Role.ACADEMY_MANAGER), clock.now()
    shapes = shapes_of([course.id])  # the course stays as it is
    try:
        for step, (verb, first, second, third) in enumerate(steps):
            now = start + timedelta(minutes=step)
            if verb == "mark" and first in paper.stands:
                mark(past[second], third, people[first], at=now)
                paper.days[first].add((second, third))
            elif verb == "book" and first in paper.stands:
                bookings.book(run=coming[second], person=people[first], by=by, now=now, reason="Test")
            elif verb == "merge" and {first, second} <= paper.stands and first != second:
                merges.append(rules.merge(survivor=people[first], merged=people[second], by=by, now=now))
                paper.merge(first, second)
            elif verb == "undo" and merges:
                _undo(paper, merges, by=by, now=now)
            db.session.flush()
            known.append((now, paper.completed()))
            _check(shapes, numbers, known, coming)
    finally:
        db.session.rollback()


def _run(course: Any, first: date) -> Any:
    return factories.run(course, days=[first + timedelta(days=number) for number in range(DAYS)])


def _undo(paper: Paper, merges: list[Merge], **how: Any) -> None:
    """The latest merge, unless a seat that it freed was passed on."""
    survivor, _, was = paper.before[-1]
    since = paper.days[survivor] - was[survivor] - was[paper.before[-1][1]]
    told = _told(merges[-1], **how)
    if told is None:
        merges.pop()
        paper.undo(since)
    else:
        assert "passed on" in told


def _told(merge: Merge, **how: Any) -> str | None:
    """Why a merge could not be undone; nothing of it is kept then."""
    begun = db.session.begin_nested()
    try:
        rules.undo(merge=merge, **how)
    except RuleBroken as refused:
        begun.rollback()
        db.session.expire_all()
        return refused.message
    return None


def _check(shapes: dict[int, Any], numbers: dict[int, int], known: list[Any], coming: list[Any]) -> None:
    for moment, expected in known:
        asked = completions([*shapes], as_at=date(2022, 2, 1), known_at=moment, shapes=shapes)
        rows = db.session.execute(asked)
        assert {numbers[row.person_id] for row in rows} == expected
    for run in coming:
        held = [one.person_id for one in db.session.scalars(bookings_queries.open_bookings_on(run.id))]
        assert len(held) == len(set(held))
    assert bookings_queries.capacity_breaches() == []
    pairs = db.session.execute(select(Mark.person_id, Mark.session_id).where(live(Mark))).all()
    assert len(pairs) == len(set(pairs))
    merged = select(Booking.id).join(Booking.person).where(Person.merged_into_id.is_not(None))
    assert not db.session.scalars(merged.where(Booking.state.in_(bookings_queries.OPEN_STATES))).all()
