"""Who joins and leaves a cohort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.filters import day, listed, plural
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, one_or_404, requires, rule_errors_on
from app.figures import queries, rules
from app.figures.forms import AddPeopleForm, LeaveForm, WithdrawForm
from app.figures.models import Cohort, Membership
from app.figures.views.targets import bp


@bp.route("/cohorts/<code>/add", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def add_people(code: str) -> str | Response:
    """Add everybody whom a pasted list names; lines that match nobody come back to be put right (AM-06)."""
    found = one_or_404(queries.cohort_coded(code))
    form = AddPeopleForm(joined_on=clock.today())
    form.offer_causes(rules.causes_of(found))
    added = None
    if form.validate_on_submit():
        with rule_errors_on(form):
            added = rules.add_people(
                cohort=found,
                typed=form.people.data or "",
                joined_on=form.joined_on.data,
                cause=form.cause.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            if not added.to_put_right:
                flash(_outcome(added))
                return redirect(url_for("figures.cohort", code=found.code))
            _ask_again(form, added)
    return render_template(
        "figures/add_people.html", form=form, cohort=found, outcome=_outcome(added) if added else None
    )


def _ask_again(form: AddPeopleForm, added: rules.Added) -> None:
    """The lines that are to be put right come back, with what is wrong with them."""
    form.people.data = "\n".join(added.to_put_right)
    if added.unmatched:
        one = "line matches nobody. Put it right here, or add the person first"
        several = "lines match nobody. Put them right here, or add the people first"
        form.add_error(plural(len(added.unmatched), one, several), "people")
    if added.gone:
        form.add_error(rules.gone_in_words(added.gone, form.joined_on.data), "joined_on")


@bp.route("/cohorts/<code>/members/<int:membership_id>/leave", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def leave_cohort(code: str, membership_id: int) -> str | Response:
    """Somebody leaves the list, with a cause."""
    found = one_or_404(queries.cohort_coded(code))
    membership = _membership(found, membership_id)
    form = LeaveForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.leave(
                membership=membership,
                left_on=form.left_on.data,
                cause=form.cause.data,
                reason=form.reason.data or None,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            left_on = form.left_on.data
            leaves = "has left the list" if left_on <= clock.today() else f"leaves the list on {day(left_on)}"
            flash(f"{membership.person.name} {leaves}.")
            return redirect(url_for("figures.cohort", code=found.code))
    return render_template("figures/leave_cohort.html", form=form, cohort=found, membership=membership)


@bp.route("/cohorts/<code>/members/<int:membership_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.EDIT_TARGETS)
def withdraw_member(code: str, membership_id: int) -> str | Response:
    """Somebody was put on the list in error."""
    found = one_or_404(queries.cohort_coded(code))
    membership = _membership(found, membership_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.withdraw(
                membership=membership, reason=form.reason.data, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash(f"{membership.person.name} is off the list, as if they had never been on it.")
            return redirect(url_for("figures.cohort", code=found.code))
    return render_template("figures/withdraw_member.html", form=form, cohort=found, membership=membership)


def _membership(cohort: Cohort, membership_id: int) -> Membership:
    """A live entry of this cohort's list; one that was corrected meanwhile is gone."""
    membership = get_or_404(Membership, membership_id)
    if membership.cohort_id != cohort.id or membership.superseded_at is not None:
        abort(404)
    return membership


def _outcome(added: rules.Added) -> str:
    words = f"{plural(len(added.added), 'person', 'people')} added."
    if added.already:
        were = "was" if len(added.already) == 1 else "were"
        words += f" {len(added.already):,} {were} on the list already, {_times(added.already)}."
    return words


def _times(memberships: Sequence[Membership]) -> str:
    """ "from 26 January 2022", or with how many from each day: "2 from 26 January 2022 and 1 from ..."."""
    times = Counter((one.joined_on, one.left_on or date.max) for one in memberships)
    words = {
        (first, left): f"from {day(first)}" + (f" until {day(left)}" if left < date.max else "")
        for first, left in sorted(times)
    }
    if len(times) == 1:
        return listed(words.values())
    return listed(f"{times[each]:,} {words[each]}" for each in words)
