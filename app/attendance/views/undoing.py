"""Taking back what was sent to a register by mistake. (U-13)"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.attendance import rules
from app.attendance.forms import UndoForm
from app.attendance.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.filters import plural
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.learning.models import Submission


@bp.route("/submissions/<int:submission_id>/undo", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def undo_submission(submission_id: int) -> str | Response:
    """What would go and what would come back; then do it."""
    submission, form = get_or_404(Submission, submission_id), UndoForm()
    session_id = submission.session_id
    rules.check_can_see_registers(submission.session.run, current_actor())
    if form.validate_on_submit():
        with rule_errors_on(form):
            reason = form.reason.data or None
            count = rules.undo(submission=submission, by=current_actor(), now=clock.now(), reason=reason)
            db.session.commit()
            flash(f"Undone: {plural(count, 'mark')} changed.")
            return redirect(url_for("attendance.session_register", session_id=session_id))
        submission = get_or_404(Submission, submission_id)
    return render_template(
        "attendance/undo_submission.html",
        form=form,
        submission=submission,
        session=submission.session,
        restored=rules.to_be_undone(submission),
        is_locked=rules.is_locked(submission.session, clock.now()),
    )
