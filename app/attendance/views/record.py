"""One's own training record for CPD, with reflections that nobody else reads; and everybody's completions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.files import COMPLETION_COLUMNS, record_csv
from app.attendance.forms import ReflectionForm
from app.attendance.models import Reflection
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.sheets import csv_text
from app.core.web import current_actor, download, get_or_404, requires, rule_errors_on
from app.people.models import Person
from app.programmes.models import Course

bp = Blueprint("record", __name__)


@bp.get("/my-learning/record")
@requires(Permission.SEE_OWN_LEARNING)
def mine() -> str:
    """Every day with its hours, run, trainer and certificate, and what one wrote about it."""
    person_id = current_actor().person_id
    if person_id is None:
        return render_template("bookings/nobody.html")
    person = get_or_404(Person, person_id)
    return render_template("attendance/record.html", person=person, record=queries.record_of(person))


@bp.get("/my-learning/record.csv")
@requires(Permission.SEE_OWN_LEARNING)
def mine_csv() -> Response:
    """The same as a file, one’s own words with it: for oneself alone."""
    person_id = current_actor().person_id
    if person_id is None:
        return redirect(url_for("record.mine"))
    content = record_csv(queries.record_of(get_or_404(Person, person_id)))
    return download(content, f"training-record-{clock.today().isoformat()}.csv")


# --- Reflections -----------------------------------------------------------------------------------------


@bp.route("/my-learning/courses/<int:course_id>/reflection", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_LEARNING)
def write(course_id: int) -> str | Response:
    """Write about a course for oneself."""
    course, form, by = get_or_404(Course, course_id), ReflectionForm(), current_actor()
    rules.check_can_reflect(course, by)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.write_reflection(
                course=course,
                learnt=form.learnt.data or "",
                changes=form.changes.data or "",
                by=by,
                now=clock.now(),
            )
            db.session.commit()
            flash("Your reflection is saved. Only you can read it.")
            return redirect(url_for("record.mine"))
        course = get_or_404(Course, course_id)
    return render_template("attendance/reflection.html", form=form, course=course, reflection=None)


@bp.route("/my-learning/reflections/<int:reflection_id>", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_LEARNING)
def change(reflection_id: int) -> str | Response:
    """Change what one wrote."""
    reflection, by = _own(reflection_id), current_actor()
    form = ReflectionForm(obj=reflection)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.change_reflection(
                reflection=reflection, learnt=form.learnt.data or "", changes=form.changes.data or "", by=by
            )
            db.session.commit()
            flash("Your reflection is saved. Only you can read it.")
            return redirect(url_for("record.mine"))
        reflection = _own(reflection_id)
    return render_template(
        "attendance/reflection.html", form=form, course=reflection.course, reflection=reflection
    )


@bp.post("/my-learning/reflections/<int:reflection_id>/delete")
@requires(Permission.SEE_OWN_LEARNING)
def delete(reflection_id: int) -> Response:
    """Take what one wrote away for good."""
    rules.delete_reflection(reflection=_own(reflection_id), by=current_actor())
    db.session.commit()
    flash("Your reflection is deleted. Nothing of it is kept.")
    return redirect(url_for("record.mine"))


def _own(reflection_id: int) -> Reflection:
    reflection = get_or_404(Reflection, reflection_id)
    rules.check_is_own(reflection, current_actor())
    return reflection


# --- Everybody -------------------------------------------------------------------------------------------


@bp.get("/people/completions.csv")
@requires(Permission.SEE_ALL_PEOPLE)
def everybody_csv() -> Response:
    """Everybody’s completions as a file."""
    rows = db.session.execute(queries.completions_of_everybody(as_at=clock.today()))
    return download(csv_text(COMPLETION_COLUMNS, rows), f"completions-{clock.today().isoformat()}.csv")
