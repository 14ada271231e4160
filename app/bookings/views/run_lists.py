"""Runs, with how many are booked on each: all that somebody may see, and those of one course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template, request

from app.bookings import queries
from app.bookings.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, id_asked, one_or_404, paginate, requires
from app.programmes import queries as programmes
from app.sessions import queries as sessions
from app.sessions import rules as sessions_rules
from app.sessions.forms import read_date
from app.sessions.models import RunStanding
from app.sessions.queries import RunFilter


@dataclass(frozen=True)
class RunListFilters:
    """What the address of the list narrows it to, as it was typed."""

    course: int | None
    programme: int | None
    state: str
    trainer: int | None
    first: str
    last: str

    @property
    def narrowed(self) -> RunFilter:
        return RunFilter(
            course_id=self.course,
            programme_id=self.programme,
            standing=RunStanding(self.state) if self.state in set(RunStanding) else None,
            trainer_id=self.trainer,
            trainer_user_id=sessions_rules.own_runs_only(current_actor()),
            first=read_date(self.first),
            last=read_date(self.last),
        )

    @property
    def unreadable(self) -> list[str]:
        """The dates that can't be read, to be said instead of silently passed over."""
        return [typed for typed in (self.first, self.last) if typed and read_date(typed) is None]


@bp.get("/runs")
@requires(Permission.SCHEDULE_RUNS, Permission.MARK_REGISTERS)
def runs() -> str:
    """The runs from today on, or as the filters say; a trainer's own."""
    now, today = clock.now(), clock.today()
    asked = _asked(today=today)
    page = paginate(sessions.runs(asked.narrowed, now=now))
    schedules = current_actor().can(Permission.SCHEDULE_RUNS)
    return render_template(
        "bookings/runs.html",
        page=page,
        flagged=sessions_rules.runs_without_licence(page.rows, today=today) if schedules else set(),
        booked=queries.confirmed_counts([run.id for run in page.rows]),
        waiting=queries.waiting_counts([run.id for run in page.rows]),
        now=now,
        asked=asked,
        is_narrowed=any(value for name, value in request.args.items() if name != "page"),
        courses=list(db.session.scalars(programmes.courses())),
        programmes=list(db.session.scalars(programmes.programmes())),
        trainers=list(db.session.scalars(sessions.trainers())),
        states=list(RunStanding),
    )


def _asked(today: date) -> RunListFilters:
    arguments = request.args
    return RunListFilters(
        course=id_asked("course"),
        programme=id_asked("programme"),
        state=arguments.get("state", ""),
        trainer=id_asked("trainer"),
        first=arguments.get("from", f"{today.day}/{today.month}/{today.year}").strip()[:40],
        last=arguments.get("to", "").strip()[:40],
    )


@bp.get("/courses/<int:course_id>/runs")
@requires(Permission.SCHEDULE_RUNS)
def runs_of_course(course_id: int) -> str:
    """The runs of one course, the newest first."""
    course = one_or_404(programmes.course_in_full(course_id))
    page = paginate(sessions.runs(RunFilter(course_id=course.id), newest_first=True))
    flagged = sessions_rules.runs_without_licence(page.rows, today=clock.today())
    return render_template(
        "bookings/runs_of_course.html",
        page=page,
        course=course,
        flagged=flagged,
        booked=queries.confirmed_counts([run.id for run in page.rows]),
        waiting=queries.waiting_counts([run.id for run in page.rows]),
        now=clock.now(),
    )
