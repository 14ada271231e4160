"""The same run again, from other start dates. (AM-03)"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from app.core.actors import Actor
from app.core.db import lock_row
from app.core.errors import check_all
from app.sessions.models import Run
from app.sessions.rules.clashes import (
    doubles,
    refuse_clashes,
    refuse_clashes_of_copies,
    refuse_doubles,
)
from app.sessions.rules.fitting import check_over_is_meant
from app.sessions.rules.planning import copied_plans, suggest_codes
from app.sessions.rules.runs import keep_in_audit, overridden, schedule_run


def copy_run(
    *,
    run: Run,
    starts_on: Sequence[date],
    by: Actor,
    now: datetime,
    move: Sequence[date] = (),
    clash_reason: str | None = None,
    double_reason: str | None = None,
    was_held: bool = False,
) -> list[Run]:
    """The same run again from each of these start dates, its days as far apart, all of them or none.

    A start date that is also in `move` is kept off bank holidays; one that is not stays on them. Where a run
    of the course is at the same times already, `double_reason` says why it can be held twice; that is no
    answer to why a room or a trainer can be in two places, which `clash_reason` is. (AM-03)
    """
    plans = [copied_plans(run, day, skip_bank_holidays=day in move) for day in starts_on]
    every = [plan for one in plans for plan in one]
    check_over_is_meant(every, was_held=was_held, now=now)
    lock_row(Run, run.id)  # who presses the button twice at once sees the copies of the first press
    check_all(
        partial(refuse_clashes_of_copies, starts_on, plans, reason=clash_reason),
        partial(refuse_clashes, every, reason=clash_reason),
        partial(refuse_doubles, run.version.course, starts_on, plans, reason=double_reason),
    )
    again = partial(
        schedule_run,
        version=run.version,
        minimum_places=run.minimum_places,
        note=run.note,
        clash_reason=clash_reason,
        was_held=was_held,
        by=by,
        now=now,
    )
    codes = suggest_codes(run.version.course, len(plans))
    copies = [again(code=code, sessions=plan) for code, plan in zip(codes, plans, strict=True)]
    for copy, there in zip(copies, doubles(run.version.course, plans), strict=True):
        beside = [one for one in there if one.run_code != copy.code]
        if beside:
            keep_in_audit(copy, "run:doubled", overridden(beside), by=by, now=now, reason=double_reason)
    return copies
