"""A form that is sent after its sender's session is over."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from app.accounts.models import User
from app.accounts.views.kept import unpacked
from app.core.db import db
from app.core.permissions import Role
from app.sessions.models import Venue
from tests.accounts.conftest import PASSWORD
from tests.pages import Page, Pages

NAMED = {"name": "Larkfield Centre", "address": "1 High Street"}


@pytest.fixture
def late(pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]) -> Page:
    """A page that an academy manager opened more than half an hour ago, still open."""
    travel_to("2026-11-20 09:00")
    account(Role.ACADEMY_MANAGER, email="ada@council.example")
    account(Role.ACADEMY_MANAGER, email="bea@council.example")
    page = pages.submit(pages.get("/sign-in"), {"email": "ada@council.example", "password": PASSWORD})
    page = pages.get("/venues/new")
    travel_to("2026-11-20 09:31")
    return page


def venues() -> list[str]:
    return [one.name for one in db.session.query(Venue)]


def test_what_was_typed_is_saved_after_signing_in_again(pages: Pages, late: Page) -> None:
    """Also when the password is wrong first; nothing is saved before the press."""
    page = pages.submit(late, NAMED)
    assert page.h1 == "Sign in"
    assert "you can save it then" in page.text
    page = pages.submit(page, {"email": "ada@council.example", "password": "wrong gravel teapot"})
    assert page.errors == ["The e-mail address or the password is not right"]
    page = pages.submit(page, {"email": "ada@council.example", "password": PASSWORD})
    assert page.h1 == "Save what you had typed?"
    assert "Sign out" in page.html
    assert venues() == []
    pages.submit(page)
    assert venues() == ["Larkfield Centre"]


def test_whoever_else_signs_in_is_shown_nothing_of_it(pages: Pages, late: Page) -> None:
    page = pages.submit(late, NAMED)
    page = pages.submit(page, {"email": "bea@council.example", "password": PASSWORD})
    assert page.path == "/"
    assert "Larkfield" not in page.html


def test_what_is_not_kept_is_said_to_be_lost_and_its_page_comes_again(
    pages: Pages, account: Callable[..., User], travel_to: Callable[..., None]
) -> None:
    """A file stays on the device of whoever chose it, and no page holds a password."""
    travel_to("2026-11-20 09:00")
    account(Role.ACADEMY_MANAGER, email="ada@council.example")
    for path, typed in [
        ("/imports/people/new", {"file": (io.BytesIO(b"x"), "hr.csv")}),
        ("/account/password", {"current": PASSWORD, "password": "violet harbour stapler"}),
    ]:
        travel_to("2026-11-20 09:00")
        pages.submit(pages.get("/sign-in"), {"email": "ada@council.example", "password": PASSWORD})
        page = pages.get(path)
        travel_to("2026-11-20 09:31")
        pages.browser.environ_base["HTTP_REFERER"] = f"http://localhost{path}"
        page = pages.submit(page, typed)
        assert page.h1 == "Sign in"
        assert "What you had just sent was not saved." in page.text
        assert "stapler" not in page.html
        assert page.value("next") == path


@pytest.mark.once
@pytest.mark.parametrize(
    "text",
    ["", "x", "1", "[]", '[1, "//elsewhere.example", "/", []]', '[1, "/", "x", []]', '["x", "/", "/", []]',
     '[1, "/", "/", [["one"]]]', "null"],
)  # fmt: skip
def test_a_page_that_brings_back_anything_else_brings_nothing(text: str) -> None:
    assert unpacked(text) is None
