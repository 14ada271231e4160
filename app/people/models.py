"""Who the academy trains, and where each person belonged on any date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.closing import Closes
from app.core.db import Model, Recorded, Who
from app.core.names import NamedOnce

NAMES_SOMEBODY = (
    "names somebody"  # what a column says that holds the whole name of somebody, or their address
)

# What a team or an organisation belonged to when it was set up holds for every day, and is read as known at
# any time: of before nothing else was known.
ALWAYS = date(1900, 1, 1)
KNOWN_ALWAYS = datetime(1900, 1, 1, tzinfo=UTC)

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class PersonKind(StrEnum):
    STAFF = "staff"
    PARTNER = "partner"
    PANEL_MEMBER = "panel_member"

    @property
    def label(self) -> str:
        return {"staff": "Staff", "partner": "Partner", "panel_member": "Foster panel member"}[self]


class EmploymentType(StrEnum):
    """How somebody belongs: the first three are staff; partners and panel members have no HR record."""

    EMPLOYEE = "employee"
    AGENCY = "agency"
    CONTRACTED = "contracted"
    PARTNER = "partner"
    PANEL_MEMBER = "panel_member"

    @property
    def label(self) -> str:
        return {
            "employee": "Employee",
            "agency": "Agency",
            "contracted": "Contracted",
            "partner": "Partner",
            "panel_member": "Foster panel member",
        }[self]

    @property
    def kind(self) -> PersonKind:
        """What somebody is who belongs so: an agency worker is staff."""
        if self in {EmploymentType.PARTNER, EmploymentType.PANEL_MEMBER}:
            return PersonKind(self.value)
        return PersonKind.STAFF


class Service(NamedOnce, Model):
    """A part of the council, such as Early Help."""

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class Dated:
    """A fact that holds from its first day to its last, or with no last day yet."""

    first_day: Mapped[date]
    last_day: Mapped[date | None]

    def covers(self, day: date) -> bool:
        """Whether `day` lies in it: the first and the last day count (U-06).

        `app.people.queries.covers` asks the database the same.
        """
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


class TeamService(Dated, Recorded, Model):
    """From its first to its last day (both count), the service that a team belongs to.

    A team is in one service on every day: the first of its times begins on the day `ALWAYS`, the last has no
    last day. A move ends one time and begins the next; no day of it lies ahead. (4.4, 4.6)
    """

    __tablename__ = "team_service"
    __natural_key__ = ("team_id", "first_day")

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)

    service: Mapped[Service] = relationship()

    __extra_args__ = (CheckConstraint("last_day >= first_day", name="last_day_not_before_first"),)


class Team(Closes, Model):
    """A team of the council. Its service is that of today, as known now: see TeamService."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))

    service: Mapped[Service] = relationship(
        secondary=lambda: TeamService.__table__,
        primaryjoin=lambda: and_(
            TeamService.team_id == Team.id,
            TeamService.superseded_at.is_(None),
            TeamService.last_day.is_(None),
        ),
        secondaryjoin=lambda: TeamService.service_id == Service.id,
        uselist=False,
        viewonly=True,
        lazy="joined",
    )


class RoleGroup(NamedOnce, Model):
    """A group of jobs that audiences and targets name, such as Social Worker."""

    __tablename__ = "role_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class Sector(NamedOnce, Model):
    """Where a partner works: Health, Education, Police, Housing or Other; the list can grow."""

    __tablename__ = "sector"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))


class OrganisationSector(Recorded, Model):
    """The sector that an organisation is counted under; it has no days, so a change puts right all of them.
    (4.4)"""

    __tablename__ = "organisation_sector"
    __natural_key__ = ("organisation_id",)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    sector_id: Mapped[int] = mapped_column(ForeignKey("sector.id"), index=True)


