"""Answering a request by the link in its e-mail, without an account. Opening it shows; a press answers."""

from __future__ import annotations

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from app.bookings import rules
from app.bookings.forms import OneAnswerForm
from app.bookings.views.blueprint import bp
from app.bookings.views.requests import answered, request_page
from app.core.db import db
from app.core.web import by_link, public, rule_errors_on


@bp.route("/requests/<int:approval_id>/<token>", methods=["GET", "POST"])
@public
@by_link
def answer(approval_id: int, token: str) -> str | Response:
    """The request that the link was written for, for whoever it was written to. (LM-01)"""
    form = OneAnswerForm()
    booking, actor = rules.request_by_link(approval_id, token)
    if form.validate_on_submit():
        with rule_errors_on(form):
            news = answered(booking, form, actor)
            db.session.commit()
            flash(news)
            return redirect(url_for("bookings.answer", approval_id=approval_id, token=token))
        booking, actor = rules.request_by_link(approval_id, token)
    return request_page(booking, form, actor, back=None)
