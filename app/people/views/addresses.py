"""Addresses that e-mails come back from. (U-18)"""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, get_or_404, requires, rule_errors_flashed
from app.people import rules
from app.people.models import Person
from app.people.views.blueprint import bp


@bp.post("/people/<int:person_id>/e-mail-came-back")
@requires(Permission.EDIT_PEOPLE)
def email_came_back(person_id: int) -> Response:
    """An e-mail to somebody came back: no more are sent until their address is corrected."""
    return _said(
        person_id,
        rules.note_bounce,
        "It is noted. E-mails to this address are held back until you correct it, or try it again.",
    )


@bp.post("/people/<int:person_id>/try-address")
@requires(Permission.EDIT_PEOPLE)
def try_address(person_id: int) -> Response:
    """The address is right after all: e-mails to it are sent again."""
    return _said(person_id, rules.try_address, "E-mails to this address are sent again, within a minute.")


def _said(person_id: int, rule: Callable[..., None], news: str) -> Response:
    person = get_or_404(Person, person_id)
    with rule_errors_flashed():
        rule(person=person, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(news)
    return redirect(url_for("people.person", person_id=person_id))
