"""Saying why somebody did not come: their manager, they themselves, or the academy. (U-02, LM-06)"""

from __future__ import annotations

from datetime import date, datetime

from app.attendance import queries
from app.attendance.models import AbsenceAnswer
from app.attendance.rules.marking import marks_any_register
from app.audit import rules as audit
from app.bookings import queries as bookings
from app.bookings.models import LeavingCause
from app.core import clock, tokens
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import NotAllowed, RuleBroken
from app.learning.models import Mark
from app.people.models import Person
from app.sessions.models import Run

LONGEST_NOTE = 400


def check_can_answer(mark: Mark, by: Actor, *, on: date) -> None:
    """Why somebody did not come is said by them, by whoever decides for them that day, or by the academy.

    Whoever decides is their manager, the manager's deputy, or a coordinator: as for their places.
    """
    if marks_any_register(by) or by.person_id == mark.person_id:
        return
    decides = bookings.approver_of(mark.person, on=on)
    if decides is None or by.person_id is None or decides.id != by.person_id:
        raise NotAllowed("Only the person, their manager or the academy can say why they did not come.")


def why_not_asked(mark: Mark) -> str | None:
    """Why there is nothing to answer any more, as whoever opens the page reads it; None when there is."""
    if queries.stands_as_no_show(mark):
        return None
    return "The register was corrected since, so there is nothing to answer any more."


def answer_absence(
    *, mark: Mark, cause: LeavingCause | None, note: str | None, by: Actor, now: datetime
) -> AbsenceAnswer:
    """Keep why somebody did not come; said again, the newest holds, and the history knows both.

    The run's turn is taken first, so that two who answer at once, and a register that is being corrected,
    come one after the other.
    """
    lock_row(Run, mark.session.run_id)
    check_can_answer(mark, by, on=clock.day_of(now))
    if why := why_not_asked(mark):
        raise RuleBroken(why)
    if cause is None:
        raise RuleBroken("Choose a reason", field="cause")
    answer = queries.answer_of(mark)
    before = answer.cause.name if answer else None
    if answer is None:
        answer = AbsenceAnswer(person_id=mark.person_id, session_id=mark.session_id)
        db.session.add(answer)
    answer.cause, answer.note = cause, (note or "").strip() or None
    answer.answered_at, answer.answered_by = now, by.name
    db.session.flush()
    audit.record(
        by=by,
        verb="absence:explained",
        thing=mark.session,
        now=now,
        label=f"{mark.session.run.code}, {mark.session.component.title}: {mark.person.name}",
        changes={"Reason": (before, cause.name)},
    )
    return answer


# --- The link in the letter ----------------------------------------------------------------------------


def secret_for_absence(mark: Mark, reader: Person) -> str:
    """The secret end of the link to an absence, for whoever it is written to."""
    return tokens.make(_purpose(mark.id), reader.id, to=reader.email)


def absence_by_link(mark_id: int, token: str) -> tuple[Mark, Actor]:
    """The absence that an e-mailed link opens, and whoever it was written to.

    Raises RuleBroken when the link is not one of ours, is too old or went to another address than theirs, or
    somebody else is asked by now.
    """
    reader = db.session.get(Person, tokens.read(_purpose(mark_id), token))
    mark = db.session.scalar(queries.absence(mark_id))
    if mark is None or reader is None:
        raise RuleBroken("This absence is not there any more.")
    tokens.check_sent_to(token, reader.email)
    by = Actor(name=reader.name, person_id=reader.id)
    try:
        check_can_answer(mark, by, on=clock.today())
    except NotAllowed:
        raise RuleBroken("Somebody else is asked about this absence by now.") from None
    return mark, by


def _purpose(mark_id: int) -> str:
    """Each absence's links are signed for it alone."""
    return f"absence-{mark_id}"
