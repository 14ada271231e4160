"""Targets, and who is in the denominator."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Recorded
from app.people.models import EmploymentType, Person, RoleGroup, Sector, Service, Team
from app.programmes.models import Course, Programme


class TargetKind(StrEnum):
    """Kinds of measure are never merged (4.2)."""

    COVERAGE = "coverage"
    COHORT = "cohort"
    PEOPLE_TRAINED = "people_trained"

    @property
    def label(self) -> str:
        return {"coverage": "Coverage", "cohort": "Cohort completion", "people_trained": "People trained"}[
            self
        ]


class Population(Model):
    """People by rule: those in post on the date whose spell fits the rule in force (4.6)."""

    __tablename__ = "population"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class PopulationRule(Recorded, Model):
    """The rule of a population: in one of the listed role groups, services, teams and employment types.

    A list that is empty does not narrow. Changed by superseding, with a reason.
    """

    __tablename__ = "population_rule"
    __natural_key__ = ("population_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    population_id: Mapped[int] = mapped_column(ForeignKey("population.id"), index=True)

    items: Mapped[list[PopulationItem]] = relationship(
        back_populates="rule", cascade="all, delete-orphan", lazy="selectin", order_by="PopulationItem.id"
    )


class PopulationItem(Model):
    """One entry of a population's rule: a role group, a service, a team, a sector or an employment type."""

    __tablename__ = "population_item"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN role_group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN service_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN team_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN sector_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN employment_type IS NULL THEN 0 ELSE 1 END) = 1",
            name="exactly_one_entry",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("population_rule.id"), index=True)
    role_group_id: Mapped[int | None] = mapped_column(ForeignKey("role_group.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sector.id"))
    employment_type: Mapped[EmploymentType | None]

    rule: Mapped[PopulationRule] = relationship(back_populates="items")
    role_group: Mapped[RoleGroup | None] = relationship(lazy="joined")
    service: Mapped[Service | None] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="joined")
    sector: Mapped[Sector | None] = relationship(lazy="joined")


class Cohort(Model):
    """A named list of people with a change log, such as "New starters and those to upskill".

    `stated_members` is how many a document says there are, perhaps approximately: shown beside the list,
    never counted with (AM-06, I-16).
    """

    __tablename__ = "cohort"
    __table_args__ = (
        CheckConstraint("stated_members >= 1", name="stated_members_of_one_or_more"),
        CheckConstraint(
            "stated_members IS NOT NULL OR NOT is_stated_approximately", name="approximate_only_when_stated"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    stated_members: Mapped[int | None]
    is_stated_approximately: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    requirements: Mapped[list[CohortRequirement]] = relationship(
        primaryjoin="and_(CohortRequirement.cohort_id == Cohort.id, CohortRequirement.superseded_at == None)",
        lazy="selectin",
        order_by="CohortRequirement.id",
        viewonly=True,
    )


class CohortRequirement(Recorded, Model):
    """Which course members need who joined the cohort for this cause: "untrained" needs the 2-day.

    A figure reads it, so that it is changed by superseding, with a reason.
    """

    __tablename__ = "cohort_requirement"
    __natural_key__ = ("cohort_id", "cause", "course_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    cause: Mapped[str] = mapped_column(String(60))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)

    cohort: Mapped[Cohort] = relationship()
    course: Mapped[Course] = relationship(lazy="joined")


class Membership(Recorded, Model):
    """A person's time in a cohort. A member on D if joined_on <= D, and left_on is none or after D."""

    __tablename__ = "membership"
    __natural_key__ = ("cohort_id", "person_id", "joined_on")

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    cause: Mapped[str] = mapped_column(String(60))
    left_cause: Mapped[str | None] = mapped_column(String(60))

    person: Mapped[Person] = relationship()

    __extra_args__ = (
        CheckConstraint("left_on >= joined_on", name="left_not_before_joined"),
        CheckConstraint("(left_on IS NULL) = (left_cause IS NULL)", name="leaving_has_a_cause"),
    )


class Target(Model):
    """A measure to be reached: whose figure it is and of what kind. Its numbers stand in TargetRule."""

    __tablename__ = "target"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'coverage') = (population_id IS NOT NULL)", name="coverage_has_a_population"
        ),
        CheckConstraint("(kind = 'cohort') = (cohort_id IS NOT NULL)", name="cohort_target_has_a_cohort"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[TargetKind]
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    population_id: Mapped[int | None] = mapped_column(ForeignKey("population.id"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohort.id"))
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship()
    population: Mapped[Population | None] = relationship()
    cohort: Mapped[Cohort | None] = relationship()


class TargetRule(Recorded, Model):
    """What a target asks: the course (none for a cohort: each member's own), the minimum, the deadline.

    `minimum_percent` is of the denominator; the required number is computed exactly (4.5). The deadline is
    inclusive. Changed by superseding, with a reason.
    """

    __tablename__ = "target_rule"
    __natural_key__ = ("target_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("target.id"), index=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    minimum_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    minimum_count: Mapped[int | None]
    deadline: Mapped[date | None]

    course: Mapped[Course | None] = relationship(lazy="joined")

    __extra_args__ = (
        CheckConstraint("minimum_percent > 0 AND minimum_percent <= 100", name="percent_up_to_100"),
        CheckConstraint("minimum_count >= 1", name="count_of_one_or_more"),
    )
