"""The administrator's page of every e-mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask

from app.config import MailTransport
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import SECRET_STANDS_HERE, Message, MessageState
from tests import factories

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def message(key: str, state: MessageState, **values: Any) -> Message:
    row = Message(
        key=key, kind="joining", to_address=f"{key}@council.example", to_name="A", subject=f"About {key[:5]}",
        text="Hello", html="<p>Hello</p>", state=state, created_at=NOW, next_try_at=NOW, **values,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return row


def test_sa05_every_message_is_shown_with_its_state(pages: Any) -> None:
    message("one", MessageState.QUEUED)
    message("two", MessageState.SENT, sent_at=NOW)
    message("three", MessageState.FAILED, problem="The relay refused the address.")
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get("/outbox")
    for words in ("Waiting to be sent", "Sent", "Could not be sent", "The relay refused the address."):
        assert words in page.text
    only = pages.get("/outbox?state=failed")
    assert "About three" in only.text
    assert "About one" not in only.text


@pytest.mark.parametrize("address", ["", "rehearsal@council.example"])
def test_sa05_a_rehearsal_says_where_every_message_goes(
    app: Flask, pages: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    settings = app.config["SETTINGS"].model_copy(update={"mail_redirect_to": address})
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    text = pages.sign_in(factories.user(Role.ADMINISTRATOR)).get("/outbox").text
    assert ("addressed to rehearsal@council.example instead" in text) == bool(address)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"demo": True}, "This is a demonstration: nobody gets these e-mails."),
        ({"demo": False}, "Nobody gets these e-mails. Each is kept as a file"),
        ({"demo": False, "mail_transport": MailTransport.SMTP}, None),
    ],
)
def test_sa05_the_outbox_says_when_e_mails_reach_nobody(
    app: Flask, pages: Any, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], says: str | None
) -> None:
    """Kept as a file, each is “Sent”: whoever looks here must not take that for an e-mail that arrived."""
    monkeypatch.setitem(app.config, "SETTINGS", app.config["SETTINGS"].model_copy(update=changed))
    text = pages.sign_in(factories.user(Role.ADMINISTRATOR)).get("/outbox").text
    assert says in text if says else "get these e-mails" not in text
    assert ("sets MAIL_TRANSPORT" in text) is (changed == {"demo": False})


@pytest.mark.parametrize(
    ("key", "shown"),
    [("account:1:reset:1", "roy.marsh@council.example"), ("joining:booking:1", "r…@council.example")],
)
def test_3_0_administrator_sees_the_addresses_of_accounts_alone(pages: Any, key: str, shown: str) -> None:
    message(key, MessageState.QUEUED).to_address = "roy.marsh@council.example"
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    text = pages.get("/outbox").text
    assert shown in text
    assert ("roy.marsh@" in text) is key.startswith("account:")


def test_sa05_a_message_that_could_not_be_sent_says_when_it_is_tried_again(pages: Any) -> None:
    later = NOW + timedelta(minutes=5)
    message("one", MessageState.QUEUED)
    message("two", MessageState.QUEUED, tries=1, problem="The relay refused the address.").next_try_at = later
    message("three", MessageState.FAILED, tries=9, problem="The relay refused the address.")
    db.session.commit()
    text = pages.sign_in(factories.user(Role.ADMINISTRATOR)).get("/outbox").text
    assert "The relay refused the address. Next try: 2 March 2026 at 09:05" in text
    assert text.count("Next try") == 1


def test_failed_message_is_tried_again_by_a_press(pages: Any) -> None:
    failed = message("three", MessageState.FAILED, problem="The relay refused the address.")
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.submit(pages.get("/outbox"), form="/try-again")
    assert "waits to be sent again" in page.text
    db.session.refresh(failed)
    assert failed.state is MessageState.QUEUED


def test_sent_message_is_not_sent_again(pages: Any) -> None:
    sent = message("two", MessageState.SENT, sent_at=NOW)
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.post(f"/outbox/{sent.id}/try-again")
    assert "Only an e-mail that could not be sent can be tried again" in page.text


def test_u18_what_came_back_without_its_link_has_no_button_to_send_it_again(pages: Any) -> None:
    for key, link in (("three", SECRET_STANDS_HERE), ("four", "https://takeup.example")):
        message(key, MessageState.BOUNCED).text = f"Open {link}"
    db.session.commit()
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get("/outbox")
    assert page.html.count("/try-again") == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rosa.", {"account:rosa.ng"}),  # by a part only where the address is shown in full
        ("ROSA", {"account:rosa.ng"}),
        (" Sam.Oduya@Council.example ", {"sam.oduya"}),
        ("sam", set()),
        ("am.oduya@council.example", set()),
        ("@council.example", {"account:rosa.ng", "sam.oduya"}),
        ("@council", {"account:rosa.ng"}),
        ("%", set()),
    ],
)
def test_sa05_an_e_mail_is_found_by_its_address_without_finding_one_out(
    pages: Any, typed: str, found: set[str]
) -> None:
    message("account:rosa.ng", MessageState.QUEUED).subject = "About account:rosa.ng"
    message("sam.oduya", MessageState.QUEUED).subject = "About sam.oduya"
    db.session.commit()
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get(f"/outbox?{urlencode({'address': typed, 'state': 'queued'})}")
    shown = {one.get_text() for one in page.soup.select("tbody th")}
    assert shown == {f"About {key}Joining reminder" for key in found}
    assert page.value("address") == typed.strip()
    assert bool(found) != ("No e-mail fits" in page.text)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_outbox_is_for_administrators_alone(pages: Any, role: Role) -> None:
    pages.sign_in(factories.user(role))
    pages.get("/outbox", status=403)


def test_sa05_kinds_are_said_and_chosen_in_words(pages: Any) -> None:
    message("one", MessageState.QUEUED).kind = "few"
    message("two", MessageState.QUEUED).kind = "of_old"
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get("/outbox?kind=few")
    assert [one.get_text() for one in page.soup.select("#filter-kind option")] == [
        "All", "Of old", "Run with too few people"
    ]  # fmt: skip
    assert "Run with too few people" in page.soup.select_one("table").get_text()
    assert "Of old" not in page.soup.select_one("table").get_text()
