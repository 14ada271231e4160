"""Scheduling the runs of a file, with the venues and trainers that they need, and taking them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import first_listed
from app.core.names import folded
from app.exchange import queries
from app.exchange.files import Problem, RunRow
from app.exchange.queries import pieces
from app.exchange.rules.ledger import NewRun, Stamp, pointing_to
from app.programmes.models import CourseVersion
from app.sessions import queries as sessions
from app.sessions import rules as runs
from app.sessions.models import Run, RunState, SessionDate, Trainer, TrainingSession, Venue
from app.sessions.rules import PlannedSession

_SHOWN = 5


def planned(row: RunRow, *, venue: Venue | None = None, trainer: Trainer | None = None) -> PlannedSession:
    """A line as the academy would plan it."""
    return PlannedSession(
        held_on=row.date,
        starts=row.start_time,
        ends=row.end_time,
        capacity=row.capacity,
        mode=row.mode,
        venue=venue,
        trainer=trainer,
    )


def schedule(new: Collection[NewRun], stamp: Stamp) -> list[int]:
    """Schedule each run as the academy would: a clash of theirs is refused without a reason (AM-02).

    Days that are over were held: history comes in files, and its dates were looked at before.
    """
    return [
        runs.schedule_run(
            version=db.session.get_one(CourseVersion, one.version_id),
            code=one.code,
            minimum_places=one.minimum_places,
            sessions=[
                planned(row, venue=_venue(row, stamp), trainer=_trainer(row, stamp)) for row in one.rows
            ],
            by=stamp.by,
            now=stamp.now,
            clash_reason=stamp.why,
            was_held=True,
            recorded_at=stamp.recorded_at,
        ).id
        for one in new
    ]


def _venue(row: RunRow, stamp: Stamp) -> Venue | None:
    if not row.venue:
        return None
    return sessions.venue_named(row.venue) or runs.add_venue(name=row.venue, by=stamp.by, now=stamp.now)


def _trainer(row: RunRow, stamp: Stamp) -> Trainer | None:
    """The trainer with this address; a new one is called by it until somebody gives them their name."""
    email = row.trainer_email
    if not email:
        return None
    found = sessions.trainer_with_email(email)
    if found is None:
        account = next((user for user in sessions.accounts_for_trainer() if user.email == email), None)
        name = account.name if account else email
        found = runs.add_trainer(name=name, email=email, user=account, by=stamp.by, now=stamp.now)
    return found


# --- Two places at once --------------------------------------------------------------------------------


class _Stay(NamedTuple):
    """Where a room or a trainer is for a while; `line` when it is a line of the file that says so."""

    name: str
    starts_at: datetime
    ends_at: datetime
    code: str
    line: int | None


def clashes(new: Collection[NewRun]) -> Iterator[Problem]:
    """The lines by which a room or a trainer would be in two places at once. (AM-02)"""
    rows = [(one.code, row) for one in new for row in one.rows]
    if not rows:
        return
    stays: defaultdict[tuple[str, str], list[_Stay]] = defaultdict(list)
    days = [row.date for _, row in rows]
    for known in db.session.execute(queries.sessions_between(min(days), max(days))):
        _add(stays, known, known.starts_at, known.ends_at, known.run_code, None)
    for code, row in rows:
        plan = planned(row)
        _add(stays, row, plan.starts_at, plan.ends_at, code, row.line)
    for (column, _), found in stays.items():
        latest: _Stay | None = None
        for one in sorted(found, key=lambda stay: (stay.starts_at, stay.ends_at, stay.code)):
            line = one.line or (latest and latest.line)
            if latest and line and latest.ends_at > one.starts_at:
                yield Problem(line, column, f"{one.name} is at {latest.code} and at {one.code} at this time.")
            latest = max(latest, one, key=lambda stay: stay.ends_at) if latest else one


def _add(
    stays: dict[tuple[str, str], list[_Stay]],
    row: Any,
    starts_at: datetime,
    ends_at: datetime,
    code: str,
    line: int | None,
) -> None:
    trainer = row.trainer_email if isinstance(row, RunRow) else row.trainer
    for column, name in (("venue", row.venue), ("trainer_email", trainer)):
        if name:
            stays[column, folded(name)].append(_Stay(name, starts_at, ends_at, code, line))


# --- Taking back ---------------------------------------------------------------------------------------


def unschedule(run_ids: Collection[int]) -> None:
    """Take runs away again that nothing has been done with since: no place, no mark, no other date."""
    for some in pieces(run_ids):
        locked = select(Run).where(Run.id.in_(some)).order_by(Run.id).with_for_update(of=Run)
        db.session.execute(locked, execution_options={"populate_existing": True})
    if not run_ids:
        return
    of_runs = list(_ids(select(TrainingSession.id), TrainingSession.run_id, run_ids))
    used = set(_used(run_ids, of_runs))
    if used:
        raise RuleBroken(
            f"{_codes(used)} {'has' if len(used) == 1 else 'have'} since been changed or given places, marks "
            "or materials, so this import can’t be undone. Cancel on its page what should not be held."
        )
    for column, ids in (
        (SessionDate.session_id, of_runs),
        (TrainingSession.id, of_runs),
        (Run.id, sorted(run_ids)),
    ):
        for some in pieces(ids):
            gone = delete(column.class_).where(column.in_(some))
            db.session.execute(gone, execution_options={"synchronize_session": False})
    db.session.expire_all()


def _used(run_ids: Collection[int], session_ids: Collection[int]) -> Iterator[int]:
    """The runs among these that something points to, was moved or was cancelled."""
    run_of = dict(_rows(select(TrainingSession.id, TrainingSession.run_id), TrainingSession.id, session_ids))
    ours = {TrainingSession.__tablename__, SessionDate.__tablename__}
    for table, column in pointing_to(Run):
        if table.name not in ours:
            yield from _ids(select(column), column, run_ids)
    for table, column in pointing_to(TrainingSession):
        if table.name not in ours:
            yield from (run_of[ident] for ident in _ids(select(column), column, session_ids))
    moved = select(SessionDate.session_id).where(SessionDate.superseded_at.is_not(None))
    yield from (run_of[ident] for ident in _ids(moved, SessionDate.session_id, session_ids))
    yield from _ids(select(Run.id).where(Run.state != RunState.SCHEDULED), Run.id, run_ids)


def _rows(statement: Any, column: Any, ids: Collection[int]) -> Iterator[Any]:
    for some in pieces(ids):
        yield from db.session.execute(statement.where(column.in_(some)))


def _ids(statement: Any, column: Any, ids: Collection[int]) -> Iterator[int]:
    return (row[0] for row in _rows(statement, column, ids))


def _codes(run_ids: Collection[int]) -> str:
    rows = _rows(select(Run.code).order_by(Run.code), Run.id, sorted(run_ids))
    codes = [row.code for row in rows]
    return first_listed(codes[:_SHOWN], len(codes), "other run")
