"""Entering, correcting and declaring completions that no register here shows. (AM-13, AM-14)"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.forms import (
    AnswerForm,
    CorrectPastForm,
    DeclareForm,
    PastForm,
    TakeBackPastForm,
    values_of_past,
)
from app.attendance.models import DeclaredTraining
from app.attendance.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_on
from app.learning.models import PastCompletion, PastKind
from app.people.models import Person
from app.programmes.models import Course

# --- By the academy ------------------------------------------------------------------------------------


@bp.route("/people/<int:person_id>/learning/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def new_past(person_id: int) -> str | Response:
    """Enter prior learning, or a completion from before the registers."""
    person = get_or_404(Person, person_id)
    form = PastForm(data={"kind": PastKind.PRIOR_LEARNING.value})
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.add_past(
                person=person,
                course=get_or_404(Course, int(form.course_id.data)),
                kind=PastKind(form.kind.data),
                evidence=form.evidence(),
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("It is recorded.")
            return redirect(url_for("learning.of_person", person_id=person_id))
    return render_template("attendance/new_past.html", form=form, person=person)


@bp.route("/past-completions/<int:past_id>/correct", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def correct_past(past_id: int) -> str | Response:
    """Put a past completion right, with a reason."""
    past = get_or_404(PastCompletion, past_id)
    form = CorrectPastForm(data=values_of_past(past))
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.correct_past(
                past=past,
                evidence=form.evidence(),
                reason=form.reason.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("It is corrected. Figures as known before stay as they were.")
            return redirect(url_for("learning.of_person", person_id=past.person_id))
    return render_template("attendance/correct_past.html", form=form, past=past, person=past.person)


@bp.route("/past-completions/<int:past_id>/take-back", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def take_back_past(past_id: int) -> str | Response:
    """Take a past completion back that was entered wrongly, with a reason."""
    past = get_or_404(PastCompletion, past_id)
    form = TakeBackPastForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.take_back_past(
                past=past, reason=form.reason.data or "", by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash("It is taken back. Figures follow at once.")
            return redirect(url_for("learning.of_person", person_id=past.person_id))
    return render_template("attendance/take_back_past.html", form=form, past=past, person=past.person)


# --- Training taken elsewhere --------------------------------------------------------------------------


@bp.route("/my-learning/elsewhere", methods=["GET", "POST"])
@requires(Permission.SEE_OWN_LEARNING)
def declare_training() -> str | Response:
    """Say that one took a course elsewhere, for the academy to accept."""
    actor = current_actor()
    if actor.person_id is None:
        return render_template("bookings/nobody.html")
    form = DeclareForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.declare_training(
                person=get_or_404(Person, actor.person_id),
                course=get_or_404(Course, int(form.course_id.data)),
                evidence=form.evidence(),
                by=actor,
                now=clock.now(),
            )
            db.session.commit()
            flash("The academy will look at it and write to you.")
            return redirect(url_for("learning.mine"))
    return render_template("attendance/declare_training.html", form=form)


@bp.get("/declared-training")
@requires(Permission.EDIT_PEOPLE)
def declared_training() -> str:
    """What people say that they took elsewhere: what waits for an answer first."""
    return render_template("attendance/declared_training.html", page=paginate(queries.declarations()))


@bp.route("/declared-training/<int:declared_id>", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def answer_declared(declared_id: int) -> str | Response:
    """Accept what somebody took elsewhere, or do not."""
    declared = get_or_404(DeclaredTraining, declared_id)
    form = AnswerForm()
    answer = {"yes": rules.approve_declared, "no": rules.refuse_declared}.get(
        request.form.get("answer_is", "")
    )
    if answer is not None and form.validate_on_submit():
        with rule_errors_on(form):
            answer(declared=declared, answer=form.answer.data or None, by=current_actor(), now=clock.now())
            db.session.commit()
            flash(f"{declared.person.name} is told: {declared.state.label.lower()}.")
            return redirect(url_for("attendance.declared_training"))
        declared = get_or_404(DeclaredTraining, declared_id)
    return render_template("attendance/answer_declared.html", form=form, declared=declared)
