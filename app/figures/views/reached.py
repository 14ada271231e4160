"""Whom training has reached, behind each number of a target for reach, for those who may see names (T08)."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from sqlalchemy import Select

from app.core.permissions import Permission
from app.core.web import one_or_404, paginate, requires
from app.figures import queries
from app.figures.forms import DatesForm
from app.figures.models import ReachStep, Target, TargetKind
from app.figures.views.targets import bp

PEOPLE, MARKS = ("person", "people"), ("mark", "marks")


@bp.get(f"/targets/<code>/reached/<any({', '.join(ReachStep)}):step>")
@requires(Permission.SEE_COHORT_NAMES)
def reached_people(code: str, step: str) -> str:
    """Everybody whom a step has reached, or those of one sector (?sector=Education)."""
    found, dates = _asked(code)
    sector = request.args.get("sector") or None
    label = queries.REACH_STEPS[ReachStep(step)]
    people = queries.reached_people(found, ReachStep(step), sector=sector, **dates.chosen)
    return _list(
        people,
        found,
        dates,
        label=f"{label}: {sector}" if sector else label,
        detail=f"By the end of {dates.in_words}",
        since="First reached",
        has_days=step == ReachStep.ATTENDED,
    )


@bp.get("/targets/<code>/booked-to-attend")
@requires(Permission.SEE_COHORT_NAMES)
def booked_to_attend(code: str) -> str:
    """Who is booked to attend by the deadline, or by the day to come that is asked for."""
    found, dates = _asked(code, ReachStep.ATTENDED)
    people = queries.booked_to_attend(found, **dates.chosen, until=dates.forecast_day)
    detail = f"As booked on {dates.in_words}"
    return _list(people, found, dates, label="Booked to attend", detail=detail, since="First day")


@bp.get("/targets/<code>/attendance-not-marked")
@requires(Permission.SEE_COHORT_NAMES)
def reach_not_marked(code: str) -> str:
    """The places behind the marks that a target on attendance waits for, a row each."""
    found, dates = _asked(code, ReachStep.ATTENDED)
    places = queries.marks_of_reach_outstanding(found, **dates.chosen)
    detail = f"At {dates.in_words}"
    return _list(
        places, found, dates, label="Marks not recorded yet", detail=detail, since="Session", nouns=MARKS
    )


def _asked(code: str, step: ReachStep | None = None) -> tuple[Target, DatesForm]:
    """The target for reach, on this step if one is named, and the dates that are asked for."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    if found.kind is not TargetKind.REACH or step not in {None, found.reach_step} or not dates.is_right:
        abort(404)
    return found, dates


def _list(
    rows: Select[Any],
    target: Target,
    dates: DatesForm,
    *,
    label: str,
    detail: str,
    since: str,
    has_days: bool = True,
    nouns: tuple[str, str] = PEOPLE,
) -> str:
    """A page of rows of `queries.reached_people`; `since` says what the last column is."""
    return render_template(
        "figures/reached_people.html",
        target=target,
        label=label,
        detail=detail,
        since=since,
        has_days=has_days,
        nouns=nouns,
        form=dates,
        page=paginate(rows, scalars=False),
    )
