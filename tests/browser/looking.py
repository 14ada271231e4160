"""Looking at a page as it is drawn: axe finds nothing, nothing sticks out sideways, and no script failed."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def see(page: Page) -> None:
    """Fail with the first violation that axe finds on the page as it stands, or when it is too wide."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_AXE)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})"
        ".then(result => result.violations.map(one => "
        "one.id + ': ' + one.help + ' at ' + one.nodes.map(node => node.html).slice(0, 2).join(' | ')))",
        _RULES,
    )
    assert not found, f"axe on {page.url}: {found}"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} sticks out by {wide} pixels at a width of {page.viewport_size}"


def structure(page: Page) -> str:
    """How a page is built, without its words and numbers; like siblings in a row are told once.

    Two pages built alike are alike to axe, too: it reads elements, their attributes and their style.
    """
    return str(page.evaluate(_STRUCTURE))


_STRUCTURE = """() => {
  const plain = word => word.replace(/[0-9]+/g, '#');
  const told = node => {
    const attributes = [...node.attributes]
      .filter(one => !['href', 'src', 'value', 'nonce', 'content', 'title', 'action'].includes(one.name))
      .map(one => one.name + '=' + plain(['id', 'for', 'name'].includes(one.name) || one.name === 'class'
        || one.name.startsWith('aria-') || one.name === 'role' || one.name === 'type' ? one.value : ''));
    const inside = [...node.children].map(told);
    const kept = inside.filter((one, place) => one !== inside[place - 1]);
    const words = [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim());
    return node.tagName + '[' + attributes.join() + ']' + (words ? 'w' : '') + '(' + kept.join() + ')';
  };
  return told(document.documentElement);
}"""


def see_on_a_phone(page: Page) -> None:
    """The same page at the smallest width that people use."""
    before = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if before:
        page.set_viewport_size(before)
    assert wide <= 0, f"{page.url} sticks out by {wide} pixels on a phone"
