"""What waits in the outbox, and what became of the rest."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from app.core.db import another, db
from app.core.names import Folded, folded
from app.outbox.models import OF_AN_ACCOUNT, WAITING, Message, MessageState, kind_in_words


def is_due(*, now: datetime, claimed_before: datetime) -> ColumnElement[bool]:
    """Queued and its time has come, or claimed by a sender that has died since."""
    return or_(
        and_(Message.state == MessageState.QUEUED, Message.next_try_at <= now),
        and_(Message.state == MessageState.SENDING, Message.claimed_at < claimed_before),
    )


def due_ids(*, now: datetime, claimed_before: datetime) -> Select[tuple[int]]:
    """The next few messages that are due, oldest first."""
    return (
        select(Message.id)
        .where(is_due(now=now, claimed_before=claimed_before))
        .order_by(Message.next_try_at, Message.id)
        .limit(20)
    )


def messages(
    *, state: MessageState | None = None, kind: str | None = None, address: str = ""
) -> Select[tuple[Message]]:
    """Every message, newest first."""
    statement = select(Message).order_by(Message.created_at.desc(), Message.id.desc())
    if state is not None:
        statement = statement.where(Message.state == state)
    if address:
        statement = statement.where(_is_addressed_to(address))
    return statement.where(Message.kind == kind) if kind else statement


def _is_addressed_to(typed: str) -> ColumnElement[bool]:
    """Whether what somebody typed finds a message: by part of its address where the outbox shows the whole of
    it; else by the whole, or by "@" and the domain, as by parts a hidden address could be found out."""
    address, words = Folded(Message.to_address), folded(typed)
    is_shown = Message.key.startswith(OF_AN_ACCOUNT)
    found = or_(address == words, and_(is_shown, address.contains(words, autoescape=True)))
    return or_(found, address.endswith(words, autoescape=True)) if words.startswith("@") else found


def message_with(key: str) -> Select[tuple[Message]]:
    """The message that has this key, if it was written."""
    return select(Message).where(Message.key == key)


def keys_written(keys: Collection[str]) -> set[str]:
    """Which of these messages are in the outbox."""
    return set(db.session.scalars(select(Message.key).where(Message.key.in_(keys)))) if keys else set()


def is_written(beginning: str) -> bool:
    """Whether a message whose key begins so is in the outbox."""
    found = exists().where(Message.key.startswith(beginning, autoescape=True))
    return db.session.scalar(select(found)) or False


def has_gone_out(about: Any, kinds: Collection[str]) -> bool:
    """Whether a message of one of these kinds about a thing was sent, or is being sent just now; one that
    failed or came back may have been read of elsewhere, such as on a page."""
    unsent = (MessageState.QUEUED, MessageState.SUPPRESSED, MessageState.WITHDRAWN)
    found = exists().where(_is_about(about, kinds), Message.state.not_in(unsent))
    return db.session.scalar(select(found)) or False


def waiting_about(about: Any, kinds: Collection[str]) -> ColumnElement[bool]:
    """Whether a message of one of these kinds about a thing waits, and no sender has it yet."""
    return and_(_is_about(about, kinds), Message.state.in_([MessageState.QUEUED, MessageState.SUPPRESSED]))


def _is_about(about: Any, kinds: Collection[str]) -> ColumnElement[bool]:
    return and_(
        Message.about_type == about.__tablename__, Message.about_id == about.id, Message.kind.in_(kinds)
    )


def last_written(about_type: str, about_ids: Collection[int], *, kind: str) -> dict[int, datetime]:
    """When a message of a kind was last written about each of these things."""
    rows = db.session.execute(
        select(Message.about_id, func.max(Message.created_at))
        .where(Message.about_type == about_type, Message.about_id.in_(about_ids), Message.kind == kind)
        .group_by(Message.about_id)
    )
    return {about_id: at for about_id, at in rows if about_id is not None}


def kinds_sent_before(message: Message, kinds: Collection[str]) -> Select[tuple[str]]:
    """Of which of these kinds the messages are that were sent about the same thing and written before this
    one, the last first."""
    return (
        select(Message.kind)
        .where(
            Message.about_type == message.about_type,
            Message.about_id == message.about_id,
            Message.kind.in_(kinds),
            Message.state == MessageState.SENT,
            Message.created_at < message.created_at,
        )
        .order_by(Message.created_at.desc(), Message.id.desc())
    )


def with_words(*, before: datetime) -> Select[tuple[int]]:
    """The messages that were sent, or that nobody tries to send any more, before an instant, and whose words
    are still here."""
    is_over = Message.sent_at.is_(None) | (Message.sent_at < before)
    return select(Message.id).where(
        Message.state.not_in(WAITING), Message.created_at < before, is_over, Message.text != ""
    )


def counts_by_state() -> Select[tuple[MessageState, int]]:
    return select(Message.state, func.count()).group_by(Message.state)


def kinds() -> list[tuple[str, str]]:
    """The kinds of message that there are, each with its words, in the order of these."""
    found = db.session.scalars(select(Message.kind).distinct())
    return sorted(((one, kind_in_words(one)) for one in found), key=itemgetter(1))


def is_put_off() -> ColumnElement[bool]:
    """Whether it was tried, and waits to be tried again."""
    return and_(Message.state == MessageState.QUEUED, Message.tries > 0)


# --- Addresses that bounce -----------------------------------------------------------------------------


def arrived_since(message: type[Message] = Message) -> ColumnElement[bool]:
    """Whether another e-mail to the same address was sent after this one came back or could not be sent."""
    later = another(Message, "later_message")
    return exists().where(
        later.to_address == message.to_address,
        later.state == MessageState.SENT,
        later.sent_at > message.next_try_at,
    )


def bounces(address: str) -> Select[tuple[Message]]:
    """The e-mails to an address that came back, none having arrived since: while there is one, it bounces."""
    return (
        select(Message)
        .where(Message.to_address == address, Message.state == MessageState.BOUNCED, ~arrived_since())
        .order_by(Message.next_try_at.desc(), Message.id)
    )


def held_back(address: str) -> Select[tuple[Message]]:
    """The e-mails to an address that wait for it to be corrected."""
    return select(Message).where(Message.to_address == address, Message.state == MessageState.SUPPRESSED)


def any_held_back() -> Select[tuple[int]]:
    """One of the e-mails that are held back, if there are any."""
    return select(Message.id).where(Message.state == MessageState.SUPPRESSED).limit(1)


def last_sent_to(address: str) -> Select[tuple[Message]]:
    """The e-mail that was sent to an address last."""
    return (
        select(Message)
        .where(Message.to_address == address, Message.state == MessageState.SENT)
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(1)
    )


def to_readdress(addresses: Collection[str]) -> Select[tuple[Message]]:
    """What came back or is held back of these addresses. What opens an account goes to its own alone."""
    return select(Message).where(
        Message.to_address.in_(addresses),
        Message.state.in_([MessageState.BOUNCED, MessageState.SUPPRESSED]),
        ~Message.key.startswith(OF_AN_ACCOUNT),
    )


def no_longer_held_back() -> ColumnElement[bool]:
    """Whether an e-mail is held back for an address that bounces no longer."""
    bounced = another(Message, "bounced")
    still = exists().where(
        bounced.to_address == Message.to_address,
        bounced.state == MessageState.BOUNCED,
        ~arrived_since(bounced),
    )
    return and_(Message.state == MessageState.SUPPRESSED, ~still)
