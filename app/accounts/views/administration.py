"""The administrator's pages: who has an account, as what, and until when."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, rules
from app.accounts.forms import AccountForm, CloseForm, ConfirmRolesForm, InviteForm, RolesForm
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
)
from app.people.models import Person


@bp.get("/accounts")
@requires(Permission.MANAGE_USERS)
def accounts() -> str:
    """Every account, by name; a search and a role narrow it."""
    search = request.args.get("q", "").strip()[:200]
    chosen = request.args.get("role", "")
    role = Role(chosen) if chosen in set(Role) else None
    page = paginate(queries.accounts(search=search, role=role))
    return render_template(
        "accounts/accounts.html", page=page, search=search, role=role, roles=list(Role), today=clock.today()
    )


@bp.route("/accounts/invite", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def invite() -> str | Response:
    """Give somebody an account: they choose their own password by a link."""
    form = InviteForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            invited = rules.invite(
                email=form.email.data or "",
                name=form.name.data or "",
                roles=form.chosen(),
                person=_person(form.person.data),
                expires_on=form.expires_on.data,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash(f"{invited.user.name} is invited. The e-mail goes to {invited.user.email}.")
            return redirect(url_for("accounts.account", user_id=invited.user.id))
    return render_template("accounts/invite.html", form=form, roles=list(Role))


@bp.get("/accounts/<int:user_id>")
@requires(Permission.MANAGE_USERS)
def account(user_id: int) -> str:
    """One account, and what was done to it."""
    user = get_or_404(User, user_id)
    return render_template(
        "accounts/account.html",
        user=user,
        invitation=db.session.scalar(queries.latest_invitation(user)),
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
                person=_person(form.person.data),
                expires_on=form.expires_on.data,
                seen=form.seen.data or "",
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            flash("The account is changed.")
            return redirect(url_for("accounts.account", user_id=user_id))
    return render_template("accounts/edit.html", form=form, user=user)


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
                return redirect(url_for("accounts.confirm_roles", user_id=user_id, roles=chosen))
            raise RuleBroken(
                "These are the roles that the account has now: choose others, or cancel", "roles"
            )
    return render_template("accounts/roles.html", form=form, user=user, roles=list(Role))


@bp.route("/accounts/<int:user_id>/roles/confirm", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def confirm_roles(user_id: int) -> str | Response:
    """All that a choice of roles would change, and the button that changes just that. (SA-03)"""
    user = get_or_404(User, user_id)
    form = ConfirmRolesForm(data={"roles": request.args.getlist("roles")})
    if form.validate_on_submit():
        with rule_errors_on(form):
            seen = form.seen.data or ""
            rules.change_roles(user=user, roles=form.chosen(), seen=seen, by=current_actor(), now=clock.now())
            db.session.commit()
            flash("The roles are changed. They count from the next page that is opened.")
            is_own = user_id == current_actor().user_id  # and may have given up the pages of accounts
            return redirect("/" if is_own else url_for("accounts.account", user_id=user_id))
    back = url_for("accounts.roles", user_id=user_id)
    with rule_errors_flashed():
        if change := rules.role_change(user=user, roles=form.chosen(), on=clock.today()):
            form.stand_below(edition(change))
            return render_template(
                "accounts/confirm_roles.html", form=form, user=user, change=change, back=back
            )
    return redirect(back)


@bp.route("/accounts/<int:user_id>/close", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def close(user_id: int) -> str | Response:
    """Ask, then close an account."""
    user = get_or_404(User, user_id)
    form = CloseForm()
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


def _person(reference: str | None) -> Person | None:
    """The person that was typed, by employee number or address."""
    if not reference:
        return None
    person = db.session.scalar(queries.person_known_as(reference))
    if person is None:
        raise RuleBroken(
            "There is nobody in the directory with that employee number or e-mail address", "person"
        )
    return person


def _reference(person: Person | None) -> str:
    return (person.employee_number or person.email or "") if person else ""
