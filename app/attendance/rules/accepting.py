"""Part of a session that is too short to count: a trainer asks that it count, the academy decides. (TR-03)"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from app.attendance.models import PartialAcceptance
from app.attendance.rules.marking import (
    begin,
    check_can_see_registers,
    check_is_mine_to_correct,
    keep_in_audit,
    marks_any_register,
    record_marks,
)
from app.attendance.rules.measuring import as_recorded
from app.core.actors import Actor
from app.core.db import db, lock_row
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import plural
from app.learning.models import Mark, MarkStatus


def check_can_ask(mark: Mark, by: Actor, now: datetime) -> None:
    """A part that does not count is asked for by a trainer of the run, once, while the register is open."""
    check_can_see_registers(mark.session.run, by)
    if mark.superseded_at is not None or mark.status is not MarkStatus.PARTIAL or mark.counts:
        raise RuleBroken("This mark was changed, so there is nothing to ask. Look at the register again.")
    check_is_mine_to_correct(mark.session, by, now)


def ask_to_count(*, mark: Mark, reason: str, by: Actor, now: datetime) -> PartialAcceptance:
    """150 of 360 minutes shall count, says the trainer, with a reason; until the academy agrees they do not.

    The academy’s own asking is its agreement. Asked twice, it is asked once.
    """
    begin(mark.session)
    db.session.refresh(mark)
    check_can_ask(mark, by, now)
    if not reason.strip():
        raise RuleBroken("Say why this part of the session counts", field="reason")
    already = db.session.scalar(select(PartialAcceptance).where(PartialAcceptance.mark_id == mark.id))
    if already is not None:
        return already
    asked = PartialAcceptance(mark=mark, reason=reason.strip(), asked_at=now, asked_by=by.name)
    db.session.add(asked)
    db.session.flush()
    changes = {mark.person.name: (None, f"{plural(mark.minutes or 0, 'minute')}, asked to count")}
    keep_in_audit(mark.session, "register:part asked to count", changes, by=by, now=now, reason=asked.reason)
    if marks_any_register(by):
        decide_part(asked=asked, is_agreed=True, by=by, now=now)
    return asked


def check_can_decide_part(asked: PartialAcceptance, by: Actor) -> None:
    """The academy decides, once, about a mark that still stands."""
    if not marks_any_register(by):
        raise NotAllowed("Only the academy decides what counts.")
    if asked.decided_at is not None:
        raise RuleBroken(f"{asked.decided_by} has decided this already.")
    if asked.mark.superseded_at is not None:
        raise RuleBroken("The mark was changed since this was asked, so there is nothing to decide any more.")


def decide_part(*, asked: PartialAcceptance, is_agreed: bool, by: Actor, now: datetime) -> None:
    """Agreed, the mark is recorded anew as accepted by the academy, and completion follows. (TR-03)"""
    session = asked.mark.session
    begin(session)
    asked = lock_row(PartialAcceptance, asked.id)
    db.session.refresh(asked.mark)
    check_can_decide_part(asked, by)
    asked.decided_at, asked.decided_by, asked.is_agreed = now, by.name, is_agreed
    mark = asked.mark
    if is_agreed:
        accepted = replace(as_recorded(mark), accepted_by=by.name)
        record_marks(session=session, marks={mark.person_id: accepted}, by=by, now=now, reason=asked.reason)
    else:
        changes = {mark.person.name: (f"{plural(mark.minutes or 0, 'minute')}, asked to count", "Not agreed")}
        keep_in_audit(session, "register:part not agreed", changes, by=by, now=now, reason=asked.reason)
