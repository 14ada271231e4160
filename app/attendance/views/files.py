"""Attendance from a file: a report of Teams or a list, looked at before anything is marked."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.files import COLUMNS, MAX_BYTES
from app.attendance.forms import FileForm, TakeForm, take_form
from app.attendance.models import AttendanceFile
from app.attendance.rules import How, Reading
from app.attendance.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.filters import plural
from app.core.permissions import Permission
from app.core.sheets import csv_text
from app.core.web import current_actor, download, get_or_404, requires, rule_errors_flashed, rule_errors_on
from app.sessions.models import TrainingSession


@bp.route("/sessions/<int:session_id>/attendance-files", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def attendance_files(session_id: int) -> str | Response:
    """Give a file in; and the files that were, with what became of them."""
    session = get_or_404(TrainingSession, session_id)
    rules.check_can_see_registers(session.run, current_actor())
    form = FileForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            file = _upload(form, session)
            db.session.commit()
            return redirect(url_for("attendance.attendance_file", file_id=file.id))
        session = get_or_404(TrainingSession, session_id)
    return render_template(
        "attendance/files.html",
        session=session,
        form=form,
        files=db.session.scalars(queries.files_of(session)).all(),
        is_open=clock.today() >= session.held_on and not session.is_cancelled,
    )


def _upload(form: FileForm, session: TrainingSession) -> AttendanceFile:
    return rules.upload_file(
        session=session,
        filename=form.file.data.filename or "",
        content=form.file.data.read(MAX_BYTES + 1),
        by=current_actor(),
        now=clock.now(),
    )


@bp.get("/attendance-files/template.csv")
@requires(Permission.MARK_REGISTERS)
def attendance_template() -> Response:
    """An empty list with the right first line."""
    return download(csv_text(COLUMNS, []), "attendance.csv")


@bp.route("/attendance-files/<int:file_id>", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def attendance_file(file_id: int) -> str | Response:
    """What a file would mark, and the press that marks it."""
    file = get_or_404(AttendanceFile, file_id)
    rules.check_can_see_registers(file.session.run, current_actor())
    if file.taken_at is not None:
        return redirect(url_for("attendance.session_register", session_id=file.session_id))
    reading = _reading(file)
    if reading is None:
        return redirect(url_for("attendance.attendance_files", session_id=file.session_id))
    form = take_form(reading)
    if form.validate_on_submit():
        with rule_errors_on(form):
            changed = _take(file, form, reading)
            db.session.commit()
            flash(_taken(changed))
            return redirect(url_for("attendance.session_register", session_id=file.session_id))
        file = get_or_404(AttendanceFile, file_id)
        reading = rules.reading_of(file, current_actor())
    return _preview(file, form, reading)


def _reading(file: AttendanceFile) -> Reading | None:
    """What the file says; None, with a message, when its session was moved to another day since."""
    with rule_errors_flashed():
        return rules.reading_of(file, current_actor())
    return None


def _preview(file: AttendanceFile, form: TakeForm, reading: Reading) -> str:
    return render_template(
        "attendance/file.html",
        file=file,
        session=file.session,
        form=form,
        reading=reading,
        organisers=reading.of(How.ORGANISER),
        matched=[one for one in reading.of(How.BY_EMAIL) if not one.needs_a_yes],
        proposed=[one for one in reading.matches if one.needs_a_yes],
        unknown=reading.of(How.UNKNOWN),
        is_locked=rules.is_locked(file.session, clock.now()),
        is_academy=rules.marks_any_register(current_actor()),
    )


def _take(file: AttendanceFile, form: TakeForm, reading: Reading) -> list[int]:
    return rules.take_file(
        file=file,
        choices=form.choices(reading),
        by=current_actor(),
        now=clock.now(),
        reason=form.reason.data or None,
    )


def _taken(changed: list[int]) -> str:
    if not changed:
        return "The file is taken in: the register says all of it already."
    return f"The file is taken in: {plural(len(changed), 'mark')} changed."


@bp.post("/attendance-files/<int:file_id>/discard")
@requires(Permission.MARK_REGISTERS)
def discard_attendance_file(file_id: int) -> Response:
    """Throw away a file that was only looked at."""
    file = get_or_404(AttendanceFile, file_id)
    rules.check_can_see_registers(file.session.run, current_actor())
    session_id = file.session_id
    with rule_errors_flashed():
        rules.discard_file(file=file, by=current_actor())
        db.session.commit()
        flash("The file is thrown away. Nothing was marked.")
    return redirect(url_for("attendance.attendance_files", session_id=session_id))
