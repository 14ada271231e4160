"""Runs: the list, those of one course, and the history of one; its page is where bookings are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, render_template, request
from sqlalchemy import select

from app.audit import queries as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, id_asked, one_or_404, paginate, requires
from app.programmes import queries as programmes
from app.programmes.models import Programme
from app.sessions import queries, rules
from app.sessions.forms import read_date
from app.sessions.models import Run, RunState
from app.sessions.queries import RunFilter

bp = Blueprint("sessions", __name__)


@dataclass(frozen=True)
class Asked:
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
            state=RunState(self.state) if self.state in set(RunState) else None,
            trainer_id=self.trainer,
            trainer_user_id=own_runs_only(current_actor()),
            first=read_date(self.first),
            last=read_date(self.last),
        )

    @property
    def unreadable(self) -> list[str]:
        """The dates that can't be read, to be said instead of silently passed over."""
        return [typed for typed in (self.first, self.last) if typed and read_date(typed) is None]


def own_runs_only(actor: Actor) -> int | None:
    """The account whose runs alone are listed: a trainer's own. None for the academy, which sees all."""
    return None if actor.can(Permission.SCHEDULE_RUNS) else actor.user_id


def run_or_404(run_id: int) -> Run:
    """The run with what its pages show."""
    return queries.run_in_full(run_id) or abort(404)


@bp.get("/runs")
@requires(Permission.SCHEDULE_RUNS, Permission.MARK_REGISTERS)
def runs() -> str:
    """The runs from today on, or as the filters say; a trainer's own."""
    asked, today = _asked(today=clock.today()), clock.today()
    page = paginate(queries.runs(asked.narrowed))
    schedules = current_actor().can(Permission.SCHEDULE_RUNS)
    return render_template(
        "sessions/runs.html",
        page=page,
        flagged=rules.runs_without_licence(page.rows, today=today) if schedules else set(),
        asked=asked,
        is_narrowed=any(value for name, value in request.args.items() if name != "page"),
        courses=list(db.session.scalars(programmes.courses())),
        programmes=list(db.session.scalars(select(Programme).order_by(Programme.title))),
        trainers=list(db.session.scalars(queries.trainers())),
        states=list(RunState),
    )


def _asked(today: date) -> Asked:
    arguments = request.args
    return Asked(
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
    page = paginate(queries.runs(RunFilter(course_id=course.id), newest_first=True))
    flagged = rules.runs_without_licence(page.rows, today=clock.today())
    return render_template("sessions/runs_of_course.html", page=page, course=course, flagged=flagged)


@bp.get("/runs/<int:run_id>/history")
@requires(Permission.SCHEDULE_RUNS)
def run_history(run_id: int) -> str:
    """What was done to a run, newest first."""
    found = run_or_404(run_id)
    return render_template(
        "sessions/run_history.html", run=found, history=paginate(audit.history_of("run", found.id))
    )
