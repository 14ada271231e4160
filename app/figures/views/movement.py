"""Why a target's figure moved between two days, and whom each step counts. (BM-02)"""

from __future__ import annotations

from flask import abort, render_template, request
from werkzeug.wrappers import Response

from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, paginate, requires
from app.figures import queries
from app.figures.forms import MovementForm
from app.figures.models import Target
from app.figures.queries import Movement, MovementCause
from app.figures.views.targets import bp


@bp.get("/targets/<code>/movement")
@requires(Permission.SEE_FIGURES)
def movement(code: str) -> str:
    """Each step from the earlier figure to the later (?from=2022-01-31&to=2022-02-28)."""
    target = one_or_404(queries.target_coded(code))
    form = MovementForm.read(request.args)
    found = [_movement(target, form)] if form.is_right and target.kind.counts_people else []
    told = next(iter(queries.as_seen(found, sees_names=current_actor().sees_names)), None)
    return render_template("figures/movement.html", target=target, form=form, movement=told)


@bp.get("/targets/<code>/movement/<step>")
@requires(Permission.SEE_COHORT_NAMES)
def moved_people(code: str, step: str) -> str | Response:
    """Whom one step counts, by name."""
    target = one_or_404(queries.target_coded(code))
    form = MovementForm.read(request.args)
    if step not in list(MovementCause) or not form.is_right or not target.kind.counts_people:
        abort(404)
    people = _movement(target, form).people[MovementCause(step)]
    page = paginate(queries.people_called(people))
    return render_template(
        "figures/moved_people.html", target=target, form=form, step=MovementCause(step), page=page
    )


def _movement(target: Target, form: MovementForm) -> Movement:
    return queries.movement(target, before=form.before, after=form.after)
