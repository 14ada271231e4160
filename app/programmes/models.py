"""Programmes, courses, versions and components, and the audience of each course."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.commissioning.models import Provider
from app.core.db import Base, Model, Recorded
from app.people.models import RoleGroup, Sector, Service

_AUDIENCE = {
    name: Table(
        f"course_{name}",
        Base.metadata,
        Column("course_id", ForeignKey("course.id"), primary_key=True),
        Column(f"{name}_id", ForeignKey(f"{name}.id"), primary_key=True),
    )
    for name in ("role_group", "service", "sector")
}


class Programme(Model):
    """What was commissioned, such as Signs of Safety. `deadline` is inclusive (grant or contract end)."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("deadline >= starts_on", name="deadline_not_before_start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    starts_on: Mapped[date | None]
    deadline: Mapped[date | None]
    created_at: Mapped[datetime]

    provider: Mapped[Provider | None] = relationship()
    courses: Mapped[list[Course]] = relationship(back_populates="programme", order_by="Course.code")


class Course(Model):
    """A course, and whom it is for.

    The audience is anybody in one of the role groups (and, if services are named, in one of those
    services), anybody from one of the sectors, and panel members if `is_for_panel_members`. A course with
    no role group, service or sector and not for panel members is for everybody.
    """

    __tablename__ = "course"
    __table_args__ = (
        CheckConstraint("minimum_places >= 1", name="at_least_one_place"),
        CheckConstraint("default_capacity >= minimum_places", name="capacity_not_below_minimum"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    default_capacity: Mapped[int] = mapped_column(default=16)
    minimum_places: Mapped[int] = mapped_column(default=6)
    is_for_panel_members: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    programme: Mapped[Programme] = relationship(back_populates="courses")
    versions: Mapped[list[CourseVersion]] = relationship(
        back_populates="course", order_by="CourseVersion.number"
    )
    role_groups: Mapped[list[RoleGroup]] = relationship(
        secondary=_AUDIENCE["role_group"], order_by="RoleGroup.name"
    )
    services: Mapped[list[Service]] = relationship(secondary=_AUDIENCE["service"], order_by="Service.name")
    sectors: Mapped[list[Sector]] = relationship(secondary=_AUDIENCE["sector"], order_by="Sector.name")

    @property
    def name(self) -> str:
        return self.title

    @property
    def latest_version(self) -> CourseVersion:
        """The version that new runs deliver."""
        return self.versions[-1]


class CourseTerms(Recorded, Model):
    """The settings of a course that completion reads; changed by superseding (4.3, 4.4).

    `catch_up_months`: the first and the last component may lie this far apart; None is no limit.
    """

    __tablename__ = "course_terms"
    __natural_key__ = ("course_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    catch_up_months: Mapped[int | None]

    __extra_args__ = (CheckConstraint("catch_up_months >= 1", name="window_of_a_month_or_more"),)


class CourseVersion(Model):
    """What the course consists of: components 1 to n. A changed definition is a new version (U-22)."""

    __tablename__ = "course_version"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    created_at: Mapped[datetime]

    course: Mapped[Course] = relationship(back_populates="versions")
    components: Mapped[list[Component]] = relationship(
        back_populates="version", order_by="Component.number", lazy="selectin"
    )


class Component(Model):
    """A numbered part of a version: day 1, day 2."""

    __tablename__ = "component"
    __table_args__ = (
        UniqueConstraint("version_id", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))

    version: Mapped[CourseVersion] = relationship(back_populates="components")
