"""On which days of the week somebody works: said by themselves, or by the academy. (ST-12)"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, requires, rule_errors_on
from app.people import rules
from app.people.forms import WorkingDaysForm
from app.people.views.blueprint import bp, person_or_404


@bp.route("/people/<int:person_id>/working-days", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE, Permission.SEE_OWN_LEARNING)
def working_days(person_id: int) -> str | Response:
    """Say, or take back, on which days somebody works."""
    person, by = person_or_404(person_id), current_actor()
    rules.check_can_set_working_days(person, by)
    form = WorkingDaysForm(data={"days": [int(one) for one in person.working_days or ""]})
    back = _back_from(person_id)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.set_working_days(person=person, days=form.days.data or (), by=by, now=clock.now())
            db.session.commit()
            flash("The working days are saved.")
            return redirect(back)
    return render_template("people/working_days.html", form=form, person=person, back=back)


def _back_from(person_id: int) -> str:
    """One's own page of learning, or the person's page for the academy."""
    if current_actor().person_id == person_id:
        return url_for("learning.mine")
    return url_for("people.person", person_id=person_id)
