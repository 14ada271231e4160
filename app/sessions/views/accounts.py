"""Where an account becomes a trainer's: by its invitation, and by the roles that it is given."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import rules as accounts
from app.accounts.forms import ConfirmRolesForm, InviteForm
from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.permissions import Permission, Role
from app.core.web import current_actor, get_or_404, requires, rule_errors_flashed, rule_errors_on
from app.sessions import rules
from app.sessions.models import Trainer
from app.sessions.views.runs import bp


@bp.route("/accounts/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def invite_account() -> str | Response:
    """Give somebody an account: they choose their own password by a link. The address may tick a role."""
    form = InviteForm(data={"roles": request.args.getlist("role")})
    if form.validate_on_submit():
        with rule_errors_on(form):
            invited = accounts.invite(
                email=form.email.data or "",
                name=form.name.data or "",
                roles=form.chosen(),
                person=accounts.holder_known_as(form.person.data),
                expires_on=form.expires_on.data,
                by=current_actor(),
                now=clock.now(),
            )
            linked = rules.link_trainer(user=invited.user, by=current_actor(), now=clock.now())
            db.session.commit()
            flash(f"{invited.user.name} is invited. The e-mail goes to {invited.user.email}.{_news(linked)}")
            return redirect(url_for("accounts.account", user_id=invited.user.id))
    return render_template("sessions/invite_account.html", form=form, roles=list(Role))


@bp.route("/accounts/<int:user_id>/roles/confirm", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def confirm_roles(user_id: int) -> str | Response:
    """All that a choice of roles would change, and the button that changes just that. (SA-03)"""
    user = get_or_404(User, user_id)
    form = ConfirmRolesForm(data={"roles": request.args.getlist("roles")})
    if form.validate_on_submit():
        with rule_errors_on(form):
            seen = form.seen.data or ""
            linked = rules.change_roles(
                user=user, roles=form.chosen(), seen=seen, by=current_actor(), now=clock.now()
            )
            db.session.commit()
            flash(f"The roles are changed. They count from the next page that is opened.{_news(linked)}")
            is_own = user_id == current_actor().user_id  # and may have given up the pages of accounts
            return redirect("/" if is_own else url_for("accounts.account", user_id=user_id))
    back = url_for("accounts.roles", user_id=user_id)
    with rule_errors_flashed():
        if change := accounts.role_change(user=user, roles=form.chosen(), on=clock.today()):
            form.stand_below(edition(change))
            return render_template(
                "sessions/confirm_roles.html", form=form, user=user, change=change, back=back
            )
    return redirect(back)


def _news(linked: Trainer | None) -> str:
    return f" The account is linked to the trainer {linked.name}, who has its address." if linked else ""
