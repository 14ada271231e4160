"""What must be sent, and what became of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return {
            "queued": "Waiting to be sent",
            "sending": "Being sent",
            "sent": "Sent",
            "failed": "Could not be sent",
            "bounced": "Came back",
            "suppressed": "Held back",
            "withdrawn": "Not sent: no longer useful",
        }[self]


WAITING = (MessageState.QUEUED, MessageState.SENDING, MessageState.SUPPRESSED)

OF_AN_ACCOUNT = "account:"
SECRET_STANDS_HERE = "{only-in-the-message-as-sent}"  # noqa: S105 - stands in a secret’s place, and is none

# What each kind of e-mail is called in the outbox: each that the code writes has its words here.
KINDS = {
    "absence_asked": "Why one of the team did not come",
    "absence_told": "Why somebody did not come",
    "address_changed": "Address of an account changed",
    "already_registered": "Registered already",
    "approval_asked": "Request to answer",
    "approval_declared": "Manager named as agreeing",
    "approval_expired": "Request that ran out",
    "approval_passed_on": "Request passed on",
    "approval_reminder": "Request still to answer",
    "approval_withdrawn": "Request taken back",
    "booking_agreed": "Agreed, and still waiting for a place",
    "booking_approved": "Place approved",
    "booking_cancelled": "Place cancelled",
    "booking_carried_over": "Place carried over to another run",
    "booking_clashes": "Places at the same time",
    "booking_colleague_gave_up": "Colleague gave the place up",
    "booking_confirmed": "Place confirmed",
    "booking_declined": "Request declined",
    "booking_given_on": "Place given to a colleague",
    "booking_held": "Place held until somebody answers",
    "booking_lapsed": "Offer that ran out",
    "booking_manager_told": "Colleague takes a place over",
    "booking_objected": "Place given up that somebody else booked",
    "booking_offered": "Place offered",
    "booking_promoted": "Place from the waiting list",
    "booking_reconfirm": "Place still to reconfirm",
    "booking_released": "Place released",
    "booking_requested": "Place requested",
    "booking_run_cancelled": "Run cancelled",
    "booking_run_joined": "Run joined by another",
    "booking_session_changed": "Session changed",
    "booking_taken_over": "Place taken over from a colleague",
    "booking_waitlisted": "On the waiting list",
    "certificate_issued": "Certificate issued",
    "certificate_restored": "Certificate given back",
    "certificate_withdrawn": "Certificate withdrawn",
    "claim_accepted": "Claim accepted",
    "claim_confirm": "Claim to confirm",
    "claim_refused": "Claim refused",
    "date_proposed": "Another date proposed",
    "declaration_answered": "Declared training answered",
    "digest": "What there is to chase",
    "few": "Run with too few people",
    "invitation": "Invitation",
    "joining": "Joining reminder",
    "licence_ends": "Licence of a trainer ends",
    "missing_component": "Day still needed",
    "password_changed": "Password changed",
    "password_reset": "Link to choose a password",
    "proposal_answered": "Proposed date answered",
    "refresher": "Completion that runs out",
    "register": "Register to complete",
    "register_link": "Link to a register",
    "registration_confirm": "Registration to confirm",
    "registration_refused": "Registration refused",
    "run_opened": "Run opened",
    "session_clashes": "Session moved onto another",
    "trainer_days": "Days to hold",
    "trainer_days_over": "Days to hold no more",
    "trainer_run_cancelled": "Run cancelled, to its trainer",
    "trainer_session_changed": "Session changed, to its trainer",
    "trainer_unable": "Trainer can’t hold a session",
}


def kind_in_words(kind: str) -> str:
    """ "few" as the outbox says it: "Run with too few people"; of one that is written no longer, itself."""
    return KINDS.get(kind) or kind.replace("_", " ").capitalize()


class Message(Model):
    """One e-mail. `key` makes it once: `joining:booking:42:2wd` can be written a single time.

    `about_type` and `about_id` name the row that it is about, so that whoever knows that room can say
    whether the message is still right before it goes. After `useful_until` it is withdrawn, not sent.
    `secret` is what only the receiver may read, such as the end of a link that sets a password: the words
    carry SECRET_STANDS_HERE in its place, and it is forgotten once the message was sent or withdrawn.
    The words of one that waits no longer are deleted after a while, and `text` is empty then.
    `requeued_at` is when it went back into the queue, for another day of tries; `next_try_at` when it is
    due and, of one that came back, when that was. `carrier_failed` when the relay, or the folder, with which
    it was last tried took nobody's e-mail: what its problem says is not of this one alone.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_due", "state", "next_try_at"),
        Index("ix_message_written", "created_at", "id"),
        Index("ix_message_written_in_state", "state", "created_at", "id"),
        Index("ix_message_about", "about_type", "about_id"),
        Index("ix_message_to_address", "to_address"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_a_time"),
        CheckConstraint("(state = 'sending') = (claimed_at IS NOT NULL)", name="sending_is_claimed"),
        CheckConstraint("state NOT IN ('sent', 'withdrawn') OR secret IS NULL", name="secret_is_forgotten"),
        CheckConstraint(
            "state NOT IN ('queued', 'sending', 'suppressed') OR text <> ''", name="waits_with_its_words"
        ),
        CheckConstraint("problem IS NOT NULL OR NOT carrier_failed", name="carrier_failed_with_a_problem"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    to_address: Mapped[str] = mapped_column(String(254))
    to_name: Mapped[str] = mapped_column(String(250))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str | None] = mapped_column(Text)
    new_dates: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(String(100))
    about_type: Mapped[str | None] = mapped_column(String(60))
    about_id: Mapped[int | None]
    state: Mapped[MessageState] = mapped_column(default=MessageState.QUEUED)
    created_at: Mapped[datetime]
    requeued_at: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    useful_until: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(500))
    carrier_failed: Mapped[bool] = mapped_column(default=False)

    @property
    def kind_in_words(self) -> str:
        return kind_in_words(self.kind)

    @property
    def has_lost_its_link(self) -> bool:
        """Whether its secret was forgotten, as it was sent: sent again, its link would lead nowhere."""
        return self.secret is None and SECRET_STANDS_HERE in self.text

    @property
    def is_whole(self) -> bool:
        """Whether it could be sent once more as it was written, with its words and its link."""
        return bool(self.text) and not self.has_lost_its_link

    @property
    def shown_address(self) -> str:
        """The address as the outbox shows it: an account’s in full, anybody else’s as "r…@council.example".

        Administrators see the names of accounts alone, never of the people who are trained (3.0).
        """
        if self.key.startswith(OF_AN_ACCOUNT):
            return self.to_address
        local, _at, domain = self.to_address.partition("@")
        return f"{local[:1]}…@{domain}"
