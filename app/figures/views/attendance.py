"""The attendance of sessions that were held and, for those who may see names, the rows behind each number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import abort, render_template, request

from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, id_asked, paginate, requires
from app.figures import files, queries
from app.figures.forms import PERIODS, SessionsAsked, monday_from
from app.figures.queries import Listed
from app.figures.views.targets import bp
from app.programmes.models import Programme

WEEKS_SHOWN = timedelta(weeks=12)


@bp.get("/attendance-rates")
@requires(Permission.SEE_FIGURES)
def attendance() -> str:
    """The four rates of each programme in a period, why people did not come, and bookings by week."""
    asked = SessionsAsked.read(request.args)
    context = _attendance(asked) if asked.dates.is_right else {}
    return render_template(
        "figures/attendance_rates.html",
        form=asked.dates,
        asked=asked,
        periods=list(PERIODS.items()),
        **context,
    )


def _attendance(asked: SessionsAsked) -> dict[str, Any]:
    last, known_at = asked.last, asked.dates.known
    sees_names = current_actor().sees_names
    reasons = queries.absence_reasons(*asked.span, known_at=known_at)
    if not sees_names:
        reasons = queries.with_few_together(reasons)
    weeks = queries.places_by_week(last - WEEKS_SHOWN, last + WEEKS_SHOWN, as_at=last, known_at=known_at)
    return {
        "programmes": queries.rates_told(*asked.span, known_at=known_at, sees_names=sees_names),
        "reasons": reasons,
        "chart": files.weeks_chart(weeks, as_at=last),
        "weeks": weeks,
    }


# --- The rows behind each number -----------------------------------------------------------------------


@bp.get("/attendance-rates/sessions")
@requires(Permission.SEE_COHORT_NAMES)
def sessions_held() -> str:
    """The sessions that the rates count, each with what became of its places."""
    asked, programme = _asked_or_404(), _programme_asked()
    found = queries.sessions_held(
        *asked.span, known_at=asked.dates.known, programme_id=programme.id if programme else None
    )
    page = paginate(found, scalars=False)
    rows = [(row, queries.attendance_in(row)) for row in page.rows]
    return render_template(
        "figures/sessions_held.html", asked=asked, programme=programme, page=page, rows=rows
    )


@bp.get("/attendance-rates/week")
@requires(Permission.SEE_COHORT_NAMES)
def week() -> str:
    """The sessions of one week with their bookings (?monday=2026-11-23)."""
    asked, monday = _asked_or_404(), monday_from(request.args) or abort(404)
    found = queries.sessions_of_week(monday, as_at=asked.last, known_at=asked.dates.known)
    page = paginate(found, scalars=False)
    return render_template("figures/week.html", asked=asked, monday=monday, page=page)


@bp.get(f"/attendance-rates/places/<any({', '.join(Listed)}):which>")
@requires(Permission.SEE_COHORT_NAMES)
def places_shown(which: str) -> str:
    """The places that one number of the rates counts, person by person."""
    asked, programme, shown = _asked_or_404(), _programme_asked(), Listed(which)
    span, known_at = asked.span, asked.dates.known
    found = queries.places_shown(
        shown, *span, known_at=known_at, programme_id=programme.id if programme else None
    )
    return render_template(
        "figures/places_shown.html",
        asked=asked,
        programme=programme,
        label=shown.label,
        has_bookings=shown is Listed.BOOKED,
        page=paginate(found, scalars=False),
    )


@bp.get("/attendance-rates/not-used")
@requires(Permission.SEE_COHORT_NAMES)
def places_not_used() -> str:
    """The places that were not used for one reason (?reason=Sickness)."""
    asked, reason = _asked_or_404(), request.args.get("reason", "")
    found = queries.places_not_used(reason, *asked.span, known_at=asked.dates.known)
    page = paginate(found, scalars=False)
    return render_template("figures/places_not_used.html", asked=asked, reason=reason, page=page)


def _programme_asked() -> Programme | None:
    """The programme whose sessions the address asks for (?programme=2), if it names one."""
    return get_or_404(Programme, id_asked("programme") or 0) if request.args.get("programme") else None


def _asked_or_404() -> SessionsAsked:
    asked = SessionsAsked.read(request.args)
    return asked if asked.dates.is_right else abort(404)
