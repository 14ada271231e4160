"""“Tell me when a run opens”: who may ask, who is told of what and once, and when the asking ends. (ST-08)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from app.bookings import jobs, queries, rules
from app.bookings.models import Interest, ToldOfRun
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.filters import long_day
from app.core.permissions import Role
from app.outbox.models import Message
from app.people.models import Person
from app.programmes.models import Course
from app.sessions import rules as sessions
from app.sessions.models import RunState
from tests import factories
from tests.bookings.desk import academy


def own(person: Person) -> Actor:
    return factories.actor(Role.PRACTITIONER, of=person)


def ask(course: Course, person: Person | None = None) -> Person:
    person = person or factories.staff()
    rules.ask_to_be_told(course=course, person=person, by=own(person), now=clock.now())
    return person


def tell() -> int:
    """Run the job; how many e-mails it wrote."""
    db.session.commit()
    tally = jobs.openings(clock.now())
    assert tally.failed == 0
    return tally.done


def told() -> list[tuple[str, str]]:
    """Each e-mail about runs that opened: to whom, and its words."""
    statement = select(Message.to_address, Message.text).where(Message.kind == "run_opened")
    return list(db.session.execute(statement.order_by(Message.id)).tuples())


def another_audience(course: Course, *names: str) -> None:
    course.role_groups = [factories.role_group(name) for name in names]
    db.session.flush()


# --- Asking --------------------------------------------------------------------------------------------


def test_a_course_without_a_run_is_asked_for_and_taken_back_on_the_book_page(pages: Any) -> None:
    course = factories.course(title="Signs of Safety 2-day")
    factories.run(factories.course(title="With a run"))
    another_audience(factories.course(title="For others"), "Team Manager")
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    page = pages.get("/book")
    asking = page.soup.find("caption", string="Tell me when a run opens").find_parent("table").text
    assert "Signs of Safety 2-day" in asking
    assert "With a run" not in asking
    assert "For others" not in asking
    page = pages.submit(page, form=f"/courses/{course.id}/ask")
    assert "We will e-mail you when a run of Signs of Safety 2-day can be booked." in page.text
    assert "You asked to be told" in page.text
    page = pages.submit(page, form=f"/courses/{course.id}/take-back")
    assert "You asked to be told" not in page.text
    assert db.session.scalars(select(Interest)).all() == []


def test_what_was_asked_is_taken_back_when_a_run_is_open_too(pages: Any) -> None:
    course = factories.course()
    person = ask(course)
    factories.run(course)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get("/book")
    assert "A run is open, above. You asked to be told" in page.text
    pages.submit(page, form="/take-back")
    assert tell() == 0


def test_asking_twice_is_asking_once_and_the_database_keeps_it_so() -> None:
    course = factories.course()
    person = ask(course)
    ask(course, person)
    assert db.session.scalar(select(func.count()).select_from(Interest)) == 1
    db.session.add(Interest(course_id=course.id, person_id=person.id, asked_at=clock.now()))
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_who_may_not_ask() -> None:
    course, person = factories.course(), factories.staff()
    for by in (academy(), own(factories.staff()), factories.actor(Role.TRAINER, of=person)):
        with pytest.raises(NotAllowed):
            rules.ask_to_be_told(course=course, person=person, by=by, now=clock.now())
    another_audience(course, "Team Manager")
    with pytest.raises(RuleBroken, match="is not for your role or organisation"):
        ask(course, person)
    open_one = factories.run().version.course
    with pytest.raises(RuleBroken, match="is open now"):
        ask(open_one, person)


@pytest.mark.parametrize(
    ("run", "is_open"),
    [
        ({"days": [date(2026, 3, 17)]}, True),
        ({"days": [date(2026, 3, 3)]}, False),
        ({"days": [date(2026, 3, 2)]}, False),
        ({"days": [date(2026, 3, 17)], "state": RunState.CANCELLED}, False),
    ],
    ids=["to come", "closed for booking since yesterday", "begun", "cancelled"],
)
def test_a_run_is_open_while_it_can_be_booked(
    travel_to: Callable[..., None], run: dict[str, Any], is_open: bool
) -> None:
    travel_to("2026-03-03 08:00")
    course = factories.course(components=1, terms={"closes_days": 1})
    factories.run(course, **run)
    assert rules.courses_without_run([course], now=clock.now()) == ([] if is_open else [course])


# --- Telling -------------------------------------------------------------------------------------------


def test_everybody_who_asked_and_is_in_the_audience_is_told_once() -> None:
    course, other = factories.course(title="Signs of Safety 2-day"), factories.course()
    manager = factories.staff(role_group_id=factories.role_group("Team Manager").id)
    asked = [ask(course), ask(course)]
    ask(course, manager)
    ask(other)
    ask(course, factories.staff(email=None))
    another_audience(course, "Social Worker")
    first = clock.today() + timedelta(weeks=20)
    run = factories.run(course, days=[first, first + timedelta(weeks=1)])
    assert tell() == 2
    assert tell() == 0
    assert sorted(address for address, _ in told()) == sorted(str(one.email) for one in asked)
    message = db.session.scalars(select(Message).where(Message.kind == "run_opened")).first()
    assert message is not None
    assert message.subject == "Signs of Safety 2-day: a new date to book"
    assert f"http://training.council.example/runs/{run.id}/book" in message.text
    assert f"{long_day(first)} to {long_day(first + timedelta(weeks=1))}" in message.text
    another_audience(course, "Social Worker", "Team Manager")
    assert tell() == 1  # the run is opened to their audience
    assert told()[-1][0] == manager.email


def test_copies_made_in_one_go_are_one_e_mail_that_lists_them_all() -> None:
    course = factories.course()
    ask(course)
    run = factories.run(course)
    days = [run.first_session.held_on + timedelta(days=number) for number in (1, 2, 3, 4, 8, 9)]
    copies = sessions.copy_run(run=run, starts_on=days, by=academy(), now=clock.now())
    assert tell() == 1
    assert [one.code in told()[0][1] for one in (run, *copies)] == [True] * 7
    later = factories.run(course, code="LATER")
    assert tell() == 1
    words = told()[1][1]
    assert later.code in words
    assert run.code not in words


def test_a_run_that_is_cancelled_or_closed_is_not_told_of(travel_to: Callable[..., None]) -> None:
    travel_to("2026-03-03")
    course = factories.course(components=1, terms={"closes_days": 1})
    ask(course)
    factories.run(course, days=[date(2026, 3, 17)], state=RunState.CANCELLED)
    closed = factories.run(
        course, days=[date(2026, 3, 3)], start=clock.london(clock.now()).time().replace(hour=12)
    )
    assert tell() == 0
    assert db.session.scalars(select(ToldOfRun)).all() == []
    assert closed.state is RunState.SCHEDULED


def test_the_database_tells_nobody_twice_of_one_run() -> None:
    run, person = factories.run(), factories.staff()
    for _ in range(2):
        db.session.add(ToldOfRun(person_id=person.id, run_id=run.id, told_at=clock.now()))
    with pytest.raises(IntegrityError):
        db.session.flush()


@pytest.mark.parametrize("becomes", ["confirmed", "waitlisted", "cancelled"])
def test_the_asking_ends_when_they_book_whatever_becomes_of_it(becomes: str) -> None:
    course = factories.course()
    person = ask(course)
    run = factories.run(course, capacity=1)
    if becomes == "waitlisted":
        rules.book(run=run, person=factories.staff(), by=academy(), now=clock.now())
    booking = rules.book(run=run, person=person, by=own(person), now=clock.now())
    if becomes == "cancelled":
        rules.cancel(booking=booking, by=own(person), now=clock.now())
    assert booking.state == becomes
    factories.run(course)
    assert tell() == 0
    assert queries.courses_asked_for(person) == set()
    assert list(db.session.scalars(queries.interests_in(course))) == []
    assert jobs.forget(clock.now()).done == 1
    assert db.session.scalars(select(Interest)).all() == []


def test_asking_again_after_a_booking_begins_anew(travel_to: Callable[..., None]) -> None:
    travel_to("2026-03-03 09:00")
    course = factories.course(components=1)
    person = ask(course)
    travel_to("2026-03-03 10:00")
    run = factories.run(course, days=[date(2026, 3, 17)])
    rules.book(run=run, person=person, by=own(person), now=clock.now())
    travel_to("2026-04-01 10:00")
    ask(course, person)
    assert queries.courses_asked_for(person) == {course.id}
    later = factories.run(course, days=[date(2026, 5, 17)])
    assert tell() == 1
    assert later.code in told()[0][1]


def test_the_asking_of_somebody_who_has_left_is_deleted(travel_to: Callable[..., None]) -> None:
    travel_to("2026-03-03")
    leaver = factories.staff(last_day=date(2026, 3, 31))
    course = factories.course()
    ask(course, leaver)
    ask(course)
    db.session.commit()
    travel_to("2026-03-31")
    assert jobs.forget(clock.now()).done == 0
    travel_to("2026-04-01")
    assert jobs.forget(clock.now()).done == 1


def test_an_asking_that_was_taken_back_meanwhile_is_passed_over() -> None:
    course = factories.course()
    ask(course)
    factories.run(course)
    ids = list(db.session.scalars(queries.interests_to_look_at(clock.now())))
    assert len(ids) == 1
    db.session.execute(delete(Interest))
    assert tell() == 0


# --- Who sees it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status", "sees_name"),
    [
        (Role.ACADEMY_MANAGER, 200, True),
        (Role.CONTRACT_MANAGER, 200, False),
        (Role.PRACTITIONER, 403, False),
        (Role.LINE_MANAGER, 403, False),
        (Role.PARTNER, 403, False),
        (Role.TRAINER, 403, False),
        (Role.BOARD_MEMBER, 403, False),
        (Role.DFE_ADVISER, 403, False),
        (Role.ADMINISTRATOR, 403, False),
    ],
)
def test_3_0_how_many_ask_is_for_planning_and_names_are_for_the_academy(
    pages: Any, role: Role, status: int, sees_name: bool
) -> None:
    course = factories.course()
    ask(course, factories.staff(last_name="Quillfeather"))
    ask(course)
    user = factories.user(role, of=factories.staff() if role is Role.PRACTITIONER else None)
    pages.sign_in(user)
    page = pages.get(f"/courses/{course.id}/interest", status=status)
    assert ("2 people ask to be told when a run opens" in page.text) is (status == 200)
    assert ("Quillfeather" in page.html) is sees_name
