"""The people behind turnover, who left and who is in post, for those who may see names (4.13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import abort, render_template, request
from sqlalchemy import Select

from app.core.permissions import Permission
from app.core.web import one_or_404, paginate, requires
from app.figures import queries
from app.figures.forms import DatesForm
from app.figures.models import TargetKind
from app.figures.queries import Leaver
from app.figures.views.targets import bp
from app.people.models import Person

LABELS = {"left": f"Left in {queries.TURNOVER_MONTHS} months", "in_post": "Employees in post"}


@bp.get(f"/turnover/<any({', '.join(LABELS)}):which>")
@requires(Permission.SEE_COHORT_NAMES)
def turnover_people(which: str) -> str:
    """The people of one number of turnover, of everybody or of one role group (?role=Social Worker)."""
    dates, role = DatesForm.read(request.args), request.args.get("role") or None
    if not dates.is_right:
        abort(404)
    heading = f"{LABELS[which]}: {role}" if role else LABELS[which]
    if which == "left":
        left = [one for one in queries.leavers(**dates.chosen) if role in {None, one.role}]
        return _list_of_leavers(left, dates, heading, "Turnover")
    return _list(queries.employees_in_post(**dates.chosen, role=role), dates, heading, "Turnover")


@bp.get("/targets/<code>/trained-leavers")
@requires(Permission.SEE_COHORT_NAMES)
def trained_leavers(code: str) -> str:
    """The people of whom a coverage was lost: complete on the last of their days."""
    found, dates = one_or_404(queries.target_coded(code)), DatesForm.read(request.args)
    if found.kind is not TargetKind.COVERAGE or not dates.is_right:
        abort(404)
    left = queries.trained_leavers(found, **dates.chosen)
    heading = f"Complete, and left in {queries.TURNOVER_MONTHS} months"
    return _list_of_leavers(left, dates, heading, found.title)


def _list_of_leavers(left: Sequence[Leaver], dates: DatesForm, heading: str, caption: str) -> str:
    of_person = {one.person_id: one for one in left}
    return _list(queries.people_called(frozenset(of_person)), dates, heading, caption, left=of_person)


def _list(
    people: Select[tuple[Person]],
    dates: DatesForm,
    heading: str,
    caption: str,
    left: Mapping[int, Leaver] | None = None,
) -> str:
    return render_template(
        "figures/turnover_people.html",
        heading=heading,
        caption=caption,
        form=dates,
        page=paginate(people),
        left=left,
    )
