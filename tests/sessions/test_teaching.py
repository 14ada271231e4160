"""What trainers say of their sessions: another date (TR-06), and that they can't hold one (TR-07)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import User
from app.bookings import rules as bookings
from app.bookings.models import Booking
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.outbox.models import Message
from app.reminders.rules import is_still_right
from app.sessions import rules
from app.sessions.models import DateProposal, ProposalState, Run, TrainerUnable, TrainingSession
from tests import factories
from tests.pages import Pages

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
NEXT_WEEK = {"held_on": date(2022, 3, 22), "starts": time(10), "ends": time(15)}


@dataclass
class Teaching:
    """A day on 15 March 2022 with its trainer, two people with a place, and an academy to tell."""

    user: User = field(default_factory=lambda: factories.user(Role.TRAINER, name="Pat Lowe"))
    academy: User = field(default_factory=lambda: factories.user(Role.ACADEMY_MANAGER))
    run: Run = field(init=False)

    def __post_init__(self) -> None:
        trainer = factories.trainer(self.user, name="Pat Lowe")
        course = factories.course(components=1, title="Signs of Safety")
        self.run = factories.run(course, days=[date(2022, 3, 15)], trainer_id=trainer.id, code="SOS2-07")
        for _ in range(2):
            factories.booking(self.run, factories.staff())

    @property
    def session(self) -> TrainingSession:
        return self.run.sessions[0]

    @property
    def trainer(self) -> Actor:
        return factories.actor(Role.TRAINER, user_id=self.user.id, name=self.user.name)

    def propose(self, **values: Any) -> DateProposal:
        given = NEXT_WEEK | {"reason": "The hall is shut"} | values
        return rules.propose_date(session=self.session, by=self.trainer, now=clock.now(), **given)


@pytest.fixture
def teaching(travel_to: Callable[..., None]) -> Teaching:
    travel_to("2022-03-01")
    return Teaching()


def messages() -> list[Message]:
    """What was written after a date was proposed."""
    later = select(Message).where(Message.kind != "date_proposed").order_by(Message.id)
    return list(db.session.scalars(later))


# --- Another date ------------------------------------------------------------------------------------------


def test_tr06_a_date_that_is_proposed_moves_nothing_and_tells_the_academy_alone(teaching: Teaching) -> None:
    proposal = teaching.propose()
    assert teaching.session.held_on == date(2022, 3, 15)
    (message,) = db.session.scalars(select(Message))
    assert (message.to_address, message.kind) == (teaching.academy.email, "date_proposed")
    assert "Tuesday 22 March 2022, 10:00 to 15:00" in message.text
    assert "The hall is shut" in message.text
    assert f"/proposals/{proposal.id}" in message.text


def test_tr06_a_date_that_was_withdrawn_at_once_is_not_written_of(teaching: Teaching) -> None:
    proposal = teaching.propose()
    (message,) = db.session.scalars(select(Message))
    assert is_still_right(message, now=clock.now())
    rules.withdraw_proposal(proposal=proposal, by=teaching.trainer, now=clock.now())
    assert not is_still_right(message, now=clock.now())


def test_tr06_accepted_it_moves_with_all_its_tellings(teaching: Teaching) -> None:
    proposal = teaching.propose()
    outcome = bookings.accept_proposal(
        proposal=proposal, by=ACADEMY, now=clock.now(), reason="Another room", words="With pleasure"
    )
    assert (len(outcome.told), len(outcome.asked)) == (2, 2)
    assert proposal.state is ProposalState.ACCEPTED
    assert teaching.session.starts_at == clock.london_time(date(2022, 3, 22), time(10))
    *people, trainer = messages()
    assert {one.kind for one in people} == {"booking_session_changed"}
    assert all("Another room" in one.text and "The hall is shut" not in one.text for one in people)
    assert (trainer.kind, trainer.to_address) == ("proposal_answered", teaching.user.email)
    assert "The academy has accepted it." in trainer.text
    assert "With pleasure" in trainer.text
    assert "METHOD:REQUEST" in trainer.calendar
    assert "DTSTART;TZID=Europe/London:20220322T100000" in trainer.calendar


def test_tr06_declined_the_trainer_alone_is_told_why(teaching: Teaching) -> None:
    proposal = teaching.propose()
    with pytest.raises(RuleBroken, match="Tell the trainer why"):
        rules.decline_proposal(proposal=proposal, words="", by=ACADEMY, now=clock.now())
    rules.decline_proposal(proposal=proposal, words="Too late", by=ACADEMY, now=clock.now())
    (message,) = messages()
    assert (message.to_address, "Too late" in message.text) == (teaching.user.email, True)
    assert teaching.session.held_on == date(2022, 3, 15)
    with pytest.raises(RuleBroken, match="declined already"):
        bookings.accept_proposal(proposal=proposal, by=ACADEMY, now=clock.now())


def test_tr06_one_proposal_at_a_time_until_it_is_answered_or_withdrawn(teaching: Teaching) -> None:
    proposal = teaching.propose()
    with pytest.raises(RuleBroken, match="proposed already"):
        teaching.propose()
    with pytest.raises(NotAllowed):
        rules.withdraw_proposal(proposal=proposal, by=ACADEMY, now=clock.now())
    rules.withdraw_proposal(proposal=proposal, by=teaching.trainer, now=clock.now())
    assert messages() == []
    again = teaching.propose()
    db.session.add(
        DateProposal(
            **{
                name: getattr(again, name)
                for name in ("session_id", "held_on", "starts_at", "ends_at", "reason")
            },
            proposed_at=clock.now(),
            proposed_by="Somebody quicker",
            proposed_by_user_id=teaching.user.id,
        )
    )
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"ends": time(10)}, "The end must be after the start"),
        ({"held_on": date(2022, 2, 28)}, "Propose a date that is still to come"),
        (
            {"held_on": date(2022, 3, 15), "starts": time(9, 30), "ends": time(16, 30)},
            "when it is held already",
        ),
    ],
)
def test_tr06_what_can_be_proposed(teaching: Teaching, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        teaching.propose(**values)


def test_tr06_who_proposes_and_who_answers(teaching: Teaching) -> None:
    other = factories.actor(Role.TRAINER, user_id=factories.user(Role.TRAINER).id)
    for by in (other, ACADEMY):
        with pytest.raises(NotAllowed):
            rules.propose_date(session=teaching.session, reason="Why", by=by, now=clock.now(), **NEXT_WEEK)
    proposal = teaching.propose()
    for by in (other, teaching.trainer):
        with pytest.raises(NotAllowed):
            bookings.accept_proposal(proposal=proposal, by=by, now=clock.now())
        with pytest.raises(NotAllowed):
            rules.decline_proposal(proposal=proposal, words="No", by=by, now=clock.now())


def test_tr06_a_session_that_has_begun_is_not_moved(
    teaching: Teaching, travel_to: Callable[..., None]
) -> None:
    proposal = teaching.propose()
    travel_to("2022-03-15 10:00")
    with pytest.raises(RuleBroken, match="has begun"):
        bookings.accept_proposal(proposal=proposal, by=ACADEMY, now=clock.now())
    with pytest.raises(RuleBroken, match="has begun"):
        teaching.propose()


def test_tr06_from_the_trainers_page_to_the_academys_first_page(
    app: Flask, pages: Pages, teaching: Teaching
) -> None:
    pages.sign_in(teaching.user)
    page = pages.get(f"/runs/{teaching.run.id}")
    page = pages.get(page.links()["Propose another date for Day 1"])
    typed = {"held_on-day": "22", "held_on-month": "3", "held_on-year": "2022"}
    page = pages.submit(page, typed, button="Propose this date")
    assert page.errors == ["Tell the academy why you propose it"]
    page = pages.submit(page, typed | {"reason": "The hall is shut"}, button="Propose this date")
    assert "Nothing has moved yet" in page.html
    assert "The hall is shut" in page.text
    academy = Pages(app).sign_in(teaching.academy)
    todo = "Pat Lowe proposes another date for SOS2-07, Day 1"
    page = academy.get(academy.get("/").links()[todo])
    assert "2 people have a place here" in page.text
    page = academy.submit(page, {"answer": "decline"}, button="Send the answer")
    assert page.errors == ["Tell the trainer why the date stays"]
    page = academy.submit(page, {"answer": "accept"}, button="Send the answer")
    assert "Day 1 is moved. 2 people are told, and so is Pat Lowe." in page.html
    assert todo not in academy.get("/").text
    assert "Propose another date for Day 1" in pages.get(f"/runs/{teaching.run.id}").links()


def test_tr06_a_clash_asks_why_both_can_go_ahead(app: Flask, pages: Pages, teaching: Teaching) -> None:
    factories.run(
        factories.course(components=1), days=[date(2022, 3, 22)], trainer_id=teaching.session.trainer_id
    )
    proposal = teaching.propose()
    academy = pages.sign_in(teaching.academy)
    page = academy.submit(
        academy.get(f"/proposals/{proposal.id}"), {"answer": "accept"}, button="Send the answer"
    )
    assert page.soup.select_one("#clash_reason") is not None
    page = academy.submit(page, {"clash_reason": "They are two people"}, button="Send the answer")
    assert "Day 1 is moved." in page.html


def test_u05_what_to_know_of_a_proposed_date_stands_above_the_button_that_accepts_it(
    pages: Pages, teaching: Teaching
) -> None:
    """A Sunday was accepted without a word, where the same date set by hand asks first."""
    academy = pages.sign_in(teaching.academy)
    proposal = teaching.propose(held_on=date(2022, 3, 20))
    page = academy.get(f"/proposals/{proposal.id}")
    assert "Day 1, Sunday 20 March 2022, is at a weekend." in page.text
    assert "Day 1 is moved." in academy.submit(page, {"answer": "accept"}, button="Send the answer").text


def test_u05_what_is_new_of_a_proposed_date_since_the_page_was_opened_is_looked_at_first(
    pages: Pages, teaching: Teaching
) -> None:
    academy = pages.sign_in(teaching.academy)
    page = academy.get(f"/proposals/{teaching.propose().id}")
    factories.dated(teaching.run.version.course.programme, deadline=date(2022, 3, 18))
    db.session.commit()
    page = academy.submit(page, {"answer": "accept"}, button="Send the answer")
    assert page.errors == [
        "Nothing is changed yet: look at what to know about the date. Press the button again to change it as "
        "it is"
    ]
    assert "is 4 days after the programme’s deadline" in page.text
    assert teaching.session.held_on == date(2022, 3, 15)
    assert "Day 1 is moved." in academy.submit(page, {"answer": "accept"}, button="Send the answer").text


def test_u08_whom_no_e_mail_reaches_is_named_to_whoever_accepts_a_date(
    pages: Pages, teaching: Teaching
) -> None:
    factories.booking(teaching.run, factories.staff(first_name="Ada", last_name="Cole", email=None))
    academy = pages.sign_in(teaching.academy)
    page = academy.get(f"/proposals/{teaching.propose().id}")
    page = academy.submit(page, {"answer": "accept"}, button="Send the answer")
    assert "2 people are told, and so is Pat Lowe. No e-mail reaches Ada Cole, so tell them" in page.text


def test_tr06_a_person_on_the_run_sees_no_proposal(pages: Pages, teaching: Teaching) -> None:
    teaching.propose()
    person = db.session.scalars(select(Booking)).first().person
    page = pages.sign_in(factories.user(Role.PRACTITIONER, of=person)).get(f"/runs/{teaching.run.id}")
    assert "The hall is shut" not in page.html


# --- Who can't hold a session ------------------------------------------------------------------------------


def test_tr07_the_academy_is_told_at_once_and_nobody_else(
    app: Flask, pages: Pages, teaching: Teaching, travel_to: Callable[..., None]
) -> None:
    travel_to("2022-03-15 07:30")
    pages.sign_in(teaching.user)
    page = pages.get(pages.get(f"/runs/{teaching.run.id}").links()["I can’t hold it : Day 1"])
    page = pages.submit(page, {"words": "I have lost my voice"}, button="Tell the academy")
    assert "The academy is told, by e-mail too." in page.html
    (message,) = messages()
    assert (message.to_address, message.kind) == (teaching.academy.email, "trainer_unable")
    assert "I have lost my voice" in message.text
    academy = Pages(app).sign_in(teaching.academy)
    todo = "Pat Lowe can’t hold SOS2-07, Day 1"
    page = academy.get(academy.get("/").links()[todo])
    assert "I have lost my voice" in page.text
    page = academy.submit(page, button="It is held as planned", form="able")
    assert todo not in academy.get("/").text


def test_tr07_saying_it_twice_tells_once(teaching: Teaching) -> None:
    for _ in range(2):
        rules.say_unable(session=teaching.session, words="", by=teaching.trainer, now=clock.now())
    assert len(messages()) == 1


@pytest.mark.parametrize("remedy", ["another trainer", "another date", "cancelled", "over"])
def test_tr07_it_is_off_the_list_once_something_is_done(
    app: Flask, teaching: Teaching, travel_to: Callable[..., None], remedy: str
) -> None:
    rules.say_unable(session=teaching.session, words="", by=teaching.trainer, now=clock.now())
    academy = Pages(app).sign_in(teaching.academy)
    assert "Pat Lowe can’t hold SOS2-07, Day 1" in academy.get("/").text
    if remedy == "another trainer":
        teaching.session.trainer_id = factories.trainer().id
    elif remedy == "another date":
        bookings.accept_proposal(proposal=teaching.propose(), by=ACADEMY, now=clock.now())
    elif remedy == "cancelled":
        bookings.cancel_run(run=teaching.run, by=ACADEMY, now=clock.now(), reason="No trainer")
    else:
        travel_to("2022-03-15 16:30")
    academy.sign_in(teaching.academy)
    assert "Pat Lowe can’t hold" not in academy.get("/").text


def test_tr07_only_the_trainer_of_the_session_says_it(teaching: Teaching) -> None:
    other = factories.actor(Role.TRAINER, user_id=factories.user(Role.TRAINER).id)
    for by in (other, ACADEMY):
        with pytest.raises(NotAllowed):
            rules.say_unable(session=teaching.session, words="", by=by, now=clock.now())
    with pytest.raises(NotAllowed):
        rules.settle_unable(session=teaching.session, by=other, now=clock.now())
    assert db.session.query(TrainerUnable).count() == 0


def test_tr06_a_page_with_nothing_to_fill_in_leads_back(
    pages: Pages, teaching: Teaching, travel_to: Callable[..., None]
) -> None:
    proposal = teaching.propose()
    pages.sign_in(teaching.user)
    assert "proposed already" in pages.get(f"/sessions/{teaching.session.id}/propose").html
    page = pages.submit(pages.get(f"/runs/{teaching.run.id}"), form="withdraw")
    assert "The proposal is withdrawn." in page.html
    page = pages.sign_in(teaching.academy).get(f"/proposals/{proposal.id}")
    assert "This proposal was withdrawn already." in page.html
    travel_to("2022-03-16")
    page = pages.sign_in(teaching.user).get(f"/sessions/{teaching.session.id}/unable")
    assert "Day 1 is over." in page.html
