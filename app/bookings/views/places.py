"""Who is on a run: the academy's and the trainer's page of places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Row
from werkzeug.wrappers import Response

from app.bookings import queries, rules
from app.bookings.models import Booking
from app.bookings.views.blueprint import bp, run_or_404
from app.bookings.views.telling import promoted_in_words
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import current_actor, paginate, requires, rule_errors_flashed
from app.people import queries as people
from app.programmes.models import Course
from app.sessions import rules as sessions_rules
from app.sessions.models import Run

PLACES_ON_A_PAGE = 100
FOUND_AT_MOST = 10


@bp.get("/runs/<int:run_id>/places")
@requires(Permission.BOOK_ANYONE, Permission.MARK_REGISTERS)
def run_places(run_id: int) -> str:
    """Who has a place and who waits; for the academy, with everything that can be done about it."""
    run, actor = run_or_404(run_id), current_actor()
    rules.check_can_see_places(run, actor)
    is_academy = actor.can(Permission.BOOK_ANYONE)
    search = request.args.get("q", "").strip() if is_academy else ""
    waiting = db.session.scalars(queries.queue(run.id).limit(PLACES_ON_A_PAGE)).all()
    return render_template(
        "bookings/run_places.html",
        run=run,
        page=paginate(queries.places_on(run.id), size=PLACES_ON_A_PAGE),
        waiting=waiting,
        waiting_count=queries.waiting_counts([run.id])[run.id],
        needs=db.session.scalars(queries.needs_on(run.id)).all(),
        needs_kept=rules.KEPT_AFTER_THE_RUN.days,
        taken=queries.seats_taken([session.id for session in run.sessions]),
        search=search,
        confirmed=queries.confirmed_counts([run.id])[run.id],
        found=_found(search, run) if search else [],
        is_academy=is_academy,
        shows_contacts=sessions_rules.can_see_contacts(run, actor),
        held=db.session.scalars(queries.held_on(run.id).limit(PLACES_ON_A_PAGE)).all(),
        **(_for_the_academy(run, waiting) if is_academy else {}),
        titles={session.id: session.component.title for session in run.sessions},
        standing=run.standing_at(clock.now()),
    )


def _found(search: str, run: Run) -> Sequence[Row[Any]]:
    """Whom the academy may have meant that is to be booked."""
    directory = people.directory(search, None, on=run.first_session.held_on)
    return db.session.execute(directory.limit(FOUND_AT_MOST)).all()


def _for_the_academy(run: Run, waiting: Sequence[Booking]) -> dict[str, Any]:
    """What the academy alone sees: the places kept, how many of each nobody has claimed, why each waits."""
    now = clock.now()
    places = queries.occupancy(run.id, now=now)
    left: Counter[int] = Counter()
    for taken in places.sectors.values():
        for quota, places_left in queries.unclaimed(places.quotas, taken):
            left[quota.id] = max(left[quota.id], places_left)
    return {
        "clashes": queries.doubly_booked(run.id),
        "has_room": rules.goes_to_those_who_wait(waiting, places),
        "quotas": db.session.scalars(queries.quotas_of(run.id)).all(),
        "unclaimed": left,
        "reasons": rules.why_each_waits(waiting, places, now=now),
        "unprepared": _unprepared(run, now),
        "untold": {one.id: one for one in db.session.scalars(queries.to_be_told(now, run_id=run.id))},
        "can_cancel": rules.can_cancel_run(run, current_actor(), now),
        "today": clock.today(),
    }


def _unprepared(run: Run, now: datetime) -> list[tuple[Booking, list[Course]]]:
    """Who has a place without the courses that this one builds on, until the run begins."""
    return queries.lacking_prerequisites(run, now=now) if run.first_session.starts_at > now else []


@bp.post("/runs/<int:run_id>/places/fill")
@requires(Permission.BOOK_ANYONE)
def fill_places(run_id: int) -> Response:
    """Give places that stand empty to those who wait."""
    run = run_or_404(run_id)
    with rule_errors_flashed():
        promoted = rules.promote_waiting(run=run, by=current_actor(), now=clock.now())
        news = promoted_in_words(promoted).strip()
        db.session.commit()
        flash(news or "Nobody who waits can be given a place now: the list says why.")
    return redirect(url_for("bookings.run_places", run_id=run_id))
