"""Venues and trainers that are closed: until when, which sessions stand in the way, what is then refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from flask import Flask

from app.audit import queries as audit
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.people import rules as people
from app.programmes.models import CourseVersion
from app.sessions import queries, rules
from app.sessions.models import Mode, Run, Trainer, Venue
from app.sessions.rules import PlannedSession
from tests import factories
from tests.pages import Pages
from tests.races import at_once

NOW = datetime(2022, 3, 7, 9, tzinfo=UTC)
LAST, AFTER, LATER = date(2022, 3, 31), date(2022, 4, 1), date(2022, 5, 5)
ACADEMY = factories.actor(Role.ACADEMY_MANAGER, name="Avery Academy")
Thing = Venue | Trainer


@pytest.fixture(params=[Venue, Trainer])
def used(request: pytest.FixtureRequest, app: Flask) -> Thing:
    return factories.venue("Plough Lane") if request.param is Venue else factories.trainer(name="Tom Turner")


@pytest.fixture
def academy(pages: Pages, travel_to: Callable[..., None]) -> Pages:
    travel_to("2022-03-07 10:00")
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def close(thing: Thing, last_day: date = LAST) -> None:
    rules.record_last_day(thing=thing, last_day=last_day, by=ACADEMY, now=NOW)


def by(thing: Thing) -> dict[str, Any]:
    return {"mode": Mode.IN_PERSON, "venue_id" if isinstance(thing, Venue) else "trainer_id": thing.id}


def run_of(thing: Thing, *days: date) -> Run:
    return factories.run(factories.course(components=len(days)), days=list(days), **by(thing))


def plan(thing: Thing, held_on: date) -> PlannedSession:
    uses: dict[str, Any] = {thing.__tablename__: thing}
    return PlannedSession(
        held_on=held_on, starts=time(9, 30), ends=time(16, 30), capacity=16, mode=Mode.IN_PERSON, **uses
    )


def add_again(thing: Thing) -> None:
    if isinstance(thing, Venue):
        rules.add_venue(name="plough lane", by=ACADEMY, now=NOW)
    else:
        rules.add_trainer(name="Tom", email=thing.email, by=ACADEMY, now=NOW)


def schedule(thing: Thing, held_on: date, *, version_id: int | None = None, code: str = "SOS-01") -> Run:
    version_id = version_id or factories.course(components=1).latest_version.id
    return rules.schedule_run(
        version=db.session.get_one(CourseVersion, version_id),
        code=code,
        minimum_places=1,
        sessions=[plan(thing, held_on)],
        by=ACADEMY,
        now=NOW,
    )


# --- Closing -------------------------------------------------------------------------------------------


def test_the_last_day_counts_and_the_audit_says_who_recorded_it(used: Thing) -> None:
    run_of(used, LAST)
    close(used)
    assert [used.is_closed_on(day) for day in (LAST, AFTER)] == [False, True]
    (entry,) = db.session.scalars(audit.history_of(used.__tablename__, used.id))
    assert (entry.actor_name, entry.changes) == ("Avery Academy", {"Last day": [None, "2022-03-31"]})
    people.take_back_last_day(thing=used, by=ACADEMY, now=NOW)
    assert used.last_day is None


def test_nothing_is_closed_while_sessions_are_dated_after_its_last_day(used: Thing) -> None:
    run = run_of(used, LAST, AFTER, LATER)
    with pytest.raises(RuleBroken) as refused:
        close(used)
    at = "at Plough Lane" if isinstance(used, Venue) else "with Tom Turner"
    assert refused.value.message == (
        f"2 sessions {at} are dated after 31 March 2022, the last on 5 May 2022. Give them another "
        f"{used.__tablename__} first, or choose a later day"
    )
    assert refused.value.field == "last_day"
    assert db.session.scalars(queries.sessions_after(used, LAST)).all() == run.sessions[1:]
    rules.cancel(run=run, reason="Too few", by=ACADEMY, now=NOW)
    close(used)


def test_a_last_day_is_taken_back_before_another_is_recorded(used: Thing) -> None:
    close(used)
    with pytest.raises(RuleBroken, match=r"is 31 March 2022 already\. Take it back"):
        close(used, LATER)


def test_of_whoever_schedules_and_whoever_closes_at_once_one_is_refused(app: Flask) -> None:
    version_id = factories.course(components=1).latest_version.id
    venue_id = factories.venue("Plough Lane").id

    def act(number: int) -> None:
        room = db.session.get_one(Venue, venue_id)
        if number == 0:
            close(room)
            return
        schedule(room, LATER.replace(day=number), version_id=version_id, code=f"RUN-{number}")

    told = [one.removeprefix("sessions.0.") for one in at_once(app, act)]
    assert told in (["done", *["venue_id"] * 5], [*["done"] * 5, "last_day"])
    assert db.session.query(Run).count() == (5 if told[-1] == "last_day" else 0)


# --- What is closed takes no later session ------------------------------------------------------------------


def test_no_session_is_dated_after_the_last_day(used: Thing) -> None:
    close(used)
    table = used.__tablename__
    with pytest.raises(RuleBroken) as refused:
        schedule(used, AFTER)
    assert refused.value.message == (
        f"1 April 2022 is after the last day of {used.name}, 31 March 2022: choose another {table} or an "
        "earlier date"
    )
    assert refused.value.field == f"sessions.0.{table}_id"
    run = schedule(used, LAST)
    with pytest.raises(RuleBroken, match=r"^1 April 2022 is after the last day of") as refused:
        rules.change_session(session=run.sessions[0], planned=plan(used, AFTER), by=ACADEMY, now=NOW)
    assert refused.value.field == f"{table}_id"


def test_am03_a_copy_leaves_out_what_is_closed_by_its_day(used: Thing) -> None:
    run = run_of(used, LAST)
    close(used)
    (copy,) = rules.copy_run(run=run, starts_on=[LATER], by=ACADEMY, now=NOW)
    assert (copy.sessions[0].venue, copy.sessions[0].trainer) == (None, None)
    (again,) = rules.copy_run(run=run, starts_on=[date(2022, 3, 24)], by=ACADEMY, now=NOW)
    assert used in (again.sessions[0].venue, again.sessions[0].trainer)


def test_a_name_or_an_address_that_something_closed_has_says_so(used: Thing) -> None:
    close(used)
    told = rf"already, until 31 March 2022\. Take that last day back to choose {used.name} again\.$"
    with pytest.raises(RuleBroken, match=told):
        add_again(used)


def test_tr08_nobody_is_warned_of_a_licence_that_outlasts_its_trainer(app: Flask) -> None:
    tom = factories.trainer(name="Tom Turner")
    rules.give_licence(
        trainer=tom, name="Signs of Safety licence", expires_on=LATER, evidence="", by=ACADEMY, now=NOW
    )
    ending = queries.licences_ending(NOW.date(), LATER)
    assert len(db.session.scalars(ending).all()) == 1
    close(tom)
    assert db.session.scalars(ending).all() == []


# --- Pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["venues", "trainers"])
def test_the_page_of_a_last_day_lists_the_sessions_in_the_way(academy: Pages, kind: str) -> None:
    used: Thing = factories.venue("Plough Lane") if kind == "venues" else factories.trainer(name="Tom Turner")
    run = run_of(used, LATER)
    run.code = "SOS-07"
    own = f"/venues/{used.id}/edit" if kind == "venues" else f"/trainers/{used.id}"
    page = academy.get(academy.get(own).links()["Record the last day"])
    assert page.links()["SOS-07, Day 1"] == f"/runs/{run.id}"
    page = academy.submit(page, {"last_day-day": "31"})
    at = "at Plough Lane" if kind == "venues" else "with Tom Turner"
    assert page.errors == [
        f"1 session {at} is dated after 31 March 2022, "
        f"on 5 May 2022. Give it another {used.__tablename__} first, or choose a later day"
    ]
    page = academy.submit(page, {"last_day-day": "5", "last_day-month": "5"})
    assert page.path == own
    assert f"The last day of {used.name} is 5 May 2022." in page.text
    assert "Until 5 May 2022" in page.text
    assert "Until 5 May 2022" in academy.get(f"/{kind}").text
    page = academy.submit(page, form="take-back")
    assert f"{used.name} is in use again." in page.text


def test_what_is_closed_is_offered_last_for_a_run_of_the_past_and_stays_where_it_was_used(
    academy: Pages,
) -> None:
    room, tom = factories.venue("Plough Lane"), factories.trainer(name="Tom Turner")
    course = factories.course(components=1)
    run = factories.run(
        course, days=[date(2022, 3, 1)], mode=Mode.IN_PERSON, venue_id=room.id, trainer_id=tom.id
    )
    for one in (room, tom):
        close(one, date(2022, 3, 4))
    factories.venue("Vestry Hall")
    factories.trainer(name="Una Usher")
    db.session.commit()
    new = academy.get(f"/runs/new?course={course.id}").text
    assert new.index("Vestry Hall") < new.index("Plough Lane, until 4 March 2022")
    assert new.index("Una Usher") < new.index("Tom Turner, until 4 March 2022")
    assert "Plough Lane" in academy.get(f"/runs/{run.id}").text
    page = academy.get(f"/runs/{run.id}/sessions/1/edit")
    assert (page.value("venue_id"), page.value("trainer_id")) == (str(room.id), str(tom.id))
    found = academy.get(f"/runs?trainer={tom.id}&from=1/3/2022")
    assert run.code in found.text
    assert "Tom Turner, until 4 March 2022" in found.text


def test_am03_the_page_of_copies_says_what_it_leaves_out(academy: Pages) -> None:
    room = factories.venue("Plough Lane")
    run = run_of(room, LAST)
    close(room)
    db.session.commit()
    text = academy.get(f"/runs/{run.id}/copy/check?start=2022-05-05").text
    assert (
        "The last day of Plough Lane is 31 March 2022: days after it are copied without this venue." in text
    )


def test_the_history_of_a_venue_and_of_a_trainer_is_one_press_from_its_page(
    academy: Pages, used: Thing
) -> None:
    close(used)
    db.session.commit()
    table = used.__tablename__
    page = academy.get(f"/{table}s/{used.id}{'/edit' if table == 'venue' else ''}")
    page = academy.get(page.links()[f"History of {used.name}"])
    assert f"History of {used.name}" in page.soup.select_one("h1").text
    assert f"Last day of a {table} recorded" in page.text
    assert "Avery Academy" in page.text
    assert f"Back to {used.name}" in page.links()


@pytest.mark.parametrize(
    ("role", "table", "status"),
    [
        (Role.CONTRACT_MANAGER, "trainer", 200),
        (Role.CONTRACT_MANAGER, "venue", 403),
        (Role.TRAINER, "trainer", 403),
    ],
)
def test_who_sees_a_trainer_sees_their_history(pages: Pages, role: Role, table: str, status: int) -> None:
    thing = factories.trainer() if table == "trainer" else factories.venue()
    db.session.commit()
    pages.sign_in(factories.user(role)).get(f"/{table}s/{thing.id}/history", status=status)
