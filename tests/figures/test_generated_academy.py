"""The generator of `make bench` makes what it says, and a figure of it equals a recount of its raw rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from app.bookings.models import Booking, BookingState, Seat
from app.core import clock
from app.core.db import Base, analyze_tables, db
from app.figures import queries
from app.learning.models import Mark
from app.people.models import EmploymentType, Person, Spell
from app.programmes.models import Course
from app.sessions.models import Run, TrainingSession
from tests.bench import academy, board
from tests.bench.workforce import PRACTITIONERS

SMALL = academy.Size(people=300, teams=4, runs=20, bookings=600, marks=1_600, accounts=5)


@pytest.fixture
def counts() -> dict[str, int]:
    """So many thousands of rows are planned for as there are: an earlier test may have had them counted when
    there were few, and a statement of figures then takes a minute."""
    made = academy.fill(db.session.connection(), SMALL)
    db.session.commit()
    analyze_tables()
    return made


def test_the_generator_makes_what_it_says(counts: dict[str, int]) -> None:
    asked = {
        "person": SMALL.people,
        "team": SMALL.teams,
        "run": SMALL.runs,
        "booking": SMALL.bookings,
        "mark": SMALL.marks,
        "target": 6,
    }
    assert {name: counts[name] for name in asked} == asked
    found = {
        name: db.session.scalar(select(func.count()).select_from(Base.metadata.tables[name]))
        for name in counts
    }
    assert found == counts


def test_the_same_seed_makes_the_same_academy() -> None:
    first, second, other = (
        academy.drafted(size, sectors=[1, 2]).rows for size in (SMALL, SMALL, replace(SMALL, seed=1))
    )
    assert first == second
    assert first["mark"] != other["mark"]


def test_its_seats_are_within_capacity_and_belong_to_confirmed_bookings(counts: dict[str, int]) -> None:
    over = (
        select(Seat.session_id)
        .join(TrainingSession, TrainingSession.id == Seat.session_id)
        .where(Seat.number > TrainingSession.capacity)
    )
    assert not db.session.scalars(over).all()
    held = select(Seat.booking_id).distinct()
    confirmed = select(Booking.id).where(Booking.state == BookingState.CONFIRMED)
    assert set(db.session.scalars(held)) == set(db.session.scalars(confirmed))
    waiting = (
        select(Run.code)
        .join(Booking, Booking.run_id == Run.id)
        .where(Booking.state == BookingState.WAITLISTED)
    )
    assert set(db.session.scalars(waiting)) == {"RUN-0010"}


def test_too_many_marks_are_refused() -> None:
    with pytest.raises(ValueError, match="places fewer to mark"):
        academy.fill(
            db.session.connection(), academy.Size(people=50, teams=2, runs=10, bookings=20, marks=500)
        )


def test_coverage_equals_a_recount_of_the_rows(counts: dict[str, int]) -> None:
    today = clock.today()
    in_post = {
        spell.person_id
        for spell in db.session.scalars(select(Spell))
        if spell.covers(today)
        and spell.employment_type is EmploymentType.EMPLOYEE
        and spell.role_group is not None
        and spell.role_group.name in PRACTITIONERS
    }
    completed = _completed("FIVE-A", 5, today)
    assert 0 < len(in_post & completed) < len(in_post) < SMALL.people
    figure = _figures(today)["five-coverage"]
    assert (figure.numerator, figure.denominator) == (len(in_post & completed), len(in_post))


def test_people_trained_equals_a_recount_of_the_rows(counts: dict[str, int]) -> None:
    today = clock.today()
    assert db.session.scalar(select(func.count()).select_from(Person)) == SMALL.people
    for code, size, target in (("FIVE-B", 5, "five-trained"), ("WORKSHOP", 1, "workshop-trained")):
        trained = _completed(code, size, today)
        assert trained
        assert _figures(today)[target].numerator == len(trained)


def test_the_raw_statements_of_the_bench_count_the_same(counts: dict[str, int], engine_name: str) -> None:
    """What the board's page is measured against really is the same work."""
    today = clock.today()
    connection = db.session.connection()
    found = board.recount(lambda words: connection.exec_driver_sql(words).all(), today, engine_name)
    assert found == board.told(today)
    assert len(found) == 8


def _figures(on: date) -> dict[str, queries.Figure]:
    targets = list(db.session.scalars(queries.targets(as_at=on)))
    return {figure.code: figure for figure in queries.figures(targets, as_at=on)}


def _completed(code: str, size: int, on: date) -> set[int]:
    """Who has completed a course, mark by mark and in the plainest words of 4.3."""
    course = db.session.scalars(select(Course).where(Course.code == code)).one()
    days: dict[int, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for mark in db.session.scalars(select(Mark).where(Mark.version_id == course.latest_version.id)):
        if mark.superseded_at is None and mark.counts and mark.held_on <= on:
            days[mark.person_id][mark.component].append(mark)
    return {person for person, marks in days.items() if len(marks) == size and _closes(marks)}


def _closes(marks: dict[int, list[Mark]]) -> bool:
    """Whether on some day the latest mark of every component lies within that day's window."""
    for closing in (mark for component in marks.values() for mark in component):
        latest = [
            max((mark.held_on for mark in component if mark.held_on <= closing.held_on), default=None)
            for component in marks.values()
        ]
        if all(day is not None and (closing.opens_on is None or day >= closing.opens_on) for day in latest):
            return True
    return False
