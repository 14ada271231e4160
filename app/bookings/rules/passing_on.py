"""Requests go to whoever decides now, in the transaction that changes who that is. (LM-07, U-14)"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from app.bookings import queries
from app.bookings.rules.asking import ask_again
from app.bookings.rules.locks import lock_runs
from app.core.db import db
from app.people.models import Person


@contextmanager
def requests_pass_on(manager: Person, *, now: datetime) -> Iterator[None]:
    """While it is open, who stands in for a manager changes; then whoever decides is asked, at once.

    Ana stands in for Maria until today, and Maria comes back: what Ana was asked, Maria is asked now. The
    runs are locked before the change, which locks the manager. What passes on because a day is over, without
    anybody’s doing, the job passes on within a minute.
    """
    asked = db.session.scalars(queries.requests_that_go_to(manager.id, now=now)).unique().all()
    lock_runs(booking.run_id for booking in asked)
    yield
    for booking in asked:
        ask_again(booking=booking, now=now)
