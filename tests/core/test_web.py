"""What every answer carries, and what a file that is too large is told."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.core.permissions import Role
from tests import factories

pytestmark = pytest.mark.once


@pytest.mark.parametrize("path", ["/sign-in", "/reset-password", "/nothing-here", "/healthz"])
def test_every_answer_is_guarded_in_the_browser(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/sign-in", "/reset-password/a-token", "/invitation/a-token"])
def test_a_page_with_a_visitors_token_is_kept_by_nobody(client: Any, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_style_sheet_is_kept_and_never_taken_for_something_else(app: Flask, client: Any) -> None:
    headers = client.get(f"{app.static_url_path}/takeup.css").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "public" in headers["Cache-Control"]


def test_a_file_that_is_too_large_says_how_large_it_may_be(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.post("/imports/people/new", {"text": "x" * (11 * 1024 * 1024)}, status=413)
    assert page.h1 == "That file is too large"
    assert "The largest file that can be sent is 10 MB." in page.text
    assert "A file of people from HR must stay whole" in page.text
