"""One trainer: their licences, and the sessions to come. For the academy and for contract managers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, id_asked, requires, rule_errors_flashed, rule_errors_on
from app.sessions import queries, rules
from app.sessions.forms.teaching import LicenceForm
from app.sessions.models import Accreditation, Trainer
from app.sessions.views.runs import bp

MOST_SHOWN = 50


@bp.get("/trainers/<int:trainer_id>")
@requires(Permission.SCHEDULE_RUNS, Permission.SEE_COMMISSIONING)
def trainer(trainer_id: int) -> str:
    """A trainer's licences with their last days, and the sessions to come with what is flagged."""
    found, now = get_or_404(Trainer, trainer_id), clock.now()
    coming = queries.sessions_of_trainer(trainer_id, ending_after=now).limit(MOST_SHOWN)
    sessions = db.session.scalars(coming).all()
    return render_template(
        "sessions/trainer.html",
        trainer=found,
        licences=db.session.scalars(queries.licences_of([trainer_id])).all(),
        sessions=sessions,
        flagged=rules.sessions_without_licence(sessions, today=clock.today()),
        today=clock.today(),
    )


@bp.route("/trainers/<int:trainer_id>/licence", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS, Permission.EDIT_PROVIDERS)
def give_licence(trainer_id: int) -> str | Response:
    """Record a licence, or renew the one that the address names."""
    found = get_or_404(Trainer, trainer_id)
    form = LicenceForm(obj=_renewed(found))
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.give_licence(
                trainer=found,
                name=form.name.data or "",
                expires_on=form.expires_on.data,
                evidence=form.evidence.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The licence is recorded.")
            return redirect(url_for("sessions.trainer", trainer_id=trainer_id))
    return render_template("sessions/give_licence.html", form=form, trainer=found)


def _renewed(found: Trainer) -> Accreditation | None:
    licence = db.session.get(Accreditation, id_asked("renew") or 0)
    return licence if licence is not None and licence.trainer_id == found.id else None


@bp.post("/licences/<int:licence_id>/remove")
@requires(Permission.SCHEDULE_RUNS, Permission.EDIT_PROVIDERS)
def take_licence(licence_id: int) -> Response:
    """Remove a licence that was recorded by mistake."""
    licence = get_or_404(Accreditation, licence_id)
    trainer_id = licence.trainer_id
    with rule_errors_flashed():
        rules.take_licence(licence=licence, by=current_actor(), now=clock.now())
        db.session.commit()
        flash("The licence is removed.")
    return redirect(url_for("sessions.trainer", trainer_id=trainer_id))
