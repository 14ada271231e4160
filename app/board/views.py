"""The board's page: every target with its figure, on any past date, and never a name (BM-01, BM-03)."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Flask, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.board.files import figures_csv
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import requires
from app.figures import queries
from app.figures.forms import DatesForm
from app.figures.queries import Figure

bp = Blueprint("board", __name__)


def register(app: Flask) -> None:
    """Give the application the board's page."""
    app.register_blueprint(bp)


@bp.get("/board")
@requires(Permission.SEE_BOARD_PAGE)
def board() -> str:
    """Each target with its figure, denominator, as-at date and rule on one line, and a bar."""
    dates = DatesForm.read(request.args)
    figures = _figures(dates)
    programmes = [(title, list(rows)) for title, rows in groupby(figures, lambda figure: figure.programme)]
    return render_template("board/board.html", form=dates, programmes=programmes)


@bp.get("/board.csv")
@requires(Permission.SEE_BOARD_PAGE)
def board_csv() -> AnyResponse:
    """The same figures as a file, by the same query."""
    dates = DatesForm.read(request.args)
    if not dates.is_right:
        return redirect(f"{url_for('board.board')}?{request.query_string.decode()}")
    return Response(
        figures_csv(_figures(dates)),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=board-{dates.on.isoformat()}.csv"},
    )


def _figures(dates: DatesForm) -> list[Figure]:
    if not dates.is_right:
        return []
    targets = list(db.session.scalars(queries.targets()))
    return queries.figures(targets, as_at=dates.on, known_at=dates.known)
