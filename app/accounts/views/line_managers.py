"""Whose account lacks the role of a line manager though they manage somebody, and the other way about."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, rules
from app.accounts.forms import TickedForm
from app.accounts.models import User
from app.accounts.views.inviting_many import PEOPLE_ON_A_PAGE
from app.accounts.views.own import bp
from app.core import clock
from app.core.db import db
from app.core.editions import edition
from app.core.filters import plural
from app.core.forms import SelectChoice
from app.core.permissions import Permission
from app.core.web import Page, current_actor, paginate, requires, rule_errors_on

MOST_NAMED = 20


@bp.route("/accounts/line-managers", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def line_managers() -> str | Response:
    """Who manages somebody and can't see their team, all ticked; one press gives them the role."""
    page = _who_manages()
    form = TickedForm(data={"people": [user.id for user, _count in page.rows]})
    seen = form.seen.data or ""
    _offer(form, page)
    if form.validate_on_submit():
        with rule_errors_on(form):
            return _give_role(form, [user.id for user, _count in page.rows], seen)
        page = _who_manages()  # as it is by now: somebody else may have pressed just before
        _offer(form, page)
    alone = db.session.scalars(queries.managing_nobody(on=clock.today()).limit(MOST_NAMED)).all()
    return render_template(
        "accounts/line_managers.html",
        form=form,
        page=page,
        alone=alone,
        alone_count=queries.managing_nobody_count(on=clock.today()),
    )


def _who_manages() -> Page[Any]:
    found = queries.to_be_line_managers(on=clock.today())
    return paginate(found, size=PEOPLE_ON_A_PAGE, scalars=False)


def _offer(form: TickedForm, page: Page[Any]) -> None:
    """Let the form choose from a page of those who manage somebody, and stand below it."""
    form.offer([SelectChoice(value=str(user.id), label=_in_words(user, count)) for user, count in page.rows])
    form.stand_below(edition(rules.roles_told_of([user for user, _count in page.rows])))


def _in_words(user: User, count: int) -> str:
    """ "Mo Adams (mo@council.example, Practitioner): 2 people answer to them"."""
    about = ", ".join([user.email, *(role.label for role in user.roles)])
    return f"{user.name} ({about}): {plural(count, 'person answers', 'people answer')} to them"


def _give_role(form: TickedForm, shown: list[int], seen: str) -> Response:
    by, now = current_actor(), clock.now()
    users = rules.make_line_managers(shown=shown, chosen=form.chosen, seen=seen, by=by, now=now)
    db.session.commit()
    who = plural(len(users), "person is a line manager", "people are line managers")
    flash(f"{who} now. It counts from the next page that they open.")
    return redirect(url_for("accounts.line_managers"))
