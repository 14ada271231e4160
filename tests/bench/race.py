"""Two hundred people race over HTTP for the twenty places of one run, again and again (U-04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.bookings.models import Booking, BookingState, Seat
from app.core import clock
from app.core.db import db
from app.sessions.models import SessionDate, TrainingSession
from tests import factories
from tests.bench.crowd import Answer, Ask, all_at_once
from tests.bench.results import Bound, Result, percentile
from tests.bench.server import gunicorn
from tests.bench.stage import Place, Stage

PEOPLE = 200
PLACES = 20
RACES = 100


def measure(stage: Stage) -> Iterator[Result]:
    for engine in stage.engines:
        place = stage.academy(engine)
        people, places, races = (PEOPLE, PLACES, RACES) if not stage.is_quick else (40, 4, 3)
        with place.app.app_context():
            asks = signed_in(place, people)
            with gunicorn(place.environment, workers=2) as server:
                _race(server.port, asks, places)  # the first requests of a new worker are not counted
                found = [_race(server.port, asks, places) for _ in range(races)]
        yield from _lines(engine, people, places, found)


def signed_in(place: Place, number: int) -> list[Ask]:
    """So many practitioners with accounts, each with a session, asking for nothing yet."""
    users = db.session.scalars(
        select(User).where(User.person_id.is_not(None)).order_by(User.id).limit(number)
    ).all()
    assert len(users) == number, f"There are only {len(users)} practitioners with accounts."
    asks = []
    for user in users:
        cookie, token = place.cookie(user)
        form = {"csrf_token": token, "person": str(user.person_id)}
        asks.append(Ask("", cookie, form, who=user.person_id or 0))
    return asks


def free_days(number: int) -> list[date]:
    """So many days, one after the other, on which no run is held yet: nobody may be at two."""
    last = db.session.scalar(select(func.max(SessionDate.held_on))) or clock.today()
    first = max(last + timedelta(days=1), clock.today() + timedelta(days=30))
    return [first + timedelta(days=day) for day in range(number)]


def of_run(ask: Ask, run_id: int) -> Ask:
    """The same person, booking a run."""
    return Ask(f"/runs/{run_id}/book", ask.cookie, ask.form, ask.who)


def _race(port: int, asks: Sequence[Ask], places: int) -> tuple[Counter[str], list[float]]:
    """One race: how many were confirmed, waited and saw an error, and how long the winners waited."""
    run_id = factories.run(factories.course(components=2), capacity=places, days=free_days(2)).id
    db.session.commit()  # nothing is asked between this and the race: it would keep SQLite's writers waiting
    answers = all_at_once(port, [of_run(ask, run_id) for ask in asks])
    found, winners = _outcome(run_id, answers)
    db.session.rollback()
    return found, [answer.seconds for answer in answers if answer.ask.who in winners]


def _outcome(run_id: int, answers: Sequence[Answer]) -> tuple[Counter[str], set[int]]:
    """What the database says of the run, and what the browsers were told."""
    rows = db.session.execute(select(Booking.state, Booking.person_id).where(Booking.run_id == run_id)).all()
    states = Counter(state for state, _ in rows)
    seats = (
        select(func.count())
        .select_from(Seat)
        .join(TrainingSession, TrainingSession.id == Seat.session_id)
        .where(TrainingSession.run_id == run_id, Seat.released_at.is_(None))
    )
    found = Counter(
        confirmed=states[BookingState.CONFIRMED],
        waiting=states[BookingState.WAITLISTED],
        seats=db.session.scalar(seats) or 0,
        errors=sum(answer.status != 302 or "/bookings/" not in answer.location for answer in answers),
    )
    return found, {person for state, person in rows if state is BookingState.CONFIRMED}


def _lines(
    engine: str, people: int, places: int, found: Sequence[tuple[Counter[str], list[float]]]
) -> Iterator[Result]:
    wanted = {"confirmed": places, "waiting": people - places, "seats": 2 * places, "errors": 0}
    what = f"{people} people race for {places} places over HTTP"
    exact = sum(dict(counts) == wanted for counts, _ in found)
    detail = [dict(counts) for counts, _ in found]
    races = len(found)
    yield Result(
        f"{what}: exactly {places} confirmed, {people - places} waiting, no error",
        engine,
        f"of {races} races",
        exact,
        bound=Bound(races, is_least=True),
        detail=detail,
    )
    waits = [seconds for _, winners in found for seconds in winners]
    bound = Bound(0.25) if engine == "postgresql" else None
    yield Result(f"{what}: winners’ p95", engine, "s", percentile(waits, 0.95), bound=bound)
