"""Whoever comes without a place, and the list on paper that lies at the door. (AM-17, U-08)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.forms import SOMEBODY_ELSE, WalkInForm
from app.attendance.rules import WalkIn
from app.attendance.views.blueprint import bp
from app.bookings import queries as bookings
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.people.models import Person
from app.sessions import queries as sessions
from app.sessions.models import Run, TrainingSession

EMPTY_LINES = 8


@bp.route("/sessions/<int:session_id>/at-the-door", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def at_the_door(session_id: int) -> str | Response:
    """Name, organisation, e-mail: attended, or first the question whether it is somebody who is known."""
    session, form = get_or_404(TrainingSession, session_id), WalkInForm()
    rules.check_can_see_registers(session.run, current_actor())
    is_asked = False
    if form.validate_on_submit():
        who = form.walk_in()
        alike = rules.alike(who, session=session, by=current_actor())
        form.offer([(one, _belongs(one, session.held_on)) for one in alike])
        is_asked = bool(alike)
        with rule_errors_on(form):
            name, warning = _mark(session, form, _chosen(form, who, alike)), rules.over_capacity(session)
            db.session.commit()
            flash(f"{name} is on the register and marked as attended.")
            if warning:
                flash(warning, "warning")
            return redirect(url_for("attendance.session_register", session_id=session_id))
        session = get_or_404(TrainingSession, session_id)
    return render_template(
        "attendance/at_the_door.html",
        form=form,
        session=session,
        is_asked=is_asked,
        is_locked=rules.is_locked(session, clock.now()),
    )


def _mark(session: TrainingSession, form: WalkInForm, who: WalkIn | Person) -> str:
    """Write them into the register; their name."""
    person = rules.mark_at_the_door(
        session=session,
        who=who,
        by=current_actor(),
        now=clock.now(),
        is_somebody_else=form.choice.data == SOMEBODY_ELSE,
        reason=form.reason.data or None,
    )
    return person.name


def _chosen(form: WalkInForm, who: WalkIn, alike: Sequence[Person]) -> WalkIn | Person:
    """The record that was chosen, or whoever is to be added."""
    return next((one for one in alike if str(one.id) == form.choice.data), who)


def _belongs(person: Person, on: date) -> str:
    """Where somebody belongs on a day: their organisation or their team."""
    spell = person.spell_on(on)
    where = spell and (spell.organisation or spell.team)
    return where.name if where else person.kind.label


# --- On paper ------------------------------------------------------------------------------------------


@bp.get("/sessions/<int:session_id>/sign-in-sheet")
@requires(Permission.MARK_REGISTERS)
def sign_in_sheet(session_id: int) -> str:
    """One session’s list to print and sign."""
    session = get_or_404(TrainingSession, session_id)
    return _sheets(session.run, [session], f"Sign-in sheet: {session.component.title}")


@bp.get("/runs/<int:run_id>/sign-in-sheets")
@requires(Permission.MARK_REGISTERS)
def sign_in_sheets(run_id: int) -> str:
    """The same for every day of a run, a sheet for each."""
    run = sessions.run_in_full(run_id) or abort(404)
    return _sheets(run, run.sessions, f"Sign-in sheets of {run.code}")


def _sheets(run: Run, wanted: Sequence[TrainingSession], title: str) -> str:
    rules.check_can_see_registers(run, current_actor())
    by_session = [(session, db.session.scalars(queries.people_on(session)).all()) for session in wanted]
    ids = {one.id for _, persons in by_session for one in persons}
    known = {one.id: one for one in db.session.scalars(bookings.people_to_book(ids))}
    sheets = [
        (session, [(one.name, _belongs(known[one.id], session.held_on)) for one in persons])
        for session, persons in by_session
    ]
    return render_template(
        "attendance/sign_in_sheets.html", run=run, sheets=sheets, heading=title, empty_lines=EMPTY_LINES
    )
