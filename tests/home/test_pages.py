"""The first page of each role: what needs somebody today, and how a new academy is set up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.bookings import rules
from app.config import MailTransport, Settings
from app.core import clock
from app.core.actors import SERVICE
from app.core.db import db
from app.core.filters import day
from app.core.mail import SendFailed
from app.core.permissions import Role
from app.core.tally import Tally
from app.figures import rules as figures
from app.figures.models import TargetKind
from app.jobs import rules as jobs
from app.learning.models import MarkStatus
from app.outbox.models import Message, MessageState
from app.people.models import Deputy
from app.programmes.models import Promotion
from app.sessions.models import SessionDate
from app.sessions.rules.planning import planned_again
from tests import factories
from tests.attendance.marking import mark
from tests.bookings.desk import academy, books, leaves, own

REHEARSING = {"mail_redirect_to": "one@council.example"}
SENDING = {"mail_transport": MailTransport.SMTP, "smtp_host": "relay.council.example"}


def test_visitor_is_asked_to_sign_in(pages: Any) -> None:
    assert pages.get("/").h1 == "Sign in"


def test_empty_academy_is_led_to_its_first_run(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/")
    assert "Set up your academy" in page.text
    assert [page.links()[name] for name in ("First people", "First programme", "First run")] == [
        "/imports",
        "/programmes/new",
        "/runs/new",
    ]
    assert "Accounts for your people" not in page.links()
    assert "An administrator invites them. To do First programme" in page.text
    factories.user(Role.PRACTITIONER)
    assert "An administrator invites them. Done First programme" in pages.get("/").text
    factories.staff()
    factories.run(factories.course())
    assert "Nothing needs you today." in pages.get("/").text


def test_runs_that_were_over_when_they_were_brought_in_are_no_first_run(pages: Any) -> None:
    """A file of runs of years ago leaves an academy with nothing that anybody could book."""
    long_over = [clock.today() - timedelta(days=ago) for ago in (365, 358)]
    run = factories.run(factories.course(), days=long_over)
    db.session.execute(update(SessionDate).values(entered_at=clock.now()))
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/")
    assert "on dates to come. An academy manager schedules it. To do" in page.text
    factories.run(run.version.course)
    assert "on dates to come. An academy manager schedules it. Done" in pages.get("/").text


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({}, {"E-mail": "MAIL_TRANSPORT."}),
        ({"mail_from": None}, {"E-mail": "MAIL_TRANSPORT and MAIL_FROM."}),
        (SENDING, {}),
        (SENDING | {"council_name": None}, {"Your council’s name and address": "sets COUNCIL_NAME."}),
        (SENDING | {"support_email": None}, {"Your council’s name and address": "sets SUPPORT_EMAIL."}),
        (SENDING | {"mail_from": None}, {"E-mail": "sets MAIL_FROM."}),
        (
            SENDING | REHEARSING,
            {
                "E-mail": "to one@council.example instead: "
                "whoever runs the service takes MAIL_REDIRECT_TO away."
            },
        ),
    ],
)
def test_what_is_left_of_setting_up_stays_on_the_list(
    app: Flask, pages: Any, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], left: dict[str, str]
) -> None:
    """A service under the demonstration's name or addresses, or whose e-mails reach nobody, is not set up."""
    said = {name: getattr(app.config["SETTINGS"], name) for name in app.config["SETTINGS"].model_fields_set}
    wanted = {name: value for name, value in (said | changed).items() if value is not None}
    monkeypatch.setitem(app.config, "SETTINGS", Settings(**wanted))
    factories.run(factories.course())
    factories.staff()
    factories.user(Role.PRACTITIONER)
    page = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get("/")
    steps = [" ".join(step.text.split()) for step in page.soup.select(".govuk-task-list__item")]
    to_do = [step for step in steps if step.endswith("To do")]
    for step, (name, setting) in zip(to_do, left.items(), strict=True):
        assert step.startswith(name)
        assert step.endswith(f"{setting} To do")
    assert ("Set up your academy" in page.text) == bool(left)


