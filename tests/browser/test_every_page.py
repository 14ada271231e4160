"""Every page that each role can reach by links, looked at once in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Service
from tests.browser.looking import see_at_both_sizes

ROLES = (
    "academy",
    "practitioner",
    "manager",
    "partner",
    "coordinator",
    "trainer",
    "board",
    "adviser",
    "contracts",
    "administrator",
)
FILES = (".csv", ".ics", ".eml", ".pdf", ".xlsx")

_OPENED: set[str] = set()
_LINKS = "Array.from(document.querySelectorAll('a[href]'), link => link.href)"
MOST_PAGES = 250  # more would mean that one page is taken for many


# The rows behind a number: which they are makes no other page of it.
_ROWS = re.compile(
    r"(/targets/#/(people(?!/flagged)|reached|movement/)|/turnover|/attendance-rates/(places|sessions|not-used)).*"
)


def _kind(path: str) -> str:
    """One page of each kind is enough: /people/17/history and /people/18/history are one, and so are the
    pages of one list, and the rows behind any number of a page."""
    parts = urlsplit(path)
    place = re.sub(r"/(\d+|[a-z0-9-]*\d[a-z0-9-]*)(?=/|$)", "/#", parts.path)
    place = re.sub(r"/(targets|cohorts|populations)/(?!new)[a-z0-9-]+", r"/\1/#", place)
    if rows := _ROWS.fullmatch(place):
        return rows[1]
    names = sorted({word.partition("=")[0] for word in parts.query.split("&") if word} - {"page"})
    return f"{place}?{','.join(names)}"


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_accessible(role: str, sign_in: Callable[..., Page], service: Service) -> None:
    page = sign_in(role)
    waiting, seen, looked_at = ["/"], {"/?"}, 0
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{role}: {path} answered {answer.status}"
        see_at_both_sizes(page)
        looked_at += 1
        for href in page.evaluate(_LINKS):
            if not href.startswith(service.url + "/"):
                continue
            next_path = href.removeprefix(service.url).partition("#")[0]
            kind = _kind(next_path)
            if kind in seen or urlsplit(next_path).path.endswith(FILES):
                continue
            seen.add(kind)
            if kind not in _OPENED:  # by an earlier role; tests/house walks every role through every page
                _OPENED.add(kind)
                waiting.append(next_path)
    assert len(seen) >= 4
    assert looked_at <= MOST_PAGES
