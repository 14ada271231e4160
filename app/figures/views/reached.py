"""Whom training has reached, behind each number of a target for reach, for those who may see names (T08)."""

from __future__ import annotations

from flask import abort, render_template, request

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
    people = queries.reached_people(found, ReachStep(step), sector=sector, **dates.chosen)
    return render_template(
        "figures/reached_people.html",
        target=found,
        label=queries.REACH_STEPS[ReachStep(step)],
        detail=f"By the end of {dates.in_words}",
        has_days=step == ReachStep.ATTENDED,
        since="First reached",
        nouns=PEOPLE,
        sector=sector,
        form=dates,
        page=paginate(people, scalars=False),
    )


@bp.get("/targets/<code>/booked-to-attend")
@requires(Permission.SEE_COHORT_NAMES)
def booked_to_attend(code: str) -> str:
    """Who is booked to attend by the deadline, or by the day to come that is asked for."""
    found, dates = _asked(code)
    if found.reach_step is not ReachStep.ATTENDED:
        abort(404)
    people = queries.booked_to_attend(found, **dates.chosen, until=dates.forecast_day)
    return render_template(
        "figures/reached_people.html",
        target=found,
        label="Booked to attend",
        detail=f"As booked on {dates.in_words}",
        has_days=True,
        since="First day",
        nouns=PEOPLE,
        sector=None,
        form=dates,
        page=paginate(people, scalars=False),
    )


@bp.get("/targets/<code>/attendance-not-marked")
@requires(Permission.SEE_COHORT_NAMES)
def reach_not_marked(code: str) -> str:
    """The places behind the marks that a target on attendance waits for, a row each."""
    found, dates = _asked(code)
    if found.reach_step is not ReachStep.ATTENDED:
        abort(404)
    places = queries.marks_of_reach_outstanding(found, **dates.chosen)
    return render_template(
        "figures/reached_people.html",
        target=found,
        label="Marks outstanding",
        detail=f"At {dates.in_words}",
        has_days=True,
        since="Session",
        nouns=MARKS,
        sector=None,
        form=dates,
        page=paginate(places, scalars=False),
    )


def _asked(code: str) -> tuple[Target, DatesForm]:
    """The target for reach, and the dates that are asked for."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    if found.kind is not TargetKind.REACH or not dates.is_right:
        abort(404)
    return found, dates
