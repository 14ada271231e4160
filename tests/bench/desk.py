"""The booking desk under load: storms on one full run, and a steady mix of everything (U-04)."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Thread

from sqlalchemy import func, select, update

from app.bookings import jobs, queries
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db, writing
from app.core.permissions import Role
from app.outbox.models import Message
from app.programmes.models import ApprovalMode, Promotion
from tests import factories
from tests.bench.crowd import Answer, Ask, all_at_once, so_many_at_a_time
from tests.bench.race import free_days, of_run, signed_in
from tests.bench.results import Bound, Result, percentile
from tests.bench.server import gunicorn
from tests.bench.stage import Place, Stage

ENGINE = "postgresql"
PEOPLE = 40
PLACES = 10
STORMS = 100
MIX_PEOPLE = 200
AT_A_TIME = 4
TERMS = {"staff_approval": ApprovalMode.MANAGER, "promotion": Promotion.OFFER}


def measure(stage: Stage) -> Iterator[Result]:
    if ENGINE not in stage.engines:
        return
    yield from _storms(stage)
    yield from _mixes(stage)


# --- Storms --------------------------------------------------------------------------------------------


def _storms(stage: Stage) -> Iterator[Result]:
    """Bookings, cancellations, approvals, answers to offers and expiries, all at once on one full run."""
    place = stage.academy(ENGINE)
    storms = STORMS if not stage.is_quick else 3
    found: Counter[str] = Counter()
    with place.app.app_context():
        asks, academy = signed_in(place, PEOPLE), _academy(place)
        with gunicorn(place.environment, workers=2) as server:
            for number in range(storms):
                found += _storm(place, server.port, asks, academy, random.Random(number))
    what = f"{storms} storms on one full run over HTTP"
    for name in ("oversold", "error pages"):
        yield Result(f"{what}: {name}", ENGINE, "", found[name], bound=Bound(0), detail=dict(found))


def _storm(place: Place, port: int, asks: Sequence[Ask], academy: Ask, chance: random.Random) -> Counter[str]:
    course = factories.course(components=2, terms=TERMS)
    run = factories.run(course, capacity=PLACES, days=free_days(2))
    run_id, code = run.id, run.code
    db.session.commit()
    answers = all_at_once(port, [of_run(ask, run_id) for ask in asks])
    for _ in range(2):  # the second finds offers that the first has made
        wanted = _everything(run_id, asks, academy, chance)
        sweep = Thread(target=_sweep, args=(place,))
        sweep.start()
        answers += all_at_once(port, wanted)
        sweep.join()
    breaches = [breach for breach in queries.capacity_breaches() if breach.run_code == code]
    db.session.rollback()
    return Counter(
        {
            "requests": len(answers),
            "oversold": len(breaches),
            "error pages": sum(answer.status not in {200, 302} for answer in answers),
        }
    )


def _everything(run_id: int, asks: Sequence[Ask], academy: Ask, chance: random.Random) -> list[Ask]:
    """For each open booking of the run something that may be done with it, and a second try for everybody."""
    rows = db.session.execute(
        select(Booking.id, Booking.person_id, Booking.state).where(
            Booking.run_id == run_id, Booking.state.in_(queries.OPEN_STATES)
        )
    ).all()
    _let_some_run_out(run_id, chance)
    by_person = {ask.who: ask for ask in asks}
    wanted = [of_run(ask, run_id) for ask in chance.sample(list(asks), len(asks) // 2)]
    for ident, person_id, state in rows:
        own = by_person[person_id]
        if state is BookingState.OFFERED:
            wanted.append(_post(own, f"/bookings/{ident}/offer", answer="take"))
        elif state is BookingState.REQUESTED and chance.random() < 0.6:
            wanted.append(_post(academy, f"/bookings/{ident}/request", answer="approve"))
        elif chance.random() < 0.4:
            wanted.append(_post(own, f"/bookings/{ident}/cancel"))
    chance.shuffle(wanted)
    return wanted


def _let_some_run_out(run_id: int, chance: random.Random) -> None:
    """A few holds and offers end this moment, as time ends them."""
    held = list(
        db.session.scalars(
            select(Booking.id).where(Booking.run_id == run_id, Booking.held_until.is_not(None))
        )
    )
    over = chance.sample(held, len(held) // 3)
    db.session.execute(update(Booking).where(Booking.id.in_(over)).values(held_until=clock.now()))
    db.session.commit()


def _sweep(place: Place) -> None:
    with place.app.app_context(), writing():
        jobs.sweep(clock.now())


# --- A steady mix --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mix:
    """What one round of the mix took: requests a second, and the seconds of each kind of request."""

    a_second: float
    seconds: dict[str, list[float]]
    untold: int

    def share(self, kind: str, share: float) -> float:
        return percentile(self.seconds[kind], share)


KINDS = ("browse", "book", "approve", "cancel")


def _mixes(stage: Stage) -> Iterator[Result]:
    """The same mix on an academy of 10,000 people and on one with hardly anything in it, in turn."""
    people = MIX_PEOPLE if not stage.is_quick else 40
    large = stage.academy(ENGINE)
    small = stage.academy(ENGINE, replace(stage.size, runs=2, bookings=people, marks=0))
    found: dict[str, list[Mix]] = {"large": [], "small": []}
    for _ in range(stage.rounds):
        for name, place in (("large", large), ("small", small)):
            found[name].append(_mix(place, people))
    large_mix, small_mix = (sorted(found[name], key=lambda mix: mix.a_second) for name in ("large", "small"))
    ours, empty = large_mix[len(large_mix) // 2], small_mix[len(small_mix) // 2]
    what = "steady mix of browsing, booking, approving and cancelling"
    yield Result(f"{what}: requests", ENGINE, "a second", ours.a_second, empty.a_second)
    for kind in KINDS:
        for share in (0.5, 0.95):
            yield Result(
                f"{what}: {kind}, p{share * 100:.0f}",
                ENGINE,
                "s",
                ours.share(kind, share),
                empty.share(kind, share),
                Bound(2, is_of_ratio=True),
            )
    yield Result(f"{what}: bookings without their e-mail", ENGINE, "", ours.untold, bound=Bound(0))


def _mix(place: Place, people: int) -> Mix:
    with place.app.app_context():
        asks, academy = signed_in(place, people), _academy(place)
        course = factories.course(components=2, terms=TERMS)
        runs = [factories.run(course, capacity=people, days=free_days(2)).id for _ in range(5)]
        db.session.commit()
        with gunicorn(place.environment, workers=2) as server:
            so_many_at_a_time(server.port, [_browse(ask) for ask in asks[:20]], AT_A_TIME)
            began = time.perf_counter()
            answers = _first(server.port, asks, runs)
            booked = {answer.ask.who: answer for answer in answers if _kind(answer.ask) == "book"}
            answers += _second(server.port, asks, academy, booked)
            took = time.perf_counter() - began
        wrong = [answer for answer in answers if answer.status not in {200, 302}]
        assert not wrong, f"{len(wrong)} of {len(answers)} requests failed: {wrong[0]}"
        untold = _untold([_ident(answer) for answer in booked.values() if answer.location])
    seconds = {kind: [one.seconds for one in answers if _kind(one.ask) == kind] for kind in KINDS}
    return Mix(len(answers) / took, seconds, untold)


def _first(port: int, asks: Sequence[Ask], runs: Sequence[int]) -> list[Answer]:
    wanted = []
    for number, ask in enumerate(asks):
        wanted += [_browse(ask), of_run(ask, runs[number % len(runs)]), _browse(ask)]
    return so_many_at_a_time(port, wanted, AT_A_TIME)


def _second(port: int, asks: Sequence[Ask], academy: Ask, booked: dict[int, Answer]) -> list[Answer]:
    """Half of the requests are approved, and half are given up."""
    wanted = []
    for number, ask in enumerate(asks):
        ident = _ident(booked[ask.who])
        wanted.append(_browse(ask))
        if number % 2:
            wanted.append(_post(academy, f"/bookings/{ident}/request", answer="approve"))
        else:
            wanted.append(_post(ask, f"/bookings/{ident}/cancel"))
    return so_many_at_a_time(port, wanted, AT_A_TIME)


def _untold(booking_ids: Sequence[int]) -> int:
    """How many of these bookings have nothing about them in the outbox."""
    told = db.session.scalar(
        select(func.count(Message.about_id.distinct())).where(
            Message.about_type == Booking.__tablename__, Message.about_id.in_(booking_ids)
        )
    )
    return len(booking_ids) - (told or 0)


# --- What both ask -------------------------------------------------------------------------------------


def _academy(place: Place) -> Ask:
    """An academy manager with a session, asking for nothing yet."""
    user = factories.user(Role.ACADEMY_MANAGER, email=f"desk{time.monotonic_ns()}@council.example")
    db.session.commit()
    cookie, token = place.cookie(user)
    return Ask("", cookie, {"csrf_token": token})


def _browse(ask: Ask) -> Ask:
    return Ask("/book", ask.cookie, None, ask.who)


def _post(ask: Ask, path: str, **form: str) -> Ask:
    return Ask(path, ask.cookie, {"csrf_token": (ask.form or {})["csrf_token"], **form}, ask.who)


def _ident(answer: Answer) -> int:
    found = re.search(r"/bookings/(\d+)", answer.location)
    assert found, f"{answer.ask.path} answered {answer.status} {answer.location}"
    return int(found[1])


def _kind(ask: Ask) -> str:
    if ask.form is None:
        return "browse"
    return {"book": "book", "cancel": "cancel", "request": "approve"}[ask.path.rpartition("/")[2]]
