"""Calendar entries as they are sent: programs heed one entry of a message, so each has its own. (U-05)"""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from app.bookings import rules
from app.core import clock
from app.outbox import rules as outbox
from tests import factories
from tests.bookings.desk import academy, booked, message


@pytest.mark.parametrize(
    ("days", "files"),
    [(1, [None]), (2, ["1.ics", "2.ics"]), (3, ["1.ics", "2.ics", "3.ics"])],
)
def test_st02_each_day_reaches_the_calendar_and_is_taken_out_of_it(
    days: int, files: list[str | None]
) -> None:
    first = clock.today() + timedelta(days=30)
    run = factories.run(
        factories.course(components=days), days=[first + timedelta(days=one) for one in range(days)]
    )
    booking = booked(run)
    rules.cancel(booking=booking, by=academy(), now=clock.now(), reason="The room is too small")
    uids = []
    for what, method, name in (("confirmed", "REQUEST", "date-"), ("cancelled", "CANCEL", "cancelled-")):
        letter = outbox.ready_to_send(message(booking, what), still_right=lambda _: True, now=clock.now())
        assert letter is not None
        parts = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
        assert [one.get_filename() for one in parts] == [one and f"{name}{one}" for one in files]
        assert {one.get_param("method") for one in parts} == {method}
        entries = [Calendar.from_ical(one.get_content()) for one in parts]
        assert {str(one["method"]) for one in entries} == {method}
        assert [len(one.walk("VEVENT")) for one in entries] == [1] * days
        uids.append([str(one.walk("VEVENT")[0]["uid"]) for one in entries])
        words = [letter.get_body((kind,)).get_content() for kind in ("plain", "html")]
        assert all(("A file for each day is attached" in one) is (days > 1) for one in words)
    assert (uids[0], len(set(uids[0]))) == (uids[1], days)
