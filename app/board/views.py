"""The board's page: every target with its figure, on any past date, and never a name (BM-01, BM-03); and
its packs as they were issued (BM-08)."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.board import queries, rules
from app.board.files import figures_csv, in_print
from app.board.forms import PackForm
from app.board.models import Format, Pack
from app.core import clock
from app.core import db as database
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, one_or_404, paginate, requires, rule_errors_on
from app.figures.forms import DatesForm

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
    """On one side: each target with its forecast and what is missing, attendance and turnover."""
    dates = DatesForm.read(request.args)
    told = (
        queries.whole(as_at=dates.on, known_at=dates.known, sees_names=_sees_names())
        if dates.is_right
        else None
    )
    return render_template("board/board.html", form=dates, told=told)


@bp.get("/board.csv")
@requires(Permission.SEE_BOARD_PAGE)
def board_csv() -> AnyResponse:
    """The same figures as a file, by the same query."""
    dates = DatesForm.read(request.args)
    if not dates.is_right:
        return redirect(f"{url_for('board.board')}?{request.query_string.decode()}")
    lines = queries.lines(as_at=dates.on, known_at=dates.known, sees_names=_sees_names())
    return Response(
        figures_csv(lines),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=board-{dates.on.isoformat()}.csv"},
    )


@bp.get("/board/changes")
@requires(Permission.SEE_BOARD_PAGE)
def changes() -> str:
    """Why each figure moved since the last pack. (BM-02)"""
    dates = DatesForm.read(request.args)
    section = None
    if dates.is_right:
        section = in_print(queries.what_moved(queries.targets_alone(_day(dates), dates.known)))
    return render_template("board/changes.html", form=dates, section=section)


def _day(dates: DatesForm) -> date:
    """The day of the figures: of a day to come there is a forecast, and the figures are today's."""
    return min(dates.on, clock.today())


def _sees_names() -> bool:
    return current_actor().can(Permission.SEE_COHORT_NAMES)


# --- Packs ---------------------------------------------------------------------------------------------


@bp.get("/board/packs")
@requires(Permission.SEE_BOARD_PAGE)
def packs() -> str:
    """The packs as they were issued, the last first."""
    return render_template("board/packs.html", page=paginate(queries.packs()))


@bp.route("/board/packs/new", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def issue_pack() -> str | AnyResponse:
    """Issue the pack of a meeting. Its files are made before anything is written, so that nobody waits."""
    form = PackForm(as_at=clock.today())
    if form.validate_on_submit():
        with rule_errors_on(form):
            by = current_actor()
            draft = _draft(form)
            pack = rules.issue(draft, by=by)
            db.session.commit()
            flash("The pack is issued.")
            return redirect(url_for("board.pack", pack_id=pack.id))
    return render_template("board/issue_pack.html", form=form)


def _draft(form: PackForm) -> rules.Draft:
    """Made while the database is only read: on SQLite nobody who writes waits for it."""
    db.session.rollback()
    with database.reading():
        draft = rules.draft(
            meeting=form.meeting.data or "",
            meets_on=form.meets_on.data,
            as_at=form.as_at.data,
            now=clock.now(),
        )
        db.session.rollback()
    return draft


@bp.get("/board/packs/<int:pack_id>")
@requires(Permission.SEE_BOARD_PAGE)
def pack(pack_id: int) -> str:
    """One pack: its figures as they were published with it, and its files."""
    found = get_or_404(Pack, pack_id)
    figures = list(db.session.scalars(queries.figures_of(found)))
    return render_template("board/pack.html", pack=found, figures=figures)


@bp.get("/board/packs/<int:pack_id>.<any(pdf, xlsx, csv):kind>")
@requires(Permission.SEE_BOARD_PAGE)
def pack_file(pack_id: int, kind: str) -> AnyResponse:
    """A file of a pack, byte for byte as it was issued."""
    file = one_or_404(queries.file_of(get_or_404(Pack, pack_id), Format(kind)))
    return Response(
        file.content,
        mimetype=_MEDIA_TYPES[file.format],
        headers={"Content-Disposition": f"attachment; filename={file.name}"},
    )
