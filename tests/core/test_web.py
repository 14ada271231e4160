"""What every answer carries, and what a file that is too large is told."""

from __future__ import annotations

import logging
import socket
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from app import create_app
from app.accounts.models import User
from app.core.permissions import Role
from app.core.web import paginate
from app.people import queries as people
from tests import factories
from tests.databases import settings_for
from tests.pages import Pages, check_page

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


@pytest.mark.parametrize(
    ("rows", "asked", "found"),
    [
        (0, "", (1, 0, 0, 1)),
        (0, "?page=3", (1, 0, 0, 1)),
        (1, "", (1, 1, 1, 1)),
        (2, "", (1, 2, 2, 1)),
        (3, "", (1, 2, 3, 2)),
        (3, "?page=2", (2, 1, 3, 2)),
        (4, "?page=2", (2, 2, 4, 2)),
        (4, "?page=3", (2, 2, 4, 2)),
        (3, "?page=99999999999999999999", (2, 1, 3, 2)),
        (3, "?page=0", (1, 2, 3, 2)),
        (3, "?page=x", (1, 2, 3, 2)),
    ],
)
def test_a_page_of_two_knows_how_many_there_are(
    app: Flask, rows: int, asked: str, found: tuple[int, int, int, int]
) -> None:
    for number in range(rows):
        factories.team(f"Team {number}", f"Service {number}")
    with app.test_request_context(f"/{asked}"):
        page = paginate(people.services(), size=2)
    assert (page.page, len(page.rows), page.total, page.pages) == found


def test_a_file_that_is_too_large_says_how_large_it_may_be(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.post("/imports/people/new", {"text": "x" * (11 * 1024 * 1024)}, status=413)
    assert page.h1 == "That file is too large"
    assert "The largest file that can be sent is 10 MB." in page.text
    assert "A file of people from HR must stay whole" in page.text


def test_an_address_that_only_takes_a_form_says_where_its_button_is(pages: Any) -> None:
    """Such as one that is opened from the browser’s list of addresses: no page there is missing."""
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get("/outbox/1/try-again", 405)
    assert page.h1 == "This address only works with a button"
    assert "Nothing was changed." in page.text
    assert "Go back to the page that has the button, and press it there." in page.text
    assert "POST" in page.response.headers["Allow"]


@pytest.mark.parametrize("path", ["/", "/help", "/my-place/s3cret", "/invitation/s3cret", "/nothing-here"])
def test_whoever_is_signed_in_while_the_database_is_away_is_given_a_reference(
    without_database: Pages, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """The page is the house’s, and what opens a link stays out of the log."""
    with capture_logs() as logs, caplog.at_level(logging.INFO):
        page = without_database.get(path, 500, check=False)
    check_page(page)
    assert page.h1 == "Sorry, there is a problem with Takeup"
    assert logs[0]["reference"] in page.text
    assert page.response.headers["X-Frame-Options"] == "DENY"
    assert caplog.text == ""
    assert "s3cret" not in str(logs)


def test_a_monitor_that_is_signed_in_hears_that_the_database_is_away(without_database: Pages) -> None:
    answer = without_database.get("/healthz", 503).response
    assert answer.json == {
        "status": "failed",
        "database": "failed",
        "migrations": "failed",
        "scheduler": "failed",
    }


@pytest.fixture(scope="module")
def without_database(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Somebody signed in, on a service at whose database’s port nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"postgresql+psycopg://takeup:takeup@127.0.0.1:{port}/takeup"
    away = create_app(settings_for(url, tmp_path_factory.mktemp("away")))
    browser = Pages(away)
    with away.app_context():
        return browser.sign_in(User(fs_uniquifier="somebody"))


@pytest.mark.parametrize(
    ("origin", "is_kept"), [("http://localhost", True), ("http://elsewhere.example", False), (None, False)]
)
def test_what_was_typed_into_a_form_that_is_too_old_can_be_copied(
    client: Any, origin: str | None, is_kept: bool
) -> None:
    """The words of a form of this service, and no password; nothing that a page elsewhere sends."""
    typed = {"reason": "Two more days\nwere agreed", "code": "one", "password": "a phrase of four"}
    response = client.post("/sign-in", data=typed, headers={"Origin": origin} if origin else {})
    assert response.status_code == 400
    assert ("Two more days\nwere agreed</textarea>" in response.text) is is_kept
    assert "a phrase of four" not in response.text
    assert ">one<" not in response.text
