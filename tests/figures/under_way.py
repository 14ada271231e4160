"""A random academy in the middle of its runs: many people lack one day, and few seats are left on it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from app.core import clock
from app.figures import rules
from app.learning.models import MarkStatus
from app.people.models import EmploymentType, RoleGroup
from tests import factories
from tests.attendance.marking import mark
from tests.factories import LONG_AGO
from tests.figures.desk import ACADEMY, TODAY
from tests.figures.story import FIRST, ROLES, Story

PEOPLE = 7


class UnderWay(Story):
    """Three runs that are over, four of which a day is over or which are to come, and seven people."""

    def _happens(self, chance: Random) -> None:
        course, other = self.courses
        for _ in range(3):
            self._schedule(course, [self._past_day(), self._past_day()])
        for _ in range(3):
            self._schedule(course, [self._past_day(), self._future_day()])
        self._schedule(course, [self._future_day(), self._future_day()])
        self._schedule(other, [self._future_day()])
        for _ in range(PEOPLE):
            self._employ()
        for _ in range(4):
            self._book(self.begun_at)
        for session in (one for run in self.runs for one in run.sessions if one.held_on < TODAY):
            for person in self.people:
                if chance.random() < 0.25:
                    at = clock.end_of_day(session.held_on)
                    status = chance.choice([*[MarkStatus.ATTENDED] * 4, MarkStatus.ABSENT_APOLOGIES])
                    mark(session.run, session.component_number, person, status=status, at=at)
                    is_there = status is MarkStatus.ATTENDED
                    self._say(at, "mark", person.id, session.id, session.held_on, is_there)

    def _past_day(self) -> date:
        return self._day(TODAY - timedelta(days=120), TODAY - timedelta(days=1))

    def _future_day(self) -> date:
        return self._day(TODAY + timedelta(days=1), TODAY + timedelta(days=60))

    def _employ(self) -> None:
        person = factories.person(email=None)
        self.people.append(person)
        role = factories.named(RoleGroup, ROLES[0])
        kind = {"employment_type": EmploymentType.EMPLOYEE, "role_group_id": role.id}
        self._post(person, LONG_AGO, date(2019, 1, 1), employed_from=date(2019, 1, 1), **kind)
        cause = self.chance.choice(["untrained", "upskilling"])
        rules.join(
            cohort=self.cohort, person=person, joined_on=FIRST, cause=cause, by=ACADEMY, now=self.begun_at
        )
        self._say_listed(person, self.begun_at)
