"""Ways into a register besides its page: a trainer on a phone by a link, and the code in the room."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Page, expect

from app.core import clock
from tests.browser.conftest import Service
from tests.browser.looking import see, see_on_a_phone

SignIn = Callable[..., Page]


@pytest.fixture(autouse=True)
def _home_again(service: Service) -> Iterator[None]:
    yield
    service.travel_home()


def _first_day_of(page: Page, code: str) -> datetime:
    """Open a run from the list, and say when its first day begins."""
    page.goto("/runs")
    page.get_by_role("link", name=code, exact=True).click()
    cells = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Day 1", exact=True)).first
    words = cells.inner_text()
    day = re.search(r"[A-Z][a-z]{2} (\d+ [A-Z][a-z]{2} \d{4})", words)
    begins = re.search(r"(\d\d):(\d\d) to", words)
    assert day
    assert begins
    at = time(int(begins[1]), int(begins[2]))
    return clock.london_time(datetime.strptime(day[1], "%d %b %Y").date(), at)  # noqa: DTZ007 - only its date is used


def _register_of(page: Page) -> None:
    """From a run's page to the register of its first day."""
    sections = page.get_by_role("navigation", name="Sections about this run")
    sections.get_by_role("link", name="Register").click()
    page.get_by_role("link", name="Day 1", exact=True).click()


def test_tr05_a_trainer_without_an_account_marks_on_a_phone_by_a_link(
    sign_in: SignIn, service: Service
) -> None:
    academy = sign_in("academy")
    begins = _first_day_of(academy, "TRAUMA-2DAY-06")
    _register_of(academy)
    academy.get_by_role("link", name="Links without an account").click()
    see(academy)
    academy.get_by_label("Name", exact=True).fill("Pat Lowe")
    academy.get_by_label("E-mail address").fill("pat.lowe@provider.example")
    academy.get_by_role("button", name="Make the link").click()
    expect(academy.get_by_role("alert")).to_contain_text("on its way to Pat Lowe")
    message = service.postbox.wait_for("Register of TRAUMA-2DAY-06", to="pat.lowe@provider.example")
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(r"https?://[^/\s]+(/register-links/\S+)", body.get_content())
    assert found
    phone = sign_in(None, phone=True)
    phone.goto(found[1])
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link does not work")
    expect(phone.get_by_role("main")).to_contain_text("an hour before the session")
    service.travel_to(begins + timedelta(hours=1))
    phone.goto(found[1])
    see(phone)
    see_on_a_phone(phone)
    expect(phone.get_by_role("main")).to_contain_text("You are marking as Pat Lowe.")
    phone.get_by_role("button", name="Mark all attended").click()
    phone.get_by_role("group").filter(has=phone.get_by_role("radio")).first.get_by_label("Absent").check()
    phone.get_by_role("button", name="Save the register").click()
    expect(phone.get_by_role("alert")).to_contain_text("The register is saved")
    see(phone)
    academy = sign_in("academy")
    _first_day_of(academy, "TRAUMA-2DAY-06")
    _register_of(academy)
    expect(academy.get_by_role("main")).to_contain_text("Pat Lowe (by link)")


def test_people_check_in_by_the_code_that_the_room_shows(sign_in: SignIn, service: Service) -> None:
    """The practitioner has a place on the run; the code is read from the trainer's page."""
    begins = _first_day_of(sign_in("trainer"), "TRAUMA-2DAY-05")
    service.travel_to(begins - timedelta(minutes=10))
    trainer = sign_in("trainer")
    _first_day_of(trainer, "TRAUMA-2DAY-05")
    _register_of(trainer)
    with trainer.expect_popup() as opened:
        trainer.get_by_role("link", name="Check-in code").click()
    wall = opened.value
    see(wall)
    see_on_a_phone(wall)
    expect(wall.get_by_role("img", name="QR code to check in with")).to_be_visible()
    expect(wall.get_by_role("main")).to_contain_text("0 of ")
    shown = wall.locator(".takeup-check-in__code").inner_text()
    phone = sign_in(None, phone=True)
    phone.goto("/check-in")
    see(phone)
    phone.get_by_label("Code").fill(shown.lower())
    phone.get_by_role("button", name="Continue").click()
    see(phone)
    see_on_a_phone(phone)
    phone.get_by_role("main").get_by_role("link", name="Sign in").click()
    phone.get_by_label("E-mail address").fill("practitioner@demo.example")
    phone.get_by_label("Password", exact=True).fill("a long walk along the river")
    phone.get_by_role("button", name="Sign in", exact=True).click()
    phone.get_by_role("button", name=re.compile("^I am here: ")).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are checked in")
    see(phone)
    wall.reload()
    expect(wall.get_by_role("main")).to_contain_text("1 of ")
    service.travel_to(begins + timedelta(days=1))
    later = sign_in(None, phone=True)
    later.goto("/check-in")
    later.get_by_label("Code").fill(shown)
    later.get_by_role("button", name="Continue").click()
    expect(later.get_by_role("heading", name="There is a problem")).to_be_visible()
