"""The timetable: which job runs when. Jobs live in their rooms; `app.cli.scheduler` keeps it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from app.accounts import jobs as accounts
from app.attendance import jobs as attendance
from app.bookings import jobs as bookings
from app.core import clock
from app.core.db import analyze_tables, db
from app.core.engines import taking_time
from app.core.errors import NotFound
from app.core.logs import get_logger
from app.core.tally import Tally, trouble
from app.exchange import jobs as exchange
from app.jobs import rules
from app.jobs.models import JobRun
from app.outbox import jobs as outbox
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
    analyze_tables()
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
    Job("trainers", "Tell trainers which days they hold", A_MINUTE, bookings.trainers),
    Job("licences", "Warn of trainers’ licences that end", A_DAY, sessions.licences),
    Job("needs", "Delete what people needed on runs that are long over", A_DAY, bookings.forget),
    Job("attendance-files", "Forget files of attendance after 90 days", A_DAY, attendance.files),
    Job("previews", "Throw away files that nobody applied for a week", A_DAY, exchange.previews),
    Job("registrations", "Forget who registered and never confirmed the address", A_DAY, accounts.forget),
    Job("resets", "Answer those who have forgotten their password", 5, accounts.resets),
    Job("old-mail", "Delete the words of e-mails that were sent long ago", A_DAY, outbox.words),
    Job("statistics", "Tidy the database, so that pages stay quick", A_DAY, _statistics),
    Job("deliver", "Send the e-mails that wait", 5, reminders.deliver),
)
TIMETABLE = {job.name: job for job in JOBS}


def run_by_hand(name: str) -> JobRun:
    """Run a job now, outside the timetable; it leaves a row as any run does: that row. On a page, too, its
    statements may take their time.

    Raises NotFound when there is no job of that name.
    """
    if name not in TIMETABLE:
        raise NotFound(f"There is no job “{name}”. The jobs are {', '.join(sorted(TIMETABLE))}.")
    with taking_time():
        run_id = _run(TIMETABLE[name], slot=f"by hand {uuid4()}")
    return db.session.get_one(JobRun, run_id)


def run_in_slot(job: Job) -> int | None:
    """Run a job for the slot that is now, unless another scheduler has taken it; the id of the run."""
    seconds = int(clock.now().timestamp()) // job.every_seconds * job.every_seconds
    return _run(job, slot=str(seconds))


def _run(job: Job, *, slot: str) -> int | None:
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
        tally = Tally(failed=1, problem=trouble(error)[:2000])
        rules.finish(run_id=run_id, tally=tally, now=clock.now())
        db.session.commit()
    return run_id
