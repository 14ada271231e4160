"""Refusing what somebody asks for: the page asks why, and they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from app.accounts.forms import RefuseForm
from app.accounts.models import Claim, Registration
from app.core import clock
from app.core.db import db
from app.core.web import current_actor, rule_errors_on


def refusal_page(
    asked: Claim | Registration,
    refuse: Callable[[dict[str, Any]], None],
    *,
    what: str,
    back: str,
    then: str,
) -> str | Response:
    """Ask why, then `refuse` with the reason, by whom and when. `what` is refused: "The claim is refused"."""
    form = RefuseForm()
    if form.validate_on_submit():
        with rule_errors_on(form):
            refuse({"reason": form.reason.data or "", "by": current_actor(), "now": clock.now()})
            db.session.commit()
            flash(f"The {what} is refused. {asked.name} is told by e-mail.")
            return redirect(then)
    return render_template("registration/refuse.html", form=form, name=asked.name, back=back)
