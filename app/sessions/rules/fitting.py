"""What the days of one run must be to fit: long enough, where their mode says, and apart from each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from app.core.errors import RuleBroken
from app.core.filters import day, first_listed
from app.programmes.models import Component
from app.sessions.models import Mode
from app.sessions.rules.planning import PlannedSession

_SHOWN = 3


def check_places(sessions: Sequence[PlannedSession], minimum_places: int) -> None:
    if minimum_places < 1:
        raise RuleBroken("Fewest places must be 1 or more", field="minimum_places")
    if min(plan.capacity for plan in sessions) < minimum_places:
        raise RuleBroken(
            f"Each day must have room for {minimum_places} people, the fewest that the run goes ahead with",
            field="minimum_places",
        )


def check_sessions(components: Sequence[Component], sessions: Sequence[PlannedSession]) -> None:
    """Each day ends after it starts, is where its mode says, and apart from the others."""
    titles = [component.title for component in components]
    for place, (title, plan) in enumerate(zip(titles, sessions, strict=True)):
        try:
            check_session(title, plan)
            for other_title, other in zip(titles[:place], sessions, strict=False):
                check_apart(title, plan, other_title, other)
        except RuleBroken as error:
            raise RuleBroken(error.message, field=f"sessions.{place}.{error.field}") from None


def days_over(sessions: Iterable[PlannedSession], now: datetime) -> list[date]:
    """The dates of those that are over, each once."""
    return sorted({plan.held_on for plan in sessions if plan.ends_at <= now})


def check_over_is_meant(sessions: Sequence[PlannedSession], *, was_held: bool, now: datetime) -> None:
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
    if plan.ends_at <= plan.starts_at:
        raise RuleBroken(f"{title} must end after it starts", field="ends")
    if plan.mode is Mode.VIRTUAL and plan.venue:
        raise RuleBroken(
            f"{title} is virtual: take the venue away, or choose in person or hybrid", field="venue_id"
        )
    if plan.mode is Mode.IN_PERSON and plan.link:
        raise RuleBroken(
            f"{title} is in person: take the link away, or choose virtual or hybrid", field="link"
        )
    if plan.link and not plan.link.startswith(("https://", "http://")):
        raise RuleBroken(f"{title}’s link must be an address that begins with https://", field="link")


def check_apart(title: str, plan: PlannedSession, other_title: str, other: PlannedSession) -> None:
    if plan.starts_at < other.ends_at and other.starts_at < plan.ends_at:
        raise RuleBroken(
            f"{title} is at the same time as {other_title}: nobody can be at both", field="held_on"
        )
