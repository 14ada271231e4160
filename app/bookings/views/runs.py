"""The page of one run: when, where and by whom, and what whoever looks can do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import abort, render_template

from app.bookings import queries, rules
from app.bookings.models import Booking
from app.bookings.views.blueprint import bp
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken, refusal_of
from app.core.permissions import Permission
from app.core.web import current_actor, requires
from app.people.models import Person
from app.sessions import queries as sessions
from app.sessions import rules as sessions_rules
from app.sessions.models import Run


@bp.get("/runs/<int:run_id>")
@requires(Permission.SEE_RUNS)
def run(run_id: int) -> str:
    """One run; what to know about its dates is for those who schedule.

    Booking and cancelling are offered by the rules that they ask themselves, so that no button leads to a
    refusal; whoever books reads why there is none. Another place at the same time is told of by the page of
    booking, which has a way out.
    """
    found, actor, now = sessions.run_in_full(run_id) or abort(404), current_actor(), clock.now()
    sessions_rules.check_can_see(found, actor, on=clock.today())
    sees_links = sessions_rules.can_see_links(found, actor)
    return render_template(
        "bookings/run.html",
        run=found,
        closed=refusal_of(partial(rules.check_is_open, found, found.sessions, by=actor, now=now)),
        own=_own_place(found, actor, now) if actor.can(Permission.BOOK_OWN_PLACE) else None,
        can_cancel=rules.can_cancel_run(found, actor, now),
        shows_links=sees_links,
        warnings=_warnings(found) if actor.can(Permission.SCHEDULE_RUNS) else [],
        teaching=_teaching(found, actor, now) if sees_links else None,
        booked=queries.confirmed_counts([found.id])[found.id],
        now=now,
    )


@dataclass(frozen=True)
class _OwnPlace:
    """The own booking of a run, if there is one, and why there can be none, whatever the reason given."""

    booking: Booking | None
    refusal: RuleBroken | None


def _own_place(found: Run, actor: Actor, now: datetime) -> _OwnPlace | None:
    """None for whoever is no person on record, and so has no places."""
    person = db.session.get(Person, actor.person_id) if actor.person_id else None
    if person is None:
        return None
    may_book = partial(rules.check_can_book, found, person, by=actor, now=now, sees_clashes=False)
    refused = refusal_of(may_book)
    is_final = refused is not None and refused.field != "reason"
    return _OwnPlace(queries.open_booking(found, person), refused if is_final else None)


def _warnings(found: Run) -> list[str]:
    today = clock.today()
    return [
        *sessions_rules.warnings_of_run(found, today=today),
        *sessions_rules.clash_warnings_of_run(found, today=today),
        *sessions_rules.licence_warnings_of_run(found, today=today),
    ]


def _teaching(found: Run, actor: Actor, now: datetime) -> dict[str, object]:
    """What its trainers say of the run's days, and what whoever looks can say of their own."""
    mine = [one for one in found.sessions if one.trainer and one.trainer.user_id == actor.user_id]
    own = [
        (one, sessions_rules.can_propose(one, actor, now), sessions_rules.can_say_unable(one, actor, now))
        for one in mine
    ]
    return {
        "proposals": db.session.scalars(sessions.open_proposals(now, run_id=found.id)).all(),
        "unable": db.session.scalars(sessions.trainers_unable(now, run_id=found.id)).all(),
        "own": [row for row in own if any(row[1:])],
        "user_id": actor.user_id,
    }
