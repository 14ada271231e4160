"""Each message is written once and sent once, whatever stops a sender."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from app.core.db import db
from app.core.errors import RuleBroken
from app.core.mail import Email, SendFailed
from app.outbox import rules
from app.outbox.models import Message, MessageState

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Carrier:
    """Takes messages, or fails as it is told to."""

    def __init__(self, failure: SendFailed | None = None) -> None:
        self.failure = failure
        self.taken: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        if self.failure:
            raise self.failure
        self.taken.append(message)


def write(key: str = "test:1", **values: object) -> Message | None:
    written = {
        "key": key,
        "kind": "test",
        "to_address": "ada@council.example",
        "to_name": "Ada Marsh",
        "email": Email("A subject\nwith a break", "outbox/emails/test"),
        "now": NOW,
    }
    is_new = rules.enqueue(**(written | values))  # type: ignore[arg-type]
    return db.session.scalars(select(Message).where(Message.key == key)).one() if is_new else None


def send(now: datetime, carrier: Carrier, *, right: bool = True) -> Message | None:
    message = rules.claim_next(now=now)
    if message is not None:
        rules.send_claimed(message, transport=carrier, still_right=lambda _message: right, now=now)
        db.session.flush()
    return message


@pytest.fixture(autouse=True)
def _words(app, database, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from jinja2 import DictLoader

    loader = app.jinja_env.loader
    words = {"outbox/emails/test.txt": "Hello.", "outbox/emails/test.html": "<p>Hello.</p>"}
    app.jinja_env.loader = DictLoader(words)
    yield
    app.jinja_env.loader = loader


def test_second_writing_under_one_key_changes_nothing() -> None:
    assert write() is not None
    assert write(to_name="Somebody else") is None
    assert db.session.scalars(select(Message.to_name)).all() == ["Ada Marsh"]


def test_subject_is_one_line() -> None:
    message = write()
    assert message is not None
    assert message.subject == "A subject with a break"


def test_claimed_message_is_nobody_elses() -> None:
    write()
    carrier = Carrier()
    assert rules.claim_next(now=NOW) is not None
    assert send(NOW, carrier) is None
    assert carrier.taken == []


def test_claim_of_a_sender_that_died_is_due_again_after_a_quarter_of_an_hour() -> None:
    write()
    rules.claim_next(now=NOW)
    assert rules.claim_next(now=NOW + timedelta(minutes=15)) is None
    assert rules.claim_next(now=NOW + timedelta(minutes=16)) is not None


def test_sent_message_is_what_was_written() -> None:
    write()
    carrier = Carrier()
    message = send(NOW, carrier)
    assert message is not None
    assert (message.state, message.sent_at) == (MessageState.SENT, NOW)
    assert str(carrier.taken[0]["To"]) == "Ada Marsh <ada@council.example>"
    assert send(NOW, carrier) is None


@pytest.mark.parametrize(
    ("useful_until", "right", "state"),
    [
        (NOW - timedelta(seconds=1), True, MessageState.WITHDRAWN),
        (NOW, True, MessageState.SENT),
        (None, True, MessageState.SENT),
        (None, False, MessageState.WITHDRAWN),
    ],
)
def test_message_goes_only_while_it_helps(
    useful_until: datetime | None, right: bool, state: MessageState
) -> None:
    write(useful_until=useful_until)
    message = send(NOW, Carrier(), right=right)
    assert message is not None
    assert message.state is state


def test_failing_relay_is_tried_again_less_and_less_often_and_given_up_after_a_day() -> None:
    write()
    carrier = Carrier(SendFailed("The relay could not be used."))
    tries, moment = [], NOW
    while moment < NOW + timedelta(hours=30):
        if send(moment, carrier) is not None:
            tries.append(moment - NOW)
        moment += timedelta(minutes=5)
    message = db.session.scalars(select(Message)).one()
    assert tries[:4] == [timedelta(minutes=one) for one in (0, 5, 20, 80)]
    assert max(tries) <= timedelta(hours=24)
    assert (message.state, message.problem) == (MessageState.FAILED, "The relay could not be used.")


def test_refused_address_is_final() -> None:
    write()
    message = send(NOW, Carrier(SendFailed("The relay refused the address.", is_final=True)))
    assert message is not None
    assert message.state is MessageState.FAILED
    assert db.session.scalar(select(func.count(Message.id)).where(Message.sent_at.is_not(None))) == 0


@pytest.mark.parametrize("address", ["not an address", "a@b@c", "two words@council.example"])
def test_address_that_cannot_be_one_fails_alone(address: str) -> None:
    write("test:bad", to_address=address)
    write("test:good")
    carrier = Carrier()
    while send(NOW, carrier) is not None:
        pass
    states = dict(db.session.execute(select(Message.key, Message.state)).tuples().all())
    assert states == {"test:bad": MessageState.FAILED, "test:good": MessageState.SENT}


def test_failed_message_can_be_tried_again_and_no_other() -> None:
    message = write()
    assert message is not None
    with pytest.raises(RuleBroken, match="Only an e-mail that could not be sent"):
        rules.try_again(message=message, now=NOW)
    send(NOW, Carrier(SendFailed("Refused.", is_final=True)))
    rules.try_again(message=message, now=NOW + timedelta(days=2))
    carrier = Carrier()
    send(NOW + timedelta(days=2), carrier)
    assert (message.state, len(carrier.taken)) == (MessageState.SENT, 1)
