"""The calendar: a month of sessions, with a link to the month before and the month after."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for

from app.core import clock
from app.core.db import db
from app.core.filters import long_day
from app.core.permissions import Permission
from app.core.web import current_actor, requires
from app.core.workdays import bank_holiday
from app.sessions import queries, rules
from app.sessions.models import TrainingSession
from app.sessions.views.runs import bp

EARLIEST, LATEST = date(1990, 1, 1), date(2150, 12, 1)


@bp.get("/runs/calendar")
@requires(Permission.SCHEDULE_RUNS, Permission.MARK_REGISTERS)
def calendar() -> str:
    """The sessions of one month (?month=2026-11; else this month, a phone from today on); a trainer's own."""
    today = clock.today()
    asked = _month(request.args.get("month", ""))
    month = asked or today.replace(day=1)
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    trainer = rules.own_runs_only(current_actor())
    sessions = db.session.scalars(
        queries.sessions_between(weeks[0][0], weeks[-1][-1], trainer_user_id=trainer)
    )
    on_day = defaultdict(list)
    for session in sessions:
        on_day[session.held_on].append(_event(session))
    shown = [[_day(day, month, today, on_day[day], is_now=not asked) for day in week] for week in weeks]
    return render_template(
        "sessions/calendar.html",
        month=month,
        weeks=shown,
        is_quiet=all(day["is_folded"] for week in shown for day in week),
        is_now=not asked,
        before=(month - timedelta(days=1)).replace(day=1),
        after=(month + timedelta(days=31)).replace(day=1),
    )


def _month(typed: str) -> date | None:
    try:
        month = date.fromisoformat(f"{typed}-01")
    except ValueError:
        return None
    return month if EARLIEST <= month <= LATEST else None


def _day(
    day: date, month: date, today: date, events: list[dict[str, str]], *, is_now: bool
) -> dict[str, Any]:
    """A day of the calendar. A phone folds those without sessions and, where no month is asked for, those
    that are over; else those of other months."""
    is_beside = day < today if is_now else day.month != month.month
    return {
        "number": day.day,
        "label": long_day(day),
        "note": bank_holiday(day),
        "in_month": day.month == month.month,
        "is_today": day == today,
        "is_folded": not events or is_beside,
        "events": events,
    }


def _event(session: TrainingSession) -> dict[str, str]:
    starts, ends = clock.london(session.starts_at), clock.london(session.ends_at)
    where = session.venue.name if session.venue else session.mode.label
    return {
        "text": f"{session.run.code}, {session.component.title}",
        "href": url_for("bookings.run", run_id=session.run_id),
        "time": f"{starts:%H:%M} to {ends:%H:%M}",
        "detail": f"{session.run.version.course.title}. {where}",
    }
