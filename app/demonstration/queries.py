"""Whether a database is empty, and whom of the invented people the demonstration shows things with."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, and_, exists, literal, or_, select

from app.accounts.models import Demonstration, User
from app.bookings.models import Booking
from app.core.db import another, db, live
from app.core.permissions import Role
from app.figures.models import Population
from app.learning.models import Mark, MarkStatus
from app.outbox.models import Message
from app.people.models import EmploymentType, Person, PersonKind, RoleGroup, Spell
from app.people.queries import covers, manages_somebody
from app.programmes.models import Course, CourseVersion, Programme
from app.sessions.models import Run


def is_empty() -> bool:
    """Whether nobody has entered anything: no accounts, no people, no programmes."""
    found = select(*(exists(select(literal(1)).select_from(one)) for one in (User, Person, Programme)))
    return not any(db.session.execute(found).one())


def is_filled() -> bool:
    """Whether the demonstration was filled in here, to its end: then its accounts are there."""
    return db.session.scalar(select(Demonstration.filled_at)) is not None


def people_behind_accounts() -> dict[Role, Person]:
    """The person that each demonstration account belongs to, always the same ones.

    The practitioner is the first social worker with a manager; the line manager is that manager; the
    partner is the first of the partners, and the coordinator the next from an organisation of several.
    """
    first = (
        select(Spell)
        .join(Person, Person.id == Spell.person_id)
        .join(RoleGroup, RoleGroup.id == Spell.role_group_id)
        .where(
            live(Spell),
            Spell.last_day.is_(None),
            Spell.employment_type == EmploymentType.EMPLOYEE,
            RoleGroup.name == "Social Worker",
            Spell.manager_id.is_not(None),
        )
        .order_by(Person.employee_number)
        .limit(1)
    )
    spell = db.session.scalars(first).one_or_none()
    if spell is None or spell.manager is None:
        return {}
    partner = db.session.scalars(
        select(Person).where(Person.kind == PersonKind.PARTNER).order_by(Person.id).limit(1)
    ).one()
    return {
        Role.PRACTITIONER: spell.person,
        Role.LINE_MANAGER: spell.manager,
        Role.PARTNER: partner,
        Role.COORDINATOR: db.session.scalars(_of_several(apart_from=partner)).one(),
    }


def _of_several(*, apart_from: Person) -> Select[tuple[Person]]:
    """The first partner, apart from one, who has colleagues in the same organisation."""
    colleague = another(Spell, "colleague")
    return (
        select(Person)
        .join(Spell, and_(Spell.person_id == Person.id, live(Spell), Spell.last_day.is_(None)))
        .where(
            Person.id != apart_from.id,
            exists().where(
                live(colleague),
                colleague.organisation_id == Spell.organisation_id,
                colleague.person_id != Person.id,
            ),
        )
        .order_by(Person.id)
        .limit(1)
    )


def staff_in_role_groups(names: tuple[str, ...], on: date) -> Select[tuple[Person]]:
    """Employees in post on a date in one of these role groups, in the order of their numbers."""
    return (
        select(Person)
        .join(Spell, Spell.person_id == Person.id)
        .join(RoleGroup, RoleGroup.id == Spell.role_group_id)
        .where(
            live(Spell),
            Spell.first_day <= on,
            Spell.last_day.is_(None),
            Spell.employment_type == EmploymentType.EMPLOYEE,
            RoleGroup.name.in_(names),
        )
        .order_by(Person.employee_number)
    )


def partners() -> Select[tuple[Person]]:
    """People of partner organisations, in the order in which they came."""
    return select(Person).where(Person.kind == PersonKind.PARTNER).order_by(Person.id)


def role_groups(names: tuple[str, ...]) -> Select[tuple[RoleGroup]]:
    """The role groups of these names, in order."""
    return select(RoleGroup).where(RoleGroup.name.in_(names)).order_by(RoleGroup.name)


def practitioners() -> Select[tuple[Population]]:
    """The population of the 2021-22 targets: the practitioners in post."""
    return select(Population).where(Population.code == "practitioners")


def latest_run(course_code: str) -> Select[tuple[Run]]:
    """The run of a course that was scheduled last: the one that is furthest ahead."""
    return (
        select(Run)
        .join(CourseVersion, CourseVersion.id == Run.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.code == course_code)
        .order_by(Run.id.desc())
        .limit(1)
    )


def no_shows() -> Select[tuple[Mark]]:
    """Who did not come without notice, the oldest first."""
    return (
        select(Mark)
        .where(Mark.status == MarkStatus.ABSENT_NO_NOTICE, live(Mark))
        .order_by(Mark.held_on, Mark.id)
    )


def marks_with(session_id: int, status: MarkStatus) -> Select[tuple[Mark]]:
    """The marks of a register that say one thing."""
    return (
        select(Mark).where(Mark.session_id == session_id, Mark.status == status, live(Mark)).order_by(Mark.id)
    )


def team_of(manager_id: int, on: date) -> Select[tuple[Person]]:
    """The last of those who answer to a manager on a date and have no place anywhere."""
    has_place = exists().where(Booking.person_id == Person.id)
    return (
        select(Person)
        .join(Spell, Spell.person_id == Person.id)
        .where(live(Spell), covers(Spell, on), Spell.manager_id == manager_id, ~has_place)
        .order_by(Person.id.desc())
        .limit(1)
    )


def managers_without_account(on: date) -> Select[tuple[Person]]:
    """Those to whom somebody answers on a date and who can't sign in, in the order of their numbers."""
    has_account = exists().where(User.person_id == Person.id)
    is_there = exists().where(live(Spell), covers(Spell, on), Spell.person_id == Person.id)
    return (
        select(Person)
        .where(manages_somebody(Person.id, on), ~has_account, is_there)
        .order_by(Person.employee_number)
    )


def leavers(on: date) -> Select[tuple[Person]]:
    """Staff who have left, and did not come back."""
    later = another(Spell, "later_spell")
    still_here = exists().where(
        later.person_id == Person.id,
        live(later),
        or_(later.last_day.is_(None), later.last_day >= on),
    )
    return select(Person).where(Person.kind == PersonKind.STAFF, ~still_here).order_by(Person.id)


def messages_of_the_past(now: datetime) -> Select[tuple[Message]]:
    """E-mails that help nobody any more, to people to whom no other waits to be sent."""
    other = another(Message, "other_message")
    waits = exists().where(
        other.to_address == Message.to_address,
        or_(other.useful_until.is_(None), other.useful_until >= now),
    )
    return (
        select(Message)
        .join(Person, Person.email == Message.to_address)
        .where(Message.useful_until < now, ~waits)
        .order_by(Message.id.desc())
    )
