"""Who somebody is, as the rest of the house sees them, and which accounts there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import joinedload, undefer

from app.accounts.models import (
    ApprovedDomain,
    Claim,
    EndedSession,
    LinkPurpose,
    PasswordLink,
    Registration,
    RequestState,
    ResetAsked,
    RoleGrant,
    User,
    WrongPassword,
)
from app.core.actors import Actor
from app.core.closing import offered
from app.core.db import another, db, live, row_count
from app.core.permissions import Permission, Role
from app.outbox.models import Message, MessageState
from app.people.models import Organisation, Person, Spell
from app.people.queries import covers, is_called, organisations_of

MOST_RECORDS = 20
_KEY_OF_INVITATION = (  # as `key_of_invitation` makes it
    literal("account:") + cast(User.id, String) + ":invitation:" + cast(PasswordLink.id, String)
)

# --- Who somebody is -----------------------------------------------------------------------------------


def actor_of(user: User, *, on: date) -> Actor:
    """The actor that an account is on a date: its roles, its person and the teams it manages.

    Somebody manages a team on D when a live spell that covers D is in that team and names them as manager.
    The teams are looked up only for whoever may see a team of their own. A coordinator acts for the
    organisation that they belong to on D.
    """
    person_id = user.person_id
    actor = Actor(name=user.name, user_id=user.id, person_id=person_id, roles=frozenset(user.roles))
    if person_id is None:
        return actor
    if actor.can(Permission.SEE_OWN_TEAM):
        actor = replace(actor, team_ids=_teams_managed_by(person_id, on))
    if actor.has_role(Role.COORDINATOR):
        actor = replace(actor, organisation_ids=_organisations_of(person_id, on))
    return actor


def _teams_managed_by(person_id: int, on: date) -> frozenset[int]:
    statement = (
        select(Spell.team_id)
        .distinct()
        .where(
            live(Spell),
            Spell.manager_id == person_id,
            covers(Spell, on),
            Spell.team_id.is_not(None),
        )
    )
    return frozenset(team for team in db.session.scalars(statement) if team is not None)


def _organisations_of(person_id: int, on: date) -> frozenset[int]:
    statement = select(Spell.organisation_id).where(
        live(Spell), covers(Spell, on), Spell.person_id == person_id, Spell.organisation_id.is_not(None)
    )
    return frozenset(one for one in db.session.scalars(statement) if one is not None)


def coordinator_of(person: Person, on: date) -> Person | None:
    """Who decides for somebody of a partner organisation: its coordinator on that day, the first named.

    Nobody is their own coordinator. Where there is no other, it is nobody, and the academy decides. (3.0)
    """
    spell = person.spell_on(on)
    if spell is None or spell.organisation_id is None:
        return None
    return db.session.scalars(coordinators(spell.organisation_id, on).where(Person.id != person.id)).first()


def coordinators(organisation_id: int, on: date) -> Select[tuple[Person]]:
    """The people who act for an organisation on a day: those with an account in that role, oldest first."""
    return (
        select(Person)
        .join(Spell, and_(Spell.person_id == Person.id, live(Spell), covers(Spell, on)))
        .join(User, and_(User.person_id == Person.id, User.active))
        .join(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.role == Role.COORDINATOR))
        .where(
            Spell.organisation_id == organisation_id, or_(User.expires_on.is_(None), User.expires_on >= on)
        )
        .order_by(RoleGrant.granted_at, Person.id)
    )


# --- Which accounts there are --------------------------------------------------------------------------


def by_email(email: str) -> Select[tuple[User]]:
    return select(User).where(User.email == email.strip().lower())


def signed_in_as(uniquifier: str, session_key: str) -> User | None:
    """The account that a session names, with all that says what it may, in one statement; None once somebody
    signed out of the session."""
    names = {"uniquifier": uniquifier, "key": session_key}
    return db.session.scalars(_signed_in_as(), names).unique().one_or_none()


@cache
def _signed_in_as() -> Select[tuple[User]]:
    """Made once, as every page asks it."""
    is_ended = exists().where(EndedSession.key == bindparam("key"))
    found = select(User).where(User.fs_uniquifier == bindparam("uniquifier"), ~is_ended)
    return found.options(joinedload(User.grants), undefer(User.last_day_at_work))


def account_of(person_id: int) -> Select[tuple[User]]:
    """The account of somebody in the directory, if they have one."""
    return select(User).where(User.person_id == person_id)


def has_account(person_id: int) -> bool:
    """Whether somebody can sign in to see their own places: an account that is closed, or without a
    password yet, is none."""
    has_password = User.password.is_not(None)
    statement = select(exists().where(User.person_id == person_id, User.active, has_password))
    return db.session.scalar(statement) or False


def password_of(email: str) -> Select[tuple[str | None]]:
    """What is kept of the password of this address; no row when there is no such account."""
    return select(User.password).where(User.email == email.strip().lower())


def accounts(*, search: str = "", role: Role | None = None, has_moved: bool = False) -> Select[tuple[User]]:
    """The accounts whose name or address contains the words, by name; with `has_moved` those alone whose
    holder has another address by now."""
    statement = select(User).order_by(User.name, User.id)
    for word in search.split():
        statement = statement.where(
            or_(User.name.icontains(word, autoescape=True), User.email.icontains(word, autoescape=True))
        )
    if role is not None:
        statement = statement.where(
            exists().where(RoleGrant.user_id == User.id, RoleGrant.role == role).correlate(User)
        )
    return statement.where(User.id.in_(_moved())) if has_moved else statement


def _moved() -> Select[tuple[int]]:
    """Open accounts of somebody whose record has another address than the one they sign in with."""
    return (
        select(User.id)
        .join(Person, Person.id == User.person_id)
        .where(User.active, Person.email != User.email)
    )


def moved_count() -> int:
    """How many open accounts have a holder with another address."""
    return db.session.scalar(select(row_count(_moved()))) or 0


# --- Inviting many -------------------------------------------------------------------------------------


def without_account(
    people: Select[tuple[Person, Spell]],
    *,
    on: date,
    role_group_id: int | None = None,
    sector_id: int | None = None,
    ids: Collection[int] | None = None,
) -> Select[tuple[Person, Spell, bool, int | None]]:
    """Those of some people, as the directory lists them, who have no account, narrowed by what is given: each
    with whether somebody answers to them on a date, and which account signs in with their address already."""
    post, holder = another(Spell, "post_below"), another(User, "holder")
    manages = exists().where(live(post), covers(post, on), post.manager_id == Person.id)
    found = (
        people.add_columns(manages.label("manages"), holder.id.label("holder_id"))
        .outerjoin(holder, holder.email == Person.email)
        .where(~exists().where(User.person_id == Person.id))
    )
    if role_group_id is not None:
        found = found.where(Spell.role_group_id == role_group_id)
    if sector_id is not None:
        found = found.where(Spell.organisation_id.in_(organisations_of([sector_id])))
    return found if ids is None else found.where(Person.id.in_(ids))


def can_be_invited() -> ColumnElement[bool]:
    """Of those without an account, who has an address with which no account signs in."""
    return and_(Person.email.is_not(None), another(User, "holder").id.is_(None))


def not_come(*, on: date, search: str = "") -> Select[tuple[User, PasswordLink, MessageState | None]]:
    """Whoever was invited and has no password yet, who waits longest first: each with the newest link, and
    what became of its e-mail. Whom no link would let in, having left, is not waited for."""
    newest = (
        select(func.max(PasswordLink.id))
        .where(PasswordLink.user_id == User.id, PasswordLink.purpose == LinkPurpose.INVITATION)
        .correlate(User)
        .scalar_subquery()
    )
    left_on = User.last_day_at_work
    return (
        accounts(search=search)
        .add_columns(PasswordLink, Message.state)
        .join(PasswordLink, PasswordLink.id == newest)
        .outerjoin(Message, Message.key == _KEY_OF_INVITATION)
        .where(
            User.password.is_(None),
            User.active,
            or_(User.expires_on.is_(None), User.expires_on >= on),
            or_(left_on.is_(None), left_on >= on),
        )
        .order_by(None)
        .order_by(PasswordLink.created_at, User.name, User.id)
        .options(undefer(User.last_day_at_work))
    )


# --- Who is told, and who remains ----------------------------------------------------------------------


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


def in_roles(*roles: Role) -> Select[tuple[User]]:
    """The active accounts that hold any of these roles."""
    held = select(RoleGrant.user_id).where(RoleGrant.role.in_(roles))
    return select(User).where(User.id.in_(held), User.active).order_by(User.id)


def administrator_grants() -> Select[tuple[RoleGrant]]:
    """Every administrator's grant, always in one order, so that two who lock them cannot block each other."""
    return select(RoleGrant).where(RoleGrant.role == Role.ADMINISTRATOR).order_by(RoleGrant.user_id)


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


