"""A new version of a course: what it consists of, which old days count, and what that means. (U-22)"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.attendance import queries
from app.attendance.forms import MappingForm, VersionForm, components_text, mapping_form
from app.attendance.views.blueprint import bp
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, requires, rule_errors_on
from app.programmes import queries as programmes
from app.programmes import rules as programmes_rules
from app.programmes.forms import lines
from app.programmes.models import Course, CourseVersion


@bp.route("/courses/<int:course_id>/versions/new", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def new_version(course_id: int) -> str | Response:
    """What a course will consist of, from the next run on; then comes what counts for it."""
    found = one_or_404(programmes.course_in_full(course_id))
    form = VersionForm(data={"components": components_text(found.latest_version)})
    if form.validate_on_submit():
        with rule_errors_on(form):
            titles = programmes_rules.checked_new_version(found, lines(form.components.data))
            return redirect(url_for("attendance.map_version", course_id=course_id, day=titles))
    return render_template("attendance/new_version.html", form=form, course=found)


@bp.route("/courses/<int:course_id>/versions/new/counts", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def map_version(course_id: int) -> str | Response:
    """Which old day counts for each new one (?day=Day 1&day=Day 2), what becomes of people, and making it."""
    found = one_or_404(programmes.course_in_full(course_id))
    try:
        titles = programmes_rules.checked_new_version(found, request.args.getlist("day"))
    except RuleBroken:  # an address that was cut short
        return redirect(url_for("attendance.new_version", course_id=course_id))
    form = mapping_form(found.latest_version, titles, programmes_rules.suggested_mapping(found, titles))
    only_looks = "look" in request.form
    if not only_looks and form.validate_on_submit():
        with rule_errors_on(form):
            version = programmes_rules.add_version(
                course=found,
                components=titles,
                counts=form.counts(),
                reason=form.reason.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"New runs now have version {version.number}.")
            return redirect(url_for("programmes.versions", course_id=course_id))
        found = one_or_404(programmes.course_in_full(course_id))
    return _map_page(found, titles, form)


def _map_page(course: Course, titles: list[str], form: MappingForm) -> str:
    counts = form.counts()
    return render_template(
        "attendance/map_version.html",
        form=form,
        course=course,
        titles=titles,
        counts=counts,
        consequence=queries.consequence_of(course, counts, size=len(titles), as_at=clock.today()),
    )


@bp.route("/courses/<int:course_id>/versions/<int:number>/counts", methods=["GET", "POST"])
@requires(Permission.EDIT_PROGRAMMES)
def change_counts(course_id: int, number: int) -> str | Response:
    """Decide anew which days count for a version that is there."""
    version, before = _version_or_404(course_id, number)
    titles = [component.title for component in version.components]
    form = mapping_form(before, titles, programmes_rules.counts_of(version))
    if "look" not in request.form and form.validate_on_submit():
        with rule_errors_on(form):
            programmes_rules.change_counts(
                version=version,
                counts=form.counts(),
                reason=form.reason.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"What counts for version {number} is changed. Certificates follow in a few minutes.")
            return redirect(url_for("programmes.versions", course_id=course_id))
        version, before = _version_or_404(course_id, number)
    return _counts_page(version, before, form)


def _counts_page(version: CourseVersion, before: CourseVersion, form: MappingForm) -> str:
    return render_template(
        "attendance/change_counts.html",
        form=form,
        course=version.course,
        version=version,
        before=before,
        change=queries.change_of(version, form.counts(), as_at=clock.today()),
    )


def _version_or_404(course_id: int, number: int) -> tuple[CourseVersion, CourseVersion]:
    """A version of a course, and the one before it."""
    found = one_or_404(programmes.course_in_full(course_id))
    version = next((one for one in found.versions if one.number == number), None) or abort(404)
    return version, programmes_rules.version_before(version)
