"""Two records of one person need one place on a run: the better stays, the other's seat is passed on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.bookings.models import Approval, Booking, BookingState, ReleaseCause
from app.bookings.rules import locks
from app.bookings.rules.asking import ask
from app.bookings.rules.needs import give_need_back, hand_need_on
from app.bookings.rules.places import new_reference
from app.bookings.rules.queue import counted, settle, tell_of_offer
from app.bookings.rules.states import move, release
from app.bookings.rules.times import reconfirmed_by
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.merging import queries
from app.people.models import Person
from app.sessions.models import Run, TrainingSession

# A booking's id: its state, and until when it was held or, a place, to be reconfirmed.
Released = dict[str, tuple[str, str | None]]
_BOOKED_AGAIN = (
    "run_id",
    "session_id",
    "person_id",
    "queued_at",
    "sector_id",
    "has_priority",
    "lapses",
    "passed_until",
    "override_reason",
)
_AGREED = (
    "approver_id",
    "asked_at",
    "decided_at",
    "is_approved",
    "decided_by",
    "declared_name",
    "declared_email",
)
_BEST_FIRST = (
    BookingState.CONFIRMED,
    BookingState.OFFERED,
    BookingState.REQUESTED,
    BookingState.WAITLISTED,
)


def lock_runs(survivor_id: int, merged_id: int) -> set[int]:
    """Lock the runs on which either has a booking, the smallest id first.

    Runs before people: who books holds the run, and then waits for the person (whose row the new booking
    points at). Whoever took them the other way round would wait for that one for ever.
    """
    ids = {one.run_id for one in _open(survivor_id, merged_id)}
    locks.lock_runs(ids)
    return ids


def check_no_other_run(survivor_id: int, merged_id: int, locked: set[int]) -> None:
    """Under both people's locks: nobody booked for one of them in the meantime."""
    if any(one.run_id not in locked for one in _open(survivor_id, merged_id)):
        raise RuleBroken("A place was booked for one of them just now. Nothing was done: try again.")


def _open(survivor_id: int, merged_id: int) -> list[Booking]:
    statement = queries.open_bookings_of_both(survivor_id, merged_id)
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))


def release_doubles(
    survivor: Person, merged: Person, *, by: Actor, now: datetime
) -> tuple[list[Booking], dict[str, int]]:
    """End the lesser of two bookings for one run, and return those. They are told nothing: they still come.

    Confirmed and waiting: the place stays. Both confirmed: the one for the whole run, or the older; one
    seat is free (U-07). What they need goes to the booking that stays or, when that says so itself, waits for
    the merge to be undone: by the booking that ended, the id of its need.
    """
    released = _doubles_of(survivor.id, merged.id)
    needs: dict[str, int] = {}
    for one, kept in released:
        need = hand_need_on(one, kept)
        if need is not None:
            needs[str(one.id)] = need.id
        release(one, ReleaseCause.MERGED, by=by, now=now, keeps_need=True)
    return [one for one, _ in released], needs


def states_of(survivor: Person, merged: Person) -> dict[int, tuple[str, str | None]]:
    """The state of each open booking of both, and until when it is held or to be reconfirmed, by its id."""
    return {
        one.id: (
            one.state.value,
            until.isoformat() if (until := one.held_until or one.reconfirm_by) else None,
        )
        for one in _open(survivor.id, merged.id)
    }


def would_end(survivor: Person, merged: Person) -> list[Booking]:
    """The bookings that a merge would end, for whoever decides."""
    return [one for one, _ in _doubles_of(survivor.id, merged.id)]


@dataclass(frozen=True)
class ClashToCome:
    """A day of a place of one record at the same time as a day of a place of the other, on another run."""

    stays: TrainingSession
    comes: TrainingSession


def would_clash(survivor: Person, merged: Person) -> list[ClashToCome]:
    """The days on which a merge would put one person in two places at once, for whoever decides. (U-09)

    Nothing ends by itself: the academy looks which of the two they keep.
    """
    ending = {one.id for one in would_end(survivor, merged)}
    held = [one for one in _open(survivor.id, merged.id) if one.state.holds_seats and one.id not in ending]
    days = {
        person.id: [session for one in held if one.person_id == person.id for session in one.sessions]
        for person in (survivor, merged)
    }
    return [
        ClashToCome(own, other)
        for own in days[survivor.id]
        for other in days[merged.id]
        if own.id != other.id and own.starts_at < other.ends_at and other.starts_at < own.ends_at
    ]


def _doubles_of(survivor_id: int, merged_id: int) -> list[tuple[Booking, Booking]]:
    runs: defaultdict[int, list[Booking]] = defaultdict(list)
    for one in _open(survivor_id, merged_id):
        runs[one.run_id].append(one)
    return [pair for bookings in runs.values() for pair in _doubles(bookings)]


