"""Copying a run to other start dates: the dates, then what the copies would be, then the copies (AM-03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.filters import listed
from app.core.permissions import Permission
from app.core.web import current_actor, requires, rule_errors_on
from app.sessions import rules
from app.sessions.forms import CopyForm, CopyTheseForm, read_date
from app.sessions.forms.planning import MOST_COPIES
from app.sessions.models import Run
from app.sessions.rules import PlannedDay
from app.sessions.views.runs import bp, run_or_404


@dataclass(frozen=True)
class Preview:
    """A copy as it would be: its days, the same off bank holidays, which are over, and what to know."""

    starts_on: date
    days: list[PlannedDay]
    moved: list[PlannedDay]
    over: list[date]
    warnings: list[str]

    @property
    def falls_on_bank_holiday(self) -> bool:
        return self.days != self.moved


@bp.route("/runs/<int:run_id>/copy", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def copy_run(run_id: int) -> str | Response:
    """Ask for the start dates of the copies."""
    found = run_or_404(run_id)
    form = CopyForm()
    if form.validate_on_submit():
        starts = [day.isoformat() for day in form.dates]
        return redirect(url_for("sessions.check_copies", run_id=run_id, start=starts))
    return render_template("sessions/copy_run.html", form=form, run=found)


@bp.route("/runs/<int:run_id>/copy/check", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def check_copies(run_id: int) -> str | Response:
    """Show what the copies would be, bank holidays and all, and make them."""
    found = run_or_404(run_id)
    starts = _starts()
    if not starts:
        return redirect(url_for("sessions.copy_run", run_id=run_id))
    previews = _previews(found, starts)
    form = CopyTheseForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            copies = rules.copy_run(
                run=found,
                starts_on=starts,
                move=[day for day in starts if day.isoformat() in (form.move.data or ())],
                clash_reason=form.clash_reason.data or None,
                double_reason=form.double_reason.data or None,
                was_held=form.was_held.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(_copied([copy.code for copy in copies]))
            return redirect(url_for("bookings.runs_of_course", course_id=found.version.course_id))
    return render_template(
        "sessions/check_copies.html", form=form, run=found, previews=previews, starts=starts
    )


def _starts() -> list[date]:
    typed = filter(None, map(read_date, request.args.getlist("start")[:MOST_COPIES]))
    return sorted(set(typed))


def _previews(run: Run, starts: Sequence[date]) -> list[Preview]:
    titles = [session.component.title for session in run.sessions]
    copies = [rules.copied_plans(run, day) for day in starts]
    days = [list(map(rules.day_of, titles, plans)) for plans in copies]
    warnings = rules.warnings_before_saving(run.version.course, days, today=clock.today())
    doubles = rules.doubles(run.version.course, copies)
    return [
        Preview(
            starts_on,
            days=own,
            moved=_off_bank_holidays(own),
            over=rules.days_over(plans, clock.now()),
            warnings=[
                *_another_weekday(run, starts_on),
                *rules.left_out(run, plans),
                *(one.sentence for one in there),
                *said,
            ],
        )
        for starts_on, plans, own, there, said in zip(starts, copies, days, doubles, warnings, strict=True)
    ]


def _off_bank_holidays(days: Sequence[PlannedDay]) -> list[PlannedDay]:
    moved = rules.shifted_off_bank_holidays([one.held_on for one in days])
    return [replace(one, held_on=held_on) for one, held_on in zip(days, moved, strict=True)]


def _another_weekday(run: Run, starts_on: date) -> list[str]:
    first = run.first_session.held_on
    if starts_on.weekday() == first.weekday():
        return []
    return [f"It starts on a {starts_on:%A}; {run.code} starts on a {first:%A}."]


def _copied(codes: list[str]) -> str:
    if len(codes) == 1:
        return f"{codes[0]} is scheduled."
    return f"{len(codes)} runs are scheduled: {listed(codes)}."
