"""Writing a message once, and sending each once: however many senders there are, whatever stops one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlalchemy import CursorResult, bindparam, text, update

from app.core import mail, tokens
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.mail import Email
from app.outbox import queries
from app.outbox.models import OF_AN_ACCOUNT, SECRET_STANDS_HERE, WAITING, Message, MessageState

GIVE_UP_AFTER = timedelta(hours=24)
CLAIM_LASTS = timedelta(minutes=15)
LINK_FORGOTTEN = "The link in it was forgotten when it was sent."
WORDS_DELETED = "Its words were deleted, as it was written long ago."
WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))

_GIVEN = (
    "key", "kind", "to_address", "to_name", "subject", "text", "html", "secret", "calendar", "new_dates",
    "about_type", "about_id", "state", "created_at", "next_try_at", "useful_until", "tries",
    "carrier_failed",
)  # fmt: skip
# As text, because SQLAlchemy compiles an insert() with ON CONFLICT anew each time: half a millisecond.
_TYPES = [bindparam(name, type_=Message.__table__.c[name].type) for name in _GIVEN]
_WRITING = (
    f"INSERT INTO message ({', '.join(_GIVEN)}) VALUES (:{', :'.join(_GIVEN)})"  # noqa: S608 - names alone
    " ON CONFLICT (key) DO NOTHING"
)
_WRITE_ONCE = text(f"{_WRITING} RETURNING id").bindparams(*_TYPES)
_WRITE_EACH_ONCE = text(_WRITING).bindparams(*_TYPES)


@dataclass(frozen=True)
class Letter:
    """A message that is to be written; `enqueue` says what each part of it is."""

    key: str
    kind: str
    to_address: str
    to_name: str
    email: Email
    about: Any | None = None
    useful_until: datetime | None = None
    secret: str | None = None


def enqueue(
    *,
    key: str,
    kind: str,
    to_address: str,
    to_name: str,
    email: Email,
    now: datetime,
    about: Any | None = None,
    useful_until: datetime | None = None,
    secret: str | None = None,
) -> bool:
    """Write a message into the outbox, in the transaction of its cause; whether it was not there already.

    The unique `key` makes it once: a second writing of `joining:booking:42:2wd`, also by another process
    at the same moment, changes nothing. `about` is the row that it concerns. `secret` is the part of the
    words that is kept apart from them, and forgotten once the message was sent.
    """
    letter = Letter(key, kind, to_address, to_name, email, about, useful_until, secret)
    return db.session.scalar(_WRITE_ONCE, _row_of(letter, now)) is not None


def enqueue_all(letters: Sequence[Letter], *, now: datetime) -> None:
    """Write many messages by one statement, each once, as `enqueue` does."""
    if letters:
        db.session.execute(_WRITE_EACH_ONCE, [_row_of(letter, now) for letter in letters])


def _row_of(letter: Letter, now: datetime) -> dict[str, Any]:
    words = mail.render(letter.email)
    return {
        "key": letter.key,
        "kind": letter.kind,
        "to_address": letter.to_address,
        "to_name": letter.to_name,
        "subject": words.subject,
        "text": _without(letter.secret, words.text),
        "html": _without(letter.secret, words.html),
        "secret": letter.secret,
        "calendar": words.calendar,
        "new_dates": words.new_dates,
        "about_type": letter.about.__tablename__ if letter.about is not None else None,
        "about_id": letter.about.id if letter.about is not None else None,
        "state": MessageState.QUEUED,
        "created_at": now,
        "next_try_at": now,
        "useful_until": letter.useful_until,
        "tries": 0,
        "carrier_failed": False,
    }


def take_back(*, about: Any, kinds: Collection[str]) -> None:
    """What waits to be said of a thing is said no longer. What a sender has already goes out, unless it is
    found to be right no more."""
    db.session.execute(
        update(Message)
        .where(queries.waiting_about(about, kinds))
        .values(state=MessageState.WITHDRAWN, secret=None)
        .execution_options(synchronize_session=False)
    )


def claim_next(*, now: datetime) -> Message | None:
    """Take the oldest message that is due, so that no other sender has it; None when nothing is due.

    A conditional UPDATE decides between two senders. A claim that is older than 15 minutes belonged to a
    sender that died, and the message is due again.
    """
    due = queries.due_ids(now=now, claimed_before=now - CLAIM_LASTS)
    for message_id in db.session.scalars(due):
        claimed = db.session.execute(
            update(Message)
            .where(Message.id == message_id, queries.is_due(now=now, claimed_before=now - CLAIM_LASTS))
            .values(state=MessageState.SENDING, claimed_at=now, tries=Message.tries + 1)
            .execution_options(synchronize_session=False)
        )
        if isinstance(claimed, CursorResult) and claimed.rowcount == 1:
            return db.session.get(Message, message_id, populate_existing=True)
    return None


def ready_to_send(
    message: Message, *, still_right: Callable[[Message], bool], now: datetime
) -> EmailMessage | None:
    """A claimed message as it is handed over; None, and what became of it is said on it, when it no longer
    helps or, where e-mails came back, is held back (U-18). Raises SendFailed when its address can't be one.

    `still_right` is asked by whoever knows the room that the message is about: the outbox lies below them.
    Commit before handing it over: a relay may take minutes, and nobody who writes is to wait for it.
    """
    if (message.useful_until and message.useful_until < now) or not still_right(message):
        message.claimed_at, message.state, message.secret = None, MessageState.WITHDRAWN, None
        return None
    if is_held_back(message):
        message.claimed_at, message.state = None, MessageState.SUPPRESSED
        return None
    return _composed(message)


def note_sent(message: Message, *, now: datetime) -> None:
    """A claimed message was handed over; its secret is forgotten."""
    message.state, message.sent_at = MessageState.SENT, now
    message.problem, message.carrier_failed = None, False
    message.secret, message.claimed_at = None, None


def _composed(message: Message) -> EmailMessage:
    return mail.compose(
        message_id=f"takeup-{message.id}-{message.created_at:%Y%m%d%H%M%S}",
        to_name=message.to_name,
        to_address=message.to_address,
        subject=message.subject,
        text=_with(message.secret, message.text),
        html=_with(message.secret, message.html),
        calendar=message.calendar,
        new_dates=message.new_dates,
    )


def _without(secret: str | None, words: str) -> str:
    return words.replace(secret, SECRET_STANDS_HERE) if secret else words


def _with(secret: str | None, words: str) -> str:
    return words.replace(SECRET_STANDS_HERE, secret) if secret else words


def put_off(
    message: Message,
    *,
    problem: str,
    now: datetime,
    is_bounce: bool = False,
    is_of_carrier: bool = False,
) -> None:
    """A claimed message could not be sent: try again after 5 and 15 minutes, an hour, then every 4 hours.

    After a day it ends as failed, which an administrator's first page shows. When there is no such address
    it came back, and what follows to it is held back.
    """
    message.problem, message.carrier_failed, message.claimed_at = problem[:500], is_of_carrier, None
    if is_bounce:
        message.state, message.next_try_at = MessageState.BOUNCED, now
        return
    wait = WAITS[min(message.tries, len(WAITS)) - 1]
    if now + wait > (message.requeued_at or message.created_at) + GIVE_UP_AFTER:
        message.state = MessageState.FAILED
    else:
        message.state, message.next_try_at = MessageState.QUEUED, now + wait


def try_again(*, message: Message, now: datetime) -> None:
    """A message that could not be sent goes back into the queue, for another day of tries.

    Raises RuleBroken unless it is one that could not be sent, with its words and its link.
    """
    if message.state not in {MessageState.FAILED, MessageState.BOUNCED}:
        state = message.state.label.lower()
        raise RuleBroken(f"Only an e-mail that could not be sent can be tried again. This one: {state}.")
    if message.has_lost_its_link:
        raise RuleBroken(
            f"This e-mail can’t be sent again. {LINK_FORGOTTEN} Make a new link if one is needed."
        )
    if not message.is_whole:
        raise RuleBroken(f"This e-mail can’t be sent again. {WORDS_DELETED}")
    _queue(message, now)


def _queue(message: Message, now: datetime) -> None:
    """Due now, for another day of tries; what has lost its link or its words is withdrawn."""
    if not message.is_whole:
        message.state = MessageState.WITHDRAWN
        return
    message.state, message.next_try_at, message.requeued_at, message.tries = MessageState.QUEUED, now, now, 0


# --- Addresses that bounce (U-18) ----------------------------------------------------------------------


def is_held_back(message: Message) -> bool:
    """Whether e-mails to its address come back, so that no more are sent until it is corrected.

    What opens an account is sent all the same: somebody has just asked for it.
    """
    if message.key.startswith(OF_AN_ACCOUNT):
        return False
    return db.session.scalar(queries.bounces(message.to_address).limit(1)) is not None


def note_bounce(*, address: str, now: datetime) -> None:
    """The last e-mail to an address came back after it was sent, as somebody saw in the academy's mailbox.

    Its link, if it had one of its own, was forgotten when it was sent, and its words are deleted after a
    while: then it is not sent again.
    """
    message = db.session.scalar(queries.last_sent_to(address))
    if message is None:
        raise RuleBroken("No e-mail was sent to this address, so none can have come back.")
    message.state, message.sent_at, message.next_try_at = MessageState.BOUNCED, None, now
    message.problem = "It came back after it was sent."
    if not message.is_whole:
        lost = LINK_FORGOTTEN if message.has_lost_its_link else WORDS_DELETED
        message.problem = f"{message.problem} {lost}"


def try_address(*, address: str, now: datetime) -> None:
    """The address is right after all, such as a mailbox that was full: what came back is sent once more.

    What has lost its link or its words is withdrawn. What is held back follows, once `release` finds that
    the address bounces no longer.
    """
    came_back = db.session.scalars(queries.bounces(address)).all()
    if not came_back:
        raise RuleBroken("No e-mail to this address has come back.")
    for message in came_back:
        _queue(message, now)


def readdress(*, addresses: Mapping[str, str], now: datetime) -> int:
    """Somebody's address is corrected: what came back from the old one, and what was held back, goes to the
    new one, if it still helps; how many e-mails these are. `addresses` are the old ones -> the new. What has
    lost its link or its words is withdrawn."""
    messages = db.session.scalars(queries.to_readdress(addresses)).all() if addresses else []
    for message in messages:
        message.to_address = addresses[message.to_address]
        message.secret = message.secret and tokens.sent_on(message.secret, message.to_address)
        _queue(message, now)
    db.session.flush()
    return sum(message.state is MessageState.QUEUED for message in messages)


def release(*, now: datetime) -> None:
    """What is held back for an address that bounces no longer waits to be sent; what helps nobody any more is
    withdrawn."""
    if db.session.scalar(queries.any_held_back()) is None:
        return  # asked every few seconds: nobody who writes is to wait for it
    held = update(Message).where(Message.state == MessageState.SUPPRESSED)
    db.session.execute(
        held.where(Message.useful_until < now)
        .values(state=MessageState.WITHDRAWN, secret=None)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        held.where(queries.no_longer_held_back())
        .values(state=MessageState.QUEUED, next_try_at=now, requeued_at=now, tries=0)
        .execution_options(synchronize_session=False)
    )


# --- Words that are old --------------------------------------------------------------------------------


def delete_words(*, ids: Collection[int]) -> int:
    """The words of these messages are deleted, unless one waits by now to be sent once more; how many that
    were. What each was, to whom it went and when stays, so that nothing is written twice.

    Example: an approval of 3 March 2025 still says on 4 March 2026 that it was sent, and what about.
    """
    deleted = db.session.scalars(
        update(Message)
        .where(Message.id.in_(ids), Message.state.not_in(WAITING))
        .values(text="", html="", calendar=None, new_dates=None, secret=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(deleted.all())
