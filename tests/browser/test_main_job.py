"""The main job, end to end, through the pages alone.

An academy manager sets up a course with a target and schedules a run; a practitioner asks for a place,
and their manager approves it on a phone; the joining reminders go out; the trainer marks two days; the
completion appears, and the board's figure goes up by one. Time is moved, not data.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from playwright.sync_api import Page, expect

from app.core import clock, workdays
from app.core.filters import day as day_words
from app.core.filters import long_day
from tests.browser.conftest import Service
from tests.browser.looking import see, see_on_a_phone

SignIn = Callable[..., Page]


def _days() -> list[date]:
    """A Tuesday in six weeks or so with nine clear working weeks' days around it, and the Tuesday after."""
    first = clock.today() + timedelta(weeks=6)
    while (
        not all(workdays.is_working_day(day) for day in (first, first + timedelta(weeks=1)))
        or first.weekday() != 1
    ):
        first += timedelta(days=1)
    return [first, first + timedelta(weeks=1)]


def _fill_date(page: Page, legend: str, day: date) -> None:
    group = page.get_by_role("group", name=legend)
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part, exact=True).fill(str(value))


def _figure(page: Page) -> int:
    """How many people the board's page says have completed the new course."""
    page.goto("/board")
    see(page)
    section = page.get_by_role("region", name="Attachment: people trained").or_(
        page.locator("section", has=page.get_by_role("heading", name="Attachment: people trained"))
    )
    words = re.search(r"(\d+)\s+(?:people|person) trained", section.first.inner_text())
    assert words, section.first.inner_text()
    return int(words[1])


def test_main_job_from_programme_to_board(sign_in: SignIn, service: Service) -> None:
    days = _days()
    try:
        _walk(sign_in, service, days)
    finally:
        service.travel_home()


def _walk(sign_in: SignIn, service: Service, days: list[date]) -> None:
    academy = sign_in("academy")
    _set_up_course(academy)
    _set_up_target(academy)
    _schedule(academy, days)
    assert _figure(sign_in("board")) == 0

    person, address = _book(sign_in, service)

    service.travel_to(_london(workdays.working_days_before(days[0], 2), time(8, 1)))
    reminder = service.postbox.wait_for(f"Day 1 on {long_day(days[0])}", to=address)
    assert "Attachment in practice" in str(reminder["Subject"])

    for number, day in enumerate(days, start=1):
        if number == 2:
            service.travel_to(_london(workdays.working_days_before(day, 1), time(8, 1)))
            service.postbox.wait_for(f"Day 2 on {long_day(day)}", to=address)
        service.travel_to(_london(day, time(16, 45)))
        _mark(sign_in("trainer", phone=True), number, person)

    learner = sign_in("practitioner")
    learner.goto("/my-learning")
    see(learner)
    expect(learner.locator("main")).to_contain_text("Attachment in practice")
    expect(learner.locator("main")).to_contain_text(f"Completed on {day_words(days[1])}")
    assert _figure(sign_in("board")) == 1

    sent = [str(one["Subject"]) for one in service.postbox.about("Attachment in practice", to=address)]
    assert len(sent) == len(set(sent)), f"Something was sent twice: {sent}"
    reminders = [subject for subject in sent if subject.startswith("Attachment in practice: Day")]
    assert len(reminders) == 2


def _london(day: date, at: time) -> datetime:
    return clock.london_time(day, at)


def _set_up_course(page: Page) -> None:
    page.get_by_role("link", name="Programmes").click()
    see(page)
    page.get_by_role("link", name="Set up a programme").first.click()
    page.get_by_label("Title").fill("Attachment")
    page.get_by_label("Code").fill("ATTACH")
    page.get_by_role("button", name="Set up programme").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attachment")
    see(page)
    page.get_by_role("link", name="Add a course").first.click()
    page.get_by_label("Title").fill("Attachment in practice")
    page.get_by_label("Code").fill("ATTACH-2DAY")
    page.get_by_label("Days or parts").fill("Day 1\nDay 2")
    page.get_by_label("Catch-up window in months").fill("12")
    page.get_by_role("button", name="Add course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attachment in practice")
    see(page)


