"""What the days of one run must be to fit: long enough, where their mode says, and apart from each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from functools import partial

from app.core import clock
from app.core.errors import RuleBroken, check_all
from app.core.filters import day, first_listed
from app.programmes.rules import checked_code
from app.sessions import queries
from app.sessions.models import Mode, Trainer, TrainingSession, Venue
from app.sessions.rules.planning import PlannedSession, planned_again

_SHOWN = 3


def check_run(
    titles: Sequence[str],
    plans: Mapping[int, PlannedSession],
    *,
    code: str,
    minimum_places: int,
    was_held: bool,
    now: datetime,
) -> None:
    """All that is wrong with a new run, before it is looked at who else has its rooms and trainers.

    `plans` are its days by their place, from 0; a page leaves out one that can't be read.
    """
    check_all(
        partial(check_code, code),
        partial(check_places, plans.values(), minimum_places),
        partial(check_sessions, titles, plans),
        partial(check_over_is_meant, plans.values(), was_held=was_held, now=now),
    )


def check_pattern(*, starts: time, ends: time, capacity: int, minimum_places: int) -> None:
    """What is wrong with that which the days of a new run have in common, before there are any."""
    check_all(partial(_check_hours, starts, ends), partial(_check_room, [capacity], minimum_places))


def _check_hours(starts: time, ends: time) -> None:
    if ends <= starts:
        raise RuleBroken("Each day must end after it starts", field="ends")


def check_code(code: str) -> None:
    """A new run has a code, which no other run has."""
    code = checked_code(code)
    if queries.run_coded(code):
        raise code_taken(code)


def code_taken(code: str) -> RuleBroken:
    return RuleBroken(f"There is a run called {code} already. Choose another code", field="code")


def check_places(sessions: Collection[PlannedSession], minimum_places: int) -> None:
    if minimum_places < 1:
        raise RuleBroken("Fewest places must be 1 or more", field="minimum_places")
    _check_room([plan.capacity for plan in sessions], minimum_places)


def _check_room(capacities: Iterable[int], minimum_places: int) -> None:
    if any(capacity < minimum_places for capacity in capacities):
        raise RuleBroken(
            f"Each day must have room for {minimum_places} people, the fewest that the run goes ahead with",
            field="minimum_places",
        )


def check_sessions(titles: Sequence[str], plans: Mapping[int, PlannedSession]) -> None:
    """Each day ends after it starts, is where its mode says, and apart from the others; the titles are those
    of all days, the plans by their place."""
    check_all(*(partial(_on_day, place, check) for place in plans for check in _of_day(titles, plans, place)))


def _of_day(
    titles: Sequence[str], plans: Mapping[int, PlannedSession], place: int
) -> tuple[Callable[[], None], ...]:
    """What is asked of a day: when it is, and where."""
    title, plan = titles[place], plans[place]

    def check_times() -> None:
        check_ends(title, plan)
        for before in (one for one in plans if one < place):
            check_apart(title, plan, titles[before], plans[before])

    return check_times, partial(check_where, title, plan)


def _on_day(place: int, check: Callable[[], None]) -> None:
    """The check, whose refusals name the fields of this day."""
    try:
        check()
    except RuleBroken as error:
        for one in (error, *error.others):
            one.field = f"sessions.{place}.{one.field}"
        raise


def days_over(sessions: Iterable[PlannedSession], now: datetime) -> list[date]:
    """The dates of those that are over, each once."""
    return sorted({plan.held_on for plan in sessions if plan.ends_at <= now})


def check_over_is_meant(sessions: Iterable[PlannedSession], *, was_held: bool, now: datetime) -> None:
    """A new run on a day that is over is more often a slip of the year than history: whoever schedules it
    says that it was held."""
    over = days_over(sessions, now)
    if was_held or not over:
        return
    days = first_listed([day(one) for one in over[:_SHOWN]], len(over), "other day")
    are, dates = ("is", "date") if len(over) == 1 else ("are", "dates")
    raise RuleBroken(
        f"{days} {are} over: change the {dates}, or tick that the run was held then", field="was_held"
    )


def check_session(title: str, plan: PlannedSession) -> None:
    """All that is wrong with one day, whatever the others are."""
    check_all(partial(check_ends, title, plan), partial(check_where, title, plan))


def check_ends(title: str, plan: PlannedSession) -> None:
    """It ends after it starts, at hours that there are on its day."""
    check_all(*(partial(_check_is_shown, title, plan, field) for field in ("starts", "ends")))
    if plan.ends_at <= plan.starts_at:
        raise RuleBroken(f"{title} must end after it starts", field="ends")


def _check_is_shown(title: str, plan: PlannedSession, field: str) -> None:
    at: time = getattr(plan, field)
    if not clock.is_shown(plan.held_on, at):
        raise RuleBroken(
            f"{title} can’t be at {at:%H:%M}: the clocks go forward on {day(plan.held_on)}, and leave "
            "that hour out",
            field=field,
        )


def check_where(title: str, plan: PlannedSession) -> None:
    """It is where its mode says, and neither its venue nor its trainer is closed by its day."""
    check_all(
        partial(_check_venue, title, plan), partial(_check_link, title, plan), partial(check_in_use, plan)
    )


def _check_venue(title: str, plan: PlannedSession) -> None:
    if plan.mode is Mode.VIRTUAL and plan.venue:
        raise RuleBroken(
            f"{title} is virtual: take the venue away, or choose in person or hybrid", field="venue_id"
        )


def _check_link(title: str, plan: PlannedSession) -> None:
    if plan.mode is Mode.IN_PERSON and plan.link:
        raise RuleBroken(
            f"{title} is in person: take the link away, or choose virtual or hybrid", field="link"
        )
    if plan.link and not plan.link.startswith(("https://", "http://")):
        raise RuleBroken(f"{title}’s link must be an address that begins with https://", field="link")


def check_in_use(plan: PlannedSession) -> None:
    """Its venue and its trainer are not closed by its day."""
    check_all(*(partial(_refuse_closed, plan, thing) for thing in plan.closed))


def _refuse_closed(plan: PlannedSession, thing: Venue | Trainer) -> None:
    what = thing.__tablename__
    raise RuleBroken(
        f"{day(plan.held_on)} is after the last day of {thing.name}, {day(thing.last_day)}: choose another "
        f"{what} or an earlier date",
        field=f"{what}_id",
    )


def check_apart(title: str, plan: PlannedSession, other_title: str, other: PlannedSession) -> None:
    if plan.starts_at < other.ends_at and other.starts_at < plan.ends_at:
        raise RuleBroken(
            f"{title} is at the same time as {other_title}: nobody can be at both", field="held_on"
        )


def check_change(
    session: TrainingSession, planned: PlannedSession, *, reason: str | None, now: datetime
) -> None:
    """All that is wrong with what a session of a run would become, before it is looked at who else has its
    room and its trainer: that day alone, beside the others of its run, and a date that is changed in silence.
    """
    title = session.component.title
    others = (
        partial(check_apart, title, planned, other.component.title, planned_again(other))
        for other in session.run.sessions
        if other is not session
    )
    check_all(
        partial(check_session, title, planned),
        *others,
        partial(_check_reason, session, planned, reason, now),
    )


def _check_reason(
    session: TrainingSession, planned: PlannedSession, reason: str | None, now: datetime
) -> None:
    """Another date goes without a reason as long as both the old and the new one are still to come."""
    if reason or planned.held_on == session.held_on:
        return
    title = session.component.title
    if session.starts_at <= now:
        raise RuleBroken(f"{title} has begun: say why its date changes, since marks go by it", field="reason")
    if planned.starts_at <= now:
        raise RuleBroken(
            f"{day(planned.held_on)} is over: change the date, or say why {title} was held then",
            field="reason",
        )
