"""The audit: administrators read what was done, and no name of somebody who is trained."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from app.audit import rules as audit
from app.core.permissions import Role
from tests import factories
from tests.factories import LONG_AGO
from tests.pages import Pages


@pytest.fixture
def done() -> None:
    """Three things that were done, one of them to somebody who is trained."""
    ada, kim = factories.actor(name="Ada Min"), factories.actor(name="Kim Lead")
    account = factories.user(Role.TRAINER, name="Tess Trainer")
    person = factories.staff(first_name="Marker", last_name="Personname")
    audit.record(by=ada, verb="account:closed", thing=account, now=LONG_AGO, reason="Has moved away")
    audit.record(
        by=kim,
        verb="person:edited",
        thing=person,
        now=LONG_AGO,
        changes={"last_name": ("Markerbefore", "Personname")},
        reason="Marker reason",
    )
    programme = factories.programme(title="Signs of Safety")
    audit.record(by=kim, verb="programme:added", thing=programme, now=LONG_AGO, reason="Marker programme")


@pytest.fixture
def administrator(pages: Pages, done: None) -> Any:
    return pages.sign_in(factories.user(Role.ADMINISTRATOR))


def test_the_audit_names_accounts_and_nobody_who_is_trained(pages: Pages, administrator: Any) -> None:
    page = pages.get("/audit")
    assert "3 entries" in page.text
    assert "Account: Tess Trainer" in page.text
    assert "Has moved away" in page.text
    assert "Person edited" in page.text
    assert "Kim Lead" in page.text
    assert "Programme: Signs of Safety" in page.text
    assert "Marker" not in page.html


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("verb=account:closed", "1 entry"),
        ("thing=person", "1 entry"),
        ("actor=kim", "2 entries"),
        ("actor=kim&thing=programme", "1 entry"),
        ("actor=%25", "No entries"),
        ("verb=nothing:done", "No entries"),
        ("actor=Marker", "No entries"),
    ],
)
def test_the_audit_is_filtered(pages: Pages, administrator: Any, search: str, found: str) -> None:
    page = pages.get(f"/audit?{search}")
    assert found in page.text
    assert page.soup.select_one("#filter-actor").get("value", "") == dict(parse_qsl(search)).get("actor", "")
    assert "Marker" not in page.text


def test_the_audit_is_paged(pages: Pages, administrator: Any) -> None:
    account = factories.user(Role.TRAINER)
    for _ in range(30):
        audit.record(by=factories.actor(), verb="account:changed", thing=account, now=LONG_AGO)
    assert "26 to 33 of 33 entries" in pages.get("/audit?page=2").text


def test_what_was_done_is_said_and_chosen_in_words(pages: Pages, administrator: Any) -> None:
    """Also what an earlier version recorded, and this one records no longer."""
    person = factories.staff()
    for verb in ("person:working days", "booking:cancelled_by_academy", "person:of_old"):
        audit.record(by=factories.actor(), verb=verb, thing=person, now=LONG_AGO)
    page = pages.get("/audit")
    chosen = {one["value"]: one.get_text() for one in page.soup.select("#filter-verb option")}
    assert chosen["person:working days"] == "Working days changed"
    assert chosen["booking:cancelled_by_academy"] == "Booking cancelled by the academy"
    assert chosen["person:of_old"] == "Person of old"
    assert list(chosen.values())[1:] == sorted(list(chosen.values())[1:])
    assert "Working days changed" in page.soup.select_one("table").get_text()
    assert page.soup.select_one("#filter-thing option[value=user]").get_text() == "Account"
