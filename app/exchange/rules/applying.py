"""Looking at a file, and applying all of it or nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from app.audit import rules as audit
from app.core import clock
from app.core.actors import Actor
from app.core.db import analyze_tables, db, lock_row
from app.core.editions import check_looked_at
from app.core.errors import RuleBroken
from app.core.filters import day as in_words
from app.core.filters import plural
from app.exchange.files import check_file, read_sheet
from app.exchange.models import FileImport, ImportKind, ImportState
from app.exchange.rules import attendance, cohort, completions, partners, people, registers, runs, schedules
from app.exchange.rules.ledger import New, Stamp, Written, all_or_nothing, changed_meanwhile, write
from app.exchange.rules.plans import Difference, Group, Plan

PREVIEWS_ARE_KEPT = timedelta(days=7)
_EARLIEST = date(2000, 1, 1)
_MONTHS_BACK, _MONTHS_AHEAD = 12, 3


def upload(
    *,
    kind: ImportKind,
    filename: str,
    content: bytes,
    effective: date | None,
    by: Actor,
    now: datetime,
    recorded_at: datetime | None = None,
    target: Any | None = None,
) -> FileImport:
    """Keep a file so that its differences can be looked at; nothing is changed yet.

    `effective` dates changes (None is today; for partners the day of `recorded_at`). Raises RuleBroken when
    it is not such a file at all.
    """
    _check_recorded_at(recorded_at, now)
    _check_effective(effective, recorded_at or now, now)
    check_file(kind, content)
    if kind is ImportKind.COHORT:
        if target is None:
            raise RuleBroken("Choose the target whose cohort these people join.", "target")
        cohort.cohort_of(target)
    row = FileImport(
        kind=kind,
        state=ImportState.PREVIEWED,
        filename=_printable(filename),
        content=content,
        target_id=target.id if target else None,
        effective_on=effective or _effective(kind, recorded_at, now),
        recorded_at=recorded_at,
        uploaded_at=now,
        uploaded_by=by.name,
        changes={},
    )
    db.session.add(row)
    db.session.flush()
    return row


def _printable(filename: str) -> str:
    return "".join(letter for letter in filename if letter.isprintable())[-250:] or "file.csv"


def _effective(kind: ImportKind, recorded_at: datetime | None, now: datetime) -> date:
    known = recorded_at if recorded_at and kind is ImportKind.PARTNERS else now
    return clock.day_of(known)


def known_since(when: date | datetime | None, now: datetime) -> datetime | None:
    """The instant from which history was known: a date is the end of its day in London, today is now."""
    if when is None or isinstance(when, datetime):
        return when
    return None if when == clock.day_of(now) else clock.end_of_day(when)


def _check_recorded_at(recorded_at: datetime | None, now: datetime) -> None:
    if recorded_at is None:
        return
    if recorded_at > now:
        raise RuleBroken("This is still to come: give a time in the past.", "recorded_at")
    if clock.day_of(recorded_at) < _EARLIEST:
        raise RuleBroken("Give a date from 2000 on.", "recorded_at")


def _check_effective(effective: date | None, known: datetime, now: datetime) -> None:
    """Changes count from a day at most a year before they were known, and at most three months ahead.

    Files come every month or so, and tell of moves that HR entered late, or ahead; what lies further off is a
    slip of the year, and would place people otherwise under figures that were published long ago. It may lie
    before the day of the last file: that is often the day on which it happened to be brought in.
    """
    if effective is None:
        return
    earliest = clock.months_before(clock.day_of(known), _MONTHS_BACK)
    if effective < earliest:
        raise RuleBroken(
            f"Changes can count from {in_words(earliest)} at the earliest, a year back. Put what changed "
            "before on the page of each person.",
            "effective_on",
        )
    latest = clock.months_after(clock.day_of(now), _MONTHS_AHEAD)
    if effective > latest:
        raise RuleBroken(
            f"Changes can count from {in_words(latest)} at the latest, three months ahead. Bring the file in "
            "later.",
            "effective_on",
        )


def preview(file_import: FileImport, *, now: datetime) -> Plan:
    """What applying the file would do as things stand now. Changes nothing."""
    sheet = read_sheet(file_import.kind, file_import.content)
    if file_import.kind is ImportKind.PEOPLE:
        return people.plan(sheet, effective=file_import.effective_on)
    if file_import.kind is ImportKind.PARTNERS:
        return partners.plan(sheet, effective=file_import.effective_on)
    if file_import.kind is ImportKind.COMPLETIONS:
        known, name = file_import.recorded_at, file_import.filename
        return completions.plan(sheet, filename=name, recorded_at=known, now=now)
    if file_import.kind is ImportKind.RUNS:
        return runs.plan(sheet, now=now)
    if file_import.kind is ImportKind.ATTENDANCE:
        return attendance.plan(sheet, recorded_at=file_import.recorded_at, now=now)
    assert file_import.target is not None
    return cohort.plan(sheet, target=file_import.target)


def apply(
    *,
    file_import: FileImport,
    by: Actor,
    now: datetime,
    end_missing: bool = False,
    left: Collection[int] = (),
    reason: str | None = None,
    plan: Plan | None = None,
    seen: str | None = None,
) -> Plan:
    """Apply all of the file, or, when any line is wrong, nothing.

    Compared again at this moment, under a lock, so that a second press of the button finds it applied;
    `plan` is a comparison that was made in this very transaction. `seen` is the edition of the preview that
    was looked at (None where there was none): when another one would be applied by now, nothing is.
    `left` are those missing from an HR file who are confirmed to have left, by their ids: Kit, who is not
    ticked, stays in post; `end_missing` confirms it of all of them. `reason` is why locked registers are
    corrected, or why rooms and trainers can be in two places at once.
    """
    locked = lock_row(FileImport, file_import.id)
    if locked is None or locked.state is not ImportState.PREVIEWED:
        raise RuleBroken("This file was applied already.")
    plan = plan or preview(locked, now=now)
    source = f"File {locked.filename}"
    stamp = Stamp(by=by, now=now, recorded_at=locked.recorded_at, source=source, reason=reason)
    check_can_apply(plan, stamp.why)
    ended = {ident for ident in plan.endings if end_missing or ident in left}
    _check_confirmed(plan, seen=seen, ended=ended)
    plan.end(ended)
    with all_or_nothing(changed_meanwhile()):
        written = write(plan.ledger, stamp)
        written.runs = schedules.schedule(plan.ledger.runs, stamp)
        written.submissions = registers.mark(plan.ledger, stamp)
    analyze_tables(plan.ledger.tables)
    locked.state, locked.applied_at, locked.applied_by = ImportState.APPLIED, now, by.name
    locked.content = b""
    locked.changes = _kept(plan, written, ended=len(ended))
    name, summary = locked.filename, _summary(plan, ended=len(ended))
    audit.record(by=by, verb="import:applied", thing=locked, label=name, now=now, reason=summary)
    return plan


def check_can_apply(plan: Plan, reason: str | None) -> None:
    """All or nothing: one wrong line, too many missing, or a clash or a locked register without a reason, and
    nothing of the file is applied."""
    if plan.problems:
        count = plural(len(plan.problems), "problem")
        raise RuleBroken(f"The file has {count}. Nothing was applied: put them right and bring it in again.")
    if plan.stop:
        raise RuleBroken(plan.stop)
    if plan.clashes and not reason:
        raise RuleBroken(plan.said_of_clashes, "clash_reason")
    if plan.locked and not reason:
        raise RuleBroken(plan.said_of_locked, "reason")
    if plan.changes_nothing:
        raise RuleBroken("Everything in this file is here already: there is nothing to change.")


def _check_confirmed(plan: Plan, *, seen: str | None, ended: Collection[int]) -> None:
    """Whoever applies a file has seen what it changes: somebody who was added since is not ended by a
    confirmation that did not name them."""
    check_looked_at(
        plan.told,
        seen,
        "Something has changed since you looked at this file, so nothing was applied. Below is what it would "
        "change now: look again, and apply it if it is right.",
    )
    if plan.ledger.is_empty and not ended:
        raise RuleBroken("Only people missing from the file would change: tick who has left.", "left")


def discard(*, file_import: FileImport, by: Actor, now: datetime) -> None:
    """Throw a previewed file away: by hand or, when nobody applied it for a week, by itself. (SA-02)"""
    locked = lock_row(FileImport, file_import.id)
    if locked is None or locked.state is not ImportState.PREVIEWED:
        raise RuleBroken("This file was applied; undo it instead.")
    audit.record(by=by, verb="import:discarded", thing=locked, label=locked.filename, now=now)
    db.session.delete(locked)


def _summary(plan: Plan, *, ended: int) -> str:
    """ "lines: 10, leavers: 1, missing and ended: 1": what the audit says of it."""
    counts = {name.replace("_", " "): count for name, count in plan.counts.items()}
    missing = counts.pop(Group.MISSING.value, 0)
    counts |= {"missing and ended": ended, "missing, left as they are": missing - ended}
    return ", ".join(f"{name}: {count}" for name, count in counts.items() if count)[:500]


def _kept(plan: Plan, written: Written, *, ended: int) -> dict[str, Any]:
    """What the page shows of an applied import, and what undoing it needs: ids, not names."""
    return {
        "counts": plan.counts,
        "ended_missing": ended,
        "unknown_columns": plan.unknown_columns,
        "differences": {
            group.value: [_kept_difference(difference, written) for difference in differences]
            for group, differences in plan.differences.items()
            if group is not Group.POSSIBLE_DUPLICATES
        },
        "people": [ident for key, ident in written.made.items() if key.table == "person"],
        "recorded": {name: ids for name, ids in written.recorded.items() if ids},
        "superseded": {name: ids for name, ids in written.superseded.items() if ids},
        "runs": written.runs,
        "submissions": written.submissions,
        "marks_superseded": [ident for ident in plan.ledger.marks_held.values() if ident is not None],
        "edits": {str(ident): fields for ident, fields in written.edits.items()},
    }


def _kept_difference(difference: Difference, written: Written) -> list[Any]:
    person = difference.person
    ident = written.made.get(person) if isinstance(person, New) else person
    return [difference.line, ident, None if ident else difference.who, difference.what]
