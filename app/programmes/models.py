"""Programmes, courses, versions and components, and the audience of each course."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from app.commissioning.models import Provider
from app.core.db import Base, Model, Recorded, one_of
from app.core.names import folded
from app.people.models import RoleGroup, Sector, Service

# What a run of a course has where nothing else was said: places, and people without whom it is not viable.
MOST_PLACES = 1000
LONGEST_DAY = 120  # letters in the title of a day or part
USUAL_CAPACITY = 16
USUAL_MINIMUM = 6

_AUDIENCE = {
    name: Table(
        f"course_{name}",
        Base.metadata,
        Column("course_id", ForeignKey("course.id"), primary_key=True),
        Column(f"{name}_id", ForeignKey(f"{name}.id"), primary_key=True),
    )
    for name in ("role_group", "service", "sector")
}

_PREREQUISITE = Table(
    "course_prerequisite",
    Base.metadata,
    Column("course_id", ForeignKey("course.id"), primary_key=True),
    Column("required_course_id", ForeignKey("course.id"), primary_key=True),
    CheckConstraint("course_id <> required_course_id", name="no_course_requires_itself"),
)


class ApprovalMode(StrEnum):
    """Whose agreement a place needs: the manager's, given here or declared by who books (MA-03); or none."""

    MANAGER = "manager"
    DECLARED = "declared"
    NONE = "none"

    @property
    def label(self) -> str:
        return {
            "manager": "Their manager approves it here",
            "declared": "They declare that their manager agrees, and the manager is told",
            "none": "No approval",
        }[self]

    @property
    def label_for_partners(self) -> str:
        """The same of a partner, who has no manager here: their coordinator decides."""
        is_asked = self is ApprovalMode.MANAGER
        return "The coordinator of their organisation approves it here" if is_asked else self.label


class Promotion(StrEnum):
    """What a freed place is to the first in the queue."""

    CONFIRM = "confirm"
    OFFER = "offer"

    @property
    def label(self) -> str:
        return {"confirm": "Theirs at once", "offer": "Offered to them, to accept in time"}[self]


class NoticeUnit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"

    @property
    def label(self) -> str:
        return {"working_days": "working days", "calendar_days": "calendar days"}[self]


class ProgrammeDates(Recorded, Model):
    """When a programme starts, and its deadline; changed by superseding, since a board's page tells its
    targets by them (4.4).

    `deadline` is inclusive: the end of the grant or contract.
    """

    __tablename__ = "programme_dates"
    __natural_key__ = ("programme_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"), index=True)
    starts_on: Mapped[date | None]
    deadline: Mapped[date | None]

    __extra_args__ = (CheckConstraint("deadline >= starts_on", name="deadline_not_before_start"),)


class Programme(Model):
    """What was commissioned, such as Signs of Safety. Its dates are those known now.

    `folded_title` is its title as it is compared, so that no other has it in other capitals.
    """

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    folded_title: Mapped[str] = mapped_column(Text, unique=True)
    summary: Mapped[str] = mapped_column(Text, default="")
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("provider.id"), index=True)
    created_at: Mapped[datetime]

    provider: Mapped[Provider | None] = relationship()
    courses: Mapped[list[Course]] = relationship(back_populates="programme", order_by="Course.code")
    dates: Mapped[ProgrammeDates] = relationship(
        primaryjoin=lambda: and_(
            ProgrammeDates.programme_id == Programme.id, ProgrammeDates.superseded_at.is_(None)
        ),
        uselist=False,
        viewonly=True,
        lazy="joined",
        innerjoin=True,
    )

    @validates("title")
    def _fold(self, _column: str, title: str) -> str:
        self.folded_title = folded(title)
        return title

    @property
    def starts_on(self) -> date | None:
        """The first day, if one is stated."""
        return self.dates.starts_on

    @property
    def deadline(self) -> date | None:
        """The last day, which still counts, if one is stated."""
        return self.dates.deadline


