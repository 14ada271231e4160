"""Providers: one row for each supplier, however its name is written."""

from __future__ import annotations

import pytest
from flask import Flask

from app.audit.models import AuditEntry
from app.commissioning import queries, rules
from app.commissioning.models import Provider, ProviderAlias
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from tests import factories
from tests.races import AT_ONCE, at_once

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)


def add(name: str, *aliases: str) -> Provider:
    return rules.add_provider(name=name, aliases=aliases, by=ACADEMY, now=clock.now())


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("Griffin Care Training Ltd", "Griffin Care Ltd", True),
        ("Griffin Care Ltd", "Griffin Care Training Ltd", True),
        ("GRIFFIN CARE LIMITED", "Griffin Care Ltd", True),
        ("Grifin Care", "Griffin Care Ltd", True),
        ("The Griffin Care Company", "Griffin Care Ltd", True),
        ("Griffin Fostering Ltd", "Griffin Care Ltd", False),
        ("Care Ltd", "Griffin Care Ltd", False),
        ("Hillside Training Ltd", "Griffin Care Training Ltd", False),
        ("Ltd", "Griffin Care Ltd", False),
        ("...", "Griffin Care Ltd", False),
    ],
)
def test_i02_names_that_may_be_one_provider(name: str, known: str, expected: bool) -> None:
    assert rules.looks_like(name, known) is expected


def test_i02_a_near_duplicate_is_proposed_by_either_spelling_and_nothing_is_joined() -> None:
    griffin = add("Griffin Care Ltd", "Gryphon Social Work")
    add("Hillside Training Ltd")
    assert rules.near_duplicates("Griffin Care Training Ltd") == [griffin]
    assert rules.near_duplicates("Gryphon Social Work Limited") == [griffin]
    assert rules.near_duplicates("Meadow Learning") == []
    second = add("Griffin Care Training Ltd")
    assert second is not griffin


def test_i02_a_spelling_leads_to_its_provider() -> None:
    griffin = add("Griffin Care Ltd")
    rules.add_alias(provider=griffin, name="  Griffin  Care Training Ltd ", by=ACADEMY, now=clock.now())
    db.session.expire_all()
    assert queries.provider_named("griffin care training ltd") is griffin
    assert [alias.name for alias in griffin.aliases] == ["Griffin Care Training Ltd"]
    assert db.session.scalars(queries.providers("training")).all() == [griffin]
    assert db.session.scalars(queries.providers("100%")).all() == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("griffin care  LTD", "griffin care LTD is already on the list of providers."),
        (
            "Griffin Care Training Ltd",
            "Griffin Care Training Ltd is already another spelling of Griffin Care Ltd.",
        ),
        ("  ", "Enter the provider’s name"),
    ],
)
def test_a_name_belongs_to_one_provider(name: str, sentence: str) -> None:
    add("Griffin Care Ltd", "Griffin Care Training Ltd")
    with pytest.raises(RuleBroken) as refused:
        add(name)
    assert refused.value.message == sentence
    assert refused.value.field == "name"


def test_of_several_who_enter_one_name_at_once_one_does(app: Flask) -> None:
    assert at_once(app, lambda _number: add("Griffin Care Ltd")) == ["done"] + ["name"] * (AT_ONCE - 1)
    assert db.session.query(Provider).count() == 1


def test_what_was_done_to_a_provider_is_kept() -> None:
    griffin = add("Griffin Care Ltd")
    rules.rename_provider(provider=griffin, name="Griffin Care Limited", by=ACADEMY, now=clock.now())
    rules.rename_provider(provider=griffin, name="Griffin Care Limited", by=ACADEMY, now=clock.now())
    rules.add_alias(provider=griffin, name="GCT", by=ACADEMY, now=clock.now())
    rules.remove_alias(alias=griffin.aliases[0], by=ACADEMY, now=clock.now())
    db.session.flush()
    assert db.session.query(ProviderAlias).count() == 0
    entries = db.session.query(AuditEntry).order_by(AuditEntry.id).all()
    assert [entry.verb for entry in entries] == [
        "provider:added",
        "provider:renamed",
        "provider:spelling added",
        "provider:spelling removed",
    ]
    assert entries[1].changes == {"Name": ["Griffin Care Ltd", "Griffin Care Limited"]}


def test_a_provider_may_take_its_own_name_in_other_capitals() -> None:
    griffin = add("Griffin care ltd")
    rules.rename_provider(provider=griffin, name="Griffin Care Ltd", by=ACADEMY, now=clock.now())
    assert griffin.name == "Griffin Care Ltd"
    with pytest.raises(RuleBroken, match="already known as"):
        rules.add_alias(provider=griffin, name="griffin care ltd", by=ACADEMY, now=clock.now())
