"""The people behind turnover, who left and who is in post, for those who may see names (4.13)."""

from __future__ import annotations

from flask import abort, render_template, request

from app.core.permissions import Permission
from app.core.web import paginate, requires
from app.figures import queries
from app.figures.forms import DatesForm
from app.figures.queries import Leaver
from app.figures.views.targets import bp

LABELS = {"left": "Left in 12 months", "in_post": "Employees in post"}


@bp.get(f"/turnover/<any({', '.join(LABELS)}):which>")
@requires(Permission.SEE_COHORT_NAMES)
def turnover_people(which: str) -> str:
    """The people of one number of turnover, of everybody or of one role group (?role=Social Worker)."""
    dates, role = DatesForm.read(request.args), request.args.get("role") or None
    if not dates.is_right:
        abort(404)
    left: dict[int, Leaver] = {}
    if which == "left":
        left = {one.person_id: one for one in queries.leavers(**dates.chosen) if role in {None, one.role}}
        people = queries.people_called(frozenset(left))
    else:
        people = queries.employees_in_post(**dates.chosen, role=role)
    return render_template(
        "figures/turnover_people.html",
        label=LABELS[which],
        role=role,
        form=dates,
        page=paginate(people),
        left=left,
    )
