"""Who somebody is, as the rest of the house sees them, and which accounts there are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Select, and_, exists, func, or_, select

from app.accounts.models import LinkPurpose, PasswordLink, RoleGrant, User, WrongPassword
from app.core.actors import Actor
from app.core.db import db, live
from app.core.permissions import Role
from app.people.models import Person, Spell

# --- Who somebody is -----------------------------------------------------------------------------------


def actor_of(user: User, *, on: date) -> Actor:
    """The actor that an account is on a date: its roles, its person and the teams it manages.

    Somebody manages a team on D when a live spell that covers D is in that team and names them as manager.
    """
    person_id = user.person_id
    return Actor(
        name=user.name,
        user_id=user.id,
        person_id=person_id,
        roles=frozenset(user.roles),
        team_ids=_teams_managed_by(person_id, on) if person_id else frozenset(),
    )


def _teams_managed_by(person_id: int, on: date) -> frozenset[int]:
    statement = (
        select(Spell.team_id)
        .distinct()
        .where(
            live(Spell),
            Spell.manager_id == person_id,
            Spell.first_day <= on,
            (Spell.last_day.is_(None)) | (Spell.last_day >= on),
            Spell.team_id.is_not(None),
        )
    )
    return frozenset(team for team in db.session.scalars(statement) if team is not None)


def last_day_of(person_id: int) -> Select[tuple[date | None]]:
    """The last day of somebody's latest spell, as known now: None while it has no end."""
    return (
        select(Spell.last_day)
        .where(live(Spell), Spell.person_id == person_id)
        .order_by(Spell.last_day.desc().nulls_first())
        .limit(1)
    )


# --- Which accounts there are --------------------------------------------------------------------------


def by_email(email: str) -> Select[tuple[User]]:
    return select(User).where(User.email == email.strip().lower())


def account_of(person_id: int) -> Select[tuple[User]]:
    """The account of somebody in the directory, if they have one."""
    return select(User).where(User.person_id == person_id)


def password_of(email: str) -> Select[tuple[str | None]]:
    """What is kept of the password of this address; no row when there is no such account."""
    return select(User.password).where(User.email == email.strip().lower())


def accounts(*, search: str = "", role: Role | None = None) -> Select[tuple[User]]:
    """The accounts whose name or address contains the words, by name."""
    statement = select(User).order_by(User.name, User.id)
    for word in search.split():
        statement = statement.where(
            or_(User.name.icontains(word, autoescape=True), User.email.icontains(word, autoescape=True))
        )
    if role is not None:
        statement = statement.where(
            exists().where(RoleGrant.user_id == User.id, RoleGrant.role == role).correlate(User)
        )
    return statement


def administrators_besides(user: User) -> Select[tuple[User]]:
    """The other administrators who have a password."""
    return (
        select(User)
        .join(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.role == Role.ADMINISTRATOR))
        .where(User.id != user.id, User.password.is_not(None))
        .order_by(User.id)
    )


def academy_managers() -> Select[tuple[User]]:
    """The active accounts that are told when something waits too long, or that nobody else can answer."""
    return (
        select(User)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == Role.ACADEMY_MANAGER, User.active)
        .order_by(User.id)
    )


def administrator_grants() -> Select[tuple[RoleGrant]]:
    """Every administrator's grant, always in one order, so that two who lock them cannot block each other."""
    return select(RoleGrant).where(RoleGrant.role == Role.ADMINISTRATOR).order_by(RoleGrant.user_id)


def person_known_as(reference: str) -> Select[tuple[Person]]:
    """The person with this employee number or e-mail address."""
    return select(Person).where(or_(Person.employee_number == reference, Person.email == reference.lower()))


# --- Guesses and links ---------------------------------------------------------------------------------


def guesses_since(email: str, moment: datetime) -> Select[tuple[int]]:
    """How many guesses at this address's password were counted after a moment."""
    return select(func.count()).where(WrongPassword.email == email, WrongPassword.at > moment)


def link_with(digest: str, purpose: LinkPurpose) -> Select[tuple[PasswordLink]]:
    return select(PasswordLink).where(PasswordLink.token_digest == digest, PasswordLink.purpose == purpose)


def links_made_since(user: User, purpose: LinkPurpose, moment: datetime) -> Select[tuple[int]]:
    """How many links of a kind were made for an account after a moment."""
    return select(func.count()).where(
        PasswordLink.user_id == user.id,
        PasswordLink.purpose == purpose,
        PasswordLink.created_at > moment,
    )


def latest_invitation(user: User) -> Select[tuple[PasswordLink]]:
    return (
        select(PasswordLink)
        .where(PasswordLink.user_id == user.id, PasswordLink.purpose == LinkPurpose.INVITATION)
        .order_by(PasswordLink.created_at.desc(), PasswordLink.id.desc())
        .limit(1)
    )
