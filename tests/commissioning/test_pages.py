"""The pages of providers, as the people who use them find them."""

from __future__ import annotations

from typing import Any

from app.commissioning.models import Provider
from app.core.db import db
from app.core.permissions import Role
from tests import factories


def test_an_empty_list_leads_to_the_first_provider(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/providers")
    assert "No providers yet." in page.text
    page = pages.submit(pages.get("/providers/new"), {"name": " Griffin Care  Ltd "})
    assert page.h1 == "Griffin Care Ltd"
    assert "Griffin Care Ltd is on the list." in page.text
    assert "Provider added" in page.text


def test_i02_a_near_duplicate_is_asked_about_and_kept_as_a_spelling(pages: Any) -> None:
    griffin = factories.provider("Griffin Care Ltd")
    pages.sign_in(factories.user(Role.CONTRACT_MANAGER))
    page = pages.submit(pages.get("/providers/new"), {"name": "Griffin Care Training Ltd"})
    assert page.errors == []
    assert "Yes, it is another spelling of Griffin Care Ltd" in page.text
    assert page.value("name") == "Griffin Care Training Ltd"
    page = pages.submit(page)
    assert page.errors == ["Say whether this is a provider that is on the list already"]
    page = pages.submit(page, {"same_as": str(griffin.id)})
    assert page.path == f"/providers/{griffin.id}"
    assert "Griffin Care Training Ltd is kept as another spelling of Griffin Care Ltd." in page.text
    assert "Griffin Care Training Ltd" in pages.get("/providers").text


def test_i02_a_near_duplicate_may_be_another_provider(pages: Any) -> None:
    factories.provider("Griffin Care Ltd")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get("/providers/new"), {"name": "Griffin Care Training Ltd"})
    page = pages.submit(page, {"same_as": "another"})
    assert page.h1 == "Griffin Care Training Ltd"
    assert db.session.query(Provider).count() == 2


def test_a_wrong_name_comes_back_with_what_was_typed(pages: Any) -> None:
    factories.provider("Griffin Care Ltd")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get("/providers/new"), {"name": "griffin care ltd"})
    assert page.errors == ["griffin care ltd is already on the list of providers."]
    assert page.value("name") == "griffin care ltd"
    assert pages.submit(pages.get("/providers/new"), {"name": "  "}).errors == ["Enter the provider’s name"]
    long_one = pages.submit(pages.get("/providers/new"), {"name": "x" * 201})
    assert long_one.errors == ["Legal name must be 200 characters or fewer"]


def test_a_name_is_corrected_and_spellings_come_and_go(pages: Any) -> None:
    griffin = factories.provider("Griffin Care Ltd")
    path = f"/providers/{griffin.id}"
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.submit(pages.get(f"{path}/edit"), {"name": "Griffin Care Limited"})
    assert page.h1 == "Griffin Care Limited"
    page = pages.submit(pages.get(f"{path}/spellings"), {"name": "Griffin & Co"}, form="add-spelling")
    assert "Griffin & Co" in page.text
    page = pages.submit(page, {"name": "griffin & co"}, form="add-spelling")
    assert page.errors == ["Griffin Care Limited is already known as griffin & co."]
    page = pages.submit(page, form="/remove", button="Take away Griffin & Co")
    assert "Griffin & Co is taken away." in page.text
    assert "No other spelling yet." in page.text


def test_a_search_finds_a_provider_by_any_spelling(pages: Any) -> None:
    factories.provider("Hillside Training Ltd")
    griffin = factories.provider("Griffin Care Ltd")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    pages.submit(pages.get(f"/providers/{griffin.id}/spellings"), {"name": "GCT"}, form="add-spelling")
    page = pages.get("/providers?q=gct")
    assert "Griffin Care Ltd" in page.text
    assert "Hillside" not in page.text
    assert "No provider is called that." in pages.get("/providers?q=nobody").text


def test_providers_are_for_the_academy_and_the_contract_manager(pages: Any) -> None:
    griffin = factories.provider("Griffin Care Ltd")
    for role in (Role.PRACTITIONER, Role.TRAINER, Role.BOARD_MEMBER, Role.ADMINISTRATOR):
        pages.sign_in(factories.user(role))
        for path in ("/providers", "/providers/new", f"/providers/{griffin.id}"):
            pages.get(path, status=403)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    pages.get("/providers/999", status=404)
    pages.post(f"/providers/{griffin.id}/spellings/999/remove", status=404)
