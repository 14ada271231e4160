"""Answering a request by the link in its e-mail, without an account. Opening it shows; a press answers."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import rules
from app.bookings.forms import OneAnswerForm
from app.bookings.views.blueprint import bp
from app.bookings.views.requests import answered, request_page
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.web import public, rule_errors_on


@bp.route("/requests/<int:approval_id>/<token>", methods=["GET", "POST"])
@public
def answer(approval_id: int, token: str) -> str | Response | tuple[str, int]:
    """The request that the link was written for, for whoever it was written to. (LM-01)"""
    form = OneAnswerForm()
    try:
        booking, actor = rules.request_by_link(approval_id, token)
        if form.validate_on_submit():
            with rule_errors_on(form):
                news = answered(booking, form, actor)
                db.session.commit()
                flash(news)
                return redirect(url_for("bookings.answer", approval_id=approval_id, token=token))
            booking, actor = rules.request_by_link(approval_id, token)
    except RuleBroken as error:
        return render_template("bookings/request_over.html", problem=error.message), 404
    return request_page(booking, form, actor, back=None)
