"""Finding people, and adding somebody."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.errors import check_all
from app.core.forms import SelectChoice
from app.core.permissions import Permission
from app.core.web import current_actor, paginate, requires, rule_errors_on
from app.people import queries, rules
from app.people.forms import DirectoryFilters, KindForm, NewPersonForm, suit
from app.people.models import Person, PersonKind
from app.people.views.blueprint import bp, called, offer_lists, team_choices


@bp.get("/people")
@requires(Permission.SEE_ALL_PEOPLE)
def directory() -> str:
    """Everybody in post or affiliated on a date, by name, narrowed by a search and filters."""
    filters = DirectoryFilters(request.args)
    _offer_teams(filters)
    is_understood = filters.validate()
    on = filters.on.day or clock.today()
    statement = queries.directory(
        filters.q.data,
        PersonKind(filters.kind.data) if is_understood and filters.kind.data else None,
        team_id=filters.team.number if is_understood else None,
        service_id=filters.service.number if is_understood else None,
        organisation_named=filters.organisation.data,
        on=on,
        is_everybody=filters.everybody.data,
    )
    is_narrowed = any(field.data for field in filters if field is not filters.on)
    page = paginate(statement, scalars=False, count=None if is_narrowed else queries.directory_count(on))
    return render_template("people/directory.html", form=filters, on=on, page=page)


def _offer_teams(filters: DirectoryFilters) -> None:
    """The teams, and the services that have any, by one statement."""
    teams = db.session.execute(queries.team_names()).tuples().all()
    services = {service_id: name for _, _, service_id, name, _ in teams}
    filters.team.choices = team_choices(teams, blank="All teams")
    filters.service.choices = [
        SelectChoice(value="", label="All services"),
        *(SelectChoice(value=str(ident), label=name) for ident, name in services.items()),
    ]


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def choose_kind() -> str | Response:
    """The first question of adding somebody: staff, partner or panel member."""
    form = KindForm()
    if form.validate_on_submit():
        return redirect(url_for("people.new", kind=form.kind.data))
    return render_template("people/choose_kind.html", form=form)


@bp.route("/people/new/<any(staff, partner, panel_member):kind>", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def new(kind: str) -> str | Response:
    """Add somebody of a kind, and where they belong from a first day."""
    kind_chosen = PersonKind(kind)
    form = NewPersonForm()
    suit(form, kind_chosen)
    offer_lists(form)
    who_it_is = partial(_check_who_it_is, kind_chosen, form)
    form.also(who_it_is)
    if form.validate_on_submit():
        with rule_errors_on(form):
            check_all(who_it_is, form.manager_id)
            person = _add(kind_chosen, form)
            db.session.commit()
            flash(f"{person.name} is added.")
            return redirect(url_for("people.person", person_id=person.id))
    return render_template(
        "people/new.html",
        form=form,
        kind=kind_chosen,
        called=called(kind_chosen),
        namesakes=_namesakes(form) if form.is_somebody_else.errors else [],
    )


def _check_who_it_is(kind: PersonKind, form: NewPersonForm) -> None:
    rules.check_can_add(kind, form.details(), is_somebody_else=form.is_somebody_else.data)


def _namesakes(form: NewPersonForm) -> list[Person]:
    named = queries.namesakes(form.first_name.data or "", form.last_name.data or "")
    return list(db.session.scalars(named))


def _add(kind: PersonKind, form: NewPersonForm) -> Person:
    by, now = current_actor(), clock.now()
    post = form.post()
    person = rules.add_person(kind=kind, by=by, now=now, **form.details())
    days = {"first_day": form.first_day.data, "last_day": form.last_day.data}
    rules.open_spell(person=person, by=by, now=now, **days, **post)
    return person
