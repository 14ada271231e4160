"""The short lists behind people, each on a page of the same shape: services, role groups, sectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, url_for
from sqlalchemy import Select
from werkzeug.wrappers import Response

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_on
from app.people import queries, rules
from app.people.forms import NameForm
from app.people.models import RoleGroup, Sector, Service
from app.people.views.blueprint import bp


@dataclass(frozen=True)
class ShortList:
    """A list with a page: its words, its rows, and what may be done to them."""

    path: str
    model: type[Any]
    title: str
    one: str
    purpose: str
    rows: Callable[[], Select[Any]]
    sizes: Callable[[Any], Select[Any]]
    size_of: str
    add: Callable[..., Any]
    rename: Callable[..., Any]


SHORT_LISTS = {
    one.path: one
    for one in (
        ShortList(
            path="services",
            model=Service,
            title="Services",
            one="service",
            purpose="The parts of the council that teams belong to.",
            rows=queries.services,
            sizes=queries.teams_by_service,
            size_of="Teams",
            add=rules.add_service,
            rename=lambda row, **values: rules.rename_service(service=row, **values),
        ),
        ShortList(
            path="role-groups",
            model=RoleGroup,
            title="Role groups",
            one="role group",
            purpose="Groups of jobs that audiences and targets name.",
            rows=queries.role_groups,
            sizes=queries.people_by_role_group,
            size_of="People today",
            add=rules.add_role_group,
            rename=lambda row, **values: rules.rename_role_group(role_group=row, **values),
        ),
        ShortList(
            path="sectors",
            model=Sector,
            title="Sectors",
            one="sector",
            purpose="Where partner organisations are counted.",
            rows=queries.sectors,
            sizes=queries.organisations_by_sector,
            size_of="Organisations",
            add=rules.add_sector,
            rename=lambda row, **values: rules.rename_sector(sector=row, **values),
        ),
    )
}
_PATHS = "<any(services, 'role-groups', sectors):path>"


@bp.get(f"/{_PATHS}")
@requires(Permission.SEE_ALL_PEOPLE)
def short_list(path: str) -> str:
    """The list, with how many each row holds."""
    listed = SHORT_LISTS[path]
    return render_template(
        "people/short_list.html",
        listed=listed,
        page=paginate(listed.rows(), size=50),
        sizes=dict(db.session.execute(listed.sizes(clock.today())).tuples().all()),
    )


@bp.route(f"/{_PATHS}/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def add_to_list(path: str) -> str | Response:
    listed = SHORT_LISTS[path]
    form = NameForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            row = listed.add(name=form.name.data or "", by=current_actor(), now=clock.now())
            db.session.commit()
            flash(f"{row.name} is added.")
            return redirect(url_for("people.short_list", path=path))
    return render_template("people/list_form.html", form=form, listed=listed, row=None, page=None)


@bp.route(f"/{_PATHS}/<int:row_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def rename_in_list(path: str, row_id: int) -> str | Response:
    """Rename a row; below it stands what was done to it."""
    listed = SHORT_LISTS[path]
    row = get_or_404(listed.model, row_id)
    form = NameForm(obj=row)
    if form.validate_on_submit():
        with rule_errors_on(form):
            listed.rename(row, name=form.name.data or "", by=current_actor(), now=clock.now())
            db.session.commit()
            flash(f"{row.name} is saved.")
            return redirect(url_for("people.short_list", path=path))
    page = paginate(audit.history_of(listed.model.__tablename__, row_id))
    return render_template("people/list_form.html", form=form, listed=listed, row=row, page=page)
