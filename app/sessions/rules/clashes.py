"""One room and one trainer can be in one place at a time; the academy may say why it is all right (AM-02)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from itertools import combinations

from app.core.db import lock_row
from app.core.errors import RuleBroken
from app.core.filters import day_seen_from
from app.programmes.models import Course
from app.sessions import queries
from app.sessions.models import Run, Trainer, Venue
from app.sessions.queries import Doubled, Taken, Times
from app.sessions.rules.fitting import check_in_use
from app.sessions.rules.planning import PlannedSession


class ClashRefused(RuleBroken):
    """A room or a trainer would be in two places at once; `taken` says where they already are."""

    def __init__(self, taken: Sequence[Taken]) -> None:
        super().__init__(
            f"{_first_of(taken)} Choose another time, room or trainer, or say why both can go ahead",
            field="clash_reason",
        )
        self.taken = list(taken)


def _first_of(taken: Iterable[Taken | Doubled]) -> str:
    said = list(dict.fromkeys(one.sentence for one in taken))
    more = f" And {len(said) - 3} more." if len(said) > 3 else ""
    return f"{' '.join(said[:3])}{more}"


def refuse_clashes(
    planned: Sequence[PlannedSession], *, reason: str | None, apart_from: Collection[int] = ()
) -> list[Taken]:
    """The clashes of these sessions with saved ones, which `reason` overrides; without, raises ClashRefused.

    The rooms and trainers stay locked until the transaction ends, so that of two people who schedule one
    room at once, or of whom one closes it, the second sees what the first saved.
    """
    lock(planned)
    for plan in planned:
        check_in_use(plan)
    taken = queries.clashes(planned, apart_from=apart_from)
    if taken and not reason:
        raise ClashRefused(taken)
    return taken


def clash_warnings_of_run(run: Run, *, today: date) -> list[str]:
    """Where the rooms and trainers of a run's days to come are at the same time, as somebody has said why
    both can go ahead: "Room 1 is taken by SOS2-07, Day 1, on Tuesday 15 March 2022 from 09:30 to 16:30."
    """
    days = [] if run.is_cancelled else [one for one in run.sessions if one.held_on >= today]
    taken = queries.clashes(days, apart_from=[one.id for one in run.sessions]) if days else []
    return list(dict.fromkeys(one.sentence for one in taken))


Copy = Sequence[PlannedSession]


def refuse_clashes_of_copies(
    starts_on: Sequence[date], copies: Sequence[Copy], *, reason: str | None
) -> None:
    """The rooms and trainers of the copies of a run compared with each other, by the days from which they
    are: there is no run yet that could be named. Example: "Two of these copies clash: from 8 February and
    from 28 December"."""
    two = None if reason else _first_two(starts_on, copies, _want_the_same)
    if two:
        raise RuleBroken(
            f"Two of these copies clash: {two}. Leave one out, or say why both can go ahead",
            field="clash_reason",
        )


def doubles(course: Course, copies: Sequence[Copy]) -> list[list[Doubled]]:
    """Of each of these copies, which runs of their course are on exactly its days, at its times, already."""
    wanted = [_times(copy) for copy in copies]
    there = queries.runs_at(course.id, wanted)
    return [[one for one in there if one.times == times] for times in wanted]


def refuse_doubles(
    course: Course, starts_on: Sequence[date], copies: Sequence[Copy], *, reason: str | None
) -> None:
    """A copy at exactly the times of another run of its course, or of another copy, needs a reason why the
    course can be held twice: a button that is pressed twice makes the same runs twice, without a room or a
    trainer that would clash. (AM-03)"""
    if reason:
        return
    why = "or say why the course can be held twice at once"
    there = [one for of_copy in doubles(course, copies) for one in of_copy]
    if there:
        raise RuleBroken(f"{_first_of(there)} Leave that date out, {why}", field="double_reason")
    two = _first_two(starts_on, copies, lambda one, other: _times(one) == _times(other))
    if two:
        raise RuleBroken(
            f"Two of these copies are at the same times: {two}. Leave one out, {why}", field="double_reason"
        )


def _first_two(
    starts_on: Sequence[date], copies: Sequence[Copy], is_so: Callable[[Copy, Copy], bool]
) -> str | None:
    """Of which two copies that is so, if of any: "from 8 February and from 28 December"."""
    for (one_on, one), (other_on, other) in combinations(zip(starts_on, copies, strict=True), 2):
        if is_so(one, other):
            return f"from {day_seen_from(one_on, other_on)} and from {day_seen_from(other_on, one_on)}"
    return None


def _want_the_same(one: Copy, other: Copy) -> bool:
    return any(_clash(here, there) for here in one for there in other)


def _times(copy: Copy) -> Times:
    return tuple(sorted((plan.starts_at, plan.ends_at) for plan in copy))


def _clash(one: PlannedSession, other: PlannedSession) -> bool:
    """Whether two sessions want the same room or trainer at the same time."""
    is_shared = one.venue_id is not None and one.venue_id == other.venue_id
    is_shared = is_shared or (one.trainer_id is not None and one.trainer_id == other.trainer_id)
    return is_shared and one.starts_at < other.ends_at and other.starts_at < one.ends_at


def lock(planned: Iterable[PlannedSession]) -> None:
    """Lock the rooms, then the trainers, each in the order of their ids: nobody waits in a circle."""
    planned = list(planned)
    for venue_id in sorted({plan.venue_id for plan in planned if plan.venue_id}):
        lock_row(Venue, venue_id)
    for trainer_id in sorted({plan.trainer_id for plan in planned if plan.trainer_id}):
        lock_row(Trainer, trainer_id)
