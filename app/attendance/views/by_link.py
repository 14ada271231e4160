"""Registers without an account: links to one, made and taken back, and the page that a link opens. (TR-05)

Opening a page changes nothing; what is pressed there acts. The secret of the link is the only key.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.attendance import queries, rules
from app.attendance.forms import CHOICES, LinkForm
from app.attendance.models import RegisterLink
from app.attendance.views.blueprint import bp
from app.attendance.views.registers import form_of, marks_sent, saved_in_words
from app.core import clock, mail
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import (
    by_link,
    current_actor,
    get_or_404,
    limiter,
    public,
    requires,
    rule_errors_flashed,
    rule_errors_on,
)
from app.sessions.models import TrainingSession

PRESSES = "300 per 5 minutes"  # a register is saved often, and several rooms share one network


@bp.route("/sessions/<int:session_id>/links", methods=["GET", "POST"])
@requires(Permission.MARK_REGISTERS)
def session_links(session_id: int) -> str | Response:
    """The links to a register, and one more: e-mailed, or shown in answer to the press and never again."""
    session, form = get_or_404(TrainingSession, session_id), LinkForm()
    rules.check_can_see_registers(session.run, current_actor())
    if form.validate_on_submit():
        with rule_errors_on(form):
            made, secret = rules.make_link(
                session=session,
                to_name=form.to_name.data or "",
                to_email=form.to_email.data or None,
                by=current_actor(),
                now=clock.now(),
            )
            db.session.commit()
            if not made.to_email:
                return _shown_once(made, secret)
            flash(f"The link is on its way to {made.to_name}.")
            return redirect(url_for("attendance.session_links", session_id=session_id))
        session = get_or_404(TrainingSession, session_id)
    return _links_page(form, session)


def _links_page(form: LinkForm, session: TrainingSession) -> str:
    return render_template(
        "attendance/session_links.html",
        form=form,
        session=session,
        made=db.session.scalars(queries.links_of(session)).all(),
        opens_at=rules.link_opens_at(session),
        has_opened=rules.link_opens_at(session) <= clock.now(),
        last_day=rules.link_last_day(session),
        can_make=rules.can_make_link(session, current_actor(), clock.now()),
    )


def _shown_once(made: RegisterLink, secret: str) -> str:
    return render_template(
        "attendance/link_made.html",
        made=made,
        session=made.session,
        address=mail.link(f"/register-links/{secret}"),
        opens_at=rules.link_opens_at(made.session),
        last_day=rules.link_last_day(made.session),
    )


@bp.post("/register-links/<int:link_id>/revoke")
@requires(Permission.MARK_REGISTERS)
def revoke_link(link_id: int) -> Response:
    """Take a link back."""
    link = get_or_404(RegisterLink, link_id)
    with rule_errors_flashed():
        rules.revoke_link(link=link, by=current_actor(), now=clock.now())
        db.session.commit()
        flash(f"The link of {link.to_name} no longer works. What was marked by it stays.")
    return redirect(url_for("attendance.session_links", session_id=link.session_id))


@bp.route("/register-links/<token>", methods=["GET", "POST"])
@public
@limiter.limit(PRESSES, methods=["POST"])
@by_link
def register_by_link(token: str) -> str | Response:
    """The register that the link names: names and marks alone, nothing by which anybody could be reached."""
    link = rules.link_of(token, clock.now())
    form = form_of(link.session)
    if form.validate_on_submit():
        with rule_errors_on(form):
            changed = rules.mark_by_link(link=link, marks=marks_sent(form), now=clock.now())
            db.session.commit()
            flash(saved_in_words(link.session, changed))
            return redirect(url_for("attendance.register_by_link", token=token))
        link = rules.link_of(token, clock.now())
    return render_template(
        "attendance/register_by_link.html",
        form=form,
        link=link,
        token=token,
        now=clock.now(),
        session=link.session,
        choices=[(status.value, label) for status, label in CHOICES.items()],
        last_day=rules.link_last_day(link.session),
    )
