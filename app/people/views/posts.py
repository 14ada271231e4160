"""A person's posts: begun, changed from a day, ended, and put right."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.filters import day
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.people import rules
from app.people.forms import (
    ChangeForm,
    CorrectForm,
    EndForm,
    FromDayForm,
    NewPostForm,
    PostForm,
    ReasonForm,
    suit,
)
from app.people.models import Person, Spell
from app.people.views.blueprint import bp, offer_lists


@bp.route("/people/<int:person_id>/posts/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def new_post(person_id: int) -> str | Response:
    """Somebody comes back, or joins for the first time: a new employment or affiliation."""
    person = get_or_404(Person, person_id)
    latest = person.spells[-1] if person.spells else None
    like = next((one for one in reversed(person.spells) if one.employment_type.kind is person.kind), None)
    form = NewPostForm(data=_said_by(like) if like else {})
    suit(form, person.kind)
    offer_lists(form)
    _say_who_manages(form, like)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.open_spell(
                person=person,
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                by=current_actor(),
                now=clock.now(),
                **form.post(),
            )
            db.session.commit()
            flash(f"{person.name} belongs here from {day(form.first_day.data)}.")
            return _to(person)
    return render_template("people/new_post.html", form=form, person=person, latest=latest)


@bp.route("/people/<int:person_id>/posts/change", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def change_post(person_id: int) -> str | Response:
    """Another role, team or manager from a day: first the day, then what is different from it."""
    person = get_or_404(Person, person_id)
    asked, now = FromDayForm(request.args), person.spell_on(clock.today())
    kind = now.employment_type.kind if now else person.kind
    if not any(name.startswith("on-") for name in request.args):
        return render_template("people/change_from.html", form=asked, person=person, kind=kind)
    spell = person.spell_on(asked.on.data) if asked.validate() else None
    if spell is None:
        if asked.on.data and not asked.errors:
            asked.add_error(f"{person.name} is not in post on {day(asked.on.data)}", "on")
        return render_template("people/change_from.html", form=asked, person=person, kind=kind)
    return _change(person, spell, asked.on.data)


def _change(person: Person, spell: Spell, on: date) -> str | Response:
    form = ChangeForm(data=_said_by(spell))
    suit(form, spell.employment_type.kind)
    offer_lists(form, on=on)
    _say_who_manages(form, spell)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.change_spell(
                person=person,
                on=on,
                by=current_actor(),
                now=clock.now(),
                reason=form.reason.data or None,
                **form.post(),
            )
            db.session.commit()
            flash(f"The change from {day(on)} is saved.")
            return _to(person)
    return render_template("people/change_post.html", form=form, person=person, on=on)


@bp.route("/people/<int:person_id>/posts/end", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def end_post(person_id: int) -> str | Response:
    """Somebody leaves: their last day; then which of their places that costs."""
    person = get_or_404(Person, person_id)
    form = EndForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.end_spell(
                person=person,
                last_day=form.last_day.data,
                by=current_actor(),
                now=clock.now(),
                reason=form.reason.data or None,
            )
            db.session.commit()
            flash(f"{person.name}’s last day is {day(form.last_day.data)}.")
            return redirect(url_for("bookings.leaving", person_id=person.id))
    return render_template("people/end_post.html", form=form, person=person)


@bp.route("/people/<int:person_id>/posts/<int:spell_id>/correct", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def correct_post(person_id: int, spell_id: int) -> str | Response:
    """Put right a post that was recorded wrongly, for all of its days."""
    person, spell = _post_or_404(person_id, spell_id)
    form = CorrectForm(data=_said_by(spell) | {"first_day": spell.first_day, "last_day": spell.last_day})
    suit(form, spell.employment_type.kind)
    offer_lists(form)
    _say_who_manages(form, spell)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.correct_spell(
                spell=spell,
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                reason=form.reason.data,
                by=current_actor(),
                now=clock.now(),
                **form.post(),
            )
            db.session.commit()
            flash("The correction is saved.")
            return _to(person)
    return render_template("people/correct_post.html", form=form, person=person, spell=spell)


@bp.route("/people/<int:person_id>/posts/<int:spell_id>/remove", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def remove_post(person_id: int, spell_id: int) -> str | Response:
    """Take back a post that was recorded by mistake."""
    person, spell = _post_or_404(person_id, spell_id)
    form = ReasonForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.withdraw_spell(spell=spell, reason=form.reason.data, by=current_actor(), now=clock.now())
            db.session.commit()
            flash("The post is removed.")
            return _to(person)
    return render_template("people/remove_post.html", form=form, person=person, spell=spell)


def _post_or_404(person_id: int, spell_id: int) -> tuple[Person, Spell]:
    """A post of this person that is still what is known."""
    person, spell = get_or_404(Person, person_id), get_or_404(Spell, spell_id)
    if spell.person_id != person.id or not spell.is_live:
        abort(404)
    return person, spell


def _said_by(spell: Spell) -> dict[str, Any]:
    """What a post says, as the fields of a form hold it."""
    manager = spell.manager
    is_known_by = manager and (manager.employee_number or manager.email or manager.name)
    return {
        "employment_type": spell.employment_type.value,
        "job_title": spell.job_title,
        "role_group": _as_choice(spell.role_group_id),
        "team": _as_choice(spell.team_id),
        "organisation": _as_choice(spell.organisation_id),
        "manager": is_known_by,
        "career_stage": spell.career_stage,
        "fte": f"{spell.fte.normalize():f}" if spell.fte is not None else None,
    }


def _say_who_manages(form: PostForm, spell: Spell | None) -> None:
    """The manager's box holds a number: its hint says whose."""
    if spell is not None and spell.manager is not None and "manager" in form:
        form.manager.description = f"{form.manager.description} Recorded now: {spell.manager.name}."


def _as_choice(ident: int | None) -> str:
    return str(ident) if ident is not None else ""


def _to(person: Person) -> Response:
    return redirect(url_for("people.person", person_id=person.id))
