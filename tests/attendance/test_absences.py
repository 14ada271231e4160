"""Saying why somebody did not come, and the reasons in total. (U-02, LM-06)"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.attendance import queries, rules
from app.attendance.models import AbsenceAnswer
from app.bookings.models import LeavingCause
from app.core import clock
from app.core.db import db
from app.core.errors import NotAllowed, RuleBroken
from app.core.permissions import Role
from app.learning.models import Mark, MarkStatus
from app.outbox.models import Message
from app.people.models import Person
from app.reminders import jobs
from app.sessions.models import Run
from tests import factories
from tests.attendance.marking import evening
from tests.attendance.marking import mark as mark_register

TUESDAY = date(2022, 3, 15)
WEDNESDAY = evening(date(2022, 3, 16))


@pytest.fixture
def tom(database: None) -> Person:
    manager = factories.staff(first_name="Maria", last_name="Lindqvist", email="maria@council.example")
    return factories.staff(
        first_name="Tom", last_name="Reyes", email="tom@council.example", manager_id=manager.id
    )


def absent(person: Person, day: date = TUESDAY, *, title: str = "Signs of Safety") -> Mark:
    run = factories.run(factories.course(components=1, title=title), days=[day])
    factories.booking(run, person)
    mark_register(run, 1, person, status=MarkStatus.ABSENT_NO_NOTICE)
    db.session.commit()
    return db.session.scalars(select(Mark).where(Mark.session_id == run.sessions[0].id)).one()


def cause(name: str = "Sickness") -> LeavingCause:
    return db.session.scalars(select(LeavingCause).where(LeavingCause.name == name)).one()


def say(mark: Mark, by: Any, name: str = "Sickness", **values: Any) -> AbsenceAnswer:
    return rules.answer_absence(mark=mark, cause=cause(name), note=None, by=by, now=WEDNESDAY, **values)


def managers_of(person: Person) -> Person:
    spell = person.spell_on(TUESDAY)
    assert spell is not None
    assert spell.manager is not None
    return spell.manager


# --- Who may say it ------------------------------------------------------------------------------------


def test_u02_lm06_the_person_their_manager_and_the_academy_say_why(tom: Person) -> None:
    mark = absent(tom)
    for by in (
        factories.actor(Role.PRACTITIONER, of=tom),
        factories.actor(Role.LINE_MANAGER, of=managers_of(tom)),
        factories.actor(Role.ACADEMY_MANAGER),
    ):
        say(mark, by)
    assert db.session.query(AbsenceAnswer).count() == 1


@pytest.mark.parametrize("role", [Role.LINE_MANAGER, Role.PRACTITIONER, Role.TRAINER, Role.COORDINATOR])
def test_3_0_nobody_else_says_why(tom: Person, role: Role) -> None:
    mark = absent(tom)
    with pytest.raises(NotAllowed):
        say(mark, factories.actor(role, of=factories.staff()))


def test_u02_a_corrected_mark_is_not_explained_any_more(tom: Person) -> None:
    mark = absent(tom)
    mark_register(mark.session.run, 1, tom, status=MarkStatus.ATTENDED, at=WEDNESDAY)
    with pytest.raises(RuleBroken, match="nothing to answer"):
        say(mark, factories.actor(Role.PRACTITIONER, of=tom))


def test_u02_the_reason_stays_when_the_register_is_corrected_there_and_back(tom: Person) -> None:
    mark = absent(tom)
    say(mark, factories.actor(Role.PRACTITIONER, of=tom))
    mark_register(mark.session.run, 1, tom, status=MarkStatus.ATTENDED, at=WEDNESDAY)
    mark_register(mark.session.run, 1, tom, status=MarkStatus.ABSENT_NO_NOTICE, at=WEDNESDAY + timedelta(1))
    again = db.session.execute(queries.absences_on(mark.session)).one()
    assert again[0].id != mark.id
    assert again[1].cause.name == "Sickness"


# --- Three times ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "is_flagged"),
    [
        pytest.param((date(2022, 1, 11), date(2022, 3, 15)), False, id="twice"),
        pytest.param((date(2021, 3, 16), date(2022, 1, 11), date(2022, 3, 15)), True, id="within 12 months"),
        pytest.param((date(2021, 3, 15), date(2022, 1, 11), date(2022, 3, 15)), False, id="a day too old"),
    ],
)
def test_u02_the_third_within_twelve_months_is_flagged(
    tom: Person, days: tuple[date, ...], is_flagged: bool
) -> None:
    for day in days:
        absent(tom, day)
    found = db.session.execute(queries.repeated_no_shows(TUESDAY)).all()
    assert [(row[0].id, row[1], row[2]) for row in found] == ([(tom.id, 3, TUESDAY)] if is_flagged else [])


def test_u02_news_of_it_ends_after_four_weeks_and_the_list_goes_on(tom: Person) -> None:
    for day in (date(2022, 1, 11), date(2022, 2, 8), TUESDAY):
        absent(tom, day)
    later = TUESDAY + timedelta(weeks=4)
    on_the_last_day = queries.repeated_no_shows(later - timedelta(1), only_news=True)
    assert [row[0].id for row in db.session.execute(on_the_last_day)] == [tom.id]
    assert not db.session.execute(queries.repeated_no_shows(later, only_news=True)).all()
    assert queries.repeated_count(later) == 1


# --- In total ------------------------------------------------------------------------------------------


def test_lm06_the_reasons_are_reported_in_total(tom: Person) -> None:
    academy = factories.actor(Role.ACADEMY_MANAGER)
    say(absent(tom), academy)
    say(absent(factories.staff(), date(2022, 3, 22)), academy, "Annual leave")
    absent(factories.staff(), date(2022, 3, 23))
    april = absent(tom, date(2022, 4, 5), title="Core Skills")
    mark_register(april.session.run, 1, tom, status=MarkStatus.ABSENT_APOLOGIES, at=evening(date(2022, 4, 6)))
    found = queries.absences_in_total(date(2022, 3, 1), date(2022, 4, 30))
    assert [(one.month, one.course, one.reason, one.count) for one in found] == [
        (date(2022, 4, 1), "Core Skills", "Apologies, no reason given", 1),
        (date(2022, 3, 1), "Signs of Safety", "Annual leave", 1),
        (date(2022, 3, 1), "Signs of Safety", "Not answered yet", 1),
        (date(2022, 3, 1), "Signs of Safety", "Sickness", 1),
    ]


# --- Pages ---------------------------------------------------------------------------------------------


def secret_in(message: Message) -> str:
    found = re.search(r"/absences/\d+/", message.text)
    assert found is not None
    assert message.secret is not None
    return found.group() + message.secret


def test_lm06_a_manager_answers_by_the_link_without_an_account(
    tom: Person, pages: Any, travel_to: Any
) -> None:
    absent(tom)
    travel_to("2022-03-16 10:00")
    jobs.absences(clock.now())
    letter = db.session.scalars(select(Message).where(Message.kind == "absence_asked")).one()
    page = pages.get(secret_in(letter))
    assert page.h1 == "Why did Tom Reyes not come?"
    assert db.session.query(AbsenceAnswer).count() == 0
    page = pages.submit(page, {})
    assert page.errors == ["Choose a reason"]
    page = pages.submit(page, {"cause": str(cause().id), "note": "Flu"})
    assert "The reason is saved" in page.text
    answer = db.session.scalars(select(AbsenceAnswer)).one()
    assert (answer.cause.name, answer.note, answer.answered_by) == ("Sickness", "Flu", "Maria Lindqvist")


def test_lm06_a_manager_answers_from_their_own_mailbox(tom: Person, pages: Any, travel_to: Any) -> None:
    absent(tom)
    travel_to("2022-03-16 10:00")
    jobs.absences(clock.now())
    letter = db.session.scalars(select(Message).where(Message.kind == "absence_asked")).one()
    pages.get(secret_in(letter))
    manager = db.session.scalars(select(Person).where(Person.last_name == "Lindqvist")).one()
    manager.email = "maria@elsewhere.example"
    assert "sent to another e-mail address" in pages.get(secret_in(letter), status=404).text


def test_lm06_a_link_that_is_not_ours_opens_nothing(tom: Person, pages: Any) -> None:
    mark = absent(tom)
    assert "not one of ours" in pages.get(f"/absences/{mark.id}/forged", status=404).text


def test_lm06_the_academy_sees_the_reason_on_the_register_and_a_trainer_does_not(
    tom: Person, pages: Any, travel_to: Any
) -> None:
    user = factories.user(Role.TRAINER)
    run = factories.run(factories.course(components=1), days=[TUESDAY], trainer_id=factories.trainer(user).id)
    factories.booking(run, tom)
    travel_to("2022-03-16 10:00")
    mark_register(run, 1, tom, status=MarkStatus.ABSENT_NO_NOTICE)
    say(db.session.scalars(select(Mark)).one(), factories.actor(Role.ACADEMY_MANAGER))
    address = _register_of(run)
    assert "Sickness" in pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(address).text
    assert "Sickness" not in pages.sign_in(user).get(address).html


def _register_of(run: Run) -> str:
    return f"/sessions/{run.sessions[0].id}/register"


def test_lm06_the_person_answers_signed_in(tom: Person, pages: Any, travel_to: Any) -> None:
    mark = absent(tom)
    travel_to("2022-03-16 10:00")
    pages.sign_in(factories.user(Role.PRACTITIONER, of=tom))
    page = pages.get(f"/absences/{mark.id}")
    assert page.h1 == "Why did you not come?"
    pages.submit(page, {"cause": str(cause("Annual leave").id)})
    assert queries.answer_of(mark) is not None
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    pages.get(f"/absences/{mark.id}", status=403)


def test_lm06_the_academy_reads_and_downloads_the_totals_and_no_name(
    tom: Person, pages: Any, travel_to: Any
) -> None:
    say(absent(tom), factories.actor(Role.ACADEMY_MANAGER))
    travel_to("2022-03-20")
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get("/absences")
    assert "1 absence from 1 April 2021 to 20 March 2022" in page.text
    file = pages.get("/absences.csv?months=3").html
    assert file.splitlines()[1] == "2022-03,Signs of Safety,Sickness,1"
    assert "Reyes" not in page.html + file
    assert "Nobody did not come" in pages.get("/absences/repeated").text
