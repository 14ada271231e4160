"""The board’s page on paper. (BM-08)"""

from __future__ import annotations

import io
from collections.abc import Callable

from playwright.sync_api import Page
from pypdf import PdfReader

from tests.browser.looking import see_on_a_phone


def test_bm08_the_boards_page_prints_on_one_side_of_a4(sign_in: Callable[..., Page]) -> None:
    page = sign_in("board")
    page.goto("/board")
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    words = printed.pages[0].extract_text()
    assert "Attendance" in words
    assert "Turnover" in words


_LONG = "https://council.example/" + "x" * 86
_TYPED = ".govuk-breadcrumbs__link, main h1, main h2, main h3, main p, main tbody th, main tbody td > span"
_REPLACE = """([where, words]) => {
  const found = [...document.querySelectorAll(where)].filter(one => !one.closest('.takeup-scroll'));
  for (const one of found) (one.querySelector('a') || one).textContent = words;
  return found.length;
}"""


def test_a_word_longer_than_a_phone_is_wide_breaks(sign_in: Callable[..., Page]) -> None:
    """An address in the reason of a colour, or the title of a target: no page scrolls sideways for it."""
    page = sign_in("board")
    for path in ("/board", "/board?as_at=2024-01-01", "/targets", "/targets/trauma-coverage/progress"):
        page.goto(path)
        assert page.evaluate(_REPLACE, [_TYPED, _LONG]) > 4
        see_on_a_phone(page)