def _set_up_target(page: Page) -> None:
    page.get_by_role("link", name="Targets").click()
    page.get_by_role("link", name="Add a target").first.click()
    page.get_by_label("People trained").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Title").fill("Attachment: people trained")
    page.get_by_label("Code").fill("attach-people")
    page.get_by_label("Programme").select_option(label="Attachment")
    page.get_by_label("Course").select_option(label=re.compile("Attachment in practice").pattern)
    page.get_by_label("Minimum number").fill("10")
    page.get_by_role("button", name="Add target").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attachment: people trained")
    see(page)


def _schedule(page: Page, days: list[date]) -> None:
    page.get_by_role("link", name="Runs", exact=True).click()
    see(page)
    page.get_by_role("link", name="Schedule a run").first.click()
    page.get_by_role("link", name="Attachment in practice").click()
    page.get_by_label("Code").fill("ATTACH-01")
    _fill_date(page, "First date", days[0])
    page.get_by_label("Weekly, on the same weekday").check()
    page.get_by_label("Start").fill("9:30")
    page.get_by_label("End").fill("16:30")
    page.get_by_label("Virtual").check()
    page.get_by_label("Link").fill("https://meet.demo.example/attach")
    page.get_by_label("Trainer").select_option(label="Demonstration trainer")
    page.get_by_role("button", name="Continue").click()
    see(page)
    page.get_by_role("button", name=re.compile("^Schedule")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ATTACH-01")
    see(page)


def _book(sign_in: SignIn, service: Service) -> tuple[str, str]:
    """The practitioner asks, the manager approves; their name, and where the confirmation went."""
    page = sign_in("practitioner")
    page.get_by_role("link", name="Book a place").first.click()
    page.get_by_role("link", name="Attachment in practice").click()
    see(page)
    page.get_by_role("button", name="Ask for this place").click()
    expect(page.locator("main")).to_contain_text("Waiting for approval")
    see(page)
    _approve(sign_in(None, phone=True), service)
    page.reload()
    expect(page.locator("main")).to_contain_text("Confirmed")
    see(page)
    confirmation = service.postbox.wait_for("Your place on Attachment in practice is confirmed")
    person = (
        page.locator(".takeup-header__account li").first.inner_text().replace("Your account:", "").strip()
    )
    return person, str(confirmation["To"]).rpartition("<")[2].rstrip(">")


def _approve(page: Page, service: Service) -> None:
    """The manager opens the e-mailed link on a phone, which changes nothing, and presses a button (LM-01)."""
    body = service.postbox.wait_for("asks for Attachment in practice").get_body(("plain",))
    assert body is not None
    link = re.search(r"https?://[^/\s]+(/requests/\S+)", body.get_content())
    assert link, body.get_content()
    for _ in range(2):
        page.goto(link[1])
        see(page)
        see_on_a_phone(page)
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter why you decline")
    see(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("main")).to_contain_text("Approved by")
    see(page)


def _mark(page: Page, number: int, person: str) -> None:
    """The trainer marks everybody on a phone, and saves the register twice, which is harmless."""
    page.goto("/runs")
    see(page)
    page.get_by_role("link", name=re.compile("ATTACH-01|Attachment in practice")).first.click()
    page.get_by_role("link", name="Register", exact=True).click()
    see(page)
    page.get_by_role("link", name=re.compile(f"Day {number}")).first.click()
    see(page)
    expect(page.locator("main")).to_contain_text(person)
    page.get_by_role("button", name="Mark all attended").click()
    for _ in range(2):
        page.get_by_role("button", name="Save the register").click()
        see(page)
        if not page.get_by_role("button", name="Save the register").count():
            page.get_by_role("link", name=re.compile(f"Day {number}")).first.click()
    expect(page.get_by_role("radio", name="Attended", exact=True).first).to_be_checked()
