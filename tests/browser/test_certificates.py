"""A certificate from the academy's list to whoever holds it in their hands and checks its code. (ST-10)"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.looking import see, see_on_a_phone


def test_st10_a_certificate_is_found_saved_and_checked_by_anybody(sign_in: Callable[..., Page]) -> None:
    academy = sign_in("academy")
    academy.goto("/people")
    academy.get_by_role("link", name="Certificates").click()
    see(academy)
    see_on_a_phone(academy)
    academy.get_by_label("State").select_option("Withdrawn")
    academy.get_by_role("button", name="Show").click()
    withdrawn = _first_code(academy)
    academy.get_by_label("State").select_option("Stand")
    academy.get_by_role("button", name="Show").click()
    standing = _first_code(academy)
    academy.get_by_label("Name or code").fill(standing.lower())
    academy.get_by_role("button", name="Show").click()
    expect(academy.get_by_role("main")).to_contain_text("1 certificate")
    academy.get_by_role("rowheader").get_by_role("link").first.click()
    name = academy.locator(".takeup-certificate__name").inner_text()
    with academy.expect_download() as saved:
        academy.get_by_role("link", name="Save as PDF").click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF-")
    see(academy)

    visitor = sign_in(None, phone=True)
    visitor.goto("/certificates")
    for code, answer in (
        (standing, "A certificate with this code stands."),
        (withdrawn, "The certificate with this code was withdrawn."),
        ("0000-0000-0000", "There is no certificate with this code."),
    ):
        visitor.get_by_label("Code").fill(code.lower())
        visitor.get_by_role("button", name="Check").click()
        expect(visitor.get_by_role("main")).to_contain_text(answer)
        expect(visitor.get_by_role("main")).not_to_contain_text(name)
    see(visitor)


def _first_code(page: Page) -> str:
    return page.get_by_role("row").nth(1).get_by_role("cell").nth(3).inner_text().strip()
