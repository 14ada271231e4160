"""The pages of programmes and courses."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, one_or_404, paginate, requires, rule_errors_on
from app.programmes import queries, rules
from app.programmes.forms import (
    CourseForm,
    NewCourseForm,
    ProgrammeForm,
    SettingsForm,
    StandInForm,
    TakeBackForm,
    TermsForm,
    lines,
    values_of,
    values_of_settings,
    values_of_terms,
)
from app.programmes.models import ApprovalMode, ComponentMapping, Course, Equivalence, Programme

bp = Blueprint("programmes", __name__)


def register(app: Flask) -> None:
    """Give the application the pages of programmes and courses."""
    app.register_blueprint(bp)


# --- Programmes ----------------------------------------------------------------------------------------


@bp.get("/programmes")
@requires(Permission.SEE_PROGRAMMES)
def programmes() -> str:
    """What was commissioned, with its courses, provider and dates."""
    page = paginate(queries.programmes())
    return render_template("programmes/programmes.html", page=page, today=clock.today())


@bp.route("/programmes/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def new_programme() -> str | Response:
    """Set up a programme."""
    form = ProgrammeForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            programme = rules.add_programme(**form.asked(), by=current_actor(), now=clock.now())
            db.session.commit()
            flash(f"{programme.title} is set up. Next: its courses.")
            return redirect(url_for("programmes.programme", programme_id=programme.id))
    return render_template("programmes/new_programme.html", form=form)


@bp.get("/programmes/<int:programme_id>")
@requires(Permission.SEE_PROGRAMMES)
def programme(programme_id: int) -> str:
    """One programme with its courses, and what was done to it."""
    found = get_or_404(Programme, programme_id)
    courses = queries.courses_of_programme(found.id)
    return render_template(
        "programmes/programme.html",
        programme=found,
        courses=courses,
        audiences={one.id: queries.audience_in_words(one) for one in courses},
        history=paginate(audit.history_of("programme", found.id)),
        today=clock.today(),
    )


# --- Courses -------------------------------------------------------------------------------------------


@bp.route("/courses/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def new_course() -> str | Response:
    """Set up a course of a programme (?programme=4)."""
    programme = get_or_404(Programme, request.args.get("programme", 0, type=int))
    form = NewCourseForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            course = rules.add_course(
                programme=programme,
                code=form.code.data or "",
                title=form.title.data or "",
                summary=form.summary.data or "",
                components=lines(form.components.data),
                catch_up_months=form.catch_up_months.data,
                audience=form.audience(),
                default_capacity=form.default_capacity.data or 0,
                minimum_places=form.minimum_places.data or 0,
                by=current_actor(),
                now=clock.now(),
            )
            _set_how_it_is_booked(course, form)
            db.session.commit()
            flash(f"{course.title} is set up. Next: schedule a run of it.")
            return redirect(url_for("programmes.course", course_id=course.id))
    return render_template("programmes/new_course.html", form=form, programme=programme)


def _set_how_it_is_booked(course: Course, form: NewCourseForm) -> None:
    """Whose agreement a place on a new course needs, and what it builds on."""
    how: dict[str, Any] = {"course": course, "by": current_actor(), "now": clock.now()}
    rules.ask_licence(name=form.accreditation.data or "", **how)
    rules.set_approval(
        staff=ApprovalMode(form.staff_approval.data), partners=ApprovalMode(form.partner_approval.data), **how
    )
    rules.set_prerequisites(required=form.required(), **how)


@bp.get("/courses/<int:course_id>")
@requires(Permission.SEE_PROGRAMMES)
def course(course_id: int) -> str:
    """One course: whom it is for, what it consists of, and what new runs begin with."""
    found = one_or_404(queries.course_in_full(course_id))
    return render_template(
        "programmes/course.html",
        course=found,
        audience=queries.audience_in_words(found),
        settings=rules.settings_in_words(queries.settings_of(found.id), len(found.latest_version.components)),
        stand_ins=[
            one.satisfied_by.title for one in queries.equivalences_of(found.id) if one.superseded_at is None
        ],
        terms=dict(rules.terms_in_words(found.terms)),
    )


@bp.get("/courses/<int:course_id>/versions")
@requires(Permission.SEE_PROGRAMMES)
def versions(course_id: int) -> str:
    """What a course consists of now, and consisted of before, and what counts over."""
    found = one_or_404(queries.course_in_full(course_id))
    components = [component.id for version in found.versions for component in version.components]
    counts: dict[int, list[ComponentMapping]] = {}
    for one in db.session.scalars(queries.mappings_to(components)):
        counts.setdefault(one.to_component_id, []).append(one)
    return render_template("programmes/versions.html", course=found, counts=counts)


@bp.get("/courses/<int:course_id>/history")
@requires(Permission.SEE_PROGRAMMES)
def course_history(course_id: int) -> str:
    """What was done to a course, and the settings that it has had."""
    found = get_or_404(Course, course_id)
    size = len(found.latest_version.components)
    terms = [(rules.settings_in_words(one, size), one) for one in queries.settings_history(found.id)]
    return render_template(
        "programmes/course_history.html",
        course=found,
        terms=terms,
        history=paginate(audit.history_of("course", found.id)),
    )


@bp.route("/courses/<int:course_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def edit_course(course_id: int) -> str | Response:
    """Change what a course is called, whom it is for, and what new runs begin with."""
    found = one_or_404(queries.course_in_full(course_id))
    form = CourseForm(data=values_of(found))
    form.leave_out(found)
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            _edit(found, form)
            db.session.commit()
            flash("The course is changed. Runs that are scheduled keep their places.")
            return redirect(url_for("programmes.course", course_id=course_id))
    return render_template("programmes/edit_course.html", form=form, course=found)


def _edit(course: Course, form: CourseForm) -> None:
    by, now = current_actor(), clock.now()
    rules.edit_course(
        course=course,
        code=form.code.data or "",
        title=form.title.data or "",
        summary=form.summary.data or "",
        audience=form.audience(),
        default_capacity=form.default_capacity.data or 0,
        minimum_places=form.minimum_places.data or 0,
        seen=form.seen.data or "",
        by=by,
        now=now,
    )
    rules.set_prerequisites(course=course, required=form.required(), by=by, now=now)
    rules.ask_licence(course=course, name=form.accreditation.data or "", by=by, now=now)


# --- What completion asks ------------------------------------------------------------------------------


@bp.route("/courses/<int:course_id>/settings", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def change_settings(course_id: int) -> str | Response:
    """Change what completion asks: window, order, minimum share, lateness and validity."""
    found = get_or_404(Course, course_id)
    form = SettingsForm(data=values_of_settings(queries.settings_of(found.id)))
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_settings(
                course=found,
                seen=form.seen.data or "",
                reason=form.reason.data,
                by=current_actor(),
                now=clock.now(),
                **form.settings(),
            )
            db.session.commit()
            flash("The settings are changed.")
            return redirect(url_for("programmes.course", course_id=course_id))
    return render_template("programmes/change_settings.html", form=form, course=found)


@bp.route("/courses/<int:course_id>/stand-ins", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def stand_ins(course_id: int) -> str | Response:
    """The courses whose completion completes this one too, and one more of them (I-14)."""
    found = get_or_404(Course, course_id)
    form = StandInForm(found)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.let_stand_in(
                course=found,
                satisfied_by=get_or_404(Course, int(form.satisfied_by_id.data)),
                reason=form.reason.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("Saved. Figures follow at once.")
            return redirect(url_for("programmes.stand_ins", course_id=course_id))
    return render_template(
        "programmes/stand_ins.html", form=form, course=found, decisions=queries.equivalences_of(course_id)
    )


@bp.route("/stand-ins/<int:equivalence_id>/take-back", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def take_back_stand_in(equivalence_id: int) -> str | Response:
    """Take back that one course stands in for another."""
    found = get_or_404(Equivalence, equivalence_id)
    form = TakeBackForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.no_longer_stands_in(
                equivalence=found, reason=form.reason.data or "", by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash("It is taken back. Figures as known before keep it.")
            return redirect(url_for("programmes.stand_ins", course_id=found.course_id))
    return render_template("programmes/take_back_stand_in.html", form=form, equivalence=found)


# --- Terms of booking ----------------------------------------------------------------------------------


@bp.get("/courses/<int:course_id>/booking")
@requires(Permission.SEE_PROGRAMMES)
def course_terms(course_id: int) -> str:
    """How places on a course are booked, and whether by the council's terms or its own."""
    found = one_or_404(queries.course_in_full(course_id))
    return render_template(
        "programmes/course_terms.html",
        course=found,
        words=rules.terms_in_words(found.terms),
        is_own=not found.terms.is_council,
    )


