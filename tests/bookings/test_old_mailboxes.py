"""A link does nothing any more once the address that it went to is not theirs. (MA-02, MA-06)"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.bookings import rules
from app.bookings.models import BookingState
from app.bookings.rules.notices import RECONFIRM
from app.bookings.rules.queue import OFFER_LINK
from app.core import clock, tokens
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.outbox import rules as outbox
from app.outbox.models import Message, MessageState
from app.people import rules as people
from app.people.models import Person
from tests import factories
from tests.bookings.asking import Team, ask, letters, run_on
from tests.bookings.test_by_link import ACADEMY, booked, newest_message
from tests.bookings.test_inviting import link_of
from tests.pages import Pages

NOT_THEIRS = "This link was sent to another e-mail address than the one that is known now"


@pytest.fixture
def jo() -> Person:
    return factories.partner(first_name="Jo", last_name="Bell", email="jo@riverside.example")


def correct_address(person: Person, email: str = "jo.bell@hill.example") -> None:
    people.edit_person(person=person, email=email, by=ACADEMY, now=clock.now())
    db.session.commit()


@pytest.mark.parametrize("end", ["", "/cancel", "/needs", "/colleague", "/calendar.ics"])
def test_ma02_a_link_in_an_old_mailbox_opens_no_place(pages: Pages, jo: Person, end: str) -> None:
    booking = booked(jo)
    path = f"/my-place/{newest_message().secret}{end}"
    pages.get(path, check=False)
    correct_address(jo)
    assert NOT_THEIRS in pages.get(path, status=404).text
    correct_address(jo, "jo@riverside.example")
    pages.get(path, check=False)
    assert booking.state is BookingState.CONFIRMED


def test_ma02_a_link_in_an_old_mailbox_gives_no_place_up(pages: Pages, jo: Person) -> None:
    booking = booked(jo)
    path = f"/my-place/{newest_message().secret}/cancel"
    correct_address(jo)
    assert NOT_THEIRS in pages.post(path, {"reason": ""}, status=404).text
    db.session.refresh(booking)
    assert booking.state is BookingState.CONFIRMED


def test_ma02_who_has_an_account_by_now_signs_in(pages: Pages, jo: Person) -> None:
    booked(jo)
    path = f"/my-place/{newest_message().secret}"
    factories.user(Role.PARTNER, of=jo, password="set")
    assert "You have an account by now. Sign in" in pages.get(path, status=404).text


def test_u18_an_e_mail_that_goes_to_the_corrected_address_has_a_link_that_works(
    pages: Pages, jo: Person
) -> None:
    booked(jo)
    message = newest_message()
    old = message.secret
    message.state = MessageState.BOUNCED
    db.session.commit()
    correct_address(jo)
    db.session.refresh(message)
    assert message.to_address == "jo.bell@hill.example"
    pages.get(f"/my-place/{message.secret}")
    assert NOT_THEIRS in pages.get(f"/my-place/{old}", status=404).text


def test_u18_a_secret_that_is_no_such_token_goes_to_the_corrected_address_as_it_is(jo: Person) -> None:
    booked(jo)
    message = newest_message()
    message.state, message.secret = MessageState.BOUNCED, "a-secret"
    outbox.readdress(addresses={"jo@riverside.example": "jo.bell@hill.example"}, now=clock.now())
    assert db.session.scalars(select(Message.secret)).one() == "a-secret"


@pytest.mark.parametrize(
    ("purpose", "opens"), [(OFFER_LINK, rules.offered_by), (RECONFIRM, rules.booking_named_by)]
)
def test_u16_an_offer_and_u05_new_dates_are_answered_from_ones_own_mailbox(
    jo: Person, purpose: str, opens: Callable[[str], object]
) -> None:
    booking = booked(jo)
    token = tokens.make(purpose, booking.id, to=jo.email)
    assert opens(token) is booking
    correct_address(jo)
    with pytest.raises(RuleBroken, match=NOT_THEIRS):
        opens(token)


def test_ma02_an_invitation_is_taken_up_from_ones_own_mailbox(pages: Pages, jo: Person) -> None:
    link = link_of(jo, factories.run())
    pages.get(link)
    correct_address(jo)
    assert NOT_THEIRS in pages.get(link, status=404).text


def test_lm01_a_request_is_answered_from_ones_own_mailbox(
    pages: Pages, travel_to: Callable[..., None]
) -> None:
    travel_to("2022-03-07 10:00")
    team = Team()
    booking = ask(run_on(), team.sam)
    assert booking.approval is not None
    link = f"/requests/{booking.approval.id}/{letters('approval_asked')[-1].secret}"
    pages.get(link)
    correct_address(team.manager)
    assert NOT_THEIRS in pages.get(link, status=404).text
    assert booking.state is BookingState.REQUESTED
