"""The one process that keeps the timetable. A web server has no use for what it needs."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.cli.opening import first_words, say_started
from app.core import clock, garbage
from app.core.db import db
from app.core.logs import get_logger
from app.jobs import rules
from app.jobs.jobs import A_MINUTE, TIMETABLE, run_in_slot

log = get_logger(__name__)

HEARTBEAT_SECONDS = 15
GRACE_SECONDS = 3600


def keep_timetable(app: Flask) -> None:
    """Keep the timetable until INT or TERM comes; a second one by mistake sends nothing twice.

    The timetable has a thread of its own: Python hands a signal to the main thread wherever that is, and
    APScheduler, while it begins a job, takes whatever is raised for a fault of the job, and goes on.
    """
    # That a slot finds its job still at work, and leaves it to the next one, is no news.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    scheduler = BackgroundScheduler(
        timezone=clock.LONDON,
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS},
    )

    def in_app(name: str, act: Callable[[], object]) -> Callable[[], None]:
        def acted() -> None:
            with app.app_context():
                attempt(name, act)
            garbage.collect()

        return acted

    name = f"{socket.gethostname()}, process {os.getpid()}"

    def beat() -> None:
        rules.beat(scheduler=name, now=clock.now())
        db.session.commit()

    heartbeat = in_app("heartbeat", beat)
    scheduler.add_job(heartbeat, _every(HEARTBEAT_SECONDS), id="heartbeat")
    for job in TIMETABLE.values():
        act = in_app(job.name, partial(run_in_slot, job))
        scheduler.add_job(act, _every(job.every_seconds), id=job.name)
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    heartbeat()
    scheduler.start()
    try:
        with app.app_context():
            say_started("scheduler_started")
        while True:
            signal.pause()
    finally:
        scheduler.shutdown(wait=False)  # nothing begins any more; what has begun comes to its end


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)  # unlike shutdown(), also before the scheduler has started


def attempt(name: str, act: Callable[[], object]) -> None:
    """Do what the timetable asks for; when it fails the log says so, and the next slot tries again.

    A database that is away takes everything with it, for as long as it is: a line each says why, such as
    "connection refused", and not the forty by which SQLAlchemy came to it.
    """
    try:
        act()
    except OperationalError as error:
        log.error("database_failed", job=name, reason=first_words(error))
    except Exception as error:
        log.error("timetable", job=name, exc_info=error)


def _every(seconds: int) -> CronTrigger:
    """Aligned to the clock, so that two schedulers come to the same slots.

    What runs once a night is asked for each hour: the first to come has the day's slot, so that a night
    without power is made up for in the morning, and what failed is tried again an hour later.
    """
    if seconds < A_MINUTE:
        return CronTrigger(second=f"*/{seconds}", timezone=clock.LONDON)
    minute = "*" if seconds == A_MINUTE else "0"
    return CronTrigger(minute=minute, second="0", timezone=clock.LONDON)
