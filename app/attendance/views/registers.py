"""Registers, on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import Row
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.forms import CHOICES, RegisterForm, register_form
from app.attendance.rules import NewMark
from app.attendance.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.filters import plural
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.learning.models import MarkStatus, PartlyHeld
from app.sessions import queries as sessions_queries
from app.sessions.models import TrainingSession


@bp.get("/runs/<int:run_id>/register")
@requires(Permission.MARK_REGISTERS)
def run_register(run_id: int) -> str:
    """The sessions of a run, with how far each register is."""
    run = sessions_queries.run_in_full(run_id) or abort(404)
    rules.check_can_see_registers(run, current_actor())
    return render_template(
        "attendance/run_register.html",
        run=run,
        counts=queries.register_counts([session.id for session in run.sessions]),
        today=clock.today(),
        locked={session.id for session in run.sessions if rules.is_locked(session, clock.now())},
    )


@bp.route("/sessions/<int:session_id>/register", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def session_register(session_id: int) -> str | Response:
    """One session's register: a row for everybody who has a place or a mark."""
    session = get_or_404(TrainingSession, session_id)
    rules.check_can_see_registers(session.run, current_actor())
    form = form_of(session)
    if form.validate_on_submit():
        with rule_errors_on(form):
            changed = _record(session, form)
            db.session.commit()
            flash(_with_a_way_on(saved_in_words(session, changed)))
            return redirect(url_for("attendance.session_register", session_id=session_id))
        session = get_or_404(TrainingSession, session_id)
    return _page(session, form)


def _page(session: TrainingSession, form: RegisterForm) -> str:
    is_open = clock.today() >= session.held_on and not session.is_cancelled
    is_locked = rules.is_locked(session, clock.now())
    may_correct = rules.marks_any_register(current_actor())
    asks_for_a_day = may_correct and not form.is_held
    return render_template(
        "attendance/session_register.html",
        form=form,
        session=session,
        run=session.run,
        choices=[(status.value, label) for status, label in CHOICES.items()],
        is_open=is_open,
        is_locked=is_locked,
        locked_on=rules.locked_on(session),
        absences=_absences(session),
        may_correct=may_correct,
        can_mark=is_open and (may_correct or not is_locked),
        held=db.session.get(PartlyHeld, session.id),
        without_day=queries.number_without_another_day(session, clock.now()) if asks_for_a_day else 0,
        longest=form.longest,
        over_capacity=rules.over_capacity(session),
        asked=queries.parts_asked_for(session),
        submissions=db.session.execute(queries.submissions_of(session)).all(),
        corrections=db.session.scalars(queries.superseded_marks_of(session)).all(),
    )


def form_of(session: TrainingSession) -> RegisterForm:
    """The register of a session, to be filled in."""
    people = db.session.scalars(queries.people_on(session))
    known = {mark.person_id: mark for mark in db.session.execute(queries.shown_marks_of(session))}
    return register_form(session, people, known)


def _absences(session: TrainingSession) -> Sequence[Row[Any]]:
    """Who did not come and why, for the academy alone: a trainer needs no reasons."""
    if not rules.marks_any_register(current_actor()):
        return []
    return db.session.execute(queries.absences_on(session)).all()


def marks_sent(form: RegisterForm) -> dict[int, NewMark]:
    """What was changed on the page; with "Mark all attended", also of everybody who had no mark."""
    everybody = request.form.get("mark_all") == MarkStatus.ATTENDED
    return form.marks(for_the_rest=MarkStatus.ATTENDED if everybody else None)


def _record(session: TrainingSession, form: RegisterForm) -> list[int]:
    return rules.record_marks(
        session=session,
        marks=marks_sent(form),
        by=current_actor(),
        now=clock.now(),
        reason=form.reason.data or None,
    )


def _with_a_way_on(saved: str) -> Markup:
    link = Markup('{} <a class="govuk-notification-banner__link" href="{}">Back to today</a>')
    return link.format(saved, url_for("home.index"))


def saved_in_words(session: TrainingSession, changed: Sequence[int]) -> str:
    """What came of a save, by whose marks it changed: also to the certificates that rest on them. (AM-12)"""
    if not changed:
        return "The register is as it was: nothing had changed."
    saved = f"The register is saved: {plural(len(changed), 'mark')} changed."
    resting = queries.certificates_resting_on(session, changed)
    if not resting:
        return saved
    return (
        f"{saved} {plural(resting, 'certificate rests', 'certificates rest')} on what was changed: one that "
        "is no longer right is withdrawn within minutes, and the person is told."
    )