def resets_asked() -> Select[tuple[int]]:
    """The ids of what asks for a new password and was not answered yet, in the order of asking."""
    return select(ResetAsked.id).order_by(ResetAsked.id)


def email_of_invitation(link: PasswordLink) -> Select[tuple[Message]]:
    """The e-mail that brought a link; none where it was handed over."""
    return select(Message).where(Message.key == key_of_invitation(link.user_id, link.id))


def key_of_invitation(user_id: int, link_id: int) -> str:
    """The key under which the outbox has that e-mail, once."""
    return f"account:{user_id}:invitation:{link_id}"


def latest_invitation(user: User) -> Select[tuple[PasswordLink]]:
    return (
        select(PasswordLink)
        .where(PasswordLink.user_id == user.id, PasswordLink.purpose == LinkPurpose.INVITATION)
        .order_by(PasswordLink.created_at.desc(), PasswordLink.id.desc())
        .limit(1)
    )


# --- Those who ask to be let in -------------------------------------------------------------------------


def registrations(*, waiting: bool) -> Select[tuple[Registration]]:
    """Who asked for an account and showed that the address is theirs, the longest ago first: those who wait
    for the academy, or those who were answered."""
    return (
        select(Registration)
        .where(_is_asked(Registration, waiting=waiting))
        .order_by(Registration.verified_at, Registration.id)
    )


