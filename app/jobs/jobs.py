"""The timetable: which job runs when, and the one process that keeps it. Jobs live in their rooms."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import FrameType
from uuid import uuid4

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger
from flask import Flask

from app.accounts import jobs as accounts
from app.attendance import jobs as attendance
from app.bookings import jobs as bookings
from app.core import clock, garbage
from app.core.db import count_anew, db
from app.core.errors import NotFound
from app.core.logs import get_logger
from app.core.tally import Tally
from app.jobs import rules
from app.reminders import jobs as reminders
from app.sessions import jobs as sessions

log = get_logger(__name__)

A_MINUTE, AN_HOUR, A_DAY = 60, 60 * 60, 24 * 60 * 60


@dataclass(frozen=True)
class Job:
    """A job of the timetable: its name, what it does in words, how often, and the function."""

    name: str
    title: str
    every_seconds: int
    function: Callable[[datetime], Tally]

    @property
    def every(self) -> str:
        """How often, in words: "every 15 seconds", "once a night"."""
        words = {A_DAY: "once a night", AN_HOUR: "every hour", A_MINUTE: "every minute"}
        return words.get(self.every_seconds, f"every {self.every_seconds} seconds")


def _statistics(_now: datetime) -> Tally:
    count_anew()
    db.session.commit()
    return Tally(done=1)


JOBS = (
    Job("joining", "Write the joining reminders that are due", 15, reminders.joining),
    Job("registers", "Remind of registers that are not complete", A_MINUTE, reminders.registers),
    Job("absences", "Ask why people did not come", A_MINUTE, reminders.absences),
    Job("missing", "Tell people which days of a course they still need", AN_HOUR, reminders.missing),
    Job("digest", "Tell the academy on Monday what there is to chase", AN_HOUR, reminders.digest),
    Job("refreshers", "Remind people whose completions run out", AN_HOUR, reminders.refreshers),
    Job("marks", "Bring marks up to date with corrected dates and settings", A_MINUTE, attendance.marks),
    Job("few_booked", "Tell the academy of runs with too few people", A_MINUTE, reminders.few_booked),
    Job(
        "certificates",
        "Issue and withdraw certificates",
        A_MINUTE,
        attendance.certificates,
    ),
    Job("places", "Pass on places that have become free", A_MINUTE, bookings.sweep),
    Job("reconfirmations", "Remind of places to reconfirm", A_MINUTE, bookings.reconfirmations),
    Job("approvals", "Ask and remind those who approve places", A_MINUTE, bookings.approvals),
    Job("leavers", "Release the places of people who have left", A_DAY, bookings.leavers),
    Job("openings", "Tell those who asked when a run opens", A_MINUTE, bookings.openings),
    Job("licences", "Warn of trainers’ licences that end", A_DAY, sessions.licences),
    Job("needs", "Delete what people needed on runs that are long over", A_DAY, bookings.forget),
    Job("attendance-files", "Forget files of attendance after 90 days", A_DAY, attendance.files),
    Job("registrations", "Forget who registered and never confirmed the address", A_DAY, accounts.forget),
    Job("statistics", "Let the database look at its tables, so that pages stay quick", A_DAY, _statistics),
    Job("deliver", "Send the e-mails that wait", 5, reminders.deliver),
)
TIMETABLE = {job.name: job for job in JOBS}
HEARTBEAT_SECONDS = 15
GRACE_SECONDS = 3600


def run_by_hand(name: str) -> Tally:
    """Run a job now, outside the timetable; it leaves a row as any run does.

    Raises NotFound when there is no job of that name.
    """
    if name not in TIMETABLE:
        raise NotFound(f"There is no job “{name}”. The jobs are {', '.join(sorted(TIMETABLE))}.")
    tally = _run(TIMETABLE[name], slot=f"by hand {uuid4()}")
    assert tally is not None
    return tally


def run_in_slot(job: Job) -> Tally | None:
    """Run a job for the slot that is now, unless another scheduler has taken it."""
    seconds = int(clock.now().timestamp()) // job.every_seconds * job.every_seconds
    return _run(job, slot=str(seconds))


def _run(job: Job, *, slot: str) -> Tally | None:
    run_id = rules.claim(job=job.name, slot=slot, now=clock.now())
    db.session.commit()
    if run_id is None:
        return None
    try:
        tally = job.function(clock.now())
        rules.finish(run_id=run_id, tally=tally, now=clock.now())
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        log.error("job_failed", job=job.name, exc_info=error)
        rules.fail(run_id=run_id, problem=f"{type(error).__name__}: {error}"[:2000], now=clock.now())
        db.session.commit()
        return Tally(failed=1)
    return tally


def keep_timetable(app: Flask) -> None:
    """Keep the timetable until INT or TERM comes; a second one by mistake sends nothing twice."""
    scheduler = BlockingScheduler(
        timezone=clock.LONDON,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS},
    )

    def in_app(act: Callable[[], object]) -> Callable[[], None]:
        def acted() -> None:
            with app.app_context():
                try:
                    act()
                except Exception as error:  # the database may be away for a while; the next slot tries again
                    log.error("timetable", exc_info=error)
            garbage.collect()

        return acted

    def beat() -> None:
        rules.beat(now=clock.now())
        db.session.commit()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)  # unlike shutdown(), also before the scheduler has started

    scheduler.add_job(in_app(beat), _every(HEARTBEAT_SECONDS), id="heartbeat")
    for job in TIMETABLE.values():
        scheduler.add_job(in_app(partial(run_in_slot, job)), _every(job.every_seconds), id=job.name)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    in_app(beat)()
    scheduler.start()


def _every(seconds: int) -> CronTrigger:
    """Aligned to the clock, so that two schedulers come to the same slots.

    What runs once a night is asked for each hour: the first to come has the day's slot, so that a night
    without power is made up for in the morning.
    """
    if seconds < A_MINUTE:
        return CronTrigger(second=f"*/{seconds}", timezone=clock.LONDON)
    minute = "*" if seconds == A_MINUTE else "0"
    return CronTrigger(minute=minute, second="0", timezone=clock.LONDON)