class Course(Model):
    """A course, and whom it is for.

    The audience is anybody in one of the role groups (and, if services are named, in one of those
    services), anybody from one of the sectors, and panel members if `is_for_panel_members`. A course with
    no role group, service or sector and not for panel members is for everybody. `accreditation` names the
    licence that its trainers need, if any (TR-08).
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
    default_capacity: Mapped[int] = mapped_column(default=USUAL_CAPACITY)
    minimum_places: Mapped[int] = mapped_column(default=USUAL_MINIMUM)
    is_for_panel_members: Mapped[bool] = mapped_column(default=False)
    accreditation: Mapped[str | None] = mapped_column(String(120))
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
    prerequisites: Mapped[list[Course]] = relationship(
        secondary=_PREREQUISITE,
        primaryjoin=lambda: Course.id == _PREREQUISITE.c.course_id,
        secondaryjoin=lambda: Course.id == _PREREQUISITE.c.required_course_id,
        order_by="Course.code",
    )
    terms_that_apply: Mapped[list[BookingTerms]] = relationship(
        primaryjoin="or_(BookingTerms.course_id == Course.id, BookingTerms.is_council)",
        foreign_keys="BookingTerms.course_id",
        order_by="BookingTerms.is_council",
        viewonly=True,
    )

    @property
    def name(self) -> str:
        return self.title

    @property
    def terms(self) -> BookingTerms:
        """How places of the course are booked: its own terms or, when it has none, the council's."""
        return min(self.terms_that_apply, key=lambda terms: terms.is_council)

    @property
    def latest_version(self) -> CourseVersion:
        """The version that new runs deliver."""
        return self.versions[-1]


