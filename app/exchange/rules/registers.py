"""Writing the marks of a file into registers, by the rule that every register uses, and taking them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.attendance import rules as attendance
from app.attendance.rules import Restored
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.exchange import queries
from app.exchange.queries import pieces
from app.exchange.rules.ledger import Ledger, Stamp, changed_meanwhile
from app.exchange.rules.plans import said_of_locked
from app.learning.models import Mark, MarkWay, Submission
from app.people.models import Person
from app.sessions.models import Run, TrainingSession

_Key = tuple[int, int]  # a session and a person, by their ids


def mark(ledger: Ledger, stamp: Stamp) -> list[int]:
    """Record the marks that a file would add or correct; the submissions that they became.

    Refused when a register holds something else by now than what the file was compared with. A register that
    is locked is corrected as on its own page, with a reason from whoever does (AM-12).
    """
    if not ledger.registers:
        return []
    _lock(
        {one.run_id for one in ledger.registers}, {ident for one in ledger.registers for ident in one.marks}
    )
    session_ids = {one.session_id for one in ledger.registers}
    held = {(row.session_id, row.person_id): row.id for row in queries.live_marks(session_ids)}
    if any(held.get(key) != ident for key, ident in ledger.marks_held.items()):
        raise changed_meanwhile()
    for one in ledger.registers:
        session = db.session.get_one(TrainingSession, one.session_id)
        attendance.record_marks(
            session=session,
            marks=one.marks,
            by=stamp.by,
            now=stamp.now,
            way=MarkWay.IMPORT,
            recorded_at=one.recorded_at,
            reason=_reason(session, stamp),
        )
    return list(_submitted(session_ids, stamp))


def _reason(session: TrainingSession, stamp: Stamp) -> str | None:
    """The file is reason enough, until the register is locked: then whoever corrects it says why. (AM-12)"""
    return stamp.why if attendance.is_locked(session, stamp.now) else stamp.source


def _lock(run_ids: Collection[int], person_ids: Collection[int]) -> None:
    """Take the turn of every run, then of the people, each lowest id first: nobody waits in a circle."""
    for some in pieces(run_ids):
        db.session.execute(select(Run.id).where(Run.id.in_(some)).order_by(Run.id).with_for_update())
    for some in pieces(person_ids):
        people = select(Person.id).where(Person.id.in_(some)).order_by(Person.id)
        db.session.execute(people.with_for_update(read=True, key_share=True))


def _submitted(session_ids: Collection[int], stamp: Stamp) -> Iterator[int]:
    for some in pieces(session_ids):
        yield from db.session.scalars(
            select(Submission.id).where(
                Submission.session_id.in_(some),
                Submission.way == MarkWay.IMPORT,
                Submission.at == stamp.now,
                Submission.by_name == stamp.by.name,
            )
        )


# --- Taking back ---------------------------------------------------------------------------------------


def said_of_unmarking_locked(submission_ids: Collection[int], by: Actor, now: datetime) -> str | None:
    """Which of the registers that an import wrote into are locked by now, so that whoever takes that back is
    asked why; None when none is. (AM-12)"""
    session_ids = {one.session_id for one in _rows(Submission, Submission.id, submission_ids)}
    names = [
        f"{session.run.code}, {session.component.title}"
        for session in _rows(TrainingSession, TrainingSession.id, session_ids)
        if attendance.needs_reason(session, by, now)
    ]
    return said_of_locked(names) if names else None


def unmark(submission_ids: Collection[int], superseded_ids: Collection[int], stamp: Stamp) -> None:
    """Let registers say again what they said before an import, unless somebody has changed them since."""
    if not submission_ids:
        return
    submissions = list(_rows(Submission, Submission.id, submission_ids))
    session_ids = {one.session_id for one in submissions}
    sessions: list[TrainingSession] = list(_rows(TrainingSession, TrainingSession.id, session_ids))
    before = _by_key(_rows(Mark, Mark.id, superseded_ids))
    ours = list(_rows(Mark, Mark.submission_id, submission_ids))
    person_ids = {one.person_id for one in (*before.values(), *ours)}
    _lock({one.run_id for one in sessions}, person_ids)
    people = {one.id: one for one in _rows(Person, Person.id, person_ids)}
    live = _live_as_sent(ours, before.keys(), session_ids)
    asked = said_of_unmarking_locked(submission_ids, stamp.by, stamp.now)
    if asked and not stamp.why:
        raise RuleBroken(asked, "reason")
    for session in sessions:
        db.session.expire(session)  # its date may have changed before its run’s turn was taken
        restored = [
            Restored(people[key[1]], goes, before.get(key))
            for key, goes in live.items()
            if key[0] == session.id
        ]
        reason = _reason(session, stamp)
        attendance.restore(session=session, restored=restored, by=stamp.by, now=stamp.now, reason=reason)
    for submission in submissions:
        submission.undone_at, submission.undone_by = stamp.now, stamp.by.name


def _live_as_sent(
    ours: Sequence[Mark], taken_back: Collection[_Key], session_ids: Collection[int]
) -> dict[_Key, Mark | None]:
    """The marks that an import wrote and that stand as it wrote them, with nothing where it took one back.

    A later import that was undone has let them be known again. Refused when anything else changed them.
    """
    sent = _by_key(reversed(ours))
    standing = _by_key(one for one in ours if one.superseded_at is None)
    held = {(row.session_id, row.person_id): row.id for row in queries.live_marks(session_ids)}
    found: dict[_Key, Mark | None] = {}
    for key in sent.keys() | set(taken_back):
        mark, was = standing.get(key), sent.get(key)
        is_as_sent = was is None or (mark is not None and attendance.is_as_sent(mark, was))
        if not is_as_sent or held.get(key) != (mark and mark.id):
            raise RuleBroken(
                "Some of these registers changed after this import, so it can’t be undone. Undo later "
                "imports first, or change the registers by hand."
            )
        found[key] = mark
    return found


def _by_key(marks: Iterable[Mark]) -> dict[_Key, Mark]:
    return {(one.session_id, one.person_id): one for one in marks}


def _rows(model: type[Any], column: Any, ids: Collection[int]) -> Iterator[Any]:
    for some in pieces(ids):
        yield from db.session.scalars(select(model).where(column.in_(some)).order_by(model.id))
