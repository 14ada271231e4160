"""The board’s page on paper. (BM-08)"""

from __future__ import annotations

import io
from collections.abc import Callable

from playwright.sync_api import Page
from pypdf import PdfReader


def test_bm08_the_boards_page_prints_on_one_side_of_a4(sign_in: Callable[..., Page]) -> None:
    page = sign_in("board")
    page.goto("/board")
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    words = printed.pages[0].extract_text()
    assert "Attendance" in words
    assert "Turnover" in words
