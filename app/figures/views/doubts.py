"""Whose records put a target's figure in doubt, for those who may see names (4.12)."""

from __future__ import annotations

from flask import abort, render_template, request

from app.core.permissions import Permission
from app.core.web import one_or_404, paginate, requires
from app.figures import queries
from app.figures.forms import DatesForm
from app.figures.views.targets import bp


@bp.get("/targets/<code>/people/flagged")
@requires(Permission.SEE_COHORT_NAMES)
def flagged_people(code: str) -> str:
    """The people whose records are in doubt, each with why."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    if not found.kind.has_scope or not dates.is_right:
        abort(404)
    page = paginate(queries.flagged_people(found, **dates.chosen), scalars=False)
    flags = queries.flags_of(found, [person.id for person, _ in page.rows], **dates.chosen)
    return render_template(
        "figures/flagged_people.html",
        target=found,
        form=dates,
        page=page,
        flags=flags,
        check_data=queries.CHECK_DATA,
    )
