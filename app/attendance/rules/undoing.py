"""Taking a whole submission back: the wrong register was marked, or the wrong file taken in. (U-13)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.attendance.rules.marking import (
    Fixed,
    begin,
    check_can_see_registers,
    check_is_unlocked,
    keep_in_audit,
    locked_and_unmerged,
    put,
)
from app.core.actors import Actor
from app.core.db import db, known_until, lock_row
from app.core.errors import RuleBroken
from app.learning.models import Mark, MarkWay, PartlyHeld, Submission
from app.people.models import Person
from app.sessions.models import TrainingSession

_COPIED = (
    "person_id", "session_id", "version_id", "component", "status", "minutes", "accepted_by", "said_status",
    "said_minutes", "counts", "held_on", "opens_on", "submission_id",
)  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """What undoing does to one person: the mark that goes, and the one before it that comes back."""

    person: Person
    goes: Mark | None
    back: Mark | None


def check_can_undo(submission: Submission, by: Actor, now: datetime, reason: str | None = None) -> None:
    """Whoever may mark the register undoes what was sent to it, once, as long as it is not locked, and
    nothing was decided on the strength of it: of a session that was broken off the decision would be left
    without the marks that it is about (U-23). What came with a file of many registers is undone with that
    file, which knows what each mark had replaced (SA-02)."""
    check_can_see_registers(submission.session.run, by)
    if submission.way is MarkWay.IMPORT:
        raise RuleBroken(
            "This came with a file of several registers. The academy undoes it with the whole of that file, "
            "on the page of the import; single marks are corrected on the register."
        )
    held = db.session.get(PartlyHeld, submission.session_id)
    if held is not None and held.decided_at is not None and submission.at <= held.decided_at:
        raise RuleBroken(
            f"{held.decided_by} has decided about this session since. Correct the marks one by one instead."
        )
    if submission.undone_at is not None:
        raise RuleBroken(f"{submission.undone_by} has undone this already.")
    check_is_unlocked(submission.session, by, now, reason)


def to_be_undone(submission: Submission) -> list[Restored]:
    """What undoing does, by the order in which the marks were made.

    Ann and Ben were marked, then Ben’s mark was corrected: undoing the first takes Ann’s back, and Ben’s
    stays as corrected. Undoing the second brings Ben’s first mark back.
    """
    marks = _marks_by_person(submission.session)
    found = []
    for own in marks.values():
        sent = [one for one in own if one.submission_id == submission.id]
        live = next((one for one in own if one.superseded_at is None), None)
        if sent and live is not None and live.submission_id == submission.id:
            back = _before(own, min(one.recorded_at for one in sent))
            found.append(Restored(live.person, live, back))
        elif not sent and live is None:
            taken_back = _taken_back_by(submission, own)
            if taken_back is not None:
                found.append(Restored(taken_back.person, None, taken_back))
    return found


def undo(*, submission: Submission, by: Actor, now: datetime, reason: str | None = None) -> int:
    """Every mark of a submission goes, and what it had replaced is known again; how many marks changed.

    Nothing is deleted: figures as known before stay as they were. (4.4)
    """
    session = submission.session
    begin(session)
    submission = lock_row(Submission, submission.id)
    check_can_undo(submission, by, now, reason)
    restored = to_be_undone(submission)
    submission.undone_at, submission.undone_by = now, by.name
    restore(session=session, restored=restored, by=by, now=now, reason=reason)
    return len(restored)


def restore(
    *, session: TrainingSession, restored: Sequence[Restored], by: Actor, now: datetime, reason: str | None
) -> None:
    """Let the marks go and what was before them be known again, each as part of what it was sent with: so
    that what was sent before can be undone after it."""
    locked_and_unmerged([one.person.id for one in restored])
    check_is_unlocked(session, by, now, reason)
    put([(one.goes, _again(one.back, reason)) for one in restored], by=by, now=now)
    changes = {
        one.person.name: (one.goes and one.goes.status.label, one.back and one.back.status.label)
        for one in restored
    }
    keep_in_audit(session, "register:undone", changes, by=by, now=now, reason=reason)


def is_as_sent(mark: Mark, sent: Mark) -> bool:
    """Whether a mark says what was sent, apart from who recorded it and when."""
    return all(getattr(mark, name) == getattr(sent, name) for name in _COPIED)


def _marks_by_person(session: TrainingSession) -> dict[int, list[Mark]]:
    """Every mark that a register ever held, each person’s in the order in which they were known."""
    statement = (
        select(Mark)
        .options(joinedload(Mark.submission), joinedload(Mark.person))
        .where(Mark.session_id == session.id)
        .order_by(Mark.recorded_at, Mark.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[Mark]] = defaultdict(list)
    for mark in db.session.scalars(statement):
        found[mark.person_id].append(mark)
    return found


def _before(own: Sequence[Mark], instant: datetime) -> Mark | None:
    """What was known of somebody just before an instant, apart from what was itself undone since."""
    known = [
        one
        for one in own
        if one.recorded_at < instant and (one.superseded_at is None or one.superseded_at >= instant)
    ]
    if not known:
        return None
    mark = known[-1]
    if mark.submission is not None and mark.submission.undone_at is not None:
        return _before(own, mark.recorded_at)
    return mark


def _taken_back_by(submission: Submission, own: Sequence[Mark]) -> Mark | None:
    """The mark that a submission took back, putting nothing in its place."""
    last = own[-1]
    taken_back = (known_until(last, submission.at), submission.by_name)
    is_so = (last.superseded_at, last.superseded_by) == taken_back
    return last if is_so else None


def _again(mark: Mark | None, reason: str | None) -> Fixed | None:
    if mark is None:
        return None
    return {name: getattr(mark, name) for name in _COPIED} | {"reason": reason or "A later submission undone"}
