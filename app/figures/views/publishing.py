"""Figures as published, beside what they are as known now. (AM-15, BM-04)"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day, plural
from app.core.permissions import Permission
from app.core.web import (
    current_actor,
    get_or_404,
    one_or_404,
    paginate,
    requires,
    rule_errors_on,
)
from app.figures import queries, rules
from app.figures.forms import PublishForm, SnapshotForm
from app.figures.models import PublishedFigure
from app.figures.views.targets import bp


@bp.get("/published")
@requires(Permission.SEE_FIGURES)
def published() -> str:
    """Every figure as published, by publication."""
    page = paginate(queries.published_figures())
    told = queries.as_published(page.rows, sees_names=current_actor().sees_names)
    publications = [
        (figures[0].row, figures)
        for _key, found in groupby(told, lambda one: (one.row.published_at, one.row.occasion, one.row.as_at))
        if (figures := list(found))
    ]
    return render_template("figures/published.html", page=page, publications=publications)


@bp.get("/published/new")
@requires(Permission.EDIT_TARGETS)
def new_snapshot() -> str:
    """Of which day figures are to be published (?as_at=2021-08-31 fills it in), and for what; what follows is
    how they would be kept."""
    form = SnapshotForm(formdata=request.args if "occasion" in request.args else None, as_at=_day_asked())
    return _asking(form)


@bp.get("/published/draft")
@requires(Permission.EDIT_TARGETS)
def draft_snapshot() -> str:
    """The figure of every target that is asked for on a day, before the press that keeps them."""
    form = SnapshotForm(formdata=request.args)
    asked = _asked(form)
    if form.validate():
        with rule_errors_on(form):
            return render_template(
                "figures/draft_snapshot.html",
                form=form,
                figures=rules.snapshot(**asked),
                typed=_typed(form),
            )
    return _asking(form)


@bp.post("/published/new")
@requires(Permission.EDIT_TARGETS)
def publish() -> str | Response:
    """Publish the figure of every target that is asked for on a day."""
    form = PublishForm()
    asked = _asked(form)
    if form.validate_on_submit():
        with rule_errors_on(form):
            made = rules.publish(**asked, by=current_actor())
            db.session.commit()
            flash(f"{plural(len(made), 'figure')} published as at {day(form.as_at.data)}.")
            return redirect(url_for("figures.published"))
    return _asking(form)


@bp.get("/targets/<code>/published")
@requires(Permission.SEE_FIGURES)
def published_of(code: str) -> str:
    """What was published of one target; that of the latest day with what it is as known now."""
    target = one_or_404(queries.target_coded(code))
    page = paginate(queries.published_of(target))
    sees_names = current_actor().sees_names
    latest = [queries.restated(page.rows[0])] if page.rows and page.page == 1 else []
    return render_template(
        "figures/target_published.html",
        target=target,
        page=page,
        latest=queries.as_seen(latest, sees_names=sees_names),
        published=queries.as_published(page.rows, sees_names=sees_names),
        has_movement=target.kind.counts_people,
    )


@bp.get("/published/<int:figure_id>")
@requires(Permission.SEE_FIGURES)
def published_figure(figure_id: int) -> str:
    """One figure as published: its rule, its restated value and, for those who may see names, its people."""
    found = get_or_404(PublishedFigure, figure_id)
    people = None
    has_movement = found.target.kind.counts_people
    sees_names = current_actor().sees_names
    if sees_names and has_movement:
        people = paginate(queries.people_published(found), scalars=False)
    [told] = queries.as_published([found], sees_names=sees_names)
    [restated] = queries.as_seen([queries.restated(found)], sees_names=sees_names)
    return render_template(
        "figures/published_figure.html",
        figure=found,
        told=told,
        restated=restated,
        people=people,
        has_movement=has_movement,
    )


def _asking(form: PublishForm) -> str:
    return render_template("figures/new_snapshot.html", form=form, has_targets=queries.has_targets())


def _asked(form: PublishForm) -> dict[str, Any]:
    """What is asked of the rules; they are asked, too, while a field is wrong."""
    as_at, occasion, now = form.as_at.data, form.occasion.data or "", clock.now()
    targets = list(db.session.scalars(queries.targets(as_at=as_at or clock.today())))
    form.also(lambda: rules.check_publication(targets, as_at, occasion, now))
    return {"targets": targets, "as_at": as_at, "occasion": occasion, "now": now}


def _typed(form: SnapshotForm) -> dict[str, str]:
    """What was typed, as the page's button and its link back carry it on."""
    names = tuple(form._fields)
    return {name: value for name, value in request.args.items() if name.partition("-")[0] in names}


def _day_asked() -> object:
    """The day that the address gives; today when it gives none that can be read."""
    try:
        return rules.as_at_from(request.args.get("as_at", ""))
    except RuleBroken:
        return clock.today()
