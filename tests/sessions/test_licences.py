"""Trainers' licences: what is flagged, and who is warned before one ends. (TR-08, U-30)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.outbox.models import Message
from app.programmes.models import Course
from app.sessions import jobs, rules
from app.sessions.models import Accreditation, Run, Trainer
from tests import factories
from tests.pages import Pages

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
LICENCE = "Signs of Safety licence"


@pytest.fixture
def trainer(travel_to: Callable[..., None]) -> Trainer:
    travel_to("2022-01-10")
    return factories.trainer(name="Pat Lowe")


@pytest.fixture
def course() -> Course:
    return factories.course(components=1, accreditation=LICENCE)


def licence(of: Trainer, last: date = date(2022, 4, 30), name: str = LICENCE) -> Accreditation:
    return rules.give_licence(trainer=of, name=name, expires_on=last, by=ACADEMY, now=clock.now())


def warnings(run: Run) -> list[str]:
    return rules.licence_warnings_of_run(run, today=clock.today())


# --- What is flagged ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "is_flagged"), [(date(2022, 4, 29), False), (date(2022, 4, 30), False), (date(2022, 5, 1), True)]
)
def test_tr08_runs_after_the_last_day_are_flagged(
    trainer: Trainer, course: Course, day: date, is_flagged: bool
) -> None:
    licence(trainer)
    run = factories.run(course, days=[day], trainer_id=trainer.id)
    assert (rules.runs_without_licence([run], today=clock.today()) == {run.id}) is is_flagged
    assert warnings(run) == (
        [
            "Day 1, 1 May 2022: the Signs of Safety licence of Pat Lowe ends before it, on 30 April 2022.",
        ]
        if is_flagged
        else []
    )


def test_u30_a_trainer_without_the_licence_is_flagged_and_saved(
    pages: Pages, trainer: Trainer, course: Course
) -> None:
    licence(trainer, name="Another licence")
    run = factories.run(course, trainer_id=trainer.id)
    assert warnings(run) == ["Day 1, 9 February 2022: Pat Lowe has no Signs of Safety licence recorded."]
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert "has no Signs of Safety licence recorded" in pages.get(f"/runs/{run.id}").text
    assert "Trainer’s licence" in pages.get("/runs").text
    assert "Trainer’s licence" in pages.get(f"/courses/{course.id}/runs").text


def test_u30_the_page_that_schedules_warns_and_saves(pages: Pages, trainer: Trainer, course: Course) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/runs/new?course={course.id}")
    first = {"first-day": "9", "first-month": "2", "first-year": "2022", "trainer_id": str(trainer.id)}
    page = pages.submit(page, first)
    assert "has no Signs of Safety licence recorded" in page.text
    page = pages.submit(page, button="Schedule run")
    assert "is scheduled." in page.html
    assert "has no Signs of Safety licence recorded" in page.text


def test_tr08_the_page_that_copies_warns_of_each_copy(pages: Pages, trainer: Trainer, course: Course) -> None:
    licence(trainer)
    run = factories.run(course, days=[date(2022, 4, 26)], trainer_id=trainer.id)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    starts = [f"2022-05-{day:02d}" for day in range(1, 21)]
    page = pages.get(
        f"/runs/{run.id}/copy/check?start=2022-04-27&" + "&".join(f"start={one}" for one in starts)
    )
    assert "Day 1, 1 May 2022: the Signs of Safety licence of Pat Lowe ends before it" in page.text
    assert page.text.count("licence of Pat Lowe ends before it") == len(starts)


def test_tr08_nothing_is_flagged_without_a_need_a_trainer_or_a_day_to_come(
    trainer: Trainer, course: Course, travel_to: Callable[..., None]
) -> None:
    free = factories.run(factories.course(components=1), trainer_id=trainer.id)
    nobody = factories.run(course)
    over = factories.run(course, days=[date(2022, 1, 20)], trainer_id=trainer.id)
    travel_to("2022-01-21")
    assert rules.runs_without_licence([free, nobody, over], today=clock.today()) == set()


def test_tr08_the_name_is_the_same_in_any_case_and_renewing_replaces(
    trainer: Trainer, course: Course
) -> None:
    licence(trainer)
    licence(trainer, date(2023, 4, 30), name="  signs of  SAFETY licence ")
    assert [(one.name, one.expires_on) for one in db.session.scalars(select(Accreditation))] == [
        (LICENCE, date(2023, 4, 30))
    ]


# --- Who is warned -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "warned"),
    [
        ("2022-01-29", 0),
        ("2022-01-30", 2),  # 90 days before
        ("2022-03-30", 2),
        ("2022-03-31", 4),  # 30 days before
        ("2022-04-30", 4),
        ("2022-05-01", 4),
    ],
)
def test_tr08_the_academy_and_contract_managers_are_warned_90_and_30_days_before(
    trainer: Trainer, course: Course, travel_to: Callable[..., None], today: str, warned: int
) -> None:
    for role in (Role.ACADEMY_MANAGER, Role.CONTRACT_MANAGER, Role.BOARD_MEMBER):
        factories.user(role)
    licence(trainer)
    factories.run(course, days=[date(2022, 5, 3)], trainer_id=trainer.id, code="SOS2-09")
    db.session.commit()
    for moment in ("2022-01-29", "2022-01-30", "2022-01-31", "2022-03-30", "2022-03-31", "2022-05-01"):
        if moment <= today:
            travel_to(moment)
            jobs.licences(clock.now())
    found = list(db.session.scalars(select(Message)))
    assert len(found) == warned
    assert all("SOS2-09, Day 1: Tuesday 3 May 2022" in one.text for one in found)
    assert {one.subject for one in found} <= {f"Pat Lowe: {LICENCE} ends on 30 April 2022"}


def test_tr08_a_licence_that_is_recorded_late_is_warned_of_once(
    trainer: Trainer, travel_to: Callable[..., None]
) -> None:
    factories.user(Role.ACADEMY_MANAGER)
    travel_to("2022-04-10")
    held = licence(trainer)
    assert rules.warn_of_licence(licence=held, now=clock.now()) == 1
    assert rules.warn_of_licence(licence=held, now=clock.now()) == 0


# --- The pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.ACADEMY_MANAGER, Role.CONTRACT_MANAGER])
def test_tr08_licences_are_recorded_renewed_and_removed(pages: Pages, trainer: Trainer, role: Role) -> None:
    pages.sign_in(factories.user(role))
    page = pages.get(pages.get("/trainers").links()["Pat Lowe"])
    page = pages.submit(pages.get(page.links()["Record a licence"]), {"name": LICENCE}, button="Save")
    assert page.errors == ["Enter the last day on which it is valid"]
    typed = {"expires_on-day": "30", "expires_on-month": "4", "expires_on-year": "2022"}
    page = pages.submit(page, typed, button="Save")
    assert "30 April 2022" in page.text
    page = pages.get(page.links()[f"Renew {LICENCE}"])
    page = pages.submit(page, {"expires_on-year": "2023"}, button="Save")
    assert "30 April 2023" in page.text
    page = pages.submit(page, form="remove")
    assert "No licence is recorded." in page.text


def test_tr08_a_course_says_which_licence_it_needs(pages: Pages) -> None:
    course = factories.course(components=1)
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    page = pages.get(f"/courses/{course.id}/edit")
    page = pages.submit(page, {"accreditation": f" {LICENCE} "})
    assert LICENCE in page.text
    assert course.accreditation == LICENCE
    pages.submit(pages.get(f"/courses/{course.id}/edit"), {"title": "Another title"})
    db.session.expire_all()
    assert (course.title, course.accreditation) == ("Another title", LICENCE)


def test_tr08_a_trainer_opens_no_page_of_licences(app: Flask, pages: Pages, trainer: Trainer) -> None:
    held = licence(trainer)
    pages.sign_in(factories.user(Role.TRAINER))
    pages.get(f"/trainers/{trainer.id}", status=403)
    pages.post(f"/trainers/{trainer.id}/licence", {"name": LICENCE}, status=403)
    pages.post(f"/licences/{held.id}/remove", status=403)
