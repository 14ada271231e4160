"""A random small academy, and everything that its figures read, as it was said and as it happened.

Each event is told to the service and written down in plain words for the paper (paper.py).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import select

from app.bookings.models import BookingState
from app.core import clock
from app.core.db import db, record, supersede
from app.figures import queries, rules
from app.figures.models import Membership, ReachStep, Target, TargetKind
from app.learning.models import MarkStatus
from app.merging import rules as merging
from app.people import rules as people
from app.people.models import ALWAYS, Absence, EmploymentType, Person, RoleGroup, Spell, Team
from app.programmes.models import Course, CourseSettings, Equivalence
from app.programmes.queries import settings_of
from app.sessions.models import RunState
from tests import factories
from tests.attendance.marking import mark, past
from tests.factories import LONG_AGO
from tests.figures.desk import ACADEMY, TODAY, Desk
from tests.figures.plain import Asked, Lesson, Listed, Post, Sitting

FIRST = date(2021, 9, 1)
ROLES = ("Social Worker", "Family Support")
SERVICES = ("North", "South")
KINDS = (*[EmploymentType.EMPLOYEE] * 4, EmploymentType.AGENCY, EmploymentType.CONTRACTED)
STATUSES = (*[MarkStatus.ATTENDED] * 5, MarkStatus.ABSENT_APOLOGIES, MarkStatus.NOT_RECORDED)
VERBS = [
    *["mark"] * 10, *["book"] * 14, *["confirm"] * 3, *["end"] * 3, *["cancel", "postpone"] * 2,
    *["join"] * 4, "leave", "withdraw", "past", "absence", "hire", *["finish", "return_", "change"] * 2,
    "merge", "merge", "move_team", "move_team",
]  # fmt: skip


class Story(Desk):
    """Two courses, seven runs and six people, and sixty events in half a year."""

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.lessons: dict[int, Lesson] = {}
        self.courses: list[Course] = []
        self.settled: set[int] = set()  # whose post and list stay as they are: another record was merged in
        for components in (2, 1):
            self._add_course(components)
        if chance.random() < 0.3:
            self._add_equivalence()
        self._numbers = count()
        self.service = chance.choice(["", SERVICES[0]])  # which a population names; or it names none
        self.teams = [self._add_team(name) for name in (*SERVICES, SERVICES[0])]
        self._add_targets()
        self.begun_at = clock.london_time(FIRST, time(9))
        self._happens(chance)
        self.events.sort(key=lambda event: event.at)

    def _happens(self, chance: Random) -> None:
        minutes = (clock.london_time(TODAY, time(12)) - self.begun_at) // timedelta(minutes=1)
        for components in (2, 2, 2, 2, 1, 1, 1):
            self._add_run(self.courses[components == 1])
        for _ in range(6):
            self._hire(LONG_AGO)
        for at in sorted(chance.sample(range(minutes), 60)):
            self._do(chance.choice(VERBS), self.begun_at + timedelta(minutes=at))

    def _do(self, verb: str, at: datetime) -> None:
        getattr(self, f"_{verb}")(at)
        db.session.flush()

    def _near(self, at: datetime) -> date:
        on = at.date()
        return self._day(on - timedelta(days=40), on + timedelta(days=20))

    def any_instant(self) -> datetime:
        """Some instant of the half year; often one at which something happened."""
        if self.chance.random() < 0.5:
            return self.chance.choice(self.events).at
        hours = (TODAY - FIRST).days * 24
        return self.begun_at + timedelta(hours=self.chance.randint(0, hours))

    # --- What there is -----------------------------------------------------------------------------------

    def _add_course(self, components: int) -> None:
        window, validity = self.chance.choice([None, 1, 3, 12]), self.chance.choice([None, None, 2, 4])
        is_in_order = self.chance.choice([True, False])
        programme = {"programme_id": self.courses[0].programme_id} if self.courses else {}
        course = factories.course(components=components, **programme)
        before = settings_of(course.id)
        terms = CourseSettings(
            course_id=course.id,
            catch_up_months=window,
            is_in_order=is_in_order,
            validity_months=validity,
        )
        record(terms, by="Tests", now=supersede(before, by="Tests", now=LONG_AGO))
        db.session.flush()
        db.session.expire_all()
        self.courses.append(course)
        self.lessons[course.id] = Lesson(components, window, is_in_order, validity)

    def _add_equivalence(self) -> None:
        course, other = (one.id for one in self.courses)
        self.lessons[course].stands_in = other
        record(Equivalence(course_id=course, satisfied_by_id=other), by="Tests", now=LONG_AGO)
        db.session.flush()

    def _add_team(self, service: str) -> Team:
        team = factories.team(f"Team {next(self._numbers)}", service)
        self._say(LONG_AGO, "team", team.id, ALWAYS, service)
        return team

    def _add_run(self, course: Course) -> None:
        first = self._day(FIRST - timedelta(days=20), TODAY + timedelta(days=75))
        of = self.lessons[course.id].components
        days = [self._day(first, first + timedelta(days=40)) for _ in range(of)]
        if self.chance.random() < 0.7:
            days.sort()
        is_old = self.chance.random() < 0.5 or min(days) <= FIRST
        created_at = (
            LONG_AGO if is_old else clock.london_time(self._day(FIRST, min(min(days), TODAY)), time(8))
        )
        self._schedule(course, days, created_at=created_at)

    def _schedule(self, course: Course, days: list[date], *, created_at: datetime = LONG_AGO) -> None:
        run = factories.run(course, days=days, capacity=self.chance.randint(1, 3), created_at=created_at)
        self.runs.append(run)
        for session in run.sessions:
            sitting = Sitting(run.id, course.id, session.component_number, session.capacity, session.held_on)
            self._say(LONG_AGO, "session", session.id, sitting)
        self._say(created_at, "run", run.id)

    def _add_targets(self) -> None:
        two_day, one_day = self.courses
        types = self.chance.choice(
            [[EmploymentType.EMPLOYEE], [EmploymentType.EMPLOYEE, EmploymentType.AGENCY]]
        )
        population = rules.add_population(
            code="practitioners",
            name="Practitioners",
            entries=rules.Entries(
                role_groups=[factories.named(RoleGroup, ROLES[0])],
                services=[factories.service(self.service)] if self.service else [],
                employment_types=types,
            ),
            by=ACADEMY,
            now=LONG_AGO,
        )
        self.cohort = rules.add_cohort(
            code="list",
            name="List",
            requirements={"untrained": [two_day, one_day], "upskilling": [one_day]},
            by=ACADEMY,
            now=LONG_AGO,
        )
        both = {"untrained": frozenset({two_day.id, one_day.id}), "upskilling": frozenset({one_day.id})}
        only = {"": frozenset({two_day.id})}
        kinds = frozenset(one.value for one in types)
        self.asked: list[tuple[Target, Asked]] = [
            self._target("coverage", only, kinds=kinds, course=two_day, population=population),
            self._target("cohort", both, cohort=self.cohort),
            self._target("cohort", only, course=two_day, cohort=self.cohort),
            self._target("people_trained", only, course=two_day),
            self._target("reach", only, course=two_day, reach_step=ReachStep.ATTENDED),
            self._target(
                "reach", only, kinds, course=two_day, population=population, reach_step=ReachStep.ATTENDED
            ),
        ]

    def _target(
        self, kind: str, courses: dict[str, frozenset[int]], kinds: frozenset[str] = frozenset(), **of: Any
    ) -> tuple[Target, Asked]:
        percent = self.chance.choice([Decimal("50"), Decimal("66.6"), Decimal("80"), Decimal("100")])
        stated = self.chance.choice([None, None, Decimal("12.5"), Decimal("50")])
        deadline = self.chance.choice([None, *[self._day(FIRST, TODAY + timedelta(days=90))] * 4])
        number, is_flow = next(self._numbers), kind in {"people_trained", "reach"}
        minimum: dict[str, Any] = (
            {"minimum_count": self.chance.randint(1, 5)} if is_flow else {"minimum_percent": percent}
        )
        target = rules.add_target(
            code=f"target-{number}-{kind}-{len(courses)}".replace("_", "-"),
            title=f"Target {number}",
            kind=TargetKind(kind),
            programme=self.courses[0].programme,
            deadline=deadline,
            planning_absence=None if kind == "reach" else stated,
            by=ACADEMY,
            now=LONG_AGO,
            **minimum,
            **of,
        )
        return target, Asked(
            kind=kind,
            courses=courses,
            deadline=deadline,
            absence=Fraction(stated) / 100 if stated is not None and kind != "reach" else Fraction(1, 10),
            percent=None if is_flow else Fraction(percent),
            count=minimum.get("minimum_count"),
            kinds=kinds,
            role=ROLES[0],
            service=self.service if kinds else "",
        )

    # --- People ------------------------------------------------------------------------------------------

    def _hire(self, at: datetime) -> None:
        if len(self.people) > 7:
            return
        first = date(2019, 1, 1) if at == LONG_AGO else self._near(at)
        person = factories.person(email=None)
        self.people.append(person)
        self._post(person, at, first, employed_from=first)

    def _post(self, person: Person, at: datetime, first: date, **about: Any) -> None:
        values = {
            "employment_type": self.chance.choice(KINDS),
            "role_group_id": factories.named(RoleGroup, self.chance.choice([*ROLES, ROLES[0]])).id,
            "team_id": self.chance.choice(self.teams).id,
        } | about
        factories.spell(person, first_day=first, recorded_at=at, **values)
        self._say_posts(person, at)

    def _say_posts(self, person: Person, at: datetime) -> None:
        live = select(Spell).where(Spell.person_id == person.id, Spell.superseded_at.is_(None))
        posts = [
            Post(one.first_day, one.last_day, one.employed_from, one.employment_type.value,
                 db.session.get_one(RoleGroup, one.role_group_id).name, one.team_id)
            for one in db.session.scalars(live)
        ]  # fmt: skip
        self._say(at, "posts", person.id, tuple(posts))

    def _somebody(self) -> Person | None:
        """Somebody whose record is their own."""
        return self.chance.choice([one for one in self.people if one.id not in self.settled] or [None])

    def _latest(self, person: Person | None) -> Spell | None:
        if person is None:
            return None
        of = select(Spell).where(Spell.person_id == person.id, Spell.superseded_at.is_(None))
        return db.session.scalars(of.order_by(Spell.first_day.desc()).limit(1)).one()

    def _end_spell(self, spell: Spell, last: date, at: datetime) -> None:
        at = supersede(spell, by="Tests", now=at)
        names = ("person_id", "first_day", "employed_from", "employment_type", "role_group_id", "team_id")
        ended = Spell(last_day=last, **{name: getattr(spell, name) for name in names})
        record(ended, by="Tests", now=at)
        db.session.flush()

    def _finish(self, at: datetime) -> None:
        spell, last = self._latest(person := self._somebody()), self._near(at)
        if spell is not None and spell.last_day is None and last >= spell.first_day:
            self._end_spell(spell, last, at)
            self._say_posts(person, at)

    def _return_(self, at: datetime) -> None:
        spell = self._latest(person := self._somebody())
        if spell is not None and spell.last_day is not None:
            first = spell.last_day + timedelta(days=self.chance.randint(1, 30))
            self._post(person, at, first, employed_from=first)

    def _change(self, at: datetime) -> None:
        """Another role or another kind of employment, from a day on."""
        spell, first = self._latest(person := self._somebody()), self._near(at)
        if spell is not None and spell.last_day is None and first > spell.first_day:
            self._end_spell(spell, first - timedelta(days=1), at)
            self._post(person, at, first, employed_from=spell.employed_from)

    def _move_team(self, at: datetime) -> None:
        """A team belongs to the other service from a day on, or always did."""
        team, on = self.chance.choice(self.teams), min(self._near(at), at.date())
        service = self.chance.choice([one for one in SERVICES if one != team.service.name])
        was_wrong = self.chance.random() < 0.2
        people.edit_team(
            team=team,
            name=team.name,
            service=factories.service(service),
            first_day=None if was_wrong else on,
            was_wrong=was_wrong,
            by=ACADEMY,
            now=at,
        )
        self._say(at, "team", team.id, ALWAYS if was_wrong else on, service)

    def _absence(self, at: datetime) -> None:
        person, first = self._somebody(), self._near(at)
        if person is None:
            return
        if any(one.verb == "away" and one.about[0] == person.id for one in self.events):
            return
        last = self.chance.choice([None, first + timedelta(days=self.chance.randint(0, 60))])
        record(Absence(person_id=person.id, first_day=first, last_day=last), by="Tests", now=at)
        self._say(at, "away", person.id, first, last)

    def _merge(self, at: datetime) -> None:
        if len(self.people) < 4:
            return
        survivor, merged = self.chance.sample(self.people, 2)
        merging.merge(survivor=survivor, merged=merged, by=ACADEMY, now=at)
        self.people.remove(merged)
        self.settled.add(survivor.id)
        self._say(at, "merge", survivor.id, merged.id)
        self._look_at_the_desk(at)

    # --- The list ----------------------------------------------------------------------------------------

    def _entries(self, person: Person) -> list[Membership]:
        live = (Membership.person_id == person.id, Membership.superseded_at.is_(None))
        return list(db.session.scalars(select(Membership).where(*live).order_by(Membership.joined_on)))

    def _say_listed(self, person: Person, at: datetime) -> None:
        entries = self._entries(person)
        listed = tuple(Listed(one.joined_on, one.left_on, one.cause) for one in entries)
        self._say(at, "listed", person.id, listed)

    def _join(self, at: datetime) -> None:
        person, on = self._somebody(), self._near(at)
        if person is None or any(one.left_on is None or one.left_on > on for one in self._entries(person)):
            return
        if db.session.execute(queries.gone_by([person.id], on)).first():
            return
        cause = self.chance.choice(["untrained", "upskilling"])
        rules.join(cohort=self.cohort, person=person, joined_on=on, cause=cause, by=ACADEMY, now=at)
        self._say_listed(person, at)

    def _leave(self, at: datetime) -> None:
        self._change_list(at, is_error=False)

    def _withdraw(self, at: datetime) -> None:
        self._change_list(at, is_error=True)

    def _change_list(self, at: datetime, *, is_error: bool) -> None:
        person, on = self._somebody(), self._near(at)
        entries = [one for one in self._entries(person) if one.left_on is None] if person else []
        if not entries or on <= entries[0].joined_on:
            return
        if is_error:
            rules.withdraw(membership=entries[0], by=ACADEMY, now=at, reason="Error")
        else:
            rules.leave(
                membership=entries[0], left_on=on, cause="exempt", reason="Seconded", by=ACADEMY, now=at
            )
        self._say_listed(person, at)

    # --- Learning ----------------------------------------------------------------------------------------

    def _mark(self, at: datetime) -> None:
        """Somebody is marked at a session that was held: often somebody who had a place there."""
        held = [
            session
            for run in self.runs
            if run.state is RunState.SCHEDULED and run.created_at <= at
            for session in run.sessions
            if session.held_on < at.date()
        ]
        if not held:
            return
        session = self.chance.choice(held)
        booked = [one.person for one in self._bookings(session.run) if one.state is BookingState.CONFIRMED]
        person = self.chance.choice([*booked * 3, self.chance.choice(self.people)])
        status = self.chance.choice(STATUSES)
        mark(session.run, session.component_number, person, status=status, at=at)
        is_there = None if status is MarkStatus.NOT_RECORDED else status is MarkStatus.ATTENDED
        self._say(at, "mark", person.id, session.id, session.held_on, is_there)

    def _past(self, at: datetime) -> None:
        person, course = self.chance.choice(self.people), self.chance.choice(self.courses)
        on = min(self._near(at), at.date())
        if any(one.verb == "past" and one.about[1:] == (course.id, on) for one in self.events):
            return
        past(person, course.latest_version, on, at=at)
        self._say(at, "past", person.id, course.id, on)
