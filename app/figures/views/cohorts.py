"""Cohorts: named lists of people, and what each cause for joining needs."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission
from app.core.web import current_actor, one_or_404, paginate, requires, rule_errors_on
from app.figures import queries, rules
from app.figures.forms import CohortForm
from app.figures.views.targets import bp
from app.programmes import queries as programmes


@bp.get("/cohorts")
@requires(Permission.SEE_FIGURES)
def cohorts() -> str:
    """Every cohort with how many people stand in it today; no names."""
    return render_template(
        "figures/cohorts.html",
        cohorts=list(db.session.scalars(queries.cohorts())),
        counts=dict(db.session.execute(queries.member_counts(clock.today())).tuples().all()),
        in_words=queries.requirements_in_words,
        today=clock.today(),
    )


@bp.get("/cohorts/<code>")
@requires(Permission.SEE_COHORT_NAMES)
def cohort(code: str) -> str:
    """A cohort's list, by name."""
    found = one_or_404(queries.cohort_coded(code))
    search = request.args.get("q", "").strip()[:200]
    everybody = request.args.get("show") == "everybody"
    on = None if everybody else clock.today()
    targets = list(db.session.scalars(queries.targets_of_cohort(found)))
    return render_template(
        "figures/cohort.html",
        cohort=found,
        page=paginate(queries.memberships(found, on=on, search=search)),
        search=search,
        show="everybody" if everybody else "",
        targets=targets,
        ends=queries.ends_of([one.id for one in targets]),
        requirements=queries.requirements_in_words(found.requirements),
        stated_difference=queries.stated_difference(found, clock.today()),
    )


@bp.get("/cohorts/<code>/log")
@requires(Permission.SEE_COHORT_NAMES)
def cohort_log(code: str) -> str:
    """Who joined and who left, with the corrections, the newest first."""
    found = one_or_404(queries.cohort_coded(code))
    withdrawn = db.session.scalars(audit.history_of("cohort", found.id, verb=rules.WITHDRAWN))
    return render_template(
        "figures/cohort_log.html",
        cohort=found,
        page=paginate(queries.change_log(found)),
        withdrawn={entry.changes["Entry"][0]: entry.reason for entry in withdrawn},
    )


@bp.route("/cohorts/new", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def new_cohort() -> str | Response:
    """Set up a cohort; its people are added on the next page."""
    form = CohortForm.of(None)
    courses = {str(course.id): course for course in db.session.scalars(programmes.courses())}
    form.offer_courses(list(courses.values()))
    if form.validate_on_submit():
        with rule_errors_on(form):
            made = rules.add_cohort(
                code=form.code.data or "",
                requirements=form.typed_requirements(courses),
                **_described(form),
            )
            db.session.commit()
            flash("The cohort is set up. Now add its people.")
            return redirect(url_for("figures.add_people", code=made.code))
    return render_template("figures/new_cohort.html", form=form)


@bp.route("/cohorts/<code>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def edit_cohort(code: str) -> str | Response:
    """Change what a cohort is called and what it needs."""
    found = one_or_404(queries.cohort_coded(code))
    form = CohortForm.of(found, seen=edition(rules.values_of_cohort(found)))
    courses = {str(course.id): course for course in db.session.scalars(programmes.courses())}
    form.offer_courses(list(courses.values()))
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_cohort(
                cohort=found,
                requirements=form.typed_requirements(courses),
                reason=form.reason.data,
                seen=form.seen.data or "",
                **_described(form),
            )
            db.session.commit()
            flash("The cohort is changed.")
            return redirect(url_for("figures.cohort", code=found.code))
    return render_template("figures/edit_cohort.html", form=form, cohort=found)


def _described(form: CohortForm) -> dict[str, Any]:
    return {
        "name": form.name.data or "",
        "stated_members": form.stated_members.data,
        "is_stated_approximately": form.is_stated_approximately.data,
        "by": current_actor(),
        "now": clock.now(),
    }
