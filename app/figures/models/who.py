"""Who is in the denominator: populations by rule, and cohorts by list."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Model, Recorded
from app.core.names import NamedOnce
from app.people.models import EmploymentType, Person, RoleGroup, Sector, Service, Team
from app.programmes.models import Course


class Population(NamedOnce, Model):
    """People by rule: those in post on the date whose spell fits the rule in force (4.6)."""

    __tablename__ = "population"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)


class PopulationRule(Recorded, Model):
    """The rule of a population: in one of the listed role groups, services, teams, stages and so on.

    A list that is empty does not narrow. `started_from` and `started_to` narrow it to those whose employment
    began then, both days included. Changed by superseding, with a reason.
    """

    __tablename__ = "population_rule"
    __natural_key__ = ("population_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    population_id: Mapped[int] = mapped_column(ForeignKey("population.id"), index=True)
    started_from: Mapped[date | None]
    started_to: Mapped[date | None]

    __extra_args__ = (CheckConstraint("started_to >= started_from", name="started_in_order"),)

    items: Mapped[list[PopulationItem]] = relationship(
        back_populates="rule", cascade="all, delete-orphan", lazy="selectin", order_by="PopulationItem.id"
    )


class PopulationItem(Model):
    """One entry of a population's rule: a role group, a service, a team, a sector, an employment type
    or a career stage."""

    __tablename__ = "population_item"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN role_group_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN service_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN team_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN sector_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN employment_type IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN career_stage IS NULL THEN 0 ELSE 1 END) = 1",
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
    career_stage: Mapped[str | None] = mapped_column(String(60))

    rule: Mapped[PopulationRule] = relationship(back_populates="items")
    role_group: Mapped[RoleGroup | None] = relationship(lazy="joined")
    service: Mapped[Service | None] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="joined")
    sector: Mapped[Sector | None] = relationship(lazy="joined")


class Cohort(NamedOnce, Model):
    """A named list of people with a change log, such as "New starters and those to upskill"."""

    __tablename__ = "cohort"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    created_at: Mapped[datetime]

    stated: Mapped[StatedSize | None] = relationship(
        primaryjoin="and_(StatedSize.cohort_id == Cohort.id, StatedSize.superseded_at == None)",
        lazy="joined",
        viewonly=True,
        uselist=False,
    )
    requirements: Mapped[list[CohortRequirement]] = relationship(
        primaryjoin="and_(CohortRequirement.cohort_id == Cohort.id, CohortRequirement.superseded_at == None)",
        lazy="selectin",
        order_by="CohortRequirement.id",
        viewonly=True,
    )

    @property
    def stated_members(self) -> int | None:
        """How many a document says there are, as known now."""
        return self.stated.members if self.stated else None

    @property
    def is_stated_approximately(self) -> bool:
        return self.stated is not None and self.stated.is_approximate


class StatedSize(Recorded, Model):
    """How many people a document says that a cohort has, perhaps approximately: shown beside the list, never
    counted with (AM-06, I-16). A figure shows it, so that it is changed by superseding.
    """

    __tablename__ = "stated_size"
    __natural_key__ = ("cohort_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    members: Mapped[int]
    is_approximate: Mapped[bool] = mapped_column(default=False)

    __extra_args__ = (CheckConstraint("members >= 1", name="members_of_one_or_more"),)


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


EXEMPT = "exempt"  # why somebody leaves a list who could stay on it: only with a reason


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
