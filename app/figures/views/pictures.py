"""A target from week to week, and by where its people work: never a name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.permissions import Permission
from app.core.web import current_actor, download, one_or_404, page_as_asked, requires
from app.figures import files, queries
from app.figures.forms import DatesForm
from app.figures.models import Target, TargetKind
from app.figures.views.targets import bp


@bp.get("/targets/<code>/progress")
@requires(Permission.SEE_FIGURES)
def progress(code: str) -> str:
    """A year of a target's figure, or what there is of it, week by week, against what is required and
    planned."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    context: dict[str, Any] = {"chart": None, "why_not": ""}
    if dates.is_right and found.kind.counts_people:
        points, sees_names = _points(found, dates), current_actor().sees_names
        milestones = queries.own_milestones(
            found, as_at=dates.on, known_at=dates.known, sees_names=sees_names
        )
        planned = queries.planned_line([one.milestone for one in milestones], in_scope=points[-1].in_scope)
        figure = _as_seen(queries.figure(found, as_at=dates.on, known_at=dates.known))
        context["why_not"] = queries.FEW_TO_DRAW if figure.is_few else ""
        if not figure.is_few:
            context["chart"] = files.progress_chart(
                queries.drawn(points), planned, deadline=figure.deadline, outlook=files.outlook_of(figure)
            )
        context["deadline"] = figure.deadline
        context["planned"] = {one.on: one.complete for one in planned}
        context["milestones"] = milestones
        end = queries.end_of(found)
        context["has_ended"] = end is not None and end.is_over(clock.today())
        context["points"] = list(reversed(points))
    return render_template("figures/progress.html", target=found, form=dates, **context)


def _points(target: Target, dates: DatesForm) -> list[queries.Point]:
    """A year of weeks up to the day, or since its programme began, as whoever asks may see them."""
    last = dates.happened_by
    year = queries.weekly(target, first=last - queries.YEAR, last=last, known_at=dates.known)
    points = queries.since_it_began(year, target.programme.starts_on)
    return queries.as_seen(points, sees_names=current_actor().sees_names)


@bp.get("/targets/<code>/breakdown")
@requires(Permission.SEE_FIGURES)
def breakdown(code: str) -> str | Response:
    """A target's people by service, team, role group and sector; small groups for those who see names."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    context: dict[str, Any] = {"found": None, "turnover": None}
    if on_last_day := _address_of_last_day(found, dates):
        flash("This target has ended: its groups are shown as at its last day.")
        return redirect(url_for("figures.breakdown", code=found.code, **on_last_day))
    if dates.is_right and found.kind.has_scope:
        figure, of_day = _with_those_beside(found, dates)
        context["figure"] = figure
        context["found"] = queries.breakdown(figure, sees_names=current_actor().sees_names)
        if found.kind is TargetKind.COVERAGE:
            context["turnover_note"] = queries.turnover_note(figure.as_at)
            context["turnover"] = _turnover(dates, of_day)
            lost = queries.coverage_lost({found: figure}, **dates.chosen)
            context["lost"] = lost.get(found.id)
    return render_template("figures/breakdown.html", target=found, form=dates, **context)


@bp.get("/targets/<code>/breakdown.csv")
@requires(Permission.SEE_FIGURES)
def breakdown_csv(code: str) -> Response:
    """The same rows as a file."""
    found = one_or_404(queries.target_coded(code))
    dates = DatesForm.read(request.args)
    if not dates.is_right or not found.kind.has_scope:
        return page_as_asked("figures.breakdown", code=found.code)
    if on_last_day := _address_of_last_day(found, dates):
        return redirect(url_for("figures.breakdown_csv", code=found.code, **on_last_day))
    figure = _with_groups(found, dates)
    content = files.breakdown_csv(figure, queries.breakdown(figure, sees_names=current_actor().sees_names))
    return download(content, f"{found.code}-{dates.on.isoformat()}.csv")


def _address_of_last_day(target: Target, dates: DatesForm) -> dict[str, Any] | None:
    """Where whoever may not see names reads the groups of a target that had ended: as at its last day.

    After it no other table of the day knows which of its groups are hidden, so that they would follow from
    the turnover of its role groups (BM-05, 4.13).
    """
    if not dates.is_right or current_actor().sees_names:
        return None
    end = queries.ends_of([target.id], dates.known).get(target.id)
    if end is None or not end.is_over(dates.on):
        return None
    return {**dates.address(), "as_at": end.last_day.isoformat()}


def _with_groups(target: Target, dates: DatesForm) -> queries.Figure:
    return _as_seen(queries.figure(target, as_at=dates.on, known_at=dates.known, has_groups=True))


def _with_those_beside(target: Target, dates: DatesForm) -> tuple[queries.Figure, list[queries.Figure]]:
    """The figure, and those of the day that say which role groups the turnover below it hides, if any."""
    if current_actor().sees_names or target.kind is not TargetKind.COVERAGE:
        return _with_groups(target, dates), []
    found, of_day = queries.figure_among_others(target, as_at=dates.on, known_at=dates.known)
    return _as_seen(found), queries.as_seen(of_day, sees_names=False)


def _as_seen(figure: queries.Figure) -> queries.Figure:
    [told] = queries.as_seen([figure], sees_names=current_actor().sees_names)
    return told


def _turnover(dates: DatesForm, of_day: Collection[queries.Figure]) -> list[queries.Turnover]:
    """Of the role groups that any breakdown of the day hides only what they are together."""
    rows: Sequence[queries.Turnover] = queries.turnover(**dates.chosen)
    if not current_actor().sees_names:
        rows = queries.with_small_together(rows, of_day)
    return [*rows, queries.turnover_in_all(rows)] if rows else []
