"""The board's page: every target with its figure, on any past date, and never a name (BM-01, BM-03)."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from app.board import queries
from app.board.files import figures_csv, in_print
from app.core.permissions import Permission
from app.core.web import current_actor, download, page_as_asked, requires
from app.figures.forms import DatesForm

bp = Blueprint("board", __name__)


@bp.get("/board")
@requires(Permission.SEE_BOARD_PAGE)
def board() -> str:
    """On one side: each target with its forecast and what is missing, attendance and turnover."""
    dates = DatesForm.read(request.args)
    told = (
        queries.whole(as_at=dates.on, known_at=dates.known, sees_names=current_actor().sees_names)
        if dates.is_right
        else None
    )
    return render_template("board/board.html", form=dates, told=told)


@bp.get("/board.csv")
@requires(Permission.SEE_BOARD_PAGE)
def board_csv() -> Response:
    """The same figures as a file, by the same query."""
    dates = DatesForm.read(request.args)
    if not dates.is_right:
        return page_as_asked("board.board")
    lines = queries.lines(as_at=dates.on, known_at=dates.known, sees_names=current_actor().sees_names)
    return download(figures_csv(lines), f"board-{dates.on.isoformat()}.csv")


@bp.get("/board/changes")
@requires(Permission.SEE_BOARD_PAGE)
def changes() -> str:
    """Why each figure moved since the last pack. (BM-02)"""
    dates = DatesForm.read(request.args)
    section = None
    if dates.is_right:
        told = queries.targets_alone(dates.happened_by, dates.known, sees_names=current_actor().sees_names)
        section = in_print(queries.what_moved(told))
    return render_template("board/changes.html", form=dates, section=section)
