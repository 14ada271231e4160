"""Keeping places on a run for partners or a sector, and no longer keeping them. (AM-05, MA-04)"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.bookings import rules
from app.bookings.forms import KeepPlacesForm
from app.bookings.models import Quota
from app.bookings.views.blueprint import bp, run_or_404
from app.bookings.views.telling import promoted_in_words
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, id_asked, requires, rule_errors_flashed, rule_errors_on
from app.people import queries as people


@bp.route("/runs/<int:run_id>/places/keep", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def keep_places(run_id: int) -> str | Response:
    """Keep places for partners or a sector, or change how many are kept (?quota=3) and until when."""
    run, quota = run_or_404(run_id), _quota_asked(run_id)
    form = KeepPlacesForm(
        sector=str(quota.sector_id or "") if quota else "",
        places=quota.places if quota else None,
        kept_until=quota.kept_until if quota else None,
    )
    form.offer(db.session.scalars(people.sectors()))
    if form.validate_on_submit() and form.kept_until.data:
        with rule_errors_on(form):
            promoted = rules.keep_places(
                run=run,
                sector_id=int(form.sector.data) if form.sector.data else None,
                places=form.places.data or 0,
                kept_until=form.kept_until.data,
                by=current_actor(),
                now=clock.now(),
            )
            news = f"The places are kept.{promoted_in_words(promoted)}"
            db.session.commit()
            flash(news)
            return redirect(url_for("bookings.run_places", run_id=run_id))
        run = run_or_404(run_id)
    return render_template("bookings/keep_places.html", form=form, run=run, is_new=quota is None)


@bp.post("/quotas/<int:quota_id>/release")
@requires(Permission.SCHEDULE_RUNS)
def release_quota(quota_id: int) -> Response:
    """Keep the places of a quota for nobody any more: they go to those who wait."""
    quota = get_or_404(Quota, quota_id)
    run = run_or_404(quota.run_id)
    with rule_errors_flashed():
        promoted = rules.release_quota(
            run=run, sector_id=quota.sector_id, by=current_actor(), now=clock.now()
        )
        news = f"These places are no longer kept.{promoted_in_words(promoted)}"
        db.session.commit()
        flash(news)
    return redirect(url_for("bookings.run_places", run_id=run.id))


def _quota_asked(run_id: int) -> Quota | None:
    """The quota of this run that the address names; None when it names none."""
    if "quota" not in request.args:
        return None
    quota = db.session.get(Quota, id_asked("quota") or 0)
    return quota if quota is not None and quota.run_id == run_id else abort(404)
