"""A Teams report from its upload to the marks, as the academy meets it. (TR-04)"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.looking import see, see_on_a_phone

_HEADING = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"


def _report(held_on: str, names: list[str]) -> FilePayload:
    """Everybody but the last is in it: the first by name alone, the second for 150 minutes of the day."""
    day = datetime.strptime(held_on, "%d %b %Y").date()  # noqa: DTZ007 - a date
    on = f"{day.month}/{day.day}/{day:%y}"
    lines = ["1. Summary", "Meeting title\tDay 1", "", "2. Participants", _HEADING]
    lines.append(f"Host\t{on}, 9:20:00 AM\t{on}, 4:40:00 PM\t7h 20m\thost@demo.example\t\tOrganizer")
    for place, name in enumerate(names[:-1]):
        email = f"{name.replace(' ', '.').lower()}@council.example" if place else ""
        stayed = "2h 30m 0s" if place == 1 else "6h 58m 3s"
        lines.append(f"{name}\t{on}, 9:28:00 AM\t{on}, 4:30:00 PM\t{stayed}\t{email}\t{email}\tPresenter")
    lines.append(f"Guest (Unverified)\t{on}, 9:31:10 AM\t{on}, 4:30:00 PM\t6h 12m 2s\t\t\tAttendee")
    return {"name": "report.csv", "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode("utf-16")}


def test_tr04_a_teams_report_from_upload_to_marks(sign_in: Callable[..., Page]) -> None:
    academy = sign_in("academy")
    academy.goto("/runs")
    academy.get_by_role("link", name="TRAUMA-2DAY-04").first.click()
    academy.get_by_role("link", name=re.compile("Register")).first.click()
    academy.get_by_role("link", name="Day 1", exact=True).click()
    heading = academy.get_by_role("heading", level=1).inner_text()
    names = academy.locator(".takeup-register legend").all_inner_texts()
    academy.get_by_role("link", name="From a file").click()
    see(academy)
    academy.get_by_label("Attendance report or list").set_input_files(
        {"name": "names.xlsx", "mimeType": "text/csv", "buffer": b"PK\x03\x04" + b"\0" * 99}
    )
    academy.get_by_role("button", name="Look at what it says").click()
    expect(academy.get_by_role("alert")).to_contain_text("This is a spreadsheet, not a CSV file.")
    see(academy)
    held_on = re.search(r"\d+ \w+ \d{4}", heading)
    assert held_on, heading
    academy.get_by_label("Attendance report or list").set_input_files(_report(held_on[0], names))
    academy.get_by_role("button", name="Look at what it says").click()

    main = academy.locator("main")
    expect(main).to_contain_text("Nothing is marked yet")
    expect(main).to_contain_text("Left out as organiser or trainer: Host.")
    see(academy)
    see_on_a_phone(academy)
    academy.get_by_label(f"Yes, {names[0]} is {names[0]}").check()
    academy.get_by_label("Or who else Guest is").fill("nobody@nowhere.example")
    academy.get_by_role("button", name="Take the file in").click()
    expect(academy.get_by_role("alert")).to_contain_text("There is nobody with the address or number")
    see(academy)
    academy.get_by_label("Or who else Guest is").fill("")
    for label, press in (("Replace what the register says", "check"), ("Reason for the correction", "fill")):
        field = academy.get_by_label(label)
        if field.count():  # only when another journey has marked this register before
            field.check() if press == "check" else field.fill("The report came late")
    academy.get_by_role("button", name="Take the file in").click()
    expect(main).to_contain_text(re.compile(r"The file is taken in: \d+ marks changed"))
    second = academy.get_by_role("group", name=names[1])
    expect(second.get_by_role("radio", name="In part")).to_be_checked()
    expect(second.get_by_label("Minutes there")).to_have_value("150")
    last = academy.get_by_role("group", name=names[-1])
    expect(last.get_by_role("radio", name="Absent", exact=True)).not_to_be_checked()
