"""Two who answer one request at the same moment: the first answer stands, the other is told."""

from __future__ import annotations

from flask import Flask

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from tests.bookings.asking import Team, as_manager, ask, letters, run_on
from tests.races import AT_ONCE, at_once


def test_a_request_is_answered_once_however_many_press_at_once(app: Flask, travel_to) -> None:
    travel_to("2022-03-07 10:00")
    team = Team()
    booking = ask(run_on(), team.sam)
    booking_id, maria = booking.id, as_manager(team.manager)

    def answer(number: int) -> None:
        mine = db.session.get_one(Booking, booking_id)
        assert mine.approval is not None
        if number % 2:
            rules.approve(booking=mine, by=maria, now=clock.now())
        else:
            rules.decline(booking=mine, by=maria, now=clock.now(), reason="Cover")

    assert at_once(app, answer) == ["done"] + ["refused"] * (AT_ONCE - 1)
    is_approved = booking.approval.is_approved
    assert booking.state is (BookingState.CONFIRMED if is_approved else BookingState.DECLINED)
    assert len(letters("booking_approved")) + len(letters("booking_declined")) == 1
    assert len(booking.moves) == 2
