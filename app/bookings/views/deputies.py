"""Who decides for a line manager while they are away: named by themselves, or by the academy. (LM-07)"""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import rules
from app.bookings.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_flashed, rule_errors_on
from app.people import queries as people
from app.people import rules as people_rules
from app.people.forms import DeputyForm
from app.people.models import Deputy, Person

NAMES_DEPUTIES = (Permission.SEE_OWN_TEAM, Permission.EDIT_PEOPLE)


@bp.route("/people/<int:person_id>/deputies", methods=["GET", "POST"])
@requires(*NAMES_DEPUTIES)
def deputies(person_id: int) -> str | Response:
    """Who stands in for a line manager, and naming one more."""
    manager, form = get_or_404(Person, person_id), DeputyForm()
    people_rules.check_can_name_deputies(manager, current_actor())
    if form.validate_on_submit():
        with rule_errors_on(form):
            now, typed = clock.now(), _typed(form)
            with rules.requests_pass_on(manager, now=now):
                people_rules.name_deputy(manager=manager, by=current_actor(), now=now, **typed)
            db.session.commit()
            flash("The deputy is saved. Requests go to them on these days.")
            return redirect(url_for("bookings.deputies", person_id=person_id))
    return render_template(
        "bookings/deputies.html",
        form=form,
        manager=manager,
        entries=db.session.scalars(people.deputy_entries_of(person_id)).all(),
        is_own=current_actor().person_id == person_id,
        today=clock.today(),
    )


@bp.get("/my-deputies")
@requires(Permission.SEE_OWN_TEAM)
def my_deputies() -> Response:
    """A line manager's own page of deputies."""
    return redirect(url_for("bookings.deputies", person_id=current_actor().person_id or abort(404)))


@bp.route("/people/<int:person_id>/deputies/<int:deputy_id>/edit", methods=["GET", "POST"])
@requires(*NAMES_DEPUTIES)
def edit_deputy(person_id: int, deputy_id: int) -> str | Response:
    """Somebody else stands in, or on other days."""
    entry = _entry_or_404(person_id, deputy_id)
    named = {"deputy": entry.deputy.employee_number or entry.deputy.email or entry.deputy.name}
    form = DeputyForm(data={**named, "first_day": entry.first_day, "last_day": entry.last_day})
    if form.validate_on_submit():
        with rule_errors_on(form):
            now, typed = clock.now(), _typed(form)
            with rules.requests_pass_on(entry.manager, now=now):
                people_rules.change_deputy(entry=entry, by=current_actor(), now=now, **typed)
            db.session.commit()
            flash("The deputy is saved.")
            return redirect(url_for("bookings.deputies", person_id=person_id))
    return render_template("bookings/edit_deputy.html", form=form, entry=entry, manager=entry.manager)


@bp.post("/people/<int:person_id>/deputies/<int:deputy_id>/end")
@requires(*NAMES_DEPUTIES)
def end_deputy(person_id: int, deputy_id: int) -> Response:
    """The manager is back, and decides again."""
    entry, now = _entry_or_404(person_id, deputy_id), clock.now()
    with rule_errors_flashed():
        with rules.requests_pass_on(entry.manager, now=now):
            people_rules.end_deputy(entry=entry, by=current_actor(), now=now)
        db.session.commit()
        flash("Ended. Requests go to the manager again.")
    return redirect(url_for("bookings.deputies", person_id=person_id))


def _typed(form: DeputyForm) -> dict[str, Any]:
    """Who stands in, and from when until when, as the rules take it."""
    deputy = people_rules.staff_member(form.deputy.data or "", field="deputy")
    return {"deputy": deputy, "first_day": form.first_day.data, "last_day": form.last_day.data}


def _entry_or_404(person_id: int, deputy_id: int) -> Deputy:
    entry = get_or_404(Deputy, deputy_id)
    if entry.manager_id != person_id:
        abort(404)
    people_rules.check_can_name_deputies(entry.manager, current_actor())
    return entry
