"""Letters about a place that is no more: each says what is so, and an answer reaches the academy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.bookings import jobs, rules
from app.core import clock
from app.core.db import db
from app.outbox import rules as outbox
from app.outbox.models import Message
from tests import factories
from tests.bookings.desk import academy, booked, message
from tests.bookings.test_unreached import moves_to

Travel = Callable[..., None]
MARCH_15, MARCH_22 = date(2022, 3, 15), date(2022, 3, 22)


@pytest.fixture(autouse=True)
def a_monday_in_february(travel_to: Travel) -> None:
    travel_to("2022-02-14 10:00")


def words_of(letter: Message) -> tuple[str, str]:
    return letter.text, " ".join(letter.html.split())


@pytest.mark.parametrize("has_left", [True, False])
def test_u06_who_has_left_is_offered_no_other_dates(has_left: bool) -> None:
    person = factories.partner()
    booking = booked(factories.run(days=[MARCH_22, date(2022, 3, 29)]), person)
    if has_left:
        person.spells[0].last_day = MARCH_15
        rules.release_places_of(person=person, by=academy(), now=clock.now())
    else:
        rules.cancel(booking=booking, by=academy(), now=clock.now())
    for words in words_of(message(booking, "cancelled")):
        assert ("Answer this e-mail with the dates that suit you" in words) is not has_left
        assert ("Reason: Left before the training" in words) is has_left


def test_u05_a_place_that_was_not_reconfirmed_was_not_kept(travel_to: Travel) -> None:
    run = factories.run(factories.course(components=1, title="Ways"), days=[MARCH_15])
    booking = booked(run)
    moves_to(run, MARCH_22)
    db.session.commit()
    travel_to("2022-03-01 10:00")
    jobs.sweep(clock.now())
    letter = message(booking, "released")
    assert letter.subject == "Your place on Ways was not kept"
    assert "Your place on Ways is no longer kept for you:" in letter.text


def test_u05_who_waited_for_a_run_that_is_cancelled_is_not_told_to_do_nothing() -> None:
    run = factories.run(capacity=1)
    booked(run)
    waits = booked(run)
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="The trainer is ill")
    for words in words_of(message(waits, "run_cancelled")):
        assert "You were on its waiting list, which has ended with it." in words
        assert "need do nothing" not in words


def test_answers_go_to_the_academy_whoever_sends() -> None:
    written = message(booked(factories.run()), "confirmed")
    letter = outbox.ready_to_send(written, still_right=lambda _: True, now=clock.now())
    assert letter is not None
    assert letter["Reply-To"] == "academy@council.example"
