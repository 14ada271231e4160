"""The booking desk as partners, managers and practitioners meet it, through the pages and the mail alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.conftest import Service
from tests.browser.looking import see, see_on_a_phone

SignIn = Callable[..., Page]


def _link_in(message: EmailMessage, path: str) -> str:
    """The address in a message whose path begins so, without the host: as a mail program opens it."""
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://[^/\s]+({re.escape(path)}\S*)", body.get_content())
    assert found, body.get_content()
    return found[1]


def test_ma02_a_partner_without_an_account_goes_from_invitation_to_confirmed(
    sign_in: SignIn, service: Service
) -> None:
    academy = sign_in("academy")
    academy.goto("/programmes")
    academy.get_by_role("link", name="Trauma-informed practice", exact=True).click()
    academy.get_by_role("link", name="an afternoon for everybody").first.click()
    academy.get_by_role("navigation", name="Sections about this course").get_by_role(
        "link", name="Not booked"
    ).click()
    see(academy)
    who = academy.get_by_role("group", name="People")
    who.get_by_role("checkbox", name=re.compile("Police|Federation|Homes|Network")).first.check()
    academy.get_by_role("group", name="Which runs?").get_by_role("checkbox").last.check()
    academy.get_by_role("button", name="Continue").click()
    see(academy)
    academy.get_by_role("button", name="Invite them").click()
    expect(academy.get_by_text("1 person invited by e-mail.")).to_be_visible()

    message = service.postbox.wait_for("Book your place on Trauma-informed practice")
    visitor = sign_in(None, phone=True)
    visitor.goto(_link_in(message, "/invitations/"))
    see(visitor)
    see_on_a_phone(visitor)
    visitor.get_by_role("button", name="Book this place").click()
    visitor.get_by_role("link", name="Enter the name and e-mail address").click()
    expect(visitor.get_by_label("Your manager’s name")).to_be_focused()
    visitor.get_by_label("Your manager’s name").fill("Maria Lindqvist")
    visitor.get_by_label("Your manager’s e-mail address").fill("maria.lindqvist@school.example")
    visitor.get_by_role("button", name="Book this place").click()
    expect(visitor.locator("main")).to_contain_text("Confirmed")
    see(visitor)
    service.postbox.wait_for("Your place on Trauma-informed practice", to=str(message["To"]))


def test_st04_a_cancellation_offers_the_place_to_who_waits_and_a_press_takes_it(
    sign_in: SignIn, service: Service
) -> None:
    academy = sign_in("academy")
    academy.goto("/runs")
    academy.get_by_role("link", name="TRAUMA-2DAY-07").first.click()
    run = urlsplit(academy.url).path
    for day in ("Day 1", "Day 2"):
        academy.goto(f"{run}/places")
        taken = academy.get_by_role("row", name=re.compile(day)).get_by_role("cell").nth(1).inner_text()
        academy.get_by_role("link", name=f"Change places of {day}").click()
        academy.get_by_label("Most places").fill(taken)
        academy.get_by_role("button", name="Save").click()

    manager = sign_in("manager")
    manager.goto(f"{run}/book-team")
    manager.get_by_role("group", name="Who?").get_by_role("checkbox").first.check()
    manager.get_by_role("button", name="Book the people ticked").click()
    expect(manager.get_by_text("1 person is on the waiting list")).to_be_visible()
    see(manager)
    waits = service.postbox.wait_for("You are on the waiting list for Trauma-informed practice: two days")

    academy.goto(f"{run}/places")
    academy.get_by_role("table", name="People with a place").get_by_role("link").first.click()
    academy.get_by_role("link", name="Cancel this place").click()
    academy.get_by_label("They asked us to cancel").check()
    see(academy)
    academy.get_by_role("button", name="Cancel this place").click()
    expect(academy.locator("main")).to_contain_text("Cancelled")

    to = str(waits["To"])
    offer = service.postbox.wait_for("A place on Trauma-informed practice: two days is offered to you", to=to)
    phone = sign_in(None, phone=True)
    for _ in range(2):  # a mail scanner opens it too: nothing is taken by that
        phone.goto(_link_in(offer, "/offers/"))
        see(phone)
    see_on_a_phone(phone)
    phone.get_by_role("radio").first.check()
    phone.get_by_role("button", name="Send answer").click()
    expect(phone.locator("main")).to_contain_text("Confirmed")
    service.postbox.wait_for("Your place on Trauma-informed practice: two days is confirmed", to=to)
