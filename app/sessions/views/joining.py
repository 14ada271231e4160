"""Joining instructions and materials: those of a course, and those of one run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, one_or_404, requires, rule_errors_flashed, rule_errors_on
from app.programmes import queries as programmes
from app.programmes.models import Course
from app.sessions import queries, rules
from app.sessions.forms import InstructionsForm, MaterialForm, RunInstructionsForm
from app.sessions.models import Material, Run
from app.sessions.views.runs import bp, run_or_404

# --- Of a course ---------------------------------------------------------------------------------------


@bp.get("/courses/<int:course_id>/joining")
@requires(Permission.SCHEDULE_RUNS)
def course_joining(course_id: int) -> str:
    """What those with a place on any run of the course are told and given."""
    course = one_or_404(programmes.course_in_full(course_id))
    return render_template(
        "sessions/course_joining.html",
        course=course,
        instructions=queries.instructions_of(course),
        materials=db.session.scalars(queries.materials_of(course)).all(),
    )


@bp.route("/courses/<int:course_id>/joining/instructions", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def course_instructions(course_id: int) -> str | Response:
    """Change the joining instructions of every run of the course."""
    course = get_or_404(Course, course_id)
    own = queries.instructions_of(course)
    form = InstructionsForm(data={"words": own.words if own else ""})
    return _instructions_page(course, form, course.title)


@bp.route("/courses/<int:course_id>/materials/new", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def new_course_material(course_id: int) -> str | Response:
    """Add a material to every run of the course."""
    return _add_to(get_or_404(Course, course_id))


# --- Of a run ------------------------------------------------------------------------------------------


@bp.get("/runs/<int:run_id>/joining")
@requires(Permission.SCHEDULE_RUNS, Permission.MARK_REGISTERS)
def run_joining(run_id: int) -> str:
    """What those with a place on the run are told and given, for the academy and the run's trainer."""
    run = run_or_404(run_id)
    rules.check_can_edit_materials(run, current_actor())
    return render_template(
        "sessions/run_joining.html",
        run=run,
        instructions=run.joining_instructions,
        own=db.session.scalars(queries.materials_of(run)).all(),
        of_the_course=db.session.scalars(queries.materials_of(run.version.course)).all(),
    )


@bp.route("/runs/<int:run_id>/joining/instructions", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def run_instructions(run_id: int) -> str | Response:
    """Change the joining instructions of one run, beside or instead of its course's."""
    run = run_or_404(run_id)
    own = queries.instructions_of(run)
    form = RunInstructionsForm(
        data={"words": own.words if own else "", "is_instead": own.is_instead if own else False}
    )
    return _instructions_page(run, form, run.code)


@bp.route("/runs/<int:run_id>/materials/new", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS, Permission.MARK_REGISTERS)
def new_run_material(run_id: int) -> str | Response:
    """Add a material to one run."""
    return _add_to(run_or_404(run_id))


# --- One material --------------------------------------------------------------------------------------


def _add_to(of: Run | Course) -> str | Response:
    rules.check_can_edit_materials(of, current_actor())
    return _material_page(
        MaterialForm(), partial(rules.add_material, of=of), back=_page_of(of), news="The material is added."
    )


@bp.route("/materials/<int:material_id>", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS, Permission.MARK_REGISTERS)
def edit_material(material_id: int) -> str | Response:
    """Change a material's title or address."""
    material = get_or_404(Material, material_id)
    rules.check_can_edit_materials(material.belongs_to, current_actor())
    return _material_page(
        MaterialForm(obj=material),
        partial(rules.edit_material, material=material),
        back=_page_of(material.belongs_to),
        news="The material is changed.",
        material=material,
    )


def _material_page(
    form: MaterialForm,
    save: Callable[..., object],
    *,
    back: str,
    news: str,
    material: Material | None = None,
) -> str | Response:
    if form.validate_on_submit():
        with rule_errors_on(form):
            title, address = form.title.data or "", form.address.data or ""
            save(title=title, address=address, by=current_actor(), now=clock.now())
            db.session.commit()
            flash(news)
            return redirect(back)
    return render_template("sessions/edit_material.html", form=form, material=material, back=back)


@bp.post("/materials/<int:material_id>/up")
@requires(Permission.SCHEDULE_RUNS, Permission.MARK_REGISTERS)
def move_material_up(material_id: int) -> Response:
    """Put a material before the one above it."""
    material = get_or_404(Material, material_id)
    back = _page_of(material.belongs_to)
    with rule_errors_flashed():
        rules.move_material_up(material=material, by=current_actor(), now=clock.now())
        db.session.commit()
    return redirect(back)


@bp.post("/materials/<int:material_id>/remove")
@requires(Permission.SCHEDULE_RUNS, Permission.MARK_REGISTERS)
def remove_material(material_id: int) -> Response:
    """Take a material away."""
    material = get_or_404(Material, material_id)
    back, title = _page_of(material.belongs_to), material.title
    with rule_errors_flashed():
        rules.remove_material(material=material, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"{title} is removed.")
    return redirect(back)


def _instructions_page(of: Run | Course, form: InstructionsForm, name: str) -> str | Response:
    """Change the instructions of a course or, beside or instead of those, of one run."""
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.give_instructions(
                of=of,
                words=form.words.data or "",
                is_instead=isinstance(form, RunInstructionsForm) and form.is_instead.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The joining instructions are saved.")
            return redirect(_page_of(of))
    return render_template("sessions/edit_instructions.html", form=form, name=name, back=_page_of(of))


def _page_of(of: Run | Course) -> str:
    """Where the instructions and materials of a course or a run are shown."""
    if isinstance(of, Run):
        return url_for("sessions.run_joining", run_id=of.id)
    return url_for("sessions.course_joining", course_id=of.id)
