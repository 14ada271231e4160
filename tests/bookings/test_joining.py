"""Links, joining instructions and materials are for those with a confirmed place, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.bookings import rules
from app.bookings.models import Booking, BookingState
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Person
from app.reminders import jobs as reminders
from app.sessions import rules as sessions
from app.sessions.models import Run
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.bookings.desk import academy

LINK = "https://meet.example/room"
OF_THE_COURSE, OF_THE_RUN = "Bring the blue guide, Plumtree", "Ring at the side door, Quince"
MATERIAL = "https://library.example/slides"
SECRETS = (LINK, "Plumtree", "Quince", MATERIAL)


def a_run(**values: Any) -> Run:
    """A virtual run with a link, instructions of its course and its own, and a material."""
    run = factories.run(**values)
    for of, words in ((run.version.course, OF_THE_COURSE), (run, OF_THE_RUN)):
        sessions.give_instructions(of=of, words=words, by=academy(), now=clock.now())
    sessions.add_material(of=run, title="Slides", address=MATERIAL, by=academy(), now=clock.now())
    db.session.commit()
    return run


def found_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


STATES = {
    BookingState.CONFIRMED: list(SECRETS),
    **{state: [] for state in BookingState if state is not BookingState.CONFIRMED},
}


@pytest.mark.parametrize(("state", "shown"), STATES.items(), ids=[state.value for state in STATES])
def test_the_link_the_instructions_and_materials_are_shown_with_a_confirmed_place_alone(
    pages: Any, state: BookingState, shown: list[str]
) -> None:
    run, person = a_run(), factories.staff()
    booking = in_state(state, run, person)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    assert found_in(pages.get(f"/bookings/{booking.id}").html) == shown
    assert found_in(pages.get(f"/runs/{run.id}").html) == []
    assert found_in(pages.get("/bookings").html + pages.get("/book").html) == []
    if state.is_open:
        assert found_in(pages.get(f"/bookings/{booking.id}/cancel").html) == []
    else:
        assert found_in(pages.get(f"/runs/{run.id}/book").html) == []
    calendar = pages.get(f"/bookings/{booking.id}/calendar.ics", status=200 if shown else 404)
    assert (LINK in calendar.html) is bool(shown)
    assert found_in(calendar.html) in ([LINK], [])


def in_state(state: BookingState, run: Run, person: Person) -> Booking:
    held_until = clock.now() + timedelta(days=1) if state.is_held_for_a_time else None
    return factories.booking(run, person, state=state, held_until=held_until)


@pytest.mark.parametrize(("state", "shown"), STATES.items(), ids=[state.value for state in STATES])
def test_they_are_shown_by_the_link_of_a_confirmed_place_alone(
    pages: Any, state: BookingState, shown: list[str]
) -> None:
    booking = in_state(state, a_run(), factories.partner())
    path = f"/my-place/{rules.secret_for(booking)}"
    assert found_in(pages.get(path).html) == shown
    for end in ("cancel", "colleague", "needs"):
        page = pages.get(f"{path}/{end}")
        assert found_in(page.html) == (shown if page.path == path else [])


def test_they_stay_on_the_booking_when_the_run_is_over(pages: Any, travel_to: Callable[..., None]) -> None:
    travel_to("2026-03-02")
    run, person = a_run(days=[date(2026, 3, 17), date(2026, 3, 24)]), factories.staff()
    booking = factories.booking(run, person)
    travel_to("2026-07-01")
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    assert found_in(pages.get(f"/bookings/{booking.id}").html) == list(SECRETS)


def test_who_sees_links_instructions_and_materials(pages: Any) -> None:
    manager = factories.staff()
    trainer = factories.user(Role.TRAINER)
    person = factories.staff(manager_id=manager.id)
    run = a_run(trainer_id=factories.trainer(trainer).id)
    booking = factories.booking(run, person)
    other_trainer = factories.user(Role.TRAINER)
    factories.run(trainer_id=factories.trainer(other_trainer).id)
    viewers = {
        "the person": factories.user(Role.PRACTITIONER, of=person),
        "the academy": factories.user(Role.ACADEMY_MANAGER),
        "the line manager": factories.user(Role.LINE_MANAGER, of=manager),
        "somebody without a place": factories.user(Role.PRACTITIONER, of=factories.staff()),
        "the run’s trainer": trainer,
        "another trainer": other_trainer,
        "a board member": factories.user(Role.BOARD_MEMBER),
        "a DfE adviser": factories.user(Role.DFE_ADVISER),
        "the contract manager": factories.user(Role.CONTRACT_MANAGER),
        "an administrator": factories.user(Role.ADMINISTRATOR),
    }
    paths = (
        "/bookings/{0}",
        "/bookings/{0}/calendar.ics",
        "/runs/{1}",
        "/runs/{1}/joining",
        "/runs/{1}/places",
    )
    seen = {}
    for who, user in viewers.items():
        pages.sign_in(user)
        answers = [pages.browser.get(path.format(booking.id, run.id)) for path in paths]
        seen[who] = [found_in(answer.get_data(as_text=True)) for answer in answers]
    everything, link, nothing = list(SECRETS), [LINK], []
    assert seen == {
        **dict.fromkeys(seen, [nothing] * 5),
        "the person": [everything, link, nothing, nothing, nothing],
        "the academy": [everything, link, link, everything[1:], nothing],
        "the run’s trainer": [nothing, nothing, link, everything[1:], nothing],
    }
    client = pages.app.test_client()
    assert [
        found_in(client.get(path.format(booking.id, run.id)).get_data(as_text=True)) for path in paths
    ] == [[]] * 5


def test_e_mails_carry_them_with_a_place_and_not_before_or_after(travel_to: Callable[..., None]) -> None:
    travel_to("2026-03-02")
    run = a_run(days=[date(2026, 3, 17), date(2026, 3, 24)], capacity=1)
    first, second = _booked(run), _booked(run)
    rules.cancel(booking=first, by=academy(), now=clock.now())
    db.session.commit()
    travel_to("2026-03-16")
    assert reminders.joining(clock.now()).done == 1
    rules.cancel_run(run=run, by=academy(), now=clock.now(), reason="Ill")
    words_of = [LINK, "Plumtree", "Quince"]
    messages = db.session.scalars(select(Message).order_by(Message.id)).all()
    told = [
        (message.kind, found_in(message.text), found_in(message.html), found_in(message.calendar or ""))
        for message in messages
    ]
    assert told == [
        ("booking_confirmed", words_of, words_of, [LINK]),
        ("booking_waitlisted", [], [], []),
        ("booking_cancelled", [], [], []),
        ("booking_promoted", words_of, words_of, [LINK]),
        ("joining", words_of, words_of, []),
        ("booking_run_cancelled", [], [], []),
    ]
    assert second.state is BookingState.CANCELLED_BY_ACADEMY
    confirmed = messages[0].text
    assert f"Joining instructions\n\n{OF_THE_COURSE}\n\n{OF_THE_RUN}\n\nYour reference" in confirmed


def _booked(run: Run, person: Person | None = None) -> Booking:
    return rules.book(run=run, person=person or factories.staff(), by=academy(), now=clock.now())


NOTE = "Bring your laptop, Medlar"


def test_u05_the_note_of_a_run_is_in_every_e_mail_of_a_place(travel_to: Callable[..., None]) -> None:
    travel_to("2026-03-02")
    run = a_run(days=[date(2026, 3, 17), date(2026, 3, 24)], note=NOTE)
    other = factories.run(run.version.course, note="Ask for Sam, Damson")
    booking = _booked(run)
    db.session.commit()
    travel_to("2026-03-13")
    assert reminders.joining(clock.now()).done == 1
    planned = replace(planned_again(run.sessions[1]), held_on=date(2026, 3, 26))
    rules.move_session(session=run.sessions[1], planned=planned, by=academy(), now=clock.now())
    rules.transfer(booking=booking, to_run=other, by=academy(), now=clock.now(), reason="Clash")
    told = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert [(one.kind, _notes(one.text), _notes(one.html)) for one in told] == [
        ("booking_confirmed", ["Medlar"], ["Medlar"]),
        ("joining", ["Medlar"], ["Medlar"]),
        ("booking_session_changed", ["Medlar"], ["Medlar"]),
        ("booking_carried_over", ["Damson"], ["Damson"]),
    ]


def _notes(text: str) -> list[str]:
    return [word for word in ("Medlar", "Damson") for _ in range(text.count(word))]


def test_the_note_of_a_run_stands_once_on_the_page_of_a_place(pages: Any) -> None:
    run, person = a_run(note=NOTE), factories.staff()
    booking = factories.booking(run, person)
    waits = factories.booking(run, factories.partner(), confirmed_at=None)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    assert pages.get(f"/bookings/{booking.id}").text.count(NOTE) == 1
    assert pages.get(f"/my-place/{rules.secret_for(waits)}").text.count(NOTE) == 1


def test_u05_without_a_link_e_mails_say_how_it_is_held_and_that_the_link_follows(
    travel_to: Callable[..., None],
) -> None:
    travel_to("2026-03-02")
    run = factories.run(days=[date(2026, 3, 17), date(2026, 3, 24)])
    run.sessions[0].link = None
    _booked(run)
    db.session.commit()
    travel_to("2026-03-13")
    assert reminders.joining(clock.now()).done == 1
    confirmed, joining = db.session.scalars(select(Message).order_by(Message.id)).all()
    for words in (confirmed.text, confirmed.html, joining.text, joining.html):
        assert words.count("Virtual. The joining link will follow.") == 1
    entry = (confirmed.calendar or "").replace("\r\n ", "")
    assert "LOCATION:Virtual: the joining link will follow" in entry
