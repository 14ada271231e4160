"""A trainer fills in a register on a phone, by the keyboard alone, and puts a wrong line right. (TR-02)"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Service
from tests.browser.looking import see, see_on_a_phone

SignIn = Callable[..., Page]
SMALLEST_TARGET = 24  # pixels, WCAG 2.2 AA; ours are larger


def test_tr02_a_register_on_a_phone_by_keyboard(sign_in: SignIn, service: Service) -> None:
    page = sign_in("trainer", phone=True)
    page.get_by_role("link", name="Complete the register of").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Register: ")
    see(page)
    see_on_a_phone(page)
    rows = page.locator(".takeup-register__row")
    for radio in rows.first.get_by_role("radio").all():
        box = radio.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET
    _choose(page, rows.nth(1), "Absent")
    page.get_by_role("button", name="Mark all attended").focus()
    page.keyboard.press("Enter")
    expect(rows.nth(1).get_by_label("Absent")).to_be_checked()
    expect(rows.nth(2).get_by_label("Attended")).to_be_checked()
    _choose(page, rows.nth(2), "In part")
    _type(page, rows.nth(2).get_by_label("Minutes there"), "till noon")
    _choose(page, rows.nth(3), "In part")
    _type(page, rows.nth(3).get_by_label("Minutes there"), "90")
    _choose(page, rows.nth(3), "Apologies")
    _save(page)

    expect(page.get_by_role("alert")).to_contain_text("must be a whole number, like 40")
    see(page)
    page.get_by_role("link", name="must be a whole number").focus()
    page.keyboard.press("Enter")
    expect(rows.nth(2).get_by_label("Minutes there")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("150")
    page.get_by_role("link", name="choose “In part” for").focus()
    page.keyboard.press("Enter")
    expect(rows.nth(3).get_by_label("Minutes there")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")  # in a box it saves what was chosen, and marks nobody else
    expect(page.get_by_role("alert")).to_contain_text("The register is saved")
    expect(rows.nth(2)).to_contain_text("150 minutes do not count.")
    see(page)
    _save(page)
    expect(page.get_by_role("alert")).to_contain_text("nothing had changed")

    page.get_by_role("link", name="Undo").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Undo what was recorded")
    see(page)
    page.get_by_role("button", name="Undo it").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Undone")


def _choose(page: Page, row: Locator, label: str) -> None:
    """Go to a row’s radios and move to one with the arrow keys, as somebody without a pointer does."""
    row.get_by_role("radio", checked=True).focus()
    wanted = row.get_by_label(label, exact=True)
    for _ in range(row.get_by_role("radio").count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def _type(page: Page, box: Locator, words: str) -> None:
    box.focus()
    page.keyboard.type(words)


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save the register").press("Enter")
