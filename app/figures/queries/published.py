"""Figures as published, and what the same figure is as known now, with the reason. (4.4, BM-04)"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import Select, String, case, func, literal, select, true, union_all
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.core import clock
from app.core.db import db, live
from app.core.filters import day, day_of_year, listed, plural
from app.figures.models import PublishedFigure, PublishedPerson, Target, TargetKind
from app.figures.queries.direction import BY_RULE, Moved, count_moved, score_moved
from app.figures.queries.few import FEW_PEOPLE, FEW_REPLIES, few_counted
from app.figures.queries.figure import Figure, score_of
from app.figures.queries.movement import Change, CountedPoint, Done, Movement, done_on, movement_of
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.publications import few_published, of_few, quoted
from app.figures.queries.reading import figures
from app.figures.queries.rule_changes import RuleChange, Since, rule_changes
from app.figures.queries.rule_parts import (
    Parts,
    changed_in_words,
    changed_since,
    counts_otherwise,
    version_in_words,
)
from app.learning.models import Mark, PastCompletion
from app.people.models import BY_NAME, Person
from app.people.queries import Named
from app.programmes.models import CourseVersion, Programme, ProgrammeDates

_MOST_DAYS = 4
_ATTENDANCE, _BY_HAND = "attendance on", "training entered by hand of"
_OTHER_SCORE = "A score was entered, corrected or taken back after publication."


def published_figures() -> Select[tuple[PublishedFigure]]:
    """Every figure as published: the latest publication first, in it the targets as pages list them."""
    return (
        select(PublishedFigure)
        .join(PublishedFigure.target)
        .join(Target.programme)
        .join(Programme.dates)
        .options(
            contains_eager(PublishedFigure.target)
            .contains_eager(Target.programme)
            .contains_eager(Programme.dates),
            joinedload(PublishedFigure.rule),
            selectinload(PublishedFigure.overrides),
        )
        .order_by(
            PublishedFigure.published_at.desc(),
            ProgrammeDates.deadline.desc().nulls_first(),
            Programme.title,
            PublishedFigure.id,
        )
    )


def published_of(target: Target) -> Select[tuple[PublishedFigure]]:
    """A target's figures as published, that of the latest day first; of one day the last published."""
    return (
        select(PublishedFigure)
        .options(
            joinedload(PublishedFigure.target),
            joinedload(PublishedFigure.rule),
            selectinload(PublishedFigure.overrides),
        )
        .where(PublishedFigure.target_id == target.id)
        .order_by(
            PublishedFigure.as_at.desc(), PublishedFigure.published_at.desc(), PublishedFigure.id.desc()
        )
    )


def people_published(figure: PublishedFigure) -> Select[tuple[Person, bool]]:
    """Whom a published figure counted, by name, each with whether as complete; the incomplete first.

    People who have been anonymised since are counted in it and not listed.
    """
    return (
        select(Person, PublishedPerson.is_complete)
        .join(PublishedPerson, PublishedPerson.person_id == Person.id)
        .where(PublishedPerson.figure_id == figure.id)
        .order_by(PublishedPerson.is_complete, *BY_NAME)
    )


def published_before(
    target_ids: Collection[int],
    *,
    as_at: date,
    known_at: datetime | None = None,
    preferring: Select[tuple[int]] | None = None,
) -> dict[int, PublishedFigure]:
    """What was last published of each target for a day before `as_at`, by an instant; by the target's id.
    Where any of it is among those that `preferring` selects, by their ids, the last of these."""
    if not target_ids:
        return {}
    by_then = [] if known_at is None else [PublishedFigure.published_at <= known_at]
    first = [] if preferring is None else [case((PublishedFigure.id.in_(preferring), 0), else_=1)]
    last = func.row_number().over(
        partition_by=PublishedFigure.target_id,
        order_by=(
            *first,
            PublishedFigure.as_at.desc(),
            PublishedFigure.published_at.desc(),
            PublishedFigure.id.desc(),
        ),
    )
    ranked = (
        select(PublishedFigure.id, last.label("place"))
        .where(PublishedFigure.target_id.in_(sorted(target_ids)), PublishedFigure.as_at < as_at, *by_then)
        .subquery()
    )
    statement = (
        select(PublishedFigure)
        .join(ranked, ranked.c.id == PublishedFigure.id)
        .options(joinedload(PublishedFigure.rule), joinedload(PublishedFigure.overrides))
        .where(ranked.c.place == 1)
    )
    return {one.target_id: one for one in db.session.scalars(statement).unique()}


