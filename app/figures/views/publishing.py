"""Figures as published, beside what they are as known now. (AM-15, BM-04)"""

from __future__ import annotations

from itertools import groupby

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
from app.figures.forms import PublishForm
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


@bp.route("/published/new", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def publish() -> str | Response:
    """Publish the figure of every target that is asked for on a day (?as_at=2021-08-31 fills it in)."""
    form = PublishForm(as_at=_day_asked())
    targets = list(db.session.scalars(queries.targets(as_at=form.as_at.data or clock.today())))
    form.also(
        lambda: rules.check_publication(targets, form.as_at.data, form.occasion.data or "", clock.now())
    )
    if form.validate_on_submit():
        with rule_errors_on(form):
            made = rules.publish(
                targets=targets,
                as_at=form.as_at.data,
                occasion=form.occasion.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"{plural(len(made), 'figure')} published as at {day(form.as_at.data)}.")
            return redirect(url_for("figures.published"))
    return render_template("figures/publish.html", form=form, has_targets=queries.has_targets())


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


def _day_asked() -> object:
    """The day that the address gives; today when it gives none that can be read."""
    try:
        return rules.as_at_from(request.args.get("as_at", ""))
    except RuleBroken:
        return clock.today()
