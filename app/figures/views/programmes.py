"""Changing a programme: a page of this room, since its targets have a say in its dates."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.figures import rules
from app.figures.views.targets import bp
from app.programmes.forms import EditProgrammeForm
from app.programmes.models import Programme
from app.programmes.rules import values_of_programme


@bp.route("/programmes/<int:programme_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def edit_programme(programme_id: int) -> str | Response:
    """Change what a programme is called, who delivers it, and its dates."""
    found = get_or_404(Programme, programme_id)
    form = EditProgrammeForm(obj=found, data={"seen": edition(values_of_programme(found))})
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_programme(
                programme=found,
                **form.asked(),
                reason=form.reason.data or "",
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The programme is changed.")
            return redirect(url_for("programmes.programme", programme_id=programme_id))
    return render_template("figures/edit_programme.html", form=form, programme=found)
