"""The booking desk of a random academy: places, requests and waits, and runs that are cancelled or moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app.bookings.models import Booking, BookingState, Seat
from app.bookings.rules import cancel_run
from app.bookings.rules.places import new_reference
from app.bookings.rules.states import move
from app.core import clock
from app.core.db import db, record, supersede
from app.core.permissions import Role
from app.people.models import Person
from app.sessions.models import Run, RunState, SessionDate, TrainingSession
from tests import factories

TODAY = date(2022, 3, 1)
ACADEMY = factories.actor(Role.ACADEMY_MANAGER, name="Academy")
ENDS = (BookingState.CANCELLED, BookingState.CANCELLED_LATE, BookingState.RELEASED, BookingState.SUBSTITUTED)


@dataclass(frozen=True)
class Event:
    """What was said or happened at an instant: the verb, and what it is about."""

    at: datetime
    verb: str
    about: tuple[Any, ...]


class Desk:
    """Who books what. Each thing that happens is done to the service and written down as an event."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.events: list[Event] = []
        self.runs: list[Run] = []
        self.people: list[Person] = []
        self.states: dict[int, str] = {}

    def _say(self, at: datetime, verb: str, *about: Any) -> None:
        self.events.append(Event(at, verb, about))

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self.chance.randint(0, max(0, (last - first).days)))

    def _bookings(self, run: Run | None = None, *states: BookingState) -> list[Booking]:
        statement = select(Booking).order_by(Booking.id)
        if run is not None:
            statement = statement.where(Booking.run_id == run.id)
        if states:
            statement = statement.where(Booking.state.in_(states))
        return list(db.session.scalars(statement))

    def _open_runs(self, at: datetime) -> list[Run]:
        return [
            run
            for run in self.runs
            if run.state is RunState.SCHEDULED
            and run.created_at <= at
            and min(session.held_on for session in run.sessions) > at.date()
        ]

    def _book(self, at: datetime) -> None:
        """A place, a request or a wait for a run, or for one day of it."""
        open_runs = self._open_runs(at)
        if not open_runs:
            return
        run, person = self.chance.choice(open_runs), self.chance.choice(self.people)
        if any(one.person_id == person.id and one.state.is_open for one in self._bookings(run)):
            return
        session = self.chance.choice([None, None, None, self.chance.choice(run.sessions)])
        numbers = self._free_numbers([session] if session else list(run.sessions))
        state = self.chance.choice([*[BookingState.CONFIRMED] * 5, BookingState.REQUESTED])
        if numbers is None:
            state = BookingState.WAITLISTED
        booking = Booking(
            reference=new_reference(), run=run, session=session, person=person, queued_at=at, created_at=at
        )
        db.session.add(booking)
        self._move(booking, state, at, numbers)
        self._say(at, "booked", booking.id, person.id, tuple(one.id for one in booking.sessions))
        self._look_at_the_desk(at)

    def _move(
        self, booking: Booking, to: BookingState, at: datetime, numbers: dict[int, int] | None = None
    ) -> None:
        until = at + timedelta(days=400) if to.is_held_for_a_time else None
        with db.session.no_autoflush:
            move(booking, to, by=ACADEMY, now=at, numbers=numbers, held_until=until)

    def _free_numbers(self, sessions: list[TrainingSession]) -> dict[int, int] | None:
        numbers = {}
        for session in sessions:
            live = (Seat.session_id == session.id, Seat.released_at.is_(None))
            taken = set(db.session.scalars(select(Seat.number).where(*live)))
            if len(taken) >= session.capacity:
                return None
            numbers[session.id] = min(set(range(1, session.capacity + 1)) - taken)
        return numbers

    def _confirm(self, at: datetime) -> None:
        open_runs = self._open_runs(at)
        waiting = [
            one
            for one in self._bookings(None, BookingState.REQUESTED, BookingState.WAITLISTED)
            if one.run in open_runs
        ]
        if not waiting:
            return
        booking = self.chance.choice(waiting)
        numbers = None
        if booking.state is BookingState.WAITLISTED:
            numbers = self._free_numbers(booking.sessions)
            if numbers is None:
                return
        self._move(booking, BookingState.CONFIRMED, at, numbers)
        self._look_at_the_desk(at)

    def _end(self, at: datetime) -> None:
        confirmed = [
            one for one in self._bookings(None, BookingState.CONFIRMED) if one.run in self._open_runs(at)
        ]
        if confirmed:
            self._move(self.chance.choice(confirmed), self.chance.choice(ENDS), at)
            self._look_at_the_desk(at)

    def _cancel(self, at: datetime) -> None:
        open_runs = self._open_runs(at)
        if open_runs and self.chance.random() < 0.5:
            run = self.chance.choice(open_runs)
            cancel_run(run=run, by=ACADEMY, now=at, reason="Test")
            self._say(at, "run cancelled", run.id)
            self._look_at_the_desk(at)

    def _postpone(self, at: datetime) -> None:
        """A session to come is held on another day to come."""
        open_runs = self._open_runs(at)
        if not open_runs:
            return
        session = self.chance.choice(list(self.chance.choice(open_runs).sessions))
        on = self._day(at.date() + timedelta(days=1), TODAY + timedelta(days=90))
        before = session.dated
        known_from = supersede(before, by="Tests", now=at)
        dated = SessionDate(
            session_id=session.id,
            held_on=on,
            starts_at=clock.london_time(on, time(9, 30)),
            ends_at=clock.london_time(on, time(16, 30)),
        )
        record(dated, by="Tests", now=known_from)
        db.session.flush()
        db.session.expire_all()
        self._say(at, "moved", session.id, on)

    def _look_at_the_desk(self, at: datetime) -> None:
        """What became of each booking, seats that were passed on included."""
        for booking in self._bookings():
            if self.states.get(booking.id) != booking.state.value:
                self.states[booking.id] = booking.state.value
                self._say(at, "became", booking.id, booking.state.value)
