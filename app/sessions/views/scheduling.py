"""A new run in two pages: what its days have in common, then each day; the second one saves."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission
from app.core.web import current_actor, id_asked, one_or_404, requires, rule_errors_on
from app.programmes import queries as programmes
from app.programmes.models import Course
from app.sessions import rules
from app.sessions.forms import PatternForm, PlanForm
from app.sessions.views.runs import bp


@bp.route("/runs/new", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def new_run() -> str | Response:
    """The first page: what the days have in common. Without a course, the question which one."""
    if not request.args.get("course"):
        courses = programmes.courses_to_schedule(clock.today())
        return render_template("sessions/choose_course.html", courses=courses)
    course = _course_asked()
    form = PatternForm(data=_defaults(course))
    if form.validate_on_submit():
        version = course.latest_version
        common = {"code": form.code.data, "minimum_places": form.minimum_places.data}
        with rule_errors_on(form):
            form.check_pattern()
            plan = PlanForm(version, formdata=None, data={**common, "sessions": form.sessions(version)})
            return _second_page(course, plan)
        course = _course_asked()
    return render_template("sessions/new_run.html", form=form, course=course)


@bp.route("/runs/new/sessions", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def new_sessions() -> str | Response:
    """The second page: each day, with what to know about its date; then the run is scheduled."""
    course = _course_asked()
    if request.method == "GET":
        return redirect(url_for("sessions.new_run", course=course.id))
    form = PlanForm(course.latest_version)
    if form.validate_on_submit() and "check" not in request.form:
        with rule_errors_on(form):
            run = rules.schedule_run(
                version=course.latest_version,
                code=form.code.data or "",
                minimum_places=form.minimum_places.data or 0,
                sessions=form.plans(),
                note=form.note.data or "",
                clash_reason=form.clash_reason.data or None,
                was_held=form.was_held.data,
                by=current_actor(),
                now=clock.now(),
            )
            rules.check_days_looked_at(course, form.days(), form.seen.data or "", today=clock.today())
            db.session.commit()
            flash(f"{run.code} is scheduled.")
            return redirect(url_for("bookings.run", run_id=run.id))
    return _second_page(course, form)


def _course_asked() -> Course:
    return one_or_404(programmes.course_in_full(id_asked("course") or 0))


def _second_page(course: Course, form: PlanForm) -> str:
    (warnings,) = rules.warnings_before_saving(course, [form.days()], today=clock.today())
    form.stand_below(edition(warnings))
    return render_template("sessions/new_sessions.html", form=form, course=course, warnings=warnings)


def _defaults(course: Course) -> dict[str, Any]:
    return {
        "code": rules.suggest_code(course),
        "minimum_places": course.minimum_places,
        "capacity": course.default_capacity,
    }
