"""Looking at a page as it is drawn: axe finds nothing, nothing sticks out sideways, and no script failed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, ViewportSize

_AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_BEYOND = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_ASKED = f"""{{
  runOnly: {{type: 'tag', values: {_RULES}}},
  resultTypes: ['violations'],
  preload: {{assets: ['media']}}, // no rule of these asks for the style sheets
}}"""
_LOOK = f"""
axe.run(document, {_ASKED}).then(result => [
  result.violations.map(one =>
    one.id + ': ' + one.help + ' at ' + one.nodes.map(node => node.html).slice(0, 2).join(' | ')),
  {_BEYOND},
])"""
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 320, "height": 640}


def see(page: Page) -> None:
    """Fail with the first violation that axe finds on the page as it stands, or when it is too wide.

    A page that has only begun to arrive, as a new window's has, would be judged by its first half.
    """
    page.wait_for_load_state()
    found, beyond = page.evaluate(f"{_AXE};{_LOOK}")
    assert not found, f"axe on {page.url}: {found}"
    _assert_fits(page, beyond)


def see_at_both_sizes(page: Page) -> None:
    """The page as on a desk, and whether it fits the smallest width that people use.

    First as it stands: a walk turns once for each page, not there and back.
    """
    is_narrow = page.viewport_size == PHONE
    for size in (PHONE, DESK) if is_narrow else (DESK, PHONE):
        if page.viewport_size != size:
            page.set_viewport_size(size)
        if size is DESK:
            see(page)
        else:
            _assert_fits(page, page.evaluate(_BEYOND))


def see_on_a_phone(page: Page) -> None:
    """The same page at the smallest width that people use, and then as before."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    _assert_fits(page, page.evaluate(_BEYOND))
    if before:
        page.set_viewport_size(before)


def _assert_fits(page: Page, beyond: int) -> None:
    assert beyond <= 0, f"{page.url} sticks out by {beyond} pixels at a width of {page.viewport_size}"
