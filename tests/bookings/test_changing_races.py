"""What the academy does with a run while others book it: nobody is lost, left behind or booked twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.bookings import queries, rules
from app.bookings.models import Booking, BookingState, Seat
from app.core import clock, workdays
from app.core.db import db, writing
from app.people.models import Person
from app.sessions.models import Run, TrainingSession
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.bookings.desk import academy, books, keeps, own, quotas, told
from tests.races import AT_ONCE, at_once

ROUNDS = range(3)
DAY_BEFORE, DAY, WEEK_LATER, FORTNIGHT_LATER = (
    workdays.working_days_after(clock.today(), days) for days in (99, 100, 105, 110)
)
Act = Callable[[], object]


def _runs(capacity: int = 16) -> tuple[Run, Run]:
    course = factories.course(components=1)
    first = factories.run(course, days=[DAY], capacity=capacity)
    return first, factories.run(course, days=[WEEK_LATER], capacity=capacity)


def _open(run_id: int) -> list[Booking]:
    return list(db.session.scalars(queries.open_bookings_on(run_id)))


def _held_seats(run_id: int) -> int:
    of_the_run = TrainingSession.run_id == run_id
    seats = (
        select(func.count()).select_from(Seat).join(TrainingSession, Seat.session_id == TrainingSession.id)
    )
    return db.session.scalar(seats.where(of_the_run, Seat.released_at.is_(None))) or 0


def _while_others_book(app: Flask, run_ids: list[int], act: Act, turn: int) -> dict[int, str]:
    """One of several does `act` at the moment at which each of the others books one of the runs: by person,
    what they were told."""
    people = [factories.staff().id for _ in range(AT_ONCE)]
    news: dict[int, str] = {}

    def one(number: int) -> None:
        with writing():
            if number == turn:
                act()
                return
            run = db.session.get_one(Run, run_ids[number % len(run_ids)])
            person = db.session.get_one(Person, people[number])
            news[people[number]] = "refused"
            rules.book(run=run, person=person, by=own(person), now=clock.now())
            news[people[number]] = "done"

    answers = at_once(app, one)
    assert answers.count("done") == 1 + list(news.values()).count("done")  # the act was not refused
    return news


@pytest.mark.parametrize("turn", ROUNDS)
@pytest.mark.parametrize("goes_on", [True, False], ids=["to another run", "to none"])
def test_u05_nobody_keeps_a_place_on_a_run_that_is_cancelled_at_that_moment(
    app: Flask, turn: int, *, goes_on: bool
) -> None:
    run, other = _runs()
    books(run)
    ids = run.id, other.id

    def cancel() -> None:
        run, other = (db.session.get_one(Run, ident) for ident in ids)
        to_run = other if goes_on else None
        rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Snow", to_run=to_run)

    news = _while_others_book(app, [ids[0]], cancel, turn)
    booked = {person for person, answer in news.items() if answer == "done"}
    assert (_open(ids[0]), _held_seats(ids[0])) == ([], 0)
    went = [one.person_id for one in _open(ids[1])]
    assert len(went) == (len(booked) + 1 if goes_on else 0)
    assert len(went) == len(set(went))
    assert queries.capacity_breaches() == []


@pytest.mark.parametrize("turn", ROUNDS)
def test_am18_whoever_books_one_of_two_runs_that_are_merged_has_one_place(app: Flask, turn: int) -> None:
    run, into = _runs(capacity=4)
    books(run), books(into)
    ids = run.id, into.id

    def merge() -> None:
        run, into = (db.session.get_one(Run, ident) for ident in ids)
        rules.merge_runs(run=run, into=into, by=academy(), now=clock.now())

    news = _while_others_book(app, list(ids), merge, turn)
    booked = {person for person, answer in news.items() if answer == "done"}
    assert (_open(ids[0]), _held_seats(ids[0])) == ([], 0)
    there = _open(ids[1])
    people = [one.person_id for one in there]
    assert (len(people), booked - set(people)) == (len(booked) + 2, set())
    assert len(people) == len(set(people))
    assert sum(one.state is BookingState.CONFIRMED for one in there) == min(4, len(people))
    assert queries.capacity_breaches() == []


@pytest.mark.parametrize("turn", ROUNDS)
def test_u05_whoever_books_while_a_session_moves_knows_its_new_date(app: Flask, turn: int) -> None:
    """They booked before it moved and are told and asked, or saw the new date, or are asked to look again."""
    run, _ = _runs()
    session_id, run_id = run.sessions[0].id, run.id

    def move() -> None:
        session = db.session.get_one(TrainingSession, session_id)
        planned = replace(planned_again(session), held_on=FORTNIGHT_LATER)
        rules.move_session(session=session, planned=planned, by=academy(), now=clock.now())

    news = _while_others_book(app, [run_id], move, turn)
    standing = _open(run_id)
    assert {one.person_id for one in standing} == {who for who, answer in news.items() if answer == "done"}
    moved_at = db.session.get_one(TrainingSession, session_id).dated.recorded_at
    for booking in standing:
        was_told = any(one.startswith("session_changed") for one in told(booking))
        assert was_told is (booking.reconfirm_by is not None)
        assert was_told or booking.created_at >= moved_at
    assert queries.capacity_breaches() == []


@pytest.mark.parametrize("round_", ROUNDS)
def test_u04_of_several_who_are_moved_to_a_run_or_book_it_at_once_two_get_its_two_places(
    app: Flask, round_: int
) -> None:
    """Who was moved waits before the others; what they leave goes to who waited there."""
    to_run = factories.run(factories.course(components=1), days=[FORTNIGHT_LATER], capacity=2)
    runs = [factories.run(to_run.version.course, days=[DAY], capacity=1) for _ in range(AT_ONCE)]
    places, waits = [books(run).id for run in runs], [books(run).id for run in runs]
    others, run_id = [factories.staff().id for _ in range(AT_ONCE)], to_run.id

    def act(number: int) -> None:
        with writing():
            to_run = db.session.get_one(Run, run_id)
            if number % 2 == round_ % 2:
                booking = db.session.get_one(Booking, places[number])
                rules.transfer(booking=booking, to_run=to_run, by=academy(), now=clock.now())
            else:
                person = db.session.get_one(Person, others[number])
                rules.book(run=to_run, person=person, by=own(person), now=clock.now())

    assert at_once(app, act) == ["done"] * AT_ONCE
    there = _open(run_id)
    assert [one.state for one in there].count(BookingState.CONFIRMED) == 2
    assert len({one.person_id for one in there}) == AT_ONCE
    queue = db.session.scalars(queries.queue(run_id)).all()
    assert [one.has_priority for one in queue] == sorted([one.has_priority for one in queue], reverse=True)
    moved = [number for number in range(AT_ONCE) if number % 2 == round_ % 2]
    assert {db.session.get_one(Booking, waits[number]).state for number in moved} == {BookingState.CONFIRMED}
    assert queries.capacity_breaches() == []


@pytest.mark.parametrize("round_", ROUNDS)
def test_am05_no_more_places_are_kept_than_a_session_takes_that_is_cut_at_that_moment(
    app: Flask, round_: int
) -> None:
    run_id = _runs(capacity=12)[0].id

    def act(number: int) -> None:
        with writing():
            run = db.session.get_one(Run, run_id)
            [session] = run.sessions  # read before the lock, as a page does
            if number % 2 == round_ % 2:
                rules.change_capacity(session=session, capacity=6, by=academy(), now=clock.now())
            else:
                keeps(run, 8, DAY_BEFORE)

    assert set(at_once(app, act)) <= {"capacity", "places", "done"}
    run = db.session.get_one(Run, run_id)
    assert (run.capacity, quotas(run)) in [(6, []), (12, [("Partners", 8)])]
    assert queries.capacity_breaches() == []


def test_st06_people_who_swap_at_once_each_have_one_place(app: Flask) -> None:
    """Three change from one run to the other and three the other way; each run had one place left."""
    of = factories.course(components=1)
    runs = [factories.run(of, days=[DAY], capacity=4) for _ in range(2)]
    places = [books(runs[number % 2], factories.staff()) for number in range(AT_ONCE)]
    held, run_ids = [one.id for one in places], [one.id for one in runs]
    people = {one.person_id for one in places}

    def act(number: int) -> None:
        with writing():
            mine = db.session.get_one(Booking, held[number])
            wanted = db.session.get_one(Run, run_ids[(number + 1) % 2])
            rules.swap(given_up=mine, run=wanted, by=own(mine.person), now=clock.now())

    told_at_once = set(at_once(app, act))
    assert "done" in told_at_once
    assert told_at_once <= {"done", "refused"}
    everybody = [one for run_id in run_ids for one in _open(run_id)]
    assert {one.state for one in everybody} == {BookingState.CONFIRMED}
    assert sorted(one.person_id for one in everybody) == sorted(people)
    assert queries.capacity_breaches() == []