def _doubles(bookings: Iterable[Booking]) -> list[tuple[Booking, Booking]]:
    """Which bookings of one run are too many for one person, each with one that stays instead."""
    kept: list[Booking] = []
    too_many: list[tuple[Booking, Booking]] = []
    for one in sorted(bookings, key=_rank):
        instead = next((other for other in kept if _overlap(one, other)), None)
        if instead is None:
            kept.append(one)
        else:
            too_many.append((one, instead))
    return too_many


def _rank(booking: Booking) -> tuple[Any, ...]:
    is_part = booking.session_id is not None
    return _BEST_FIRST.index(booking.state), is_part, not booking.has_priority, booking.queued_at, booking.id


def _overlap(one: Booking, other: Booking) -> bool:
    return one.session_id is None or other.session_id is None or one.session_id == other.session_id


def pass_on(bookings: Iterable[Booking], *, now: datetime) -> None:
    """Give the seats of these bookings to those who wait, in the transaction that freed them."""
    for run_id in sorted({one.run_id for one in bookings}):
        settle(db.session.get_one(Run, run_id), now=now)


# --- Taking it back ------------------------------------------------------------------------------------


def restore(
    released: Released, needs: dict[str, int], *, since: datetime, by: Actor, now: datetime
) -> dict[str, dict[str, int]]:
    """Book again, as they were, what the merge released: of each, by its id, the state and until when.
    Returns which booking, and which approval, took the place of which.

    A released booking is over, so that a new one takes its place, in its old position of the queue. What is
    over or was cancelled meanwhile is not booked again; a seat that was passed on stands in the way. Somebody
    whose offer is made again gets a letter with its new link. `needs` are those of the bookings that ended,
    wherever they went; what was said `since` the merge stays there.
    """
    back: dict[str, dict[str, int]] = {Booking.__tablename__: {}, Approval.__tablename__: {}}
    for ident, (state, ends) in released.items():
        old, again = db.session.get_one(Booking, int(ident)), None
        if not old.run.is_cancelled and old.ends_at > now:
            until = datetime.fromisoformat(ends) if ends else None
            again = _book_again(old, old.run, BookingState(state), until, by=by, now=now)
            if again is not None and again.state is BookingState.OFFERED:
                tell_of_offer(again, now=now)  # the link of the old letter is for the booking that ended
        if ident in needs:
            give_need_back(needs[ident], again, said_by=since)
        if again is not None:
            back[Booking.__tablename__][ident] = again.id
            if old.approval is not None and again.approval is not None:
                back[Approval.__tablename__][str(old.approval.id)] = again.approval.id
    return back


def lock_runs_of(released: Iterable[str]) -> None:
    """Lock the runs of the bookings that a merge released, the smallest id first."""
    locks.lock_runs(db.session.get_one(Booking, int(ident)).run_id for ident in released)


def _book_again(
    old: Booking, run: Run, state: BookingState, until: datetime | None, *, by: Actor, now: datetime
) -> Booking | None:
    places = counted(run, now=now, person_id=old.person_id, session_id=old.session_id)
    if places.booking_id is not None:
        raise RuleBroken(f"{old.person.name} has been booked on {run.code} since. Cancel that booking first.")
    if until is not None and until <= now:
        if state is BookingState.REQUESTED:
            return None
        state, until = _once_it_ran_out(old, state, now)
    numbers = None
    if state.holds_seats:
        numbers = places.free_numbers((one.id for one in old.sessions), old.sector_id)
        if numbers is None:
            raise RuleBroken(
                f"The place on {run.code} that the merge freed has been passed on. Cancel a booking there, "
                "or raise its capacity, and undo the merge then."
            )
    again = Booking(
        reference=new_reference(),
        created_at=now,
        replaces_id=old.id,
        **{name: getattr(old, name) for name in _BOOKED_AGAIN},
    )
    db.session.add(again)
    first = BookingState.WAITLISTED if state is BookingState.OFFERED else state
    how: dict[str, Any] = {"by": by, "now": now, "reason": "The merge of two records was undone"}
    if first is not state:
        move(again, first, **how)
    move(again, state, numbers=numbers, held_until=until if state.is_held_for_a_time else None, **how)
    if state is BookingState.CONFIRMED:
        again.reconfirm_by = until
    _approve_again(old, again, now)
    return again


def _once_it_ran_out(
    old: Booking, state: BookingState, now: datetime
) -> tuple[BookingState, datetime | None]:
    """Nobody could reconfirm a place that the merge had ended: they get the time for it anew. Somebody who
    did not accept an offer waits."""
    if state is BookingState.CONFIRMED:
        return state, reconfirmed_by(old.sessions, old.run.version.course.terms, now)
    return BookingState.WAITLISTED, None


def _approve_again(old: Booking, again: Booking, now: datetime) -> None:
    """What was agreed stays agreed; what was not is asked for again, since the old request is over."""
    was = old.approval
    if was is None:
        return
    if was.is_pending:
        ask(again, now=now)
    else:
        again.approval = Approval(**{name: getattr(was, name) for name in _AGREED})
    db.session.flush()
