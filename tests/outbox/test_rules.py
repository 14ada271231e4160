"""Each message is written once and sent once, whatever stops a sender."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from app.config import MailTransport
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.mail import Email, SendFailed, SmtpRelay
from app.jobs.models import JobRun
from app.outbox import rules
from app.outbox.models import Message, MessageState
from tests.ports import free_port

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


class Refusing:
    """A relay that takes nobody's mail, and says why."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def handle_RCPT(self, *_given: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return self.answer


class RefusingWords:
    """A relay that takes every address, and no words."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    async def handle_DATA(self, *_given: Any) -> str:  # noqa: N802 - aiosmtpd's name
        return self.answer


def refused(
    app: Flask,
    answer: str,
    encrypted: ssl.SSLContext | None = None,
    refusing: type[Refusing | RefusingWords] = Refusing,
    **settings: Any,
) -> SendFailed:
    """How sending fails at a relay that gives this answer."""
    relay = Controller(refusing(answer), hostname="127.0.0.1", port=free_port(), tls_context=encrypted)
    relay.start()
    asked = {"smtp_host": "127.0.0.1", "smtp_port": relay.port} | settings
    message = EmailMessage()
    message["To"], message["From"] = "ada@council.example", "academy@council.example"
    try:
        with pytest.raises(SendFailed) as failed:
            SmtpRelay(app.config["SETTINGS"].model_copy(update=asked)).send(message)
    finally:
        relay.stop()
    return failed.value


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


def test_a_subject_is_as_long_as_the_names_and_titles_in_it() -> None:
    subject = f"{'x' * 241} asks for {'x' * 200}"
    message = write(email=Email(subject, "outbox/emails/test"))
    assert message is not None
    assert message.subject == subject


def send(now: datetime, carrier: Carrier, *, right: bool = True) -> Message | None:
    message = rules.claim_next(now=now)
    if message is None:
        return None
    try:
        letter = rules.ready_to_send(message, still_right=lambda _message: right, now=now)
        if letter is not None:
            carrier.send(letter)
            rules.note_sent(message, now=now)
    except SendFailed as failure:
        rules.put_off(
            message,
            problem=str(failure),
            now=now,
            is_bounce=failure.is_bounce,
            is_of_carrier=failure.is_of_carrier,
        )
    db.session.flush()
    return message


@pytest.fixture(autouse=True)
def _words(app, database, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from jinja2 import DictLoader

    loader = app.jinja_env.loader
    words = {
        "outbox/emails/test.txt": "Hello.",
        "outbox/emails/test.html": "<p>Hello.</p>",
        "outbox/emails/link.txt": "Open {{ secret }}",
        "outbox/emails/link.html": "<p>Open {{ secret }}</p>",
    }
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


@pytest.mark.parametrize("address", ["not an address", "a@b@c", "two words@council.example"])
def test_address_that_cannot_be_one_fails_alone(address: str) -> None:
    write("test:bad", to_address=address)
    write("test:good")
    carrier = Carrier()
    while send(NOW, carrier) is not None:
        pass
    states = dict(db.session.execute(select(Message.key, Message.state)).tuples().all())
    assert states == {"test:bad": MessageState.BOUNCED, "test:good": MessageState.SENT}


@pytest.mark.parametrize("name", ["Ada\nMarsh", "Ada\r\nMarsh", " Ada\t Marsh ", "Ada\u2028Marsh"])
def test_u18_a_name_makes_no_address_a_wrong_one(name: str) -> None:
    """Or anybody could stop all e-mail to somebody, by giving their address under such a name."""
    write(to_name=name)
    carrier = Carrier()
    message = send(NOW, carrier)
    assert message is not None
    assert message.state is MessageState.SENT
    assert str(carrier.taken[0]["To"]) == "Ada Marsh <ada@council.example>"


def test_failed_message_can_be_tried_again_and_no_other() -> None:
    message = write()
    assert message is not None
    with pytest.raises(RuleBroken, match="Only an e-mail that could not be sent"):
        rules.try_again(message=message, now=NOW)
    send(NOW + timedelta(days=1), Carrier(SendFailed("Refused.")))
    rules.try_again(message=message, now=NOW + timedelta(days=2))
    carrier = Carrier()
    send(NOW + timedelta(days=2), carrier)
    assert (message.state, len(carrier.taken)) == (MessageState.SENT, 1)


def test_what_is_tried_again_is_the_same_e_mail_with_another_day_of_tries() -> None:
    message = write()
    assert message is not None
    send(NOW + timedelta(days=1), Carrier(SendFailed("Refused.")))
    again = NOW + timedelta(days=2)
    rules.try_again(message=message, now=again)
    send(again, Carrier(SendFailed("Refused.")))
    assert (message.state, message.created_at) == (MessageState.QUEUED, NOW)
    send(message.next_try_at, carrier := Carrier())
    assert str(carrier.taken[0]["Message-ID"]).startswith(f"<takeup-{message.id}-{NOW:%Y%m%d%H%M%S}@")


# --- Addresses that bounce ---------------------------------------------------------------------------------

NOBODY = SendFailed("The relay refused the address.", is_bounce=True)
LATER = NOW + timedelta(days=3)


def state_of(key: str) -> MessageState:
    return db.session.scalars(select(Message.state).where(Message.key == key)).one()


def bounce() -> None:
    """The first e-mail to Ada comes back, and the second is held back."""
    write("first")
    send(NOW, Carrier(NOBODY))
    write("second", now=NOW + timedelta(minutes=1))
    send(NOW + timedelta(minutes=1), Carrier())


def test_u18_what_follows_to_an_address_that_bounced_is_held_back() -> None:
    bounce()
    assert (state_of("first"), state_of("second")) == (MessageState.BOUNCED, MessageState.SUPPRESSED)
    write("other", to_address="ben@council.example")
    assert send(NOW + timedelta(minutes=2), Carrier()) is not None
    assert state_of("other") is MessageState.SENT
    rules.release(now=LATER)
    assert send(LATER, Carrier()) is None


def test_u18_what_opens_an_account_is_sent_all_the_same() -> None:
    bounce()
    write("account:1:reset:1", now=LATER)
    assert send(LATER, carrier := Carrier()) is not None
    assert len(carrier.taken) == 1


def test_u18_corrected_what_came_back_and_what_was_held_back_goes_to_the_new_address() -> None:
    bounce()
    write("account:1:invitation:1", secret="s3cret")
    account = db.session.scalars(select(Message).where(Message.key.startswith("account"))).one()
    account.state = MessageState.BOUNCED
    assert rules.readdress(addresses={"ada@council.example": "ada.marsh@council.example"}, now=LATER) == 2
    carrier = Carrier()
    while send(LATER, carrier):
        pass
    assert {str(one["To"]) for one in carrier.taken} == {"Ada Marsh <ada.marsh@council.example>"}
    assert len(carrier.taken) == 2
    assert account.to_address == "ada@council.example"


@pytest.mark.parametrize(
    ("failure", "states"),
    [
        (None, {MessageState.SENT}),
        (NOBODY, {MessageState.BOUNCED, MessageState.SUPPRESSED}),
    ],
)
def test_u18_an_address_that_is_tried_again_releases_the_rest_when_it_works(
    failure: SendFailed | None, states: set[MessageState]
) -> None:
    bounce()
    rules.try_address(address="ada@council.example", now=LATER)
    rules.release(now=LATER)
    while send(LATER, Carrier(failure)):
        pass
    rules.release(now=LATER)
    assert send(LATER + timedelta(minutes=1), Carrier(failure)) is None
    assert {state_of("first"), state_of("second")} == states
    with pytest.raises(RuleBroken, match="has come back"):
        rules.try_address(address="somebody@council.example", now=LATER)


def test_u18_held_back_for_too_long_it_helps_nobody() -> None:
    bounce()
    write("third", useful_until=NOW + timedelta(days=1))
    send(NOW, Carrier())
    rules.release(now=NOW + timedelta(hours=23))
    assert state_of("third") is MessageState.SUPPRESSED
    rules.release(now=LATER)
    assert (state_of("third"), state_of("second")) == (MessageState.WITHDRAWN, MessageState.SUPPRESSED)


def test_u18_what_comes_back_to_the_academy_is_noted_by_hand() -> None:
    with pytest.raises(RuleBroken, match="No e-mail was sent to this address"):
        rules.note_bounce(address="ada@council.example", now=NOW)
    for number in (1, 2):
        write(f"sent:{number}", now=NOW + timedelta(minutes=number))
        send(NOW + timedelta(minutes=number), Carrier())
    rules.note_bounce(address="ada@council.example", now=LATER)
    assert (state_of("sent:1"), state_of("sent:2")) == (MessageState.SENT, MessageState.BOUNCED)
    write("next", now=LATER)
    send(LATER, Carrier())
    assert state_of("next") is MessageState.SUPPRESSED


def with_link(carrier: Carrier) -> Message:
    """An e-mail with a link of its own, as somebody tried to send it."""
    email = Email("Your place", "outbox/emails/link", {"secret": "s3cret"})
    message = write("link", email=email, secret="s3cret")
    assert message is not None
    send(NOW, carrier)
    return message


@pytest.mark.parametrize(
    "again",
    [
        lambda: rules.try_address(address="ada@council.example", now=LATER),
        lambda: rules.readdress(addresses={"ada@council.example": "ada.marsh@council.example"}, now=LATER),
    ],
    ids=["the address is right", "the address is corrected"],
)
def test_u18_what_came_back_without_its_link_is_not_sent_again(again: Callable[[], object]) -> None:
    message = with_link(carrier := Carrier())
    rules.note_bounce(address="ada@council.example", now=LATER)
    assert message.problem == "It came back after it was sent. The link in it was forgotten when it was sent."
    write("held back", now=LATER)
    send(LATER, carrier)
    again()
    rules.release(now=LATER)
    while send(LATER, carrier):
        pass
    assert (message.state, state_of("held back")) == (MessageState.WITHDRAWN, MessageState.SENT)
    assert ["s3cret" in str(one) for one in carrier.taken] == [True, False]


def test_u18_nor_by_hand() -> None:
    message = with_link(Carrier())
    rules.note_bounce(address="ada@council.example", now=LATER)
    with pytest.raises(RuleBroken, match="The link in it was forgotten when it was sent"):
        rules.try_again(message=message, now=LATER)
    assert message.state is MessageState.BOUNCED


def test_u18_what_a_relay_refused_still_has_its_link() -> None:
    with_link(Carrier(NOBODY))
    rules.try_address(address="ada@council.example", now=LATER)
    send(LATER, carrier := Carrier())
    assert ["s3cret" in str(one) for one in carrier.taken] == [True]


@pytest.mark.parametrize(
    ("answer", "told", "is_bounce"),
    [
        ("550 5.1.1 <ada@council.example> Unknown.", "550 5.1.1 <…@council.example> Unknown", True),
        ("550 5.1.1 Unknown in relay recipient table", "550 5.1.1 Unknown in relay recipient table", True),
        ("550 No such user", "550 No such user", True),
        ("550 5.7.1 Relaying denied", "550 5.7.1 Relaying denied", False),
        ("550 relay not permitted", "550 relay not permitted", False),
        ("554 5.7.1 Relay access denied", "554 5.7.1 Relay access denied", False),
        ("552 5.2.2 Mailbox full", "552 5.2.2 Mailbox full", False),
        ("450 4.2.1 Try later", "450 4.2.1 Try later", False),
    ],
)
def test_u18_only_a_relay_that_knows_no_such_address_makes_a_bounce(
    app: Flask, answer: str, told: str, is_bounce: bool
) -> None:
    """All else is tried again for a day. What it answered is told, without the address of a person (3.0)."""
    failed = refused(app, answer)
    assert str(failed) == f"The relay refused the address: it answered {told}."
    assert failed.is_bounce is is_bounce


def test_a_relay_that_refuses_the_words_of_one_e_mail_is_not_called_one_that_could_not_be_used(
    app: Flask,
) -> None:
    failed = refused(app, "451 4.7.1 Greylisted", refusing=RefusingWords)
    assert str(failed) == "The relay refused the e-mail: it answered 451 4.7.1 Greylisted."
    assert not failed.is_bounce


def test_a_relay_that_cannot_be_used_is_named_with_the_reason_in_words(
    app: Flask, run_command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the job reads which settings to look at; so does the outbox."""
    port = free_port()
    relay = {"mail_transport": MailTransport.SMTP, "smtp_host": "127.0.0.1", "smtp_port": port}
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=relay))
    write(key="link:1", now=clock.now())
    result = run_command("jobs", "run", "deliver")
    why = f"The relay 127.0.0.1 (SMTP_HOST), port {port} (SMTP_PORT) could not be used: Connection refused."
    assert db.session.execute(select(Message.problem, Message.carrier_failed)).one() == (why, True)
    assert result.stdout == f"deliver: 0 done, 0 no longer needed, 1 failed. {why}\n"
    assert db.session.scalars(select(JobRun.problem)).one() == why


def test_what_a_relay_answers_is_told(app: Flask) -> None:
    failed = refused(app, "250 OK", smtp_username="me", smtp_password="pw")
    assert str(failed).endswith("could not be used: SMTP AUTH extension not supported by server.")


@pytest.mark.parametrize(
    ("trusted", "told"),
    [
        (True, "The relay refused the address: it answered 450 Later."),
        (False, "could not be used: its certificate is not trusted (self-signed certificate)."),
    ],
)
def test_what_is_encrypted_goes_to_a_relay_whose_certificate_is_trusted(
    app: Flask, monkeypatch: pytest.MonkeyPatch, trusted: bool, told: str
) -> None:
    certificate = Path(__file__).with_name("relay.pem")  # with its key, which protects nothing
    encrypted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    encrypted.load_cert_chain(certificate)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert str(refused(app, "450 Later", encrypted, smtp_starttls=True)).endswith(told)
