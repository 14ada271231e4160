"""Packs for the board's meetings: looked at as drafts, then issued and kept as they were issued. (BM-08)"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.board import files, queries, rules
from app.board.forms import DraftForm, PackForm
from app.board.models import Format, Pack
from app.board.views.side import bp
from app.core import clock
from app.core import db as database
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, download, get_or_404, one_or_404, paginate, requires, rule_errors_on
from app.figures import queries as figure_queries


@bp.get("/board/packs")
@requires(Permission.SEE_BOARD_PAGE)
def packs() -> str:
    """The packs as they were issued, the last first."""
    return render_template("board/packs.html", page=paginate(queries.packs()))


@bp.get("/board/packs/new")
@requires(Permission.EDIT_TARGETS)
def new_pack() -> str:
    """For which meeting and of which day a pack is to be; what follows is its draft."""
    form = DraftForm(formdata=request.args) if request.args else DraftForm(as_at=clock.today())
    return render_template("board/new_pack.html", form=form)


@bp.get("/board/packs/draft")
@requires(Permission.EDIT_TARGETS)
def draft_pack() -> str:
    """What the pack would hold, before the press that keeps it."""
    form = DraftForm(formdata=request.args)
    if form.validate():
        with rule_errors_on(form), _only_reading():
            found = rules.draft(**_asked(form))
            return render_template(
                "board/draft_pack.html",
                draft=found,
                sections=files.printed(found),
                pictures=files.pictures(found),
                typed=_typed(form),
            )
    return render_template("board/new_pack.html", form=form)


@bp.get("/board/packs/draft.<any(pdf, xlsx, csv):kind>")
@requires(Permission.EDIT_TARGETS)
def draft_file(kind: str) -> str | Response:
    """A file of the pack as it would be issued, marked as a draft."""
    form, format_ = DraftForm(formdata=request.args), Format(kind)
    if form.validate():
        with rule_errors_on(form), _only_reading():
            content = rules.draft_file(format_, **_asked(form))
            name = f"draft-board-pack-{form.meets_on.data.isoformat()}.{format_.value}"
            return download(content, name)
    return render_template("board/new_pack.html", form=form)


@bp.post("/board/packs/new")
@requires(Permission.EDIT_TARGETS)
def issue_pack() -> str | Response:
    """Issue the pack of a meeting. Its files are made before anything is written, so that nobody waits."""
    form = PackForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            by = current_actor()
            with _only_reading():
                ready = rules.prepare(**_asked(form))
            pack = rules.issue(ready, by=by)
            db.session.commit()
            flash("The pack is issued.")
            return redirect(url_for("board.pack", pack_id=pack.id))
    return render_template("board/new_pack.html", form=form)


@bp.get("/board/packs/<int:pack_id>")
@requires(Permission.SEE_BOARD_PAGE)
def pack(pack_id: int) -> str:
    """One pack: its figures as they were published with it, and its files."""
    found = get_or_404(Pack, pack_id)
    rows = db.session.scalars(queries.figures_of(found)).all()
    figures = figure_queries.as_published(rows, sees_names=current_actor().sees_names)
    return render_template("board/pack.html", pack=found, figures=figures)


@bp.get("/board/packs/<int:pack_id>.<any(pdf, xlsx, csv):kind>")
@requires(Permission.SEE_BOARD_PAGE)
def pack_file(pack_id: int, kind: str) -> Response:
    """A file of a pack, byte for byte as it was issued."""
    file = one_or_404(queries.file_of(get_or_404(Pack, pack_id), Format(kind)))
    return download(file.content, file.name)


def _asked(form: PackForm) -> dict[str, Any]:
    return {
        "meeting": form.meeting.data or "",
        "meets_on": form.meets_on.data,
        "as_at": form.as_at.data,
        "now": clock.now(),
    }


def _typed(form: PackForm) -> dict[str, str]:
    """What was typed, as the draft's links and its button carry it on."""
    names = tuple(form._fields)
    return {name: value for name, value in request.args.items() if name.partition("-")[0] in names}


@contextmanager
def _only_reading() -> Iterator[None]:
    """While the database is only read, nobody on SQLite who writes waits for it."""
    db.session.rollback()
    with database.reading():
        yield
        db.session.rollback()