@bp.route("/courses/<int:course_id>/booking/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def edit_course_terms(course_id: int) -> str | Response:
    """Give a course terms of its own, or change them."""
    found = get_or_404(Course, course_id)
    form = TermsForm(data=values_of_terms(found.terms))
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_booking_terms(course=found, **_terms(form))
            db.session.commit()
            flash("The course now has these terms of its own.")
            return redirect(url_for("programmes.course_terms", course_id=course_id))
    return render_template("programmes/edit_terms.html", form=form, course=found)


@bp.post("/courses/<int:course_id>/booking/council")
@requires(Permission.EDIT_PROGRAMMES)
def use_council_terms(course_id: int) -> Response:
    """Let a course go by the council's terms again."""
    found = get_or_404(Course, course_id)
    rules.use_council_terms(course=found, by=current_actor(), now=clock.now())
    db.session.commit()
    flash("The course goes by the council’s terms.")
    return redirect(url_for("programmes.course_terms", course_id=course_id))


@bp.get("/programmes/booking")
@requires(Permission.SEE_PROGRAMMES)
def council_terms() -> str:
    """The council's terms, which apply to every course without its own, and which courses have those."""
    return render_template(
        "programmes/council_terms.html",
        words=rules.terms_in_words(queries.council_terms()),
        courses=db.session.scalars(queries.courses_with_own_terms()).all(),
    )


@bp.route("/programmes/booking/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def edit_council_terms() -> str | Response:
    """Change the council's terms of booking."""
    form = TermsForm(data=values_of_terms(queries.council_terms()))
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_council_terms(**_terms(form))
            db.session.commit()
            flash("The council’s terms are changed.")
            return redirect(url_for("programmes.council_terms"))
    return render_template("programmes/edit_terms.html", form=form, course=None)


def _terms(form: TermsForm) -> dict[str, Any]:
    how = {"seen": form.seen.data or "", "by": current_actor(), "now": clock.now()}
    return how | form.terms()