# --- As restated ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Restated:
    """A published figure beside what it is as known now, of the same date, and why they differ.

    `then` is whom it counted, `known` whom it counts now, each with whether as complete; `changed` are the
    parts of its rule that are another now.
    """

    published: PublishedFigure
    now: Figure
    reasons: Sequence[str] = ()
    then: Done = field(default_factory=dict)
    known: Done = field(default_factory=dict)
    changed: Parts = ()
    version: str = ""  # of the rule by which it was published
    of_few: bool = False  # what was published is of 1 to 4 people or replies
    is_few: bool = False  # either is, so that whoever may not see names is told nothing of what differs

    def for_the_board(self) -> Restated:
        """The same for those who may not see names: which of the two is of few, and no comparison (BM-05)."""
        now = self.now.for_the_board()
        if not (self.of_few or now.is_few):
            return replace(self, now=now)
        return replace(self, now=now, is_few=True, reasons=())

    @property
    def is_other_rule(self) -> bool:
        """Whether others may be counted by the rule as it is now."""
        return counts_otherwise(self.changed)

    @property
    def is_same(self) -> bool:
        # Of nobody, 0 were once published as required.
        return not self.is_another_count and (self.published.required or None) == self.now.required

    @property
    def is_another_count(self) -> bool:
        """Whether what was counted differs, whatever is asked for."""
        before, now = self.published, self.now
        return before.score != score_of(now) or (before.numerator, before.denominator) != (
            now.numerator,
            now.denominator,
        )

    @property
    def in_words(self) -> str:
        """ "31 March 2022 published 85 of 110 (77%); now restated 89 of 110 (81%)." """
        if self.is_few:
            return self._of_few_in_words
        words = f"{day(self.published.as_at)} published {self.published_words}; "
        if self.is_same:
            return f"{words}the same as known now."
        return f"{words}now restated {self.now.quoted}."

    @property
    def _of_few_in_words(self) -> str:
        """ "Fewer than 5 people are counted, as it was published and as known now." Where they are few at one
        of the two alone, the other has its number."""
        is_score = self.published.score is not None
        few, why = few_counted(is_score=is_score), FEW_REPLIES if is_score else FEW_PEOPLE
        few = f"{few[:1].upper()}{few[1:]}"
        if self.of_few and self.now.is_few:
            return f"{few}, as it was published and as known now. {why}"
        if self.of_few:
            return f"{few}, as it was published; as known now it is {self.now.quoted}. {why}"
        return f"{few}, as known now; it was published as {self.published_words}. {why}"

    @property
    def published_words(self) -> str:
        """What was published, as it is quoted: "85 of 110 (77%)"; of few perhaps only that."""
        return few_published(self.published) if self.is_few and self.of_few else quoted(self.published)


def restated(published: PublishedFigure) -> Restated:
    """What a published figure is as known now, and why it differs: 4 completions recorded afterwards."""
    plans, as_at = plans_for([published.target]), published.as_at
    (now,) = figures([published.target], as_at=as_at, has_outlook=False, plans=plans)
    found = Restated(
        published,
        now,
        then=people_of([published])[published.id],
        known=done_on(plans, as_at=as_at).get(published.target_id, {}),
        changed=changed_since(published, plans[0]),
        version=version_in_words(published, plans[0]),
        of_few=published.id in of_few([published]),
    )
    return with_reasons([found], plans)[0]


def with_reasons(
    found: Sequence[Restated],
    plans: Sequence[Plan],
    *,
    known_at: datetime | None = None,
    everybody: Sequence[Named] | None = None,
) -> list[Restated]:
    """The figures of one publication, which share their two dates, with why they differ; one statement, and
    another where a rule changed.

    `plans` are those of the targets, as known now; `everybody` is for whoever has asked for them already.
    """
    if not found:
        return []
    late = _recorded_since(found[0].published, plans, known_at)
    by_target = {plan.target.id: plan for plan in plans}
    changes = rule_changes(
        [
            Since(by_target[one.published.target_id], one.published.known_at, known_at, one.changed)
            for one in found
        ],
        everybody,
    )
    return [
        replace(one, reasons=_reasons(one, changed, late.get(one.published.target_id, [])))
        for one, changed in zip(found, changes, strict=True)
    ]


def _reasons(one: Restated, changes: Sequence[RuleChange], late: Sequence[Late]) -> list[str]:
    published, now = one.published, one.now
    reasons = [changed_in_words(one.changed)] if one.changed else []
    reasons += [change.words for change in changes]
    reasons += [_OTHER_SCORE] if published.score != score_of(now) else []
    reasons += _changed_count(one)
    return reasons + _changed_people(one, Change.between(one.then, one.known), late)


def moved_since(restated: Restated, now: Figure, done: Done) -> Moved:
    """The steps from what was published to the figure of now, which counts `done`; what was recorded late
    apart from what happened: "Up from 0 to 10 since 17 November: 3 delivered, 7 recorded late." Of few it
    says nothing, not even that they are the same."""
    if restated.is_few or now.is_few:
        return Moved()
    if restated.published.target.kind.counts_people:
        return _people_moved(restated, now, done).moved
    if now.kind is TargetKind.SCORE:
        return score_moved(restated.published, restated.now, now)
    return count_moved(restated.published, restated.now, now, is_other_rule=restated.is_other_rule)


def _people_moved(restated: Restated, now: Figure, done: Done) -> Movement:
    then = restated.published
    return movement_of(
        then.target.kind,
        CountedPoint(then.as_at, then.known_at, restated.then),
        CountedPoint(then.as_at, now.known_at, restated.known),
        CountedPoint(now.as_at, now.known_at, done),
        is_other_rule=restated.is_other_rule,
    )


