"""Whom training has reached, behind each number of a target for reach, for those who may see names (T08)."""

from __future__ import annotations

from flask import abort, render_template, request

from app.core import clock
from app.core.permissions import Permission
from app.core.web import one_or_404, paginate, requires
from app.figures import queries
from app.figures.forms import DatesForm
from app.figures.models import ReachStep, TargetKind
from app.figures.views.targets import bp


@bp.get(f"/targets/<code>/reached/<any({', '.join(ReachStep)}):step>")
@requires(Permission.SEE_COHORT_NAMES)
def reached_people(code: str, step: str) -> str:
    """Everybody whom a step has reached, or those of one sector (?sector=Education)."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    if found.kind is not TargetKind.REACH or not dates.is_right:
        abort(404)
    sector = request.args.get("sector") or None
    until = min(dates.on, clock.today())
    people = queries.reached_people(found, ReachStep(step), sector=sector, as_at=until, known_at=dates.known)
    return render_template(
        "figures/reached_people.html",
        target=found,
        label=queries.REACH_STEPS[ReachStep(step)],
        is_attended=step == ReachStep.ATTENDED,
        sector=sector,
        until=until,
        form=dates,
        page=paginate(people, scalars=False),
    )
