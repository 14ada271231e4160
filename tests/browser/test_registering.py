"""A partner registers on a phone, and books; somebody without an account changes a booking by its link."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Service
from tests.browser.looking import see

SignIn = Callable[..., Page]
ORGANISATION = "Marches Childminding Network"
ADDRESS = "nora.nash@marches-childminding-network.example"


def _link(message: EmailMessage, path: str) -> str:
    """The address in a message that begins with a path of the service."""
    text = message.get_body(("plain",))
    assert text is not None
    found = re.search(rf"https?://\S+({path}\S+)", text.get_content())
    assert found, text.get_content()
    return found[1]


def _at(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    see(page)


def test_ma01_a_partner_registers_on_a_phone_and_sees_what_can_be_booked(
    sign_in: SignIn, service: Service
) -> None:
    page = sign_in(None, phone=True)
    page.goto("/sign-in")
    page.get_by_role("link", name="register for academy training").click()
    _at(page, "Register for academy training")
    page.get_by_role("button", name="Continue").click()
    see(page)
    page.get_by_label("I work for a partner organisation").check()
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("Last name").fill("Nash")
    page.get_by_label("Your e-mail address").fill(ADDRESS)
    page.get_by_label("Organisation", exact=True).fill("marches")
    page.get_by_label("Your role (optional)").fill("Childminder")
    page.get_by_role("button", name="Continue").click()
    _at(page, "Which organisation do you work for?")
    page.get_by_label(ORGANISATION, exact=True).check()
    page.get_by_role("button", name="Continue").click()
    _at(page, "Check your answers")
    page.get_by_role("button", name="Send me the link").click()
    _at(page, "Look at your e-mail")
    page.goto(_link(service.postbox.wait_for("Confirm your e-mail address", ADDRESS), "/register/confirm/"))
    _at(page, "Confirm your e-mail address")
    page.get_by_role("button", name="Confirm my address").click()
    _at(page, "Choose your password")
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set my password").click()
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    _at(page, "Today")
    page.goto("/book")
    _at(page, "Book a place")


def test_ma02_a_place_without_an_account_is_changed_and_given_up_by_its_link(
    sign_in: SignIn, service: Service
) -> None:
    coordinator = sign_in("coordinator")
    coordinator.get_by_role("link", name="My organisation").click()
    _at(coordinator, "My organisation")
    book = coordinator.get_by_role("link", name=re.compile("Book a place for")).first
    last_name = book.inner_text().split()[-1].lower()
    book.click()
    coordinator.get_by_role("link", name=re.compile("an afternoon for everybody")).last.click()
    coordinator.get_by_role("button", name="Book this place").click()
    expect(coordinator.get_by_text("The place is confirmed.")).to_be_visible()
    see(coordinator)
    message = service.postbox.wait_for("Your place on Trauma-informed practice: an afternoon", last_name)
    page = sign_in(None, phone=True)
    page.goto(_link(message, "/my-place/"))
    _at(page, "Trauma-informed practice: an afternoon for everybody")
    page.get_by_role("link", name="Tell us").click()
    _at(page, "What we should arrange")
    page.get_by_label("Is there anything we should arrange").fill("Step-free access")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Only the academy and the trainer of this run see it.")).to_be_visible()
    page.get_by_role("link", name="Send a colleague instead").click()
    _at(page, "Send a colleague instead")
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="Cancel this place").click()
    _at(page, "Cancel this place")
    page.get_by_role("button", name="Cancel this place").click()
    expect(page.get_by_text("The booking is cancelled.")).to_be_visible()
    see(page)
