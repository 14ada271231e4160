"""A cohort's people chosen by a rule: looked at first, then added with one press."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.filters import plural
from app.core.permissions import Permission
from app.core.web import (
    current_actor,
    get_or_404,
    one_or_404,
    paginate,
    requires,
    rule_errors_flashed,
)
from app.figures import queries, rules
from app.figures.forms import ChooseForm
from app.figures.models import Cohort, Population
from app.figures.views.targets import bp
from app.people import queries as people
from app.programmes import queries as programmes
from app.programmes.models import Course


@bp.get("/cohorts/<code>/choose")
@requires(Permission.EDIT_TARGETS)
def choose_people(code: str) -> str:
    """Whom the rule finds, by name: nobody is added yet (AM-06)."""
    found = one_or_404(queries.cohort_coded(code))
    form = _form(found, request.args)
    page = words = seen = None
    if "population" in request.args and form.validate():
        asked = queries.candidates(found, on=clock.today(), **_chosen(form))
        page, seen = paginate(asked), edition(sorted(db.session.scalars(people.ids_of(asked))))
        words = queries.candidates_in_words(**_chosen(form))
    return render_template(
        "figures/choose_people.html", form=form, cohort=found, page=page, words=words, seen=seen
    )


@bp.post("/cohorts/<code>/choose")
@requires(Permission.EDIT_TARGETS)
def add_candidates(code: str) -> Response:
    """Everybody whom the rule finds joins the list, if it still finds those who were looked at."""
    found = one_or_404(queries.cohort_coded(code))
    form = _form(found, request.args)
    if not form.validate():
        return redirect(url_for("figures.choose_people", code=found.code))
    with rule_errors_flashed():
        added = rules.add_candidates(
            cohort=found,
            seen=request.form.get("seen", ""),
            joined_on=form.joined_on.data,
            cause=form.cause.data,
            by=current_actor(),
            now=clock.now(),
            on=clock.today(),
            **_chosen(form),
        )
        db.session.commit()
        flash(f"{plural(len(added), 'person', 'people')} added.")
        return redirect(url_for("figures.cohort", code=found.code))
    return redirect(url_for("figures.choose_people", code=found.code, **request.args.to_dict()))


def _form(cohort: Cohort, address: Any) -> ChooseForm:
    form = ChooseForm(formdata=address, joined_on=clock.today())
    form.offer(
        db.session.scalars(queries.populations()),
        db.session.scalars(programmes.courses()),
        rules.causes_of(cohort),
    )
    return form


def _chosen(form: ChooseForm) -> dict[str, Any]:
    """The rule that is asked for."""
    return {
        "population": get_or_404(Population, int(form.population.data)),
        "without": get_or_404(Course, int(form.without.data)) if form.without.data else None,
        "started_after": form.started_after.data,
    }
