"""Entering what the five council records state, and no people: the facts stand in records.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.commissioning import queries as provider_queries
from app.commissioning import rules as providers
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.figures import queries as figure_queries
from app.figures import rules as figures
from app.figures.models import Cohort, Population, ReachStep, TargetKind
from app.people import queries as people_queries
from app.people import rules as people
from app.people.models import EmploymentType, RoleGroup, Sector
from app.programmes import queries as programme_queries
from app.programmes import rules as programmes
from app.programmes.models import ApprovalMode, Course, Programme
from app.programmes.rules import Terms

FILE = Path(__file__).with_name("records.toml")
CATCH_UP_MONTHS = 12
CALLED = {"stated": "stated figure"}

Row = dict[str, Any]


@dataclass
class Entered:
    """How many of each were entered now; what was there already is left as it is."""

    counts: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def load(*, by: Actor, now: datetime) -> Entered:
    """Enter the providers, programmes, courses, populations, cohorts and targets that are not there yet.

    A thing is known by its code (a provider by any of its spellings, a role group or sector by its name), so
    that loading twice changes nothing, and what the academy has changed since stays as it changed it. Raises
    RuleBroken, with what is in the way, where that does not go with what is to be entered.
    """
    facts = tomllib.loads(FILE.read_text(encoding="utf-8"))
    entered = Entered()
    loader = _Loader(facts, by, now, entered)
    loader.load()
    db.session.flush()
    return entered


@dataclass
class _Loader:
    facts: Row
    by: Actor
    now: datetime
    entered: Entered

    def load(self) -> None:
        for name in self.facts["role_groups"]["practitioners"]:
            self._role_group(name)
        for name, enter in (
            ("provider", self._provider),
            ("programme", self._programme),
            ("course", self._course),
            ("population", self._population),
            ("cohort", self._cohort),
            ("target", self._target),
            ("stated", self._stated),
        ):
            for row in self.facts[name]:
                if self._entered(enter, row, CALLED.get(name, name)):
                    self.entered.note(CALLED.get(name, name))

    @staticmethod
    def _entered(enter: Callable[[Row], bool], row: Row, what: str) -> bool:
        try:
            return enter(row)
        except RuleBroken as broken:
            which = row.get("code") or row.get("name") or row.get("target")
            raise RuleBroken(
                f"The records’ {what} {which} does not go with what is here: {broken.message}"
            ) from broken

    def _provider(self, row: Row) -> bool:
        if provider_queries.provider_named(row["name"]):
            return False
        providers.add_provider(name=row["name"], aliases=row.get("aliases", ()), by=self.by, now=self.now)
        return True

    def _programme(self, row: Row) -> bool:
        if programme_queries.programme_coded(row["code"]):
            return False
        provider = provider_queries.provider_named(row["provider"]) if "provider" in row else None
        programmes.add_programme(
            code=row["code"],
            title=row["title"],
            summary=row["summary"].strip(),
            provider=provider,
            starts_on=row.get("starts_on"),
            deadline=row.get("deadline"),
            by=self.by,
            now=self.now,
        )
        return True

    def _course(self, row: Row) -> bool:
        if programme_queries.course_coded(row["code"]):
            return False
        audience = programmes.Audience(
            role_groups=self._role_groups(row),
            sectors=[self._sector(name) for name in row.get("sectors", ())],
            is_for_panel_members=row.get("is_for_panel_members", False),
        )
        course = programmes.add_course(
            programme=self._programme_coded(row["programme"]),
            code=row["code"],
            title=row["title"],
            summary=row.get("summary", "").strip(),
            components=[f"Day {number}" for number in range(1, row["days"] + 1)],
            catch_up_months=CATCH_UP_MONTHS,
            audience=audience,
            by=self.by,
            now=self.now,
        )
        no_approval = Terms(staff_approval=ApprovalMode.NONE, partner_approval=ApprovalMode.NONE)
        programmes.change_booking_terms(course=course, by=self.by, now=self.now, **no_approval)
        return True

    def _population(self, row: Row) -> bool:
        if db.session.scalars(figure_queries.population_coded(row["code"])).first():
            return False
        entries = figures.Entries(
            role_groups=self._role_groups(row),
            employment_types=[EmploymentType(one) for one in row["employment_types"]],
        )
        figures.add_population(code=row["code"], name=row["name"], entries=entries, by=self.by, now=self.now)
        return True

    def _cohort(self, row: Row) -> bool:
        if db.session.scalars(figure_queries.cohort_coded(row["code"])).first():
            return False
        requirements = {
            cause: [self._course_coded(code) for code in codes] for cause, codes in row["requires"].items()
        }
        figures.add_cohort(
            code=row["code"],
            name=row["name"],
            requirements=requirements,
            stated_members=row.get("stated_members"),
            is_stated_approximately=row.get("is_stated_approximately", False),
            by=self.by,
            now=self.now,
        )
        return True

    def _target(self, row: Row) -> bool:
        if db.session.scalars(figure_queries.target_coded(row["code"])).first():
            return False
        percent = row.get("minimum_percent")
        figures.add_target(
            code=row["code"],
            title=row["title"],
            kind=TargetKind(row["kind"]),
            programme=self._programme_coded(row["programme"]),
            course=self._course_coded(row["course"]) if "course" in row else None,
            population=self._population_coded(row["population"]) if "population" in row else None,
            cohort=self._cohort_coded(row["cohort"]) if "cohort" in row else None,
            minimum_percent=Decimal(percent) if percent is not None else None,
            reach_step=ReachStep(row["reach_step"]) if "reach_step" in row else None,
            minimum_count=row.get("minimum_count"),
            unit=row.get("unit"),
            deadline=row.get("deadline"),
            by=self.by,
            now=self.now,
        )
        return True

    def _stated(self, row: Row) -> bool:
        """One that was corrected or taken back since is not entered again."""
        target = db.session.scalars(figure_queries.target_coded(row["target"])).one()
        if db.session.scalars(figure_queries.ever_stated(target, row["as_at"])).first():
            return False
        score = row.get("score")
        figures.state_figure(
            target=target,
            as_at=row["as_at"],
            is_day_assumed=row.get("is_day_assumed", False),
            is_approximate=row.get("is_approximate", False),
            numerator=row.get("numerator"),
            denominator=row.get("denominator"),
            score=Decimal(score) if score is not None else None,
            source=row["source"],
            by=self.by,
            now=self.now,
            recorded_at=clock.end_of_day(row["known_on"]),
        )
        return True

    # --- What the rows name ---

    def _role_groups(self, row: Row) -> list[RoleGroup]:
        named = row.get("role_groups", [])
        names = self.facts["role_groups"][named] if isinstance(named, str) else named
        return [self._role_group(name) for name in names]

    def _role_group(self, name: str) -> RoleGroup:
        found = db.session.scalars(people_queries.with_name(RoleGroup, name)).first()
        if found is None:
            found = people.add_role_group(name=name, by=self.by, now=self.now)
            self.entered.note("role group")
        return found

    def _sector(self, name: str) -> Sector:
        found = db.session.scalars(people_queries.with_name(Sector, name)).first()
        if found is None:
            found = people.add_sector(name=name, by=self.by, now=self.now)
            self.entered.note("sector")
        return found

    def _programme_coded(self, code: str) -> Programme:
        found = programme_queries.programme_coded(code)
        assert found is not None, code
        return found

    def _course_coded(self, code: str) -> Course:
        found = programme_queries.course_coded(code)
        assert found is not None, code
        return found

    def _population_coded(self, code: str) -> Population:
        return db.session.scalars(figure_queries.population_coded(code)).one()

    def _cohort_coded(self, code: str) -> Cohort:
        return db.session.scalars(figure_queries.cohort_coded(code)).one()
