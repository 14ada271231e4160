"""A person's page, details and history."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_on
from app.outbox import queries as outbox
from app.outbox.models import Message
from app.people import queries, rules
from app.people.forms import EditForm, suit
from app.people.models import Person
from app.people.views.blueprint import bp, person_or_404


@bp.get("/people/<int:person_id>")
@requires(Permission.SEE_ALL_PEOPLE, Permission.SEE_OWN_TEAM, Permission.SEE_OWN_LEARNING)
def person(person_id: int) -> str | Response:
    """Who somebody is, and where they belong and belonged; a merged record leads to the one that goes on."""
    found = person_or_404(person_id)
    if found.merged_into_id is not None:
        flash(f"The record of {found.name} was merged into this one.")
        return redirect(url_for("people.person", person_id=found.merged_into_id))
    today = clock.today()
    spells = list(db.session.scalars(queries.spells_of(found)))
    absences = list(db.session.scalars(queries.absences_of(found)))
    return render_template(
        "people/person.html",
        person=found,
        spells=spells,
        current=next((one for one in spells if one.covers(today)), None),
        upcoming=next((one for one in reversed(spells) if one.first_day > today), None),
        absences=absences,
        absent=db.session.scalar(queries.absent_among([found.id], today)),
        today=today,
        bounce=_bounce(found),
        held_back=_held_back(found),
    )


def _bounce(person: Person) -> Message | None:
    """The last e-mail to somebody that came back, if their address bounces."""
    return db.session.scalar(outbox.bounces(person.email).limit(1)) if person.email else None


def _held_back(person: Person) -> int:
    return len(db.session.scalars(outbox.held_back(person.email)).all()) if person.email else 0


@bp.route("/people/<int:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def edit(person_id: int) -> str | Response:
    """Put right who somebody is: names, number, address."""
    found = get_or_404(Person, person_id)
    form = EditForm(obj=found, data={"seen": edition(rules.values_of_person(found))})
    suit(form, found.kind)
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.edit_person(
                person=found,
                by=current_actor(),
                now=clock.now(),
                reason=form.reason.data or None,
                seen=form.seen.data or "",
                **form.details(),
            )
            db.session.commit()
            flash("The details are saved.")
            return redirect(url_for("people.person", person_id=person_id))
    return render_template("people/edit.html", form=form, person=found)


@bp.get("/people/<int:person_id>/history")
@requires(Permission.SEE_ALL_PEOPLE)
def person_history(person_id: int) -> str:
    """What was done to a person's record, and what it said before."""
    found = person_or_404(person_id)
    return render_template(
        "people/person_history.html",
        person=found,
        page=paginate(audit.history_of("person", found.id)),
        superseded_spells=list(db.session.scalars(queries.superseded_spells_of(found))),
        superseded_absences=list(db.session.scalars(queries.superseded_absences_of(found))),
    )
