"""Taking up an invitation, without an account. Opening the link shows a page; pressing its button books."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import TakeInvitationForm
from app.bookings.models import Booking, Invitation
from app.bookings.rules import Declaration
from app.bookings.views.blueprint import bp, run_or_404
from app.core import clock, tokens
from app.core.db import db
from app.core.forms import SelectChoice
from app.core.web import by_link, one_or_404, public, rule_errors_on
from app.programmes.models import ApprovalMode
from app.sessions.models import Run


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
@by_link
def invitation(token: str) -> str | Response:
    """Choose one of the runs that one was invited to, and book it. (MA-02)"""
    invited = one_or_404(queries.invitation_in_full(tokens.read(rules.INVITATION, token)))
    tokens.check_sent_to(token, invited.person.email)
    form, runs = TakeInvitationForm(), _open_runs(invited)
    left = queries.places_left_for(invited.person, runs, on=clock.today())
    form.run.choices = [
        SelectChoice(value=str(run.id), label=queries.run_in_words(run, left[run.id])) for run in runs
    ]
    if len(runs) == 1:
        form.run.data = form.run.data or str(runs[0].id)
    if _wants_manager(invited):
        form.also(lambda: rules.checked_declaration(invited.person, _declared(form)))
    already = _already(invited)
    if not already and runs and form.validate_on_submit():
        with rule_errors_on(form):
            _book(invited, form)
            db.session.commit()
            return redirect(url_for("bookings.invitation", token=token))
        invited = one_or_404(queries.invitation_in_full(invited.id))
        runs = _open_runs(invited)
    return _page(invited, form, runs, already)


def _page(
    invited: Invitation, form: TakeInvitationForm, runs: Sequence[Run], already: Sequence[Booking]
) -> str:
    return render_template(
        "bookings/invitation.html",
        invited=invited,
        form=form,
        runs=runs,
        notices=_notices(invited, runs),
        already=already,
        wants_manager=_wants_manager(invited),
    )


def _open_runs(invited: Invitation) -> list[Run]:
    actor = rules.by_invitation(invited)
    return [run for run in invited.runs if rules.can_be_booked(run, run.sessions, by=actor, now=clock.now())]


def _notices(invited: Invitation, runs: Sequence[Run]) -> dict[int, str]:
    """What a place costs that is not used, for each of the runs. (MA-08)"""
    now = clock.now()
    return {run.id: rules.notice_in_words(invited.person, invited.course, run.sessions, now) for run in runs}


def _already(invited: Invitation) -> list[Booking]:
    """The open bookings that the person has of the course that they were invited to."""
    held = db.session.scalars(queries.open_bookings_of([invited.person_id])).unique()
    return [one for one in held if one.run.version.course_id == invited.course_id]


def _wants_manager(invited: Invitation) -> bool:
    mode = rules.mode_for(invited.person, invited.course.terms, by=rules.by_invitation(invited))
    return mode is ApprovalMode.DECLARED


def _declared(form: TakeInvitationForm) -> Declaration | None:
    name, email = form.manager_name.data, form.manager_email.data
    return Declaration(name, email) if name and email else None


def _book(invited: Invitation, form: TakeInvitationForm) -> None:
    holder = rules.by_invitation(invited)
    booking = rules.book(
        run=run_or_404(int(form.run.data)),
        person=invited.person,
        by=holder,
        now=clock.now(),
        declaration=_declared(form),
    )
    if form.needs.data:
        rules.say_need(booking=booking, words=form.needs.data, by=holder, now=clock.now())