class CourseSettings(Recorded, Model):
    """The settings of a course that completion reads; changed by superseding (4.3, 4.4).

    `catch_up_months`: the first and the last component may lie this far apart; None is no limit.
    `minimum_percent`: the share of a session's minutes that counts; `lateness_minutes`: who comes later than
    that is late. `is_in_order`: each component not before the one before it. `validity_months`: how long a
    completion holds; None is for ever.
    """

    __tablename__ = "course_terms"
    __natural_key__ = ("course_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    catch_up_months: Mapped[int | None]
    minimum_percent: Mapped[int] = mapped_column(default=80)
    lateness_minutes: Mapped[int] = mapped_column(default=15)
    is_in_order: Mapped[bool] = mapped_column(default=False)
    validity_months: Mapped[int | None]

    __extra_args__ = (
        CheckConstraint("catch_up_months >= 1", name="window_of_a_month_or_more"),
        CheckConstraint("minimum_percent BETWEEN 1 AND 100", name="minimum_is_a_share"),
        CheckConstraint("lateness_minutes BETWEEN 0 AND 240", name="lateness_in_reason"),
        CheckConstraint("validity_months >= 1", name="valid_for_a_month_or_more"),
    )


class ComponentMapping(Recorded, Model):
    """The decision that a component of one version of a course counts for a component of another (U-22).

    The 5-day course becomes 4 days: old day 1 counts for new day 1, and so on, or not at all. Without a
    decision nothing of an old version counts for a new one.
    """

    __tablename__ = "component_mapping"
    __natural_key__ = ("from_component_id", "to_component_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    from_component_id: Mapped[int] = mapped_column(ForeignKey("component.id"))
    to_component_id: Mapped[int] = mapped_column(ForeignKey("component.id"), index=True)

    from_component: Mapped[Component] = relationship(foreign_keys=[from_component_id])

    __extra_args__ = (
        CheckConstraint("from_component_id <> to_component_id", name="no_component_counts_for_itself"),
    )


class Equivalence(Recorded, Model):
    """The decision that who has completed one course has thereby completed another (4.3, I-14).

    "5-day satisfies 2-day": `course_id` is the 2-day, `satisfied_by_id` the 5-day. One step only: what
    satisfies the 5-day does not satisfy the 2-day by that alone.
    """

    __tablename__ = "equivalence"
    __natural_key__ = ("course_id", "satisfied_by_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    satisfied_by_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)

    course: Mapped[Course] = relationship(foreign_keys=[course_id])
    satisfied_by: Mapped[Course] = relationship(foreign_keys=[satisfied_by_id])

    __extra_args__ = (CheckConstraint("course_id <> satisfied_by_id", name="no_course_satisfies_itself"),)


class BookingTerms(Model):
    """How places are booked, given up and taken over: the council's terms, or a course's own instead of them.

    Days of approvals and offers are working days; an approval or an offer ends at 17:00 in London.
    `closes_days` working days before the first session booking closes, at the end of that day; 0 is when it
    begins. `notice_days` is the free notice (U-01) and `early_notice_days` an optional longer one, before
    which giving up costs nothing at all: between the two it costs `early_percent` of the charge, after both
    `late_percent`. Nothing is charged unless `has_charges` (AM-19).
    """

    __tablename__ = "booking_terms"
    __table_args__ = (
        Index(
            "uq_booking_terms_council",
            "is_council",
            unique=True,
            sqlite_where=text("is_council"),
            postgresql_where=text("is_council"),
        ),
        CheckConstraint("is_council = (course_id IS NULL)", name="of_the_council_or_of_a_course"),
        CheckConstraint("reminder_days >= 1", name="reminder_after_a_day_or_more"),
        CheckConstraint("hold_days >= reminder_days", name="held_until_the_reminder_or_longer"),
        CheckConstraint("offer_days >= 1 AND offer_hours BETWEEN 1 AND 40", name="offers_have_a_life"),
        CheckConstraint("closes_days BETWEEN 0 AND 60", name="closes_in_time"),
        CheckConstraint("notice_days BETWEEN 0 AND 90", name="notice_in_reason"),
        CheckConstraint("early_notice_days > notice_days", name="early_notice_is_longer"),
        CheckConstraint(
            "late_percent BETWEEN 0 AND 100 AND early_percent BETWEEN 0 AND late_percent",
            name="later_costs_more",
        ),
        CheckConstraint("reconfirm_days >= 1", name="a_day_or_more_to_reconfirm"),
        CheckConstraint("cover_percent BETWEEN 1 AND 100", name="cover_is_a_share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    is_council: Mapped[bool] = mapped_column(default=False)
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), unique=True)
    staff_approval: Mapped[ApprovalMode] = mapped_column(one_of(ApprovalMode, "staff_approval"))
    partner_approval: Mapped[ApprovalMode] = mapped_column(one_of(ApprovalMode, "partner_approval"))
    reminder_days: Mapped[int] = mapped_column(default=2)
    hold_days: Mapped[int] = mapped_column(default=3)
    promotion: Mapped[Promotion]
    offer_days: Mapped[int] = mapped_column(default=2)
    offer_hours: Mapped[int] = mapped_column(default=4)
    closes_days: Mapped[int] = mapped_column(default=1)
    notice_days: Mapped[int] = mapped_column(default=3)
    notice_unit: Mapped[NoticeUnit] = mapped_column(default=NoticeUnit.WORKING_DAYS)
    early_notice_days: Mapped[int | None]
    late_percent: Mapped[int] = mapped_column(default=100)
    early_percent: Mapped[int] = mapped_column(default=50)
    has_charges: Mapped[bool] = mapped_column(default=False)
    reconfirm_days: Mapped[int] = mapped_column(default=5)
    cover_percent: Mapped[int] = mapped_column(default=30)
    has_catch_up: Mapped[bool] = mapped_column(default=True)


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
    title: Mapped[str] = mapped_column(String(LONGEST_DAY))

    version: Mapped[CourseVersion] = relationship(back_populates="components")