def test_an_administrator_of_an_empty_service_is_led_to_its_first_academy_manager(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get("/")
    assert page.links()["Academy manager"] == "/accounts/invite?role=academy_manager"
    assert pages.get("/accounts/invite?role=academy_manager").value("roles") == "academy_manager"
    assert page.links()["Accounts for your people"] == "/accounts/invite"
    assert "First programme" not in page.links()
    assert "An academy manager sets it up. To do First course" in page.text
    assert "nothing is sent, invitations neither, until" in page.text
    assert "Nothing needs you today." not in page.text


def test_once_people_are_recorded_the_list_leads_to_inviting_many_of_them(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    factories.staff()
    assert pages.get("/").links()["Accounts for your people"] == "/accounts/invite-many"


def test_an_account_that_was_closed_does_no_step(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    manager = factories.user(Role.ACADEMY_MANAGER)
    practitioner = factories.user(Role.PRACTITIONER)
    done = ("Academy manager", "Accounts for your people")
    assert {name: state for name, state in _steps(pages).items() if name in done} == dict.fromkeys(
        done, "Done"
    )
    manager.active = practitioner.active = False
    assert {name: state for name, state in _steps(pages).items() if name in done} == dict.fromkeys(
        done, "To do"
    )


def _steps(pages: Any) -> dict[str, str]:
    """Each step of setting up, and whether it is done."""
    steps = pages.get("/").soup.select(".govuk-task-list__item")
    return {
        " ".join(step.select_one(".govuk-task-list__name-and-hint > :first-child").text.split()): " ".join(
            step.select_one(".govuk-task-list__status").text.split()
        )
        for step in steps
    }


def test_academy_manager_sees_what_to_chase(pages: Any, travel_to: Any) -> None:
    travel_to("2026-03-18 10:00")
    today = clock.today()
    late = factories.run(factories.course(components=1), days=[today - timedelta(days=1)], code="LATE-1")
    factories.booking(late, factories.staff())
    soon = factories.run(
        factories.course(components=1), days=[today + timedelta(days=7)], code="THIN-1", minimum_places=6
    )
    factories.booking(soon, factories.staff())
    full = factories.run(factories.course(components=1), code="FULL-1", capacity=1)
    factories.booking(full, factories.staff())
    factories.booking(full, factories.staff(), confirmed_at=None)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    text = pages.get("/").text
    for words in (
        "Complete the register of LATE-1, Day 1",
        "THIN-1 has 1 booked of at least 6",
        "1 person waits for a place on FULL-1",
    ):
        assert words in text
    registers, runs = (
        text.index("Registers Complete the register of"),
        text.index("Runs and places THIN-1 has"),
    )
    assert registers < runs


def test_practitioner_sees_their_next_sessions_and_what_they_wait_for(pages: Any) -> None:
    person = factories.staff()
    coming = factories.run(factories.course(title="Coming course"))
    waiting = factories.run(factories.course(title="Waited-for course"))
    factories.booking(coming, person)
    factories.booking(waiting, person, confirmed_at=None)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get("/")
    assert "Coming course" in page.text
    assert "You are waiting for" in page.text
    assert page.links()["Book a place"] == "/book"


def test_u03_who_is_half_way_sees_which_day_is_missing(pages: Any, travel_to: Any) -> None:
    """Until it is booked; then it is among what comes."""
    travel_to("2022-03-17 10:00")
    course = factories.course(components=2, title="Signs of Safety", terms={})
    past = factories.run(course, days=[date(2022, 3, 8), date(2022, 3, 15)])
    to_come = factories.run(course, days=[date(2022, 4, 5), date(2022, 4, 12)])
    person = factories.staff()
    factories.booking(past, person)
    mark(past, 1, person)
    mark(past, 2, person, status=MarkStatus.ABSENT_APOLOGIES)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get("/")
    assert page.links()["Book what you still need of Signs of Safety"] == "/my-learning"
    assert "It is Day 2." in page.text
    factories.booking(to_come, person, session=to_come.sessions[1])
    assert "still need" not in pages.get("/").text


def test_st04_u05_what_is_offered_and_what_must_be_said_stand_first(pages: Any, travel_to: Any) -> None:
    travel_to("2022-03-01 10:00")
    person = factories.staff()
    offers = factories.course(components=1, title="Offered course", terms={"promotion": Promotion.OFFER})
    full = factories.run(offers, days=[date(2022, 3, 22)], capacity=1)
    taken = books(full)
    books(full, person)
    moved = books(
        factories.run(factories.course(components=1, title="Moved course"), days=[date(2022, 3, 15)]), person
    )
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    assert "What needs you" not in pages.get("/").text
    leaves(taken)
    session = moved.run.first_session
    planned = replace(planned_again(session), held_on=date(2022, 3, 16))
    rules.move_session(session=session, planned=planned, by=academy(), now=clock.now())
    links = pages.get("/").links()
    assert links["Say that you still come to Moved course"] == f"/bookings/{moved.id}"
    assert "Take or turn down a place on Offered course" in links
    for words in (
        "Until 17:00 Thursday 3 March; after that it is not kept any longer.",
        "The dates have changed. By 17:00 Tuesday 8 March, or the place is not kept.",
    ):
        assert words in pages.get("/").text
    rules.reconfirm(booking=moved, by=own(person), now=clock.now())
    assert "Moved course" in (text := pages.get("/").text)
    assert "Say that you still come" not in text


def test_trainer_sees_their_own_sessions_and_registers_alone(pages: Any, travel_to: Any) -> None:
    travel_to("2026-03-18 10:00")
    user = factories.user(Role.TRAINER)
    own = factories.trainer(user)
    yesterday = [clock.today() - timedelta(days=1)]
    for code, trainer in (("MINE-1", own), ("OTHER-1", factories.trainer())):
        run = factories.run(factories.course(components=1), days=yesterday, code=code, trainer_id=trainer.id)
        factories.booking(run, factories.staff())
    factories.run(factories.course(components=1, title="My coming course"), trainer_id=own.id)
    todays = factories.course(components=1, title="My course of today")
    todays = factories.run(todays, days=[clock.today()], trainer_id=own.id)
    page = pages.sign_in(user).get("/")
    text, links = page.text, page.links()
    assert links["My course of today"] == f"/sessions/{todays.sessions[0].id}/register"
    assert links["My coming course"].startswith("/runs/")
    assert "Complete the register of MINE-1, Day 1" in text
    assert "My coming course" in text
    assert "OTHER-1" not in text


def test_tr10_a_trainer_sees_how_their_deliverable_stands(pages: Any) -> None:
    user = factories.user(Role.TRAINER)
    run = factories.run(factories.course(components=2), trainer_id=factories.trainer(user).id)
    for programme, title in ((run.version.course.programme, "Ours"), (factories.programme(), "Theirs")):
        made = figures.add_target(
            code=title.lower(),
            title=title,
            kind=TargetKind.DELIVERABLE,
            programme=programme,
            minimum_count=17,
            deadline=run.last_session.held_on + timedelta(days=1),
            by=SERVICE,
            now=clock.now(),
        )
        if title == "Ours":
            ids = [session.id for session in run.sessions]
            figures.tick_sessions(target=made, offered=ids, ticked=ids, by=SERVICE, now=clock.now())
    text = pages.sign_in(user).get("/").text
    assert "0 of 17 sessions delivered 2 scheduled 15 not scheduled" in text
    assert "Theirs" not in text


def test_administrator_is_told_that_the_scheduler_is_not_running(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    assert "The scheduler is not running" in pages.get("/").text


def test_sa04_administrator_is_told_of_jobs_that_failed_last(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    for job, failed, told in (
        ("leavers", 1, "1 job failed when it ran last"),
        ("of_old", 1, "1 job failed when it ran last"),
        ("needs", 1, "2 jobs failed when they ran last"),
        ("needs", 0, "1 job failed when it ran last"),
    ):
        run_id = jobs.claim(job=job, slot=f"{failed}", now=clock.now())
        assert run_id is not None
        jobs.finish(run_id=run_id, tally=Tally(done=1, failed=failed), now=clock.now())
        db.session.commit()
        assert told in pages.get("/").text


REFUSED = SendFailed("The relay refused the address: it answered 450 4.2.0 Greylisted.")
NO_RELAY = SendFailed("The relay a.example could not be used: Connection refused.", is_of_carrier=True)


@pytest.mark.parametrize(
    ("minutes", "state", "failure", "words"),
    [
        (15, MessageState.QUEUED, REFUSED, "1 e-mail could not be sent so far The outbox says why"),
        (14, MessageState.QUEUED, REFUSED, None),
        (0, MessageState.QUEUED, NO_RELAY, "1 e-mail could not be sent so far The outbox says why"),
        (60, MessageState.QUEUED, None, None),
        (60, MessageState.FAILED, NO_RELAY, "1 e-mail could not be sent"),
        (60, MessageState.BOUNCED, REFUSED, "1 e-mail came back"),
    ],
)
def test_sa05_administrator_is_told_of_e_mails_in_trouble(
    pages: Any,
    travel_to: Any,
    minutes: int,
    state: MessageState,
    failure: SendFailed | None,
    words: str | None,
) -> None:
    """At once of a relay that takes nobody's; what it sent away for now is tried again before anybody is."""
    travel_to("2026-03-18 10:00")
    written = clock.now() - timedelta(minutes=minutes)
    db.session.add(
        Message(
            key="one", kind="joining", to_address="a@council.example", to_name="A", subject="Hello",
            text="Hello", html="<p>Hello</p>", state=state, created_at=written, next_try_at=clock.now(),
            tries=1 if failure else 0, problem=str(failure) if failure else None,
            carrier_failed=failure is not None and failure.is_of_carrier,
        )
    )  # fmt: skip
    page = pages.sign_in(factories.user(Role.ADMINISTRATOR)).get("/")
    assert ("1 e-mail" in page.text) == bool(words)
    if words:
        assert words in page.text
        assert f"/outbox?state={state}" in page.links().values()


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.DFE_ADVISER, Role.CONTRACT_MANAGER])
def test_board_sees_where_each_target_stands(pages: Any, role: Role) -> None:
    course = factories.course()
    figures.add_target(
        code="people-trained",
        title="People trained under the contract",
        kind=TargetKind.PEOPLE_TRAINED,
        programme=course.programme,
        course=course,
        minimum_count=20,
        by=SERVICE,
        now=clock.now(),
    )
    pages.sign_in(factories.user(role))
    text = pages.get("/").text
    assert f"As at {day(clock.today())}." in text
    assert "People trained under the contract" in text
    assert "0 people trained At least 20" in text
    assert "No data" in text


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_first_page(pages: Any, role: Role) -> None:
    pages.sign_in(factories.user(role, of=factories.staff()))
    assert pages.get("/").h1 == "Today"


def test_lm06_a_manager_and_the_person_are_asked_on_the_first_page(pages: Any, travel_to: Any) -> None:
    travel_to("2022-03-16 10:00")
    manager = factories.staff()
    tom = factories.staff(first_name="Tom", last_name="Reyes", manager_id=manager.id)
    run = factories.run(factories.course(components=1), days=[date(2022, 3, 15)])
    mark(run, 1, tom, status=MarkStatus.ABSENT_NO_NOTICE)
    for role, of, words in (
        (Role.LINE_MANAGER, manager, "Say why Tom Reyes did not come on 15 March"),
        (Role.PRACTITIONER, tom, "Say why you did not come on 15 March"),
    ):
        page = pages.sign_in(factories.user(role, of=of)).get("/")
        assert pages.get(page.links()[words]).status == 200
    other = pages.sign_in(factories.user(Role.LINE_MANAGER, of=factories.staff())).get("/")
    assert "did not come" not in other.text


def test_lm07_lm06_a_deputy_is_asked_and_the_manager_is_not(pages: Any, travel_to: Any) -> None:
    travel_to("2022-03-16 10:00")
    manager, ana = factories.staff(), factories.staff()
    tom = factories.staff(manager_id=manager.id)
    mark(
        factories.run(factories.course(components=1), days=[date(2022, 3, 15)]),
        1,
        tom,
        status=MarkStatus.ABSENT_NO_NOTICE,
    )
    days = {"first_day": date(2022, 3, 7), "last_day": date(2022, 3, 18)}
    db.session.add(Deputy(manager_id=manager.id, deputy_id=ana.id, created_at=factories.LONG_AGO, **days))
    asked = [
        "did not come" in pages.sign_in(factories.user(Role.LINE_MANAGER, of=one)).get("/").text
        for one in (manager, ana)
    ]
    assert asked == [False, True]


def test_an_account_of_nobody_in_the_directory_is_told_so_on_its_first_page(pages: Any) -> None:
    pages.sign_in(factories.user(Role.PRACTITIONER))
    nobody = "Places are booked by people whom the academy trains, and your account is not linked with one"
    for address in ("/", "/book"):
        assert nobody in pages.get(address).text
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    assert nobody not in pages.get("/").text
