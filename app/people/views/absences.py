"""A person's long-term absences."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.people import rules
from app.people.forms import AbsenceForm, ReasonForm
from app.people.models import Absence, Person, PersonKind
from app.people.views.blueprint import bp


@bp.route("/people/<int:person_id>/absences/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def new_absence(person_id: int) -> str | Response:
    """Somebody is away for long."""
    person = get_or_404(Person, person_id)
    if person.kind is not PersonKind.STAFF:
        abort(404)
    form = AbsenceForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.record_absence(
                person=person,
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The absence is recorded.")
            return redirect(url_for("people.person", person_id=person.id))
    return render_template("people/absence.html", form=form, person=person, absence=None)


@bp.route("/people/<int:person_id>/absences/<int:absence_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def edit_absence(person_id: int, absence_id: int) -> str | Response:
    """End an absence, or put right its days."""
    person, absence = _absence_or_404(person_id, absence_id)
    form = AbsenceForm(obj=absence)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.correct_absence(
                absence=absence,
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The absence is saved.")
            return redirect(url_for("people.person", person_id=person.id))
    return render_template("people/absence.html", form=form, person=person, absence=absence)


@bp.route("/people/<int:person_id>/absences/<int:absence_id>/remove", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def remove_absence(person_id: int, absence_id: int) -> str | Response:
    """Take back an absence that was recorded by mistake."""
    person, absence = _absence_or_404(person_id, absence_id)
    form = ReasonForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.withdraw_absence(
                absence=absence, reason=form.reason.data, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash("The absence is removed.")
            return redirect(url_for("people.person", person_id=person.id))
    return render_template("people/remove_absence.html", form=form, person=person, absence=absence)


def _absence_or_404(person_id: int, absence_id: int) -> tuple[Person, Absence]:
    person, absence = get_or_404(Person, person_id), get_or_404(Absence, absence_id)
    if absence.person_id != person.id or absence.superseded_at is not None:
        abort(404)
    return person, absence
