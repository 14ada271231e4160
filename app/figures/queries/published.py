"""Figures as published, and what the same figure is as known now, with the reason. (4.4, BM-04)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from app.core import clock
from app.core.db import db, live
from app.core.filters import day, day_of_year, listed, plural
from app.figures.models import PublishedFigure, PublishedPerson, Target, TargetRule
from app.figures.queries.counts import figure as figure_of
from app.figures.queries.counts import plans_for
from app.figures.queries.figure import Figure
from app.figures.queries.movement import Change, counts_people, done_on
from app.learning.models import Mark, PastCompletion
from app.people.models import Person
from app.programmes.models import CourseVersion, Programme

_MOST_DAYS = 4


def published_figures() -> Select[tuple[PublishedFigure]]:
    """Every figure as published: the latest publication first, in it the targets as pages list them."""
    return (
        select(PublishedFigure)
        .join(PublishedFigure.target)
        .join(Target.programme)
        .options(contains_eager(PublishedFigure.target).contains_eager(Target.programme))
        .order_by(
            PublishedFigure.published_at.desc(),
            Programme.deadline.desc().nulls_first(),
            Programme.title,
            PublishedFigure.id,
        )
    )


def published_of(target: Target) -> Select[tuple[PublishedFigure]]:
    """A target's figures as published, the latest first."""
    return (
        select(PublishedFigure)
        .options(joinedload(PublishedFigure.target))
        .where(PublishedFigure.target_id == target.id)
        .order_by(PublishedFigure.published_at.desc(), PublishedFigure.id.desc())
    )


def people_published(figure: PublishedFigure) -> Select[tuple[Person, bool]]:
    """Whom a published figure counted, by name, each with whether as complete; the incomplete first.

    People who have been anonymised since are counted in it and not listed.
    """
    return (
        select(Person, PublishedPerson.is_complete)
        .join(PublishedPerson, PublishedPerson.person_id == Person.id)
        .where(PublishedPerson.figure_id == figure.id)
        .order_by(PublishedPerson.is_complete, Person.last_name, Person.first_name, Person.id)
    )


def rule_numbers(target_ids: Collection[int], known_at: datetime) -> dict[int, int]:
    """Which version of its rule each target has at an instant, counted from 1."""
    statement = (
        select(TargetRule.target_id, func.count())
        .where(TargetRule.target_id.in_(sorted(target_ids)), TargetRule.recorded_at <= known_at)
        .group_by(TargetRule.target_id)
    )
    return dict(db.session.execute(statement).tuples().all())


# --- As restated ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Restated:
    """A published figure beside what it is as known now, of the same date, and why they differ."""

    published: PublishedFigure
    now: Figure
    reasons: Sequence[str]

    @property
    def is_same(self) -> bool:
        before = self.published
        return (before.numerator, before.denominator, before.required) == (
            self.now.numerator,
            self.now.denominator,
            self.now.required,
        )

    @property
    def in_words(self) -> str:
        """ "85 of 110 (77%) published; now restated 89 of 110 (81%)." """
        before = count_in_words(self.published.numerator, self.published.denominator, self.published.shown)
        if self.is_same:
            return f"{before} published; the same as known now."
        now = count_in_words(self.now.numerator, self.now.denominator, self.now.shown)
        return f"{before} published; now restated {now}."


def count_in_words(numerator: int, denominator: int | None, shown: str) -> str:
    """A figure as it is quoted: "85 of 110 (77%)", "120" of people trained, "no one in scope"."""
    if denominator is None or not denominator:
        return shown
    return f"{numerator:,} of {denominator:,} ({shown})"


def restated(published: PublishedFigure) -> Restated:
    """What a published figure is as known now, and why it differs: 4 completions recorded afterwards."""
    target = published.target
    now = figure_of(target, as_at=published.as_at)
    reasons = _changed_rule(published)
    if counts_people(target):
        reasons += _changed_people(published)
    return Restated(published, now, reasons)


def _changed_rule(published: PublishedFigure) -> list[str]:
    if rule_numbers([published.target_id], clock.now()).get(published.target_id) == published.rule_number:
        return []
    return ["The target’s rule was changed after publication; the restated figure is by the rule as it is."]


def _changed_people(published: PublishedFigure) -> list[str]:
    """In words, what was recorded since: who is counted now and was not, and the other way about."""
    before = _people_then(published)
    change = Change.between(before, done_on(published.target, as_at=published.as_at))
    is_stock = published.denominator is not None
    gained = change.completed if is_stock else change.joined
    lost = change.no_longer if is_stock else change.left
    reasons = []
    if gained:
        how = _recorded_since(published, gained)
        reasons.append(f"{plural(len(gained), 'completion')} recorded after publication{how}.")
    if lost:
        reasons.append(
            f"{plural(len(lost), 'completion')} no longer {'stands' if len(lost) == 1 else 'stand'}: "
            "corrected after publication."
        )
    if is_stock:
        for people, complete, what in (
            (change.joined, change.joined_complete, "in scope, as recorded after publication"),
            (change.left, change.left_complete, "no longer in scope, as recorded after publication"),
        ):
            if people:
                of_whom = f" ({len(complete):,} of them complete)" if complete else ""
                reasons.append(f"{plural(len(people), 'person is', 'people are')} {what}{of_whom}.")
    return reasons


def _people_then(published: PublishedFigure) -> dict[int, bool]:
    """Whom it counted, by id. Who was anonymised since has none, and keeps a place under a number below 0."""
    statement = select(PublishedPerson.id, PublishedPerson.person_id, PublishedPerson.is_complete).where(
        PublishedPerson.figure_id == published.id
    )
    rows = db.session.execute(statement).tuples()
    return {-ident if person_id is None else person_id: is_complete for ident, person_id, is_complete in rows}


def _recorded_since(published: PublishedFigure, people: frozenset[int]) -> str:
    """ ": attendance on 29 March, recorded 6 April"; nothing where no mark or past completion tells."""
    plan = plans_for([published.target])[0]
    versions = select(CourseVersion.id).where(CourseVersion.course_id.in_(sorted(plan.courses)))
    parts = []
    for model, on, what in (
        (Mark, Mark.held_on, "attendance"),
        (PastCompletion, PastCompletion.completed_on, "training entered by hand of"),
    ):
        statement = select(model.person_id, on, model.recorded_at).where(
            live(model),
            model.recorded_at > published.known_at,
            on <= published.as_at,
            model.version_id.in_(versions),
        )
        if model is Mark:
            statement = statement.where(Mark.counts)
        rows = [row for row in db.session.execute(statement).tuples() if row[0] in people]
        if rows:
            held, told = {row[1] for row in rows}, {clock.london(row[2]).date() for row in rows}
            joint = "on " if what == "attendance" else ""
            year = published.as_at.year
            parts.append(f"{what} {joint}{_days(held, year)}, recorded {_days(told, year)}")
    return f": {'; '.join(parts)}" if parts else ""


def _days(days: Collection[date], year: int) -> str:
    """Some days as a sentence names them, without the year where it is plain."""
    words = [day_of_year(one) if one.year == year else day(one) for one in sorted(days)]
    return listed(words) if len(words) <= _MOST_DAYS else f"{len(words)} days from {words[0]} to {words[-1]}"
