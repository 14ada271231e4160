"""Whom a target counts, person by person: the rows behind each of its numbers (4.2, 4.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, select, true

from app.core.db import db, row_count
from app.figures.models import Target, TargetKind
from app.figures.queries import scopes
from app.figures.queries.audiences import limited_courses, outside_audience
from app.figures.queries.breakdown import GROUPS, with_groups
from app.figures.queries.counts import left_out, people_done, to_be_trained, trained, with_marks_outstanding
from app.figures.queries.figure import STARTED_LATELY
from app.figures.queries.plans import Plan, plans_for
from app.figures.queries.sources import Sources, sources_for
from app.figures.queries.waiting import waiting_in_words
from app.learning.queries import standings
from app.people.models import BY_NAME, EmploymentType, Person
from app.programmes.models import Course


class Counted(StrEnum):
    """Which of the people whom a target counts a list shows; of AGENCY and CONTRACTED those whom it leaves
    out, in a line of their own."""

    EVERYBODY = "everybody"
    OUTSTANDING = "outstanding"
    COMPLETE = "complete"
    BOOKED = "booked"
    NOT_BOOKED = "not_booked"
    TOO_LATE = "too_late"
    UNMARKED = "unmarked"
    AWAY = "away"
    NEWCOMERS = "newcomers"
    OUTSIDE_AUDIENCE = "outside_audience"
    AGENCY = "agency"
    CONTRACTED = "contracted"

    @property
    def label(self) -> str:
        return {
            "everybody": "Everybody counted",
            "outstanding": "Outstanding",
            "complete": "Complete",
            "booked": "Booked to complete it",
            "not_booked": "Not booked",
            "too_late": "Booked to complete later",
            "unmarked": "With marks not recorded yet",
            "away": "On long-term absence",
            "newcomers": STARTED_LATELY.capitalize(),
            "outside_audience": "Not booked, and outside the audience",
            "agency": "Agency workers, not counted",
            "contracted": "Contracted workers, not counted",
        }[self]

    @property
    def is_mixed(self) -> bool:
        """Whether some of those listed may be complete, booked or neither, so that each says which."""
        return self not in {Counted.COMPLETE, Counted.BOOKED, Counted.NOT_BOOKED, Counted.TOO_LATE}

    @property
    def left_out(self) -> EmploymentType | None:
        """Which workers are listed instead of those who are counted."""
        return EmploymentType(self) if self in {Counted.AGENCY, Counted.CONTRACTED} else None


@dataclass(frozen=True)
class Among:
    """A part of a target's people: of one service, team, role group or sector, as its breakdown names it."""

    service: str | None = None
    team: str | None = None
    role: str | None = None
    sector: str | None = None

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, by the name of the grouping."""
        return {name: value for name in GROUPS if (value := getattr(self, name)) is not None}

    @property
    def words(self) -> str:
        """ "Children in Care, North Team"; nothing of everybody."""
        return ", ".join(self.asked.values())


def counted(
    target: Target,
    which: Counted,
    *,
    as_at: date,
    known_at: datetime | None = None,
    until: date | None = None,
    among: Among | None = None,
) -> Select[tuple[Person, str, int, int, int, int]]:
    """The people whom a target counts and who stand so, by name: each with their team or cause (or None);
    1 when confirmed places complete them by the deadline, else 0; 1 when they do so at all, else 0; 1 when
    they are complete, else 0; and how many of their marks are outstanding.

    Of people trained everybody counted is complete; somebody who is booked to be is not counted yet. Booked
    is whoever has the places up to the target's deadline, and to `until` where that comes first. With `among`
    only a part of them is listed: the rows behind one number of the breakdown.
    """
    plan = plans_for([target], known_at)[0]
    has_ahead = which is not Counted.COMPLETE
    sources = sources_for([plan], as_at, known_at, has_ahead=has_ahead, until=until)
    if which is Counted.OUTSIDE_AUDIENCE:
        return _outside_audience(plan, sources, limited_courses([plan])[plan.target.id], among)
    return _listed(plan, sources, which, among)


@dataclass(frozen=True)
class Outstanding:
    """The people who are outstanding, as `counted` lists them; how many of them are not booked and can't be,
    since a course that is wanted of them is not for them; and, in words, how many of those not booked
    wait."""

    people: Select[tuple[Person, str, int, int, int, int]]
    outside_audience: int
    waiting: str


def outstanding(
    plan: Plan, *, as_at: date, known_at: datetime | None = None, until: date | None = None
) -> Outstanding:
    """What a target's own page says of those outstanding."""
    sources = sources_for([plan], as_at, known_at, has_ahead=True, until=until)
    outside, limited = 0, limited_courses([plan])[plan.target.id]
    if limited:
        outside = db.session.scalar(select(row_count(_outside_audience(plan, sources, limited)))) or 0
    people = people_done(plan, sources).subquery()
    unbooked = select(people.c.person_id).where(*_stand_so(people, Counted.NOT_BOOKED, sources))
    return Outstanding(
        _listed(plan, sources, Counted.OUTSTANDING),
        outside,
        waiting_in_words(plan, unbooked, sources.moment),
    )


