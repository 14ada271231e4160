"""Inviting the coordinator of a partner organisation. (MA-05)"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import rules
from app.accounts.views.own import bp
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_on
from app.people.forms import ColleagueForm
from app.people.models import Organisation


@bp.route("/organisations/<int:organisation_id>/coordinator", methods=["GET", "POST"])
@requires(Permission.EDIT_PEOPLE)
def invite_coordinator(organisation_id: int) -> str | Response:
    """Invite somebody to book for the people of an organisation."""
    organisation, form = get_or_404(Organisation, organisation_id), ColleagueForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            user = rules.invite_coordinator(
                organisation=organisation,
                first_name=form.first_name.data or "",
                last_name=form.last_name.data or "",
                email=form.email.data or "",
                job_title=form.job_title.data or None,
                by=current_actor(),
                now=clock.now(),
            )
            news = (
                f"{user.name} is a coordinator now, with the account that they have."
                if user.has_accepted
                else f"{user.name} is invited. The e-mail goes to {user.email}."
            )
            db.session.commit()
            flash(news)
            return redirect(url_for("people.organisation", organisation_id=organisation_id))
    return render_template("accounts/invite_coordinator.html", form=form, organisation=organisation)
