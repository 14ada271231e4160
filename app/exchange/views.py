"""Pages that bring files in: what a file must look like, its preview, applying it, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.filters import plural
from app.core.permissions import Permission
from app.core.sheets import csv_text
from app.core.web import (
    PAGE_SIZE,
    Page,
    current_actor,
    download,
    get_or_404,
    page_as_asked,
    page_of,
    paginate,
    requires,
    rule_errors_flashed,
    rule_errors_on,
    why_not,
)
from app.exchange import queries, rules
from app.exchange.files import COLUMNS, MAX_BYTES
from app.exchange.forms import ApplyForm, UndoForm, UploadForm
from app.exchange.models import FileImport, ImportKind, ImportState
from app.exchange.rules import Group, Plan
from app.figures.queries import target_coded

_MOST_TICKS = 100  # a page of a thousand is slow on a phone

bp = Blueprint("exchange", __name__)


@bp.get("/imports")
@requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_FILES)
def imports() -> str:
    """Every file that this account may bring in and that was, newest first."""
    now, kinds = clock.now(), rules.kinds_for(current_actor())
    page = paginate(queries.imports(kinds))
    undoable = {row.id for row in page.rows if rules.can_undo(row, now)}
    return render_template(
        "exchange/imports.html", page=page, undoable=undoable, kinds=kinds, undo_days=rules.UNDO_FOR.days
    )


@bp.route("/imports/<kind>/new", methods=["GET", "POST"])
@requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_FILES)
def new_import(kind: str) -> str | Response:
    """What a file must look like, and where to give it."""
    chosen = _kind(kind)
    form = UploadForm.of(chosen, db.session.scalars(queries.cohort_targets()))
    if form.validate_on_submit():
        with rule_errors_on(form):
            row = _upload(form, chosen)
            db.session.commit()
            return redirect(url_for("exchange.file_import", import_id=row.id))
    return render_template("exchange/new_import.html", form=form, kind=chosen, columns=COLUMNS[chosen])


def _kind(name: str) -> ImportKind:
    """The kind of this name, when this account may bring it in."""
    if name not in set(ImportKind):
        abort(404)
    kind = ImportKind(name)
    rules.check_can_import(kind, current_actor())
    return kind


def _allowed(import_id: int) -> FileImport:
    """The import with this id, when this account may bring in files of its kind."""
    row = get_or_404(FileImport, import_id)
    rules.check_can_import(row.kind, current_actor())
    return row


def _upload(form: UploadForm, kind: ImportKind) -> FileImport:
    now = clock.now()
    target = db.session.scalar(target_coded(form.target.data)) if "target" in form else None
    return rules.upload(
        kind=kind,
        filename=form.file.data.filename or "",
        content=form.file.data.read(MAX_BYTES + 1),
        target=target,
        effective=form.effective_on.data if "effective_on" in form else None,
        recorded_at=rules.known_since(form.recorded_on.data, now),
        by=current_actor(),
        now=now,
    )


@bp.get("/imports/<kind>/template.csv")
@requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_FILES)
def template(kind: str) -> Response:
    """An empty file with the right first line."""
    chosen = _kind(kind)
    return download(csv_text([column.name for column in COLUMNS[chosen]], []), f"{chosen.value}.csv")


@bp.get("/imports/<int:import_id>")
@requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_FILES)
def file_import(import_id: int) -> str:
    """What a file would change, or what it did change."""
    row = _allowed(import_id)
    if row.state is ImportState.PREVIEWED:
        return _preview(row, ApplyForm())
    return _applied(row, UndoForm())


@bp.get("/imports/<int:import_id>/problems.csv")
@requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_FILES)
def problems(import_id: int) -> Response:
    """All that is wrong with a file, for whoever puts it right."""
    row = _allowed(import_id)
    if row.state is not ImportState.PREVIEWED:
        return page_as_asked("exchange.file_import", import_id=import_id)
    found = rules.preview(row, now=clock.now()).problems
    lines = ((one.line, one.field, one.reason) for one in found)
    return download(csv_text(["line", "column", "problem"], lines), f"problems-{import_id}.csv")


def _applied(row: FileImport, form: UndoForm) -> str:
    now = clock.now()
    counts: dict[str, int] = row.changes["counts"]
    kept: dict[str, list[Any]] = row.changes["differences"]
    lists = _pages_of({group: kept.get(group.value, []) for group in rules.GROUPS[row.kind]})
    ids = [ident for page in lists.values() for _, ident, _, _ in page.rows if ident]
    names = {person.id: person.name for person in db.session.scalars(queries.people_with_ids(ids))}
    for page in lists.values():
        page.rows[:] = [
            Shown(line, names.get(ident, who or ""), what, ident) for line, ident, who, what in page.rows
        ]
    if alone := _one_alone(row, lists):
        return alone
    return render_template(
        "exchange/applied.html",
        row=row,
        counts=counts,
        lists=lists,
        undo_until=row.applied_at + rules.UNDO_FOR if row.applied_at else None,
        can_undo=rules.can_undo(row, now),
        said_of_locked=rules.said_of_undoing_locked(row, current_actor(), now),
        lost=rules.places_not_given_back(row, now=now),
        said_of_undone=rules.said_of_undone(row),
        sees_places=_sees_places(),
        form=form,
    )


@dataclass(frozen=True)
class Shown:
    """A difference as the table shows it."""

    line: int | None
    who: str
    what: str
    person_id: int | None


def _preview(row: FileImport, form: ApplyForm) -> str:
    plan = rules.preview(row, now=clock.now())
    if plan.problems:
        return render_template(
            "exchange/problems.html", row=row, plan=plan, page=page_of(plan.problems), form=form
        )
    missing = plan.differences.get(Group.MISSING, [])
    lists = _pages_of(plan.differences)
    for page in lists.values():
        page.rows[:] = [
            Shown(one.line, one.who, one.what, one.person if isinstance(one.person, int) else None)
            for one in page.rows
        ]
    if alone := _one_alone(row, lists):
        return alone
    form.stand_below(plan.edition)
    form.ask_of(missing[:_MOST_TICKS])
    return render_template(
        "exchange/preview.html",
        row=row,
        plan=plan,
        lists=lists,
        form=form,
        ends_on=row.effective_on - timedelta(days=1),
        missing=missing,
        asked=missing[:_MOST_TICKS],
        going=rules.places_that_go(plan, now=clock.now()) if _sees_places() else [],
    )


def _sees_places() -> bool:
    """Whose place on what is the academy's business; an administrator sees what HR's file says."""
    return current_actor().can(Permission.BOOK_ANYONE)


def _pages_of(found: Mapping[Group, Sequence[Any]]) -> dict[Group, Page[Any]]:
    """The first of each kind of difference; of the one that the address asks for, the page asked for."""
    asked = request.args.get("show")
    return {
        group: page_of(lines)
        if group == asked
        else Page(rows=list(lines[:PAGE_SIZE]), page=1, total=len(lines), size=PAGE_SIZE)
        for group, lines in found.items()
        if lines
    }


def _one_alone(row: FileImport, lists: Mapping[Group, Page[Any]]) -> str | None:
    """The page of one kind of difference, where the address asks for one that there is."""
    asked = request.args.get("show")
    for group, page in lists.items():
        if group == asked:
            return render_template("exchange/differences.html", row=row, group=group, page=page)
    return None


@bp.post("/imports/<int:import_id>/apply")
@requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_FILES)
def apply(import_id: int) -> str | Response:
    """Apply all of a previewed file, or say why not and change nothing."""
    row = _allowed(import_id)
    form = ApplyForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            plan = rules.apply(
                file_import=row,
                end_missing=form.end_missing.data,
                left=form.left.data or (),
                reason=form.clash_reason.data or form.reason.data or None,
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(_applied_sentence(plan))
            return redirect(url_for("exchange.file_import", import_id=import_id))
    row = _allowed(import_id)
    if row.state is not ImportState.PREVIEWED:
        flash("This file was applied already.", "warning")
        return redirect(url_for("exchange.file_import", import_id=import_id))
    return _preview(row, form)


def _applied_sentence(plan: Plan) -> str:
    return f"The file is applied: {plural(plan.lines, 'line')} read, {plan.unchanged:,} of them unchanged."


@bp.post("/imports/<int:import_id>/undo")
@requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_FILES)
def undo(import_id: int) -> str | Response:
    """Take an applied import back, or say why not and change nothing."""
    row, form = _allowed(import_id), UndoForm()
    page = url_for("exchange.file_import", import_id=import_id)
    if refused := why_not(partial(rules.check_can_undo, row, clock.now()), back_to=page):
        return refused
    if form.validate_on_submit():
        with rule_errors_on(form):
            reason = form.reason.data or None
            rules.undo(
                file_import=row,
                by=current_actor(),
                now=clock.now(),
                reason=reason,
                leave_changed=form.leave_changed.data,
            )
            db.session.commit()
            flash(f"The import is {rules.said_of_undone(row)}")
            return redirect(page)
    return _applied(_allowed(import_id), form)


@bp.post("/imports/<int:import_id>/discard")
@requires(Permission.IMPORT_PEOPLE, Permission.IMPORT_FILES)
def discard(import_id: int) -> Response:
    """Throw away a file that was only looked at."""
    row = _allowed(import_id)
    with rule_errors_flashed():
        rules.discard(file_import=row, by=current_actor(), now=clock.now())
        db.session.commit()
        flash("The file is thrown away. Nothing was changed.")
    return redirect(url_for("exchange.imports"))


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