def _listed(
    plan: Plan, sources: Sources, which: Counted, among: Among | None = None
) -> Select[tuple[Person, str, int, int, int, int]]:
    as_at, known_at = sources.moment.as_at, sources.moment.known_at
    people = _people(plan, sources, which).subquery()
    parts = (among or Among()).asked
    if parts:
        people = with_groups(people, as_at, known_at).subquery()
    note = scopes.belongs_to(people.c.person_id, plan.target.cohort_id, as_at, known_at)
    return (
        select(
            Person,
            note.label("note"),
            people.c.booked,
            people.c.later,
            people.c.done,
            people.c.outstanding_marks,
        )
        .join(people, people.c.person_id == Person.id)
        .where(
            *_stand_so(people, which, sources),
            *(people.c[name] == part for name, part in parts.items()),
        )
        .order_by(*BY_NAME)
    )


def _outside_audience(
    plan: Plan, sources: Sources, limited: Sequence[Course], among: Among | None = None
) -> Select[tuple[Person, str, int, int, int, int]]:
    """Of those who are not booked, who can't be: a course that is wanted of them is not for them."""
    people = _listed(plan, sources, Counted.NOT_BOOKED, among)
    return people.where(outside_audience(plan, limited, Person.id, sources.moment))


def _people(plan: Plan, sources: Sources, which: Counted) -> Select[Any]:
    """Those among whom a list looks, in the columns of `people_done`."""
    if which.left_out is not None:
        return left_out(plan, sources, which.left_out)
    if not plan.is_flow:
        return people_done(plan, sources)
    if which in {Counted.BOOKED, Counted.TOO_LATE} and sources.to_train is not None:
        return to_be_trained(plan, sources)
    if which is Counted.UNMARKED:
        return with_marks_outstanding(plan, sources)
    return trained(plan, sources)


def _stand_so(people: Subquery, which: Counted, sources: Sources) -> list[ColumnElement[bool]]:
    """The people among them who stand so; the same conditions as those under which `counts` counts."""
    done, booked = people.c.done == 1, people.c.booked == 1
    conditions: dict[Counted, list[ColumnElement[bool]]] = {
        Counted.OUTSTANDING: [~done],
        Counted.COMPLETE: [done],
        Counted.BOOKED: [~done, booked],
        Counted.NOT_BOOKED: [~done, ~booked],
        Counted.TOO_LATE: [~done, ~booked, people.c.later == 1],
        Counted.UNMARKED: [people.c.outstanding_marks > 0],
        Counted.AWAY: [people.c.person_id.in_(select(sources.away.c.person_id))],
        Counted.NEWCOMERS: [people.c.person_id.in_(select(sources.newcomers.c.person_id))],
    }
    return conditions.get(which, [])


def not_booked(
    target: Target, course: Course, *, on: date, among: Among | None = None
) -> Select[tuple[Person, str, int, int, int, int]]:
    """Those of a target's people who are neither complete nor booked, and lack this course (AM-07, AM-08);
    with `among` those of one service or team.

    Somebody whose completion has run out lacks it for coverage, not for a cohort (4.3).
    """
    done = standings([course.id], as_at=on).subquery()
    counts = true() if target.cohort_id is not None else done.c.is_current
    has_it = exists().where(done.c.person_id == Person.id, counts)
    found = counted(target, Counted.NOT_BOOKED, as_at=on, among=among).where(~has_it)
    if target.cohort_id is None or plans_for([target])[0].rule.course_id:
        return found
    return found.where(scopes.is_required(target.cohort_id, Person.id, course.id, on))


def lists_of(target: Target) -> set[Counted]:
    """Which lists of people a target has: of people trained, who is, who is booked to be, in time or later,
    and who has marks outstanding."""
    if target.kind is TargetKind.PEOPLE_TRAINED:
        return {Counted.COMPLETE, Counted.BOOKED, Counted.TOO_LATE, Counted.UNMARKED}
    return set(Counted) if target.kind.has_scope else set()
