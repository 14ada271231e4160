"""A name of one long word is broken where it has no room, and makes no page wider than the screen."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.looking import see_at_both_sizes


def test_a_venue_of_160_letters_makes_no_page_too_wide(sign_in: Callable[..., Page]) -> None:
    page = sign_in("academy")
    before = _rename(page, "Wolverhampton" * 12)
    for path in ("/runs", "/runs/5", "/runs/5/edit", "/runs/5/cancel"):
        page.goto(path)
        see_at_both_sizes(page)
    _rename(page, before)


def _rename(page: Page, name: str) -> str:
    page.goto("/venues/1/edit")
    field = page.get_by_label("Name", exact=True)
    before = field.input_value()
    field.fill(name)
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/venues")
    return before
