"""Venues and trainers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, paginate, requires, rule_errors_on
from app.sessions import queries, rules
from app.sessions.forms import TrainerForm, VenueForm
from app.sessions.models import Trainer, Venue
from app.sessions.views.runs import bp, page_of


@bp.get("/venues")
@requires(Permission.SCHEDULE_RUNS)
def venues() -> str:
    """Where sessions are held in person."""
    return render_template("sessions/venues.html", page=paginate(queries.venues()))


@bp.route("/venues/new", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def new_venue() -> str | Response:
    """Add a venue."""
    form = VenueForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            venue = rules.add_venue(
                name=form.name.data or "",
                address=form.address.data or "",
                access=form.access.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"{venue.name} can be chosen for sessions now.")
            return redirect(url_for("sessions.venues"))
    return render_template("sessions/new_venue.html", form=form)


@bp.route("/venues/<int:venue_id>/edit", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def edit_venue(venue_id: int) -> str | Response:
    """Change a venue; the sessions held there show it at once."""
    venue = get_or_404(Venue, venue_id)
    form = VenueForm(obj=venue, data={"seen": edition(rules.values_of_venue(venue))})
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.edit_venue(
                venue=venue,
                name=form.name.data or "",
                address=form.address.data or "",
                access=form.access.data or "",
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The venue is changed.")
            return redirect(url_for("sessions.venues"))
    return render_template("sessions/edit_venue.html", form=form, venue=venue)


@bp.get("/venues/<int:venue_id>/history")
@requires(Permission.SCHEDULE_RUNS)
def venue_history(venue_id: int) -> str:
    """What was done to a venue, newest first."""
    return _history(get_or_404(Venue, venue_id))


@bp.get("/trainers/<int:trainer_id>/history")
@requires(Permission.SCHEDULE_RUNS, Permission.SEE_COMMISSIONING)
def trainer_history(trainer_id: int) -> str:
    """What was done to a trainer, newest first: their licences and the account that they sign in with too."""
    return _history(get_or_404(Trainer, trainer_id))


def _history(thing: Venue | Trainer) -> str:
    page = paginate(audit.history_of(thing.__tablename__, thing.id))
    return render_template("sessions/resource_history.html", thing=thing, back=page_of(thing), page=page)


@bp.get("/trainers")
@requires(Permission.SCHEDULE_RUNS, Permission.SEE_COMMISSIONING)
def trainers() -> str:
    """Who delivers sessions, and who of them signs in."""
    return render_template("sessions/trainers.html", page=paginate(queries.trainers()))


@bp.route("/trainers/new", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def new_trainer() -> str | Response:
    """Add a trainer."""
    form = TrainerForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            trainer = rules.add_trainer(
                name=form.name.data or "",
                email=form.email.data or "",
                provider=form.provider(),
                user=form.user(),
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"{trainer.name} can be chosen for sessions now.{_news(trainer, form.user())}")
            return redirect(url_for("sessions.trainers"))
    return render_template("sessions/new_trainer.html", form=form)


@bp.route("/trainers/<int:trainer_id>/edit", methods=["GET", "POST"])
@requires(Permission.SCHEDULE_RUNS)
def edit_trainer(trainer_id: int) -> str | Response:
    """Change a trainer, and the account that shows them their own runs."""
    trainer = get_or_404(Trainer, trainer_id)
    before = trainer.user
    form = TrainerForm(trainer_id, obj=trainer, data={"seen": edition(rules.values_of_trainer(trainer))})
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.edit_trainer(
                trainer=trainer,
                name=form.name.data or "",
                email=form.email.data or "",
                provider=form.provider(),
                user=form.user(),
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"The trainer is changed.{_news(trainer, form.user() or before)}")
            return redirect(url_for("sessions.trainers"))
    return render_template("sessions/edit_trainer.html", form=form, trainer=trainer)


def _news(trainer: Trainer, chosen: User | None) -> str:
    """What nobody chose: the account with the trainer's address."""
    linked = trainer.user if trainer.user != chosen else None
    return f" They are linked to the account {linked.email}, which has their address." if linked else ""