def registrations_since(email: str, moment: datetime) -> Select[tuple[int]]:
    """How often somebody asked for an account with this address after a moment."""
    return select(func.count()).where(Registration.email == email, Registration.asked_at > moment)


def claims(*, waiting: bool) -> Select[tuple[Claim]]:
    """Who claims an earlier history and showed that the new address is theirs, in the same manner."""
    return select(Claim).where(_is_asked(Claim, waiting=waiting)).order_by(Claim.verified_at, Claim.id)


def _is_asked(asked: type[Registration] | type[Claim], *, waiting: bool) -> ColumnElement[bool]:
    if waiting:
        return asked.state == RequestState.WAITING
    return asked.state.not_in([RequestState.UNVERIFIED, RequestState.WAITING])


def claims_since(email: str, moment: datetime) -> Select[tuple[int]]:
    """How often a history was claimed with this address after a moment."""
    return select(func.count()).where(Claim.email == email, Claim.asked_at > moment)


def waiting_count(asked: type[Registration] | type[Claim]) -> int:
    """How many registrations, or claims, wait for the academy."""
    statement = select(func.count()).select_from(asked).where(_is_asked(asked, waiting=True))
    return db.session.scalar(statement) or 0


def approved_domains() -> Select[tuple[ApprovedDomain]]:
    """The domains whose addresses are let in at once, by name."""
    return select(ApprovedDomain).order_by(ApprovedDomain.domain)


def approved_domain(domain: str) -> Select[tuple[ApprovedDomain]]:
    return select(ApprovedDomain).where(ApprovedDomain.domain == domain)


def organisation_names(most: int, on: date) -> Select[tuple[str]]:
    """The names of the first organisations that are not closed on a date, to choose from while typing."""
    is_open = offered(Organisation, on)
    return select(Organisation.name).where(is_open).order_by(Organisation.name).limit(most)


def records_like(claim: Claim) -> Select[tuple[Person]]:
    """The records that may be a claimant's own: by the old address, the new one, or the name."""
    addresses = [one for one in (claim.old_email, claim.email) if one]
    return (
        select(Person)
        .where(or_(Person.email.in_(addresses), is_called(claim.name)))
        .options(joinedload(Person.spells).joinedload(Spell.organisation))
        .order_by(Person.id)
        .limit(MOST_RECORDS)
    )
