"""The board's page: every target with its figure, on any past date, and never a name (BM-01, BM-03); and
its packs as they were issued (BM-08)."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.board import queries as packs_of_board
from app.board import rules
from app.board.files import figures_csv
from app.board.forms import PackForm
from app.board.models import Format, Pack
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, one_or_404, paginate, requires, rule_errors_on
from app.figures import queries
from app.figures.forms import DatesForm
from app.figures.queries import Figure

bp = Blueprint("board", __name__)

_MEDIA_TYPES = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
}


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


# --- Packs ---------------------------------------------------------------------------------------------


@bp.get("/board/packs")
@requires(Permission.SEE_BOARD_PAGE)
def packs() -> str:
    """The packs as they were issued, the last first."""
    return render_template("board/packs.html", page=paginate(packs_of_board.packs()))


@bp.route("/board/packs/new", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def issue_pack() -> str | AnyResponse:
    """Issue the pack of a meeting."""
    form = PackForm(as_at=clock.today())
    if form.validate_on_submit():
        with rule_errors_on(form):
            pack = rules.issue(
                meeting=form.meeting.data or "",
                meets_on=form.meets_on.data,
                as_at=form.as_at.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The pack is issued.")
            return redirect(url_for("board.pack", pack_id=pack.id))
    return render_template("board/issue_pack.html", form=form)


@bp.get("/board/packs/<int:pack_id>")
@requires(Permission.SEE_BOARD_PAGE)
def pack(pack_id: int) -> str:
    """One pack: its figures as they were published with it, and its files."""
    found = get_or_404(Pack, pack_id)
    figures = list(db.session.scalars(packs_of_board.figures_of(found)))
    return render_template("board/pack.html", pack=found, figures=figures)


@bp.get("/board/packs/<int:pack_id>/<any(pdf, xlsx, csv):kind>")
@requires(Permission.SEE_BOARD_PAGE)
def pack_file(pack_id: int, kind: str) -> AnyResponse:
    """A file of a pack, byte for byte as it was issued."""
    file = one_or_404(packs_of_board.file_of(get_or_404(Pack, pack_id), Format(kind)))
    return Response(
        file.content,
        mimetype=_MEDIA_TYPES[file.format],
        headers={"Content-Disposition": f"attachment; filename={file.name}"},
    )
