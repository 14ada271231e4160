"""Pages of people who are here twice: the list, two records beside each other, and the merges so far."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.errors import refusal_of
from app.core.permissions import Permission
from app.core.web import (
    current_actor,
    get_or_404,
    page_of,
    paginate,
    requires,
    rule_errors_flashed,
    rule_errors_on,
)
from app.merging import queries, rules
from app.merging.forms import MergeForm
from app.merging.models import Merge
from app.people import queries as people
from app.people.models import Person

bp = Blueprint("merging", __name__)


@bp.get("/people/duplicates")
@requires(Permission.MERGE_PEOPLE)
def duplicates() -> str:
    """Who may be here twice, and why; each pair leads to the page that merges it."""
    pairs = people.possible_duplicates(on=clock.today(), only_staff=_only_staff())
    return render_template("merging/duplicates.html", page=page_of(pairs))


def _only_staff() -> bool:
    return not rules.sees_everybody(current_actor())


@bp.get("/people/<int:person_id>/merge")
@requires(Permission.MERGE_PEOPLE)
def find_other(person_id: int) -> str:
    """Look for the other record of somebody."""
    person = get_or_404(Person, person_id)
    rules.check_can_see_pair(person, person, current_actor())
    typed = request.args.get("q", person.last_name)
    found = queries.people_named(typed, apart_from=person, only_staff=_only_staff())
    return render_template("merging/find_other.html", person=person, typed=typed, page=paginate(found))


@bp.route("/people/<int:person_id>/merge/<int:other_id>", methods=["GET", "POST"])
@requires(Permission.MERGE_PEOPLE)
def pair(person_id: int, other_id: int) -> str | Response:
    """Two records beside each other: merge the second into the first, or say that they are two people."""
    survivor, merged = _pair_or_404(person_id, other_id)
    form = MergeForm.of(survivor, merged)
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.merge(
                survivor=survivor,
                merged=merged,
                taken=form.taken,
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"The two records are one. You can undo it for {rules.UNDO_FOR.days} days.")
            return redirect(url_for("merging.merges"))
        survivor, merged = _pair_or_404(person_id, other_id)
    return _pair_page(survivor, merged, form)


def _pair_page(survivor: Person, merged: Person, form: MergeForm) -> str:
    sees_all = not _only_staff()
    today, outcome = clock.today(), rules.outcome_of(survivor, merged)
    form.stand_below(edition(outcome.told))
    return render_template(
        "merging/pair.html",
        form=form,
        survivor=survivor,
        merged=merged,
        today=today,
        reasons=people.reasons_for(survivor.id, merged.id, on=today),
        holdings=queries.holdings([survivor.id, merged.id]) if sees_all else None,
        doubles=outcome.ends if sees_all else [],
        clashes=outcome.clashes if sees_all else [],
        closes=outcome.closes,
        undo_days=rules.UNDO_FOR.days,
    )


def _pair_or_404(person_id: int, other_id: int) -> tuple[Person, Person]:
    if person_id == other_id:
        abort(404)
    first, second = get_or_404(Person, person_id), get_or_404(Person, other_id)
    rules.check_can_see_pair(first, second, current_actor())
    return first, second


@bp.post("/people/<int:person_id>/apart/<int:other_id>")
@requires(Permission.MERGE_PEOPLE)
def keep_apart(person_id: int, other_id: int) -> Response:
    """These two are not the same person."""
    first, second = _pair_or_404(person_id, other_id)
    with rule_errors_flashed():
        rules.keep_apart(first=first, second=second, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"{first.name} and {second.name} are two people. They are not shown here again.")
    return redirect(url_for("merging.duplicates"))


@bp.get("/people/merges")
@requires(Permission.MERGE_PEOPLE)
def merges() -> str:
    """What was merged, newest first, and until when it can be undone, or why not."""
    actor, now = current_actor(), clock.now()
    page = paginate(queries.merges(only_staff=_only_staff()))
    refusals = {row.id: refusal_of(partial(rules.check_can_undo, row, actor, now)) for row in page.rows}
    return render_template("merging/merges.html", page=page, refusals=refusals, undo_for=rules.UNDO_FOR)


@bp.post("/people/merges/<int:merge_id>/undo")
@requires(Permission.MERGE_PEOPLE)
def undo(merge_id: int) -> Response:
    """Take a merge back."""
    row = get_or_404(Merge, merge_id)
    rules.check_can_see_pair(row.survivor, row.merged, current_actor())
    with rule_errors_flashed():
        rules.undo(merge=row, by=current_actor(), now=clock.now())
        db.session.commit()
        flash("The merge is undone: there are two records again.")
    return redirect(url_for("merging.merges"))


def register(app: Flask) -> None:
    """Give the application this room's pages."""
    app.register_blueprint(bp)
