"""The administrator's pages: who has an account, as what, and until when."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, rules
from app.accounts.forms import AccountForm, AddressForm, CloseForm, RolesForm
from app.accounts.models import User
from app.accounts.views.own import bp
from app.audit import queries as audit
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.errors import RuleBroken
from app.core.permissions import Permission, Role
from app.core.web import (
    current_actor,
    get_or_404,
    paginate,
    requires,
    rule_errors_flashed,
    rule_errors_on,
    why_not,
)
from app.people.models import Person


@bp.get("/accounts")
@requires(Permission.MANAGE_USERS)
def accounts() -> str:
    """Every account, by name; a search, a role, and who has another address narrow it."""
    search = request.args.get("q", "").strip()[:200]
    chosen = request.args.get("role", "")
    role = Role(chosen) if chosen in set(Role) else None
    has_moved = request.args.get("address") == "moved"
    return render_template(
        "accounts/accounts.html",
        page=paginate(queries.accounts(search=search, role=role, has_moved=has_moved)),
        search=search,
        role=role,
        has_moved=has_moved,
        roles=list(Role),
        today=clock.today(),
    )


@bp.get("/accounts/<int:user_id>")
@requires(Permission.MANAGE_USERS)
def account(user_id: int) -> str:
    """One account, and what was done to it."""
    user = get_or_404(User, user_id)
    invitation = None if user.has_accepted else db.session.scalar(queries.latest_invitation(user))
    return render_template(
        "accounts/account.html",
        user=user,
        is_let_in=rules.may_sign_in(user, clock.today()),
        invitation=invitation,
        brought_by=db.session.scalar(queries.email_of_invitation(invitation)) if invitation else None,
        history=paginate(audit.history_of("user", user.id)),
        today=clock.today(),
        now=clock.now(),
    )


@bp.route("/accounts/<int:user_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def edit(user_id: int) -> str | Response:
    """Whose account it is, and until when."""
    user = get_or_404(User, user_id)
    form = AccountForm(
        data={
            "name": user.name,
            "person": _reference(user.person),
            "expires_on": user.expires_on,
            "seen": edition(rules.values_of_account(user)),
        }
    )
    if form.validate_on_submit():
        with rule_errors_on(form), form.noticing_changes():
            rules.change_account(
                user=user,
                name=form.name.data or "",
                person=rules.holder_known_as(form.person.data),
                expires_on=form.expires_on.data,
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The account is changed.")
            return redirect(url_for("accounts.account", user_id=user_id))
    return render_template("accounts/edit.html", form=form, user=user)


@bp.route("/accounts/<int:user_id>/address", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def address(user_id: int) -> str | Response:
    """The address with which somebody signs in, once they have another."""
    user = get_or_404(User, user_id)
    form = AddressForm(data={"email": user.person.email if user.person else None})
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.change_address(user=user, email=form.email.data or "", by=current_actor(), now=clock.now())
            db.session.commit()
            flash("The account has another address.")
            return redirect(url_for("accounts.account", user_id=user_id))
    return render_template("accounts/address.html", form=form, user=user)


@bp.route("/accounts/<int:user_id>/roles", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def roles(user_id: int) -> str | Response:
    """Choose what the account may do; a second page asks before anything changes."""
    user = get_or_404(User, user_id)
    asked = [role for role in request.args.getlist("roles") if role in set(Role)]
    form = RolesForm(data={"roles": asked or [role.value for role in user.roles]})
    if form.validate_on_submit():
        with rule_errors_on(form):
            if rules.role_change(user=user, roles=form.chosen(), on=clock.today()):
                chosen = sorted(form.chosen())
                return redirect(url_for("sessions.confirm_roles", user_id=user_id, roles=chosen))
            raise RuleBroken(
                "These are the roles that the account has now: choose others, or cancel", "roles"
            )
    return render_template("accounts/roles.html", form=form, user=user, roles=list(Role))


@bp.route("/accounts/<int:user_id>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def close(user_id: int) -> str | Response:
    """Ask, then close an account."""
    user, form = get_or_404(User, user_id), CloseForm()
    if request.method == "GET":
        may_close = partial(rules.check_can_close, user, current_actor(), clock.today())
        if refused := why_not(may_close, back_to=url_for("accounts.account", user_id=user_id)):
            return refused
    if form.validate_on_submit():
        with rule_errors_on(form):
            rules.close(user=user, by=current_actor(), now=clock.now(), reason=form.reason.data or None)
            db.session.commit()
            flash("The account is closed. Whoever used it is signed out.")
            return redirect(url_for("accounts.account", user_id=user_id))
    return render_template("accounts/close.html", form=form, user=user)


@bp.post("/accounts/<int:user_id>/reopen")
@requires(Permission.MANAGE_USERS)
def reopen(user_id: int) -> Response:
    """Open a closed account again."""
    with rule_errors_flashed():
        rules.reopen(user=get_or_404(User, user_id), by=current_actor(), now=clock.now())
        db.session.commit()
        flash("The account is open again.")
    return redirect(url_for("accounts.account", user_id=user_id))


@bp.post("/accounts/<int:user_id>/invite-again")
@requires(Permission.MANAGE_USERS)
def invite_again(user_id: int) -> Response:
    """Send the invitation anew."""
    user = get_or_404(User, user_id)
    with rule_errors_flashed():
        rules.send_invitation_again(user=user, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"The invitation goes to {user.email} again. The link before it no longer works.")
    return redirect(url_for("accounts.account", user_id=user_id))


def _reference(person: Person | None) -> str:
    return (person.employee_number or person.email or "") if person else ""