class Organisation(Closes, NamedOnce, Model):
    """A partner organisation, such as a school or a health trust. Its sector is the one known now: see
    OrganisationSector."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)

    sector: Mapped[Sector] = relationship(
        secondary=lambda: OrganisationSector.__table__,
        primaryjoin=lambda: and_(
            OrganisationSector.organisation_id == Organisation.id, OrganisationSector.superseded_at.is_(None)
        ),
        secondaryjoin=lambda: OrganisationSector.sector_id == Sector.id,
        uselist=False,
        viewonly=True,
        lazy="joined",
    )


class Person(Model):
    """Somebody who may be trained. Role, team, organisation and employment are dated: see Spell.

    `working_days` are the weekdays on which somebody works, Monday being 1: "123" is Monday to Wednesday.
    None says nothing of them. They warn, and stop nothing. (ST-12) A record that was merged into another of
    the same person stays, and points at the one that goes on. (U-07)
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("kind = 'staff' OR employee_number IS NULL", name="only_staff_have_numbers"),
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        Index("ix_person_name", "last_name", "first_name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PersonKind]
    employee_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    first_name: Mapped[str] = mapped_column(String(120))
    last_name: Mapped[str] = mapped_column(String(120))
    preferred_name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    swe_number: Mapped[str | None] = mapped_column(String(20))
    working_days: Mapped[str | None] = mapped_column(String(7))
    created_at: Mapped[datetime]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    spells: Mapped[list[Spell]] = relationship(  # as known now
        primaryjoin="and_(Spell.person_id == Person.id, Spell.superseded_at.is_(None))",
        order_by="Spell.first_day",
        viewonly=True,
    )
    merged_into: Mapped[Person | None] = relationship(remote_side=[id])

    @property
    def name(self) -> str:
        """The name that the person goes by: "Sam Oduya", the preferred first name if there is one."""
        return f"{self.called} {self.last_name}"

    @property
    def called(self) -> str:
        """The first name that the person goes by, with which an e-mail greets them: "Sam"."""
        return self.preferred_name or self.first_name

    @property
    def last_day(self) -> date | None:
        """The last day of their latest post, as it is known now; None while it has none."""
        return self.spells[-1].last_day if self.spells else None

    @property
    def working_days_in_words(self) -> str:
        """The working days as people read them: "Monday, Tuesday, Wednesday"; nothing while not given."""
        return ", ".join(WEEKDAYS[int(one) - 1] for one in self.working_days or "")

    def works_on(self, day: date) -> bool:
        """Whether `day` is one of the person's working days; every day is, while nothing is said of them."""
        return self.working_days is None or str(day.isoweekday()) in self.working_days

    @property
    def survivor(self) -> Person:
        """Whose record goes on: this one, or the one that it was merged into, twice even. (U-07)"""
        return self.merged_into.survivor if self.merged_into else self

    def spell_on(self, day: date) -> Spell | None:
        """Where the person belonged on `day`, as known now; the first and the last day count."""
        return next((spell for spell in self.spells if spell.covers(day)), None)

    def spell_after(self, day: date) -> Spell | None:
        """Where the person belongs next, from a day after `day`, as known now."""
        return next((spell for spell in self.spells if spell.first_day > day), None)


BY_NAME = (Person.last_name, Person.first_name, Person.id)  # how people are listed: `.order_by(*BY_NAME)`


class Spell(Dated, Recorded, Model):
    """From its first to its last day (both count), a person's employment type, role, team and manager.

    A change of role, team or manager ends one spell and opens the next; `employed_from` is the first day
    of the employment that the spell belongs to. Leaving and returning are two employments. (4.4, 4.6)
    """

    __tablename__ = "spell"
    __natural_key__ = ("person_id", "first_day")

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    employed_from: Mapped[date]
    employment_type: Mapped[EmploymentType]
    job_title: Mapped[str | None] = mapped_column(String(120))
    role_group_id: Mapped[int | None] = mapped_column(ForeignKey("role_group.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    fte: Mapped[Decimal | None] = mapped_column(Numeric(4, 3))
    career_stage: Mapped[str | None] = mapped_column(String(60))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    role_group: Mapped[RoleGroup | None] = relationship(lazy="joined")
    team: Mapped[Team | None] = relationship(lazy="joined")
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    manager: Mapped[Person | None] = relationship(foreign_keys=[manager_id])

    __extra_args__ = (
        CheckConstraint("last_day >= first_day", name="last_day_not_before_first"),
        CheckConstraint("employed_from <= first_day", name="employed_before_spell"),
        CheckConstraint(
            "(employment_type = 'partner') = (organisation_id IS NOT NULL)",
            name="partners_have_organisations",
        ),
        CheckConstraint(
            "employment_type IN ('employee', 'agency', 'contracted') OR team_id IS NULL",
            name="only_staff_have_teams",
        ),
        CheckConstraint("manager_id <> person_id", name="nobody_manages_themselves"),
        CheckConstraint("fte > 0 AND fte <= 1", name="fte_of_one_or_less"),
    )

    @property
    def is_live(self) -> bool:
        return self.superseded_at is None

    @property
    def job(self) -> str | None:
        """What somebody does, in a line: the job title, else the role group."""
        return self.job_title or (self.role_group.name if self.role_group else None)

    @property
    def place(self) -> str | None:
        """Where somebody belongs, in a line: the team, or a partner's organisation."""
        where = self.team or self.organisation
        return where.name if where else None


class Absence(Dated, Recorded, Model):
    """A long-term absence: parental leave, a career break, a secondment or long sickness (4.6)."""

    __tablename__ = "absence"
    __natural_key__ = ("person_id", "first_day")

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person] = relationship()

    __extra_args__ = (CheckConstraint("last_day >= first_day", name="last_day_not_before_first"),)


class Deputy(Model):
    """While a line manager is away, who decides for them: both days count. (LM-07)"""

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="last_day_not_before_first"),
        CheckConstraint("deputy_id <> manager_id", name="nobody_deputises_for_themselves"),
        Index("ix_deputy_manager_id", "manager_id", "first_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    manager_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    created_at: Mapped[datetime]

    manager: Mapped[Person] = relationship(foreign_keys=[manager_id])
    deputy: Mapped[Person] = relationship(foreign_keys=[deputy_id])


class StatedHeadcount(Recorded, Model):
    """How many people an organisation says that it has in a year: its own figure, never a count of ours.

    Partners hold their own denominators, so theirs is kept as stated, with who stated it when. (MA-10)
    """

    __tablename__ = "stated_headcount"
    __natural_key__ = ("organisation_id", "year")

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    year: Mapped[int]
    headcount: Mapped[int]

    organisation: Mapped[Organisation] = relationship()

    __extra_args__ = (
        CheckConstraint("headcount >= 1", name="somebody_works_there"),
        CheckConstraint("year BETWEEN 2000 AND 2199", name="year_of_four_figures"),
    )


class KeptApart(Model):
    """Two people who look like one and are not: they are not offered as duplicates again."""

    __tablename__ = "kept_apart"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="each_pair_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    said_at: Mapped[datetime]
    said_by: Mapped[Who]
