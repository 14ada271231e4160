"""What somebody needs to take part, and what those with a place are told and given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.forms import NeedForm
from app.bookings.models import Booking
from app.bookings.views.blueprint import booking_or_404, bp
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, requires, rule_errors_flashed, rule_errors_on
from app.sessions import queries as sessions_queries
from app.sessions.models import Material


@dataclass(frozen=True)
class Joining:
    """What somebody with a place is told and given."""

    instructions: Sequence[str]
    materials: Sequence[Material]


@dataclass(frozen=True)
class NeedShown:
    """What somebody said should be arranged, and whether it can still be changed."""

    words: str
    can_change: bool


def joining_of(booking: Booking, actor: Actor) -> Joining | None:
    """What the page of a booking shows of joining; None for whoever may not see it."""
    if not rules.can_see_joining(booking, actor):
        return None
    materials = db.session.scalars(sessions_queries.materials_for(booking.run)).all()
    return Joining(booking.run.joining_instructions, materials)


def need_shown(booking: Booking, actor: Actor) -> NeedShown | None:
    """What the page of a booking shows of needs; None when there is nothing, or it is not for the actor."""
    if not rules.can_see_need(booking, actor):
        return None
    need = db.session.scalar(queries.need_of(booking))
    can_change = rules.can_say_need(booking, actor, clock.now())
    return NeedShown(need.words if need else "", can_change) if need or can_change else None


def needs_page(find: Callable[[], Booking], actor: Actor, *, back: str) -> str | Response:
    """Say, change or take back what should be arranged, on the page of whoever acts; `find` fetches the
    booking, again where a broken rule undid what had begun."""
    found = find()
    with rule_errors_flashed():
        rules.check_can_open_need(found, actor, clock.now())
        need = db.session.scalar(queries.need_of(found))
        form = NeedForm(data={"words": need.words if need else ""})
        if form.validate_on_submit():
            with rule_errors_on(form):
                rules.say_need(booking=found, words=form.words.data or "", by=actor, now=clock.now())
                db.session.commit()
                saved = "Saved. Only the academy and the trainer of this run see it."
                flash(saved if form.words.data else "Deleted.")
                return redirect(back)
            found = find()
        return render_template("bookings/change_need.html", form=form, booking=found, back=back)
    return redirect(back)


@bp.route("/bookings/<int:booking_id>/needs", methods=["GET", "POST"])
@requires(Permission.BOOK_OWN_PLACE, Permission.BOOK_ANYONE)
def change_need(booking_id: int) -> str | Response:
    """The needs of one booking, for whoever is signed in."""
    back = url_for("bookings.booking", booking_id=booking_id)
    return needs_page(lambda: booking_or_404(booking_id), current_actor(), back=back)
