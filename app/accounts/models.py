"""Who may sign in, and as what."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from flask_security import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.core.db import Model, Who, live, one_of
from app.core.permissions import Role
from app.people.models import NAMES_SOMEBODY, Organisation, Person, PersonKind, Spell


class Demonstration(Model):
    """One row, in a database that was made as a demonstration; demonstration accounts must point at it."""

    __tablename__ = "demonstration"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    filled_at: Mapped[datetime | None]


class User(Model, UserMixin):
    """An account: an e-mail address that may sign in, the roles it holds, and the person it belongs to.

    `expires_on` is the last day on which the account may sign in (board and DfE accounts: 12 months).
    """

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_in_lower_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True, info={NAMES_SOMEBODY: True})
    name: Mapped[Who] = mapped_column(info={NAMES_SOMEBODY: True})
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    demonstration_id: Mapped[int | None] = mapped_column(ForeignKey("demonstration.id"))
    created_at: Mapped[datetime]
    last_signed_in_at: Mapped[datetime | None]
    expires_on: Mapped[date | None]

    person: Mapped[Person | None] = relationship()
    last_day_at_work: Mapped[date | None] = column_property(  # of the latest spell: None while it has no end
        select(Spell.last_day)
        .where(live(Spell), Spell.person_id == person_id)
        .order_by(Spell.last_day.desc().nulls_first())
        .limit(1)
        .correlate_except(Spell)
        .scalar_subquery(),
        deferred=True,
    )
    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin", order_by="RoleGrant.role"
    )

    @property
    def roles(self) -> list[Role]:  # type: ignore[override]
        """The roles as our permissions know them; Flask-Security's own role checks are not used."""
        return [grant.role for grant in self.grants]

    @property
    def has_accepted(self) -> bool:
        """Whether the invitation was taken up: there is a password."""
        return self.password is not None

    def is_expired(self, on: date) -> bool:
        """Whether the account's last day is over; the day itself still counts."""
        return self.expires_on is not None and self.expires_on < on


class RoleGrant(Model):
    """A role that an account holds; a person may hold several."""

    __tablename__ = "role_grant"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(primary_key=True)
    granted_at: Mapped[datetime]
    granted_by: Mapped[Who]

    user: Mapped[User] = relationship(back_populates="grants")


class LinkPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"


class PasswordLink(Model):
    """A one-time link by which somebody sets their own password. Only a digest of its token is kept."""

    __tablename__ = "password_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[LinkPurpose]
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class ResetAsked(Model):
    """Somebody asked for a new password under an address, which may be anybody’s; gone once answered."""

    __tablename__ = "reset_asked"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[datetime]


class EndedSession(Model):
    """A session that somebody signed out of: it is over wherever its cookie was copied to.

    `key` is the name that the session was given when it began. Kept for as long as it could have lasted.
    """

    __tablename__ = "ended_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), index=True)
    ended_at: Mapped[datetime]


class WrongPassword(Model):
    """A guess at a password that was not right, or is being looked at this moment.

    Counted in the database, so that the limit holds across web workers (SA-09).
    """

    __tablename__ = "wrong_password"
    __table_args__ = (Index("ix_wrong_password_email_at", "email", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    at: Mapped[datetime]


# --- Those who ask to be let in -------------------------------------------------------------------------


class ApprovedDomain(Model):
    """What comes after the @ in an organisation's own addresses: whoever proves one is let in at once."""

    __tablename__ = "approved_domain"
    __table_args__ = (CheckConstraint("domain = lower(domain)", name="domain_in_lower_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(String(200), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="joined")


class RequestState(StrEnum):
    """Where somebody's request stands: it counts only once its address is shown to be theirs."""

    UNVERIFIED = "unverified"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {
            "unverified": "Address not confirmed",
            "waiting": "Waiting for the academy",
            "accepted": "Accepted",
            "refused": "Refused",
        }[self]


class VisitorRequest:
    """What a visitor asks of the academy: who they say they are, the address, and what became of it."""

    first_name: Mapped[str] = mapped_column(String(120))
    last_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254), index=True)
    organisation_name: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[RequestState] = mapped_column(
        one_of(RequestState, name="askedstate"),  # the name of the database's check
        default=RequestState.UNVERIFIED,
        index=True,
    )
    asked_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[Who | None]
    reason: Mapped[str | None] = mapped_column(String(500))

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def _checks_of_request() -> tuple[CheckConstraint, ...]:
    return (
        CheckConstraint("email = lower(email)", name="email_in_lower_case"),
        CheckConstraint("(state = 'unverified') = (verified_at IS NULL)", name="verified_at_a_time"),
        CheckConstraint(
            "(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", name="decided_at_a_time"
        ),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_at_and_by_together"),
    )


class Registration(VisitorRequest, Model):
    """A partner or panel member asks for an account (MA-01, MA-07); `user_id` is the account it led to.

    `organisation_id` is the one of the list; `organisation_name` what was typed when it is not in the list.
    """

    __tablename__ = "registration"
    __table_args__ = (
        *_checks_of_request(),
        CheckConstraint("kind IN ('partner', 'panel_member')", name="staff_do_not_register"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PersonKind]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    job_title: Mapped[str | None] = mapped_column(String(120))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    user: Mapped[User | None] = relationship()


class Claim(VisitorRequest, Model):
    """Somebody whose address changed asks for the history under the old one. (MA-06)

    `person_id` is the record that the academy found to be theirs; with `other_person_id` a second record has
    the new address, and the two are to be merged.
    """

    __tablename__ = "claim"
    __table_args__ = (
        *_checks_of_request(),
        CheckConstraint("other_person_id IS NULL OR person_id IS NOT NULL", name="two_records_are_merged"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    old_email: Mapped[str | None] = mapped_column(String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    other_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    other_person: Mapped[Person | None] = relationship(foreign_keys=[other_person_id])

    @property
    def is_to_merge(self) -> bool:
        """Whether the two records are two still; once they are merged, both are the one that stays."""
        return self.other_person_id not in {None, self.person_id}
