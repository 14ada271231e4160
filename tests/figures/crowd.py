"""People by the hundred for the worked examples of Part 4: the real numbers, entered in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from app.bookings.models import Booking, BookingState, Seat
from app.core.db import db
from app.figures.models import Cohort, Membership
from app.learning.models import Mark, MarkStatus, PastCompletion, PastKind
from app.people.models import EmploymentType, Person, PersonKind, Spell
from app.programmes.models import Course
from app.sessions.models import Run
from tests import factories
from tests.factories import LONG_AGO

_FACT = {"recorded_at": LONG_AGO, "recorded_by": "Tests", "entered_at": LONG_AGO}


def staff(
    count: int,
    *,
    first_day: date = date(2019, 1, 1),
    last_day: date | None = None,
    employment_type: EmploymentType = EmploymentType.EMPLOYEE,
) -> list[int]:
    """The ids of so many social workers in post from a first to a last day."""
    who = {"kind": PersonKind.STAFF, "first_name": "Given", "last_name": "Family", "created_at": LONG_AGO}
    ids = _ids_of(Person, [who] * count)
    spell = {
        "first_day": first_day, "last_day": last_day, "employed_from": first_day,
        "employment_type": employment_type, "role_group_id": factories.role_group().id,
        "team_id": factories.team().id, "job_title": "Social Worker",
    }  # fmt: skip
    _facts(Spell, [spell | {"person_id": one} for one in ids])
    return ids


def attend(people: Sequence[int], run: Run, *, days: int | None = None, at: datetime = LONG_AGO) -> None:
    """A counting mark for each of them in the sessions of a run, or in the first `days` of them."""
    marks = [
        {
            "person_id": one, "session_id": session.id, "version_id": run.version_id,
            "component": session.component_number, "status": MarkStatus.ATTENDED, "counts": True,
            "held_on": session.held_on, "recorded_at": at,
        }
        for session in run.sessions[:days]
        for one in people
    ]  # fmt: skip
    _facts(Mark, marks)


def learnt_before(people: Sequence[int], course: Course, on: date) -> None:
    """Prior learning, accepted: it counts for coverage and cohorts, and is no delivery of a contract."""
    past = {
        "version_id": course.latest_version.id, "completed_on": on, "kind": PastKind.PRIOR_LEARNING,
        "source": "Certificate", "approved_by": "Tests",
    }  # fmt: skip
    _facts(PastCompletion, [past | {"person_id": one} for one in people])


def join(people: Sequence[int], cohort: Cohort, *, on: date, cause: str = "untrained") -> None:
    entry = {"cohort_id": cohort.id, "joined_on": on, "cause": cause}
    _facts(Membership, [entry | {"person_id": one} for one in people])


def book(people: Sequence[int], run: Run) -> None:
    """A confirmed place on all of a run for each of them."""
    begun = db.session.query(Booking).filter_by(run_id=run.id).count()
    places = [
        {
            "reference": f"C{run.id:05d}{number:05d}", "run_id": run.id, "person_id": one,
            "state": BookingState.CONFIRMED, "queued_at": LONG_AGO, "created_at": LONG_AGO,
            "confirmed_at": LONG_AGO,
        }
        for number, one in enumerate(people, start=begun + 1)
    ]  # fmt: skip
    ids = _ids_of(Booking, places)
    seats = [
        {"booking_id": ident, "session_id": session.id, "number": number, "taken_at": LONG_AGO}
        for session in run.sessions
        for number, ident in enumerate(ids, start=begun + 1)
    ]
    if seats:
        db.session.execute(insert(Seat), seats)


def _ids_of(model: type[Any], rows: Sequence[dict[str, Any]]) -> list[int]:
    return list(db.session.scalars(insert(model).returning(model.id), rows)) if rows else []


def _facts(model: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(model), [_FACT | row for row in rows])
