"""A slot of the timetable is run once, and each run leaves a row."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.bookings import rules as bookings
from app.bookings.models import Need
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.core.tally import Tally
from app.jobs import queries, rules
from app.jobs.jobs import A_DAY, JOBS, TIMETABLE, Job, run_by_hand, run_in_slot
from app.jobs.models import Heartbeat, JobRun, Outcome
from tests import factories

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday, when there is most to look for
WRITE_AT_ONCE = {"needs", "registrations", "statistics", "deliver"}


def test_u17_slot_is_claimed_once(database: None) -> None:
    first = rules.claim(job="joining", slot="1", now=NOW)
    assert first is not None
    assert rules.claim(job="joining", slot="1", now=NOW) is None
    assert rules.claim(job="joining", slot="2", now=NOW) is not None
    assert rules.claim(job="deliver", slot="1", now=NOW) is not None


def test_run_leaves_a_row_with_what_it_did(database: None) -> None:
    run_id = rules.claim(job="deliver", slot="1", now=NOW)
    assert run_id is not None
    rules.finish(run_id=run_id, tally=Tally(done=3, skipped=2), now=NOW + timedelta(seconds=4))
    run = db.session.get_one(JobRun, run_id)
    assert (run.outcome, run.done, run.skipped, run.ended_at) == (
        Outcome.DONE,
        3,
        2,
        NOW + timedelta(seconds=4),
    )


def test_one_failed_item_makes_a_failed_run(database: None) -> None:
    run_id = rules.claim(job="deliver", slot="1", now=NOW)
    assert run_id is not None
    rules.finish(run_id=run_id, tally=Tally(done=3, failed=1), now=NOW)
    assert db.session.get_one(JobRun, run_id).outcome is Outcome.FAILED


def test_idle_runs_are_dropped_after_an_hour_and_others_kept(database: None) -> None:
    for minutes, done in ((0, 0), (1, 5), (62, 0)):
        now = NOW + timedelta(minutes=minutes)
        run_id = rules.claim(job="deliver", slot=str(minutes), now=now)
        assert run_id is not None
        rules.finish(run_id=run_id, tally=Tally(done=done), now=now)
    assert db.session.scalars(select(JobRun.slot).order_by(JobRun.id)).all() == ["1", "62"]


def test_scheduler_lives_for_two_minutes_after_a_heartbeat(database: None) -> None:
    assert not queries.scheduler_lives(NOW)
    rules.beat(scheduler="one", now=NOW)
    rules.beat(scheduler="one", now=NOW + timedelta(seconds=15))
    db.session.flush()
    assert queries.scheduler_lives(NOW + timedelta(seconds=134))
    assert not queries.scheduler_lives(NOW + timedelta(seconds=135))


@pytest.mark.parametrize(
    ("beats", "at_work"),
    [
        ([("one", 0), ("two", 5), ("one", 15)], ["one", "two"]),
        ([("one", 0), ("two", 5)], ["two"]),
        ([("one", 0), ("two", 5), ("two", 20)], ["two"]),
        ([("one", 0), ("two", 5), ("one", 15), ("two", 20), ("one", 134)], ["one", "two"]),
        ([("one", 0), ("two", 5), ("one", 15), ("two", 20), ("one", 150)], ["one"]),
    ],
    ids=["two", "started again", "started again and on", "nearly stopped", "the second was stopped"],
)
def test_u17_two_schedulers_are_told_from_one_that_was_started_again(
    database: None, beats: list[tuple[str, int]], at_work: list[str]
) -> None:
    for scheduler, seconds in beats:
        rules.beat(scheduler=scheduler, now=NOW + timedelta(seconds=seconds))
        db.session.flush()
    assert queries.schedulers(NOW + timedelta(seconds=beats[-1][1])) == at_work


def test_u17_a_scheduler_lives_though_its_clock_was_put_back(database: None) -> None:
    """Such as one that was an hour ahead while the machine started; of one that stopped then none stays."""
    rules.beat(scheduler="stopped", now=NOW + timedelta(hours=2))
    db.session.flush()
    assert not queries.scheduler_lives(NOW + timedelta(hours=1))
    for hours in (1, 0):
        rules.beat(scheduler="one", now=NOW + timedelta(hours=hours))
        db.session.flush()
        assert queries.schedulers(NOW + timedelta(hours=hours)) == ["one"]
    assert db.session.scalars(select(Heartbeat.scheduler)).all() == ["one"]


def test_every_job_has_a_name_of_its_own() -> None:
    assert len(TIMETABLE) == len(JOBS)


def test_st08_the_timetable_deletes_what_people_needed(
    database: None, travel_to: Callable[..., None]
) -> None:
    travel_to("2026-03-02")
    run = factories.run(factories.course(components=1), days=[date(2026, 3, 3)])
    person = factories.staff()
    by = factories.actor(Role.PRACTITIONER, of=person)
    booking = bookings.book(run=run, person=person, by=by, now=clock.now())
    bookings.say_need(booking=booking, words="Large print", by=by, now=clock.now())
    left = []
    for moment in ("2026-04-02", "2026-04-03"):
        travel_to(moment)
        run_by_hand("needs")
        left.append(db.session.scalar(select(func.count()).select_from(Need)))
    assert left == [1, 0]


def test_a_nights_job_runs_once_a_day_however_often_it_is_asked(
    database: None, travel_to: Callable[..., None]
) -> None:
    leavers = TIMETABLE["leavers"]
    ran = []
    for moment in ("2026-03-02 02:00", "2026-03-02 09:00", "2026-03-03 00:00"):
        travel_to(moment)
        ran.append(run_in_slot(leavers) is not None)
    assert ran == [True, False, True]
    every = {name: TIMETABLE[name].every for name in ("joining", "places", "leavers", "deliver")}
    assert every == {
        "joining": "every 15 seconds",
        "places": "every minute",
        "leavers": "once a night",
        "deliver": "every 5 seconds",
    }


def test_a_job_looks_for_its_work_while_somebody_else_writes(app: Flask) -> None:
    """On SQLite only one writes at a time: nobody who books is to wait until a job has looked around."""

    def look() -> list[Tally]:
        with app.app_context():
            return [job.function(NOW) for job in JOBS if job.name not in WRITE_AT_ONCE]

    rules.beat(scheduler="one", now=NOW)
    db.session.flush()  # we write, and have not finished
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            assert set(looking.result(timeout=20)) == {Tally()}
        finally:
            db.session.rollback()


def _cut_off() -> Tally:
    raise SystemExit(0)  # as the scheduler's own TERM does


def _fail() -> Tally:
    raise RuntimeError("The disk is full")


def _do_some() -> Tally:
    return Tally(done=1, failed=1)


@pytest.mark.parametrize(
    ("end", "problem"),
    [
        (_cut_off, "It never ended: its process was stopped, or died."),
        (_fail, "RuntimeError: The disk is full"),
        (_do_some, None),
    ],
)
def test_sa04_a_nights_job_that_failed_or_was_cut_off_is_tried_again_an_hour_later(
    database: None, travel_to: Callable[..., None], end: Callable[[], Tally], problem: str | None
) -> None:
    ends = [end, lambda: Tally(done=2)]
    job = Job("nightly", "Something nightly", A_DAY, lambda _now: ends.pop(0)())
    ran = []
    for moment in ("2026-03-02 02:00", "2026-03-02 02:30", "2026-03-02 03:00", "2026-03-02 04:00"):
        travel_to(moment)
        with suppress(SystemExit):
            ran.append(run_in_slot(job) is not None)
        db.session.rollback()
    assert ran[-3:] == [False, True, False]
    first, second = db.session.scalars(select(JobRun).order_by(JobRun.id))
    assert (first.outcome, first.problem, first.failed) == (Outcome.FAILED, problem, 1)
    assert (second.outcome, second.done, second.slot) == (Outcome.DONE, 2, first.slot.split()[0])


def test_sa04_what_never_ended_is_said_once_the_job_runs_again(database: None) -> None:
    """Also of a job whose slot nobody asks for again."""
    rules.claim(job="deliver", slot="1", now=NOW)
    for minutes, outcome in ((54, Outcome.RUNNING), (56, Outcome.FAILED)):
        rules.claim(job="deliver", slot=str(minutes), now=NOW + timedelta(minutes=minutes))
        assert db.session.scalars(select(JobRun.outcome).where(JobRun.slot == "1")).one() is outcome
