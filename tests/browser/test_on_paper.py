"""A page as it is printed: what there is to read, and nothing that can only be pressed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize(
    ("who", "path", "read", "pressed"),
    [
        ("academy", "/runs/5/places", ["Places on each day"], ["Book somebody", "Change places"]),
        ("academy", "/sessions/3/register", ["How it was filled in"], ["Undo", "Mark all attended"]),
        ("academy", "/people/1", ["Every post"], ["Correct", "Change"]),
        ("academy", "/courses/1", ["Complete when"], ["Change"]),
        ("administrator", "/accounts/1", ["Last signed in"], ["Change"]),
        (
            "academy",
            "/board/packs/draft?meeting=Board&meets_on-day=1&meets_on-month=4&meets_on-year=2022"
            "&as_at-day=31&as_at-month=3&as_at-year=2022",
            ["practitioners in post"],
            ["Issue the pack"],
        ),
        ("practitioner", "/my-learning", ["How far you are"], ["See the booking", "Tell the academy"]),
    ],
)
def test_paper_has_nothing_that_can_only_be_pressed(
    sign_in: Callable[..., Page], who: str, path: str, read: list[str], pressed: list[str]
) -> None:
    page = sign_in(who)
    page.goto(path)
    main = page.get_by_role("main")
    buttons = [
        main.get_by_role("link", name=words).or_(main.get_by_role("button", name=words)) for words in pressed
    ]
    for button in buttons:
        expect(button.first).to_be_visible()
    page.emulate_media(media="print")
    for words in read:
        expect(main.get_by_text(words).filter(visible=True).first).to_be_visible()
    for button in buttons:
        expect(button).to_have_count(0)
    expect(main.locator(".takeup-table__acting").filter(visible=True)).to_have_count(0)