def people_of(published: Sequence[PublishedFigure]) -> dict[int, dict[int, bool]]:
    """By each published figure's id, whom it counted and whether as complete.

    Somebody who was anonymised since has no id any more, and keeps a place under a number below 0.
    """
    found: dict[int, dict[int, bool]] = {one.id: {} for one in published}
    statement = select(
        PublishedPerson.figure_id, PublishedPerson.id, PublishedPerson.person_id, PublishedPerson.is_complete
    ).where(PublishedPerson.figure_id.in_(sorted(found)))
    for figure_id, ident, person_id, is_complete in db.session.execute(statement).tuples():
        found[figure_id][-ident if person_id is None else person_id] = is_complete
    return found


def _changed_count(one: Restated) -> list[str]:
    """In words, how many more or fewer sessions, or people reached, are known now: none are listed."""
    now, changed = one.now, one.now.numerator - one.published.numerator
    if now.kind not in (TargetKind.DELIVERABLE, TargetKind.REACH) or not changed:
        return []
    more = "more" if changed > 0 else "fewer"
    single, many = (f"{more} {noun}" for noun in now.nouns)
    why = BY_RULE if one.is_other_rule else "as recorded after publication"
    return [f"{plural(abs(changed), single, many)}, {why}."]


def _changed_people(one: Restated, change: Change, late: Sequence[Late]) -> list[str]:
    """In words, what was recorded since: who is counted now and was not, and the other way about. Where the
    rule changed, too, that is not said of everybody: what was recorded late stands beside."""
    published, is_other_rule = one.published, one.is_other_rule
    is_stock = published.denominator is not None
    gained = change.completed if is_stock else change.joined
    lost = change.no_longer if is_stock else change.left
    reasons = []
    if gained:
        how = _how_recorded([one for one in late if one.person_id in gained], published.as_at.year)
        reasons.append(f"{_completions(len(gained), 'more', 'recorded after publication', one)}{how}.")
    if lost:
        stands = "stands" if len(lost) == 1 else "stand"
        corrected = f"no longer {stands}: corrected after publication"
        reasons.append(f"{_completions(len(lost), 'fewer', corrected, one)}.")
    if is_stock:
        for people, complete, one_is, many_are in (
            (change.joined, change.joined_complete, "more person is", "more people are"),
            (change.left, change.left_complete, "person is no longer", "people are no longer"),
        ):
            if people:
                of_whom = f" ({len(complete):,} of them complete)" if complete else ""
                are = plural(len(people), one_is, many_are)
                why = BY_RULE if is_other_rule else "as recorded after publication"
                reasons.append(f"{are} in scope, {why}{of_whom}.")
    return reasons


def _completions(count: int, more: str, recorded: str, one: Restated) -> str:
    if one.is_other_rule:
        return f"{plural(count, f'{more} completion', f'{more} completions')} {BY_RULE}"
    return f"{plural(count, 'completion')} {recorded}"


# --- When it was recorded ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Late:
    """Something that counts for a figure and was recorded after it was published."""

    person_id: int
    what: str
    on: date
    recorded_on: date


def _recorded_since(
    published: PublishedFigure, plans: Sequence[Plan], known_at: datetime | None
) -> dict[int, list[Late]]:
    """By each target's id, the marks and past completions of its courses that were recorded since."""
    courses = {course for plan in plans for course in plan.courses}
    found: dict[int, list[Late]] = {plan.target.id: [] for plan in plans}
    if not courses:
        return found
    parts = [
        select(literal(what, String), model.person_id, CourseVersion.course_id, on, model.recorded_at)
        .join(CourseVersion, CourseVersion.id == model.version_id)
        .where(
            live(model, known_at),
            counts,
            model.recorded_at > published.known_at,
            on <= published.as_at,
            CourseVersion.course_id.in_(sorted(courses)),
        )
        for what, model, on, counts in (
            (_ATTENDANCE, Mark, Mark.held_on, Mark.counts),
            (_BY_HAND, PastCompletion, PastCompletion.completed_on, true()),
        )
    ]
    for what, person_id, course_id, on, recorded_at in db.session.execute(union_all(*parts)).tuples():
        late = Late(person_id, what, on, clock.day_of(recorded_at))
        for plan in plans:
            if course_id in plan.courses:
                found[plan.target.id].append(late)
    return found


def _how_recorded(late: Sequence[Late], year: int) -> str:
    """ ": attendance on 29 March, recorded 6 April"; nothing where no mark or past completion tells."""
    parts = []
    for what in (_ATTENDANCE, _BY_HAND):
        if some := [one for one in late if one.what == what]:
            held, told = {one.on for one in some}, {one.recorded_on for one in some}
            parts.append(f"{what} {_days(held, year)}, recorded {_days(told, year)}")
    return f": {'; '.join(parts)}" if parts else ""


def _days(days: Collection[date], year: int) -> str:
    """Some days as a sentence names them, without the year where it is plain."""
    words = [day_of_year(one) if one.year == year else day(one) for one in sorted(days)]
    return listed(words) if len(words) <= _MOST_DAYS else f"{len(words)} days from {words[0]} to {words[-1]}"
