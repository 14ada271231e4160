"""Two people at once: one room is promised to one of them, and one code is given once."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import Flask

from app.core import clock, workdays
from app.core.db import db
from app.core.permissions import Role
from app.programmes.models import CourseVersion
from app.sessions import rules
from app.sessions.models import Mode, Run, Trainer, TrainingSession, Venue
from app.sessions.rules import PlannedSession
from tests import factories
from tests.races import AT_ONCE, at_once

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
SOON = workdays.working_days_after(clock.today(), 40)


def plan(**values: Any) -> PlannedSession:
    defaults: dict[str, Any] = {
        "held_on": SOON,
        "starts": time(9, 30),
        "ends": time(16, 30),
        "capacity": 16,
    }
    return PlannedSession(**(defaults | values))


def schedule(version_id: int, code: str, planned: PlannedSession) -> None:
    rules.schedule_run(
        version=db.session.get_one(CourseVersion, version_id),
        code=code,
        minimum_places=1,
        sessions=[planned],
        by=ACADEMY,
        now=clock.now(),
    )


def test_am02_of_several_who_schedule_one_room_at_once_one_gets_it(app: Flask) -> None:
    version_id = factories.course(components=1).latest_version.id
    venue_id = factories.venue().id

    def take_the_room(number: int) -> None:
        room = db.session.get_one(Venue, venue_id)
        schedule(version_id, f"RUN-{number}", plan(mode=Mode.IN_PERSON, venue=room))

    assert at_once(app, take_the_room) == ["clash_reason"] * (AT_ONCE - 1) + ["done"]
    assert db.session.query(Run).count() == 1


def test_am02_of_several_runs_moved_to_one_trainer_at_once_one_moves(app: Flask) -> None:
    runs = [factories.run(factories.course(components=1), days=[SOON]) for _ in range(AT_ONCE)]
    session_ids = [run.sessions[0].id for run in runs]
    trainer_id = factories.trainer().id

    def take_the_trainer(number: int) -> None:
        session = db.session.get_one(TrainingSession, session_ids[number])
        planned = plan(trainer=db.session.get_one(Trainer, trainer_id))
        rules.change_session(session=session, planned=planned, by=ACADEMY, now=clock.now())

    assert at_once(app, take_the_trainer) == ["clash_reason"] * (AT_ONCE - 1) + ["done"]
    assert db.session.query(TrainingSession).filter_by(trainer_id=trainer_id).count() == 1


def test_of_several_who_give_one_code_at_once_one_does(app: Flask) -> None:
    version_id = factories.course(components=1).latest_version.id
    assert at_once(app, lambda _number: schedule(version_id, "SOS2-07", plan())) == ["code"] * (
        AT_ONCE - 1
    ) + ["done"]
    assert db.session.query(Run).count() == 1


def test_of_several_who_move_one_session_at_once_its_date_stays_one(app: Flask) -> None:
    session_id = factories.run(factories.course(components=1), days=[SOON]).sessions[0].id

    def move(number: int) -> None:
        session = db.session.get_one(TrainingSession, session_id)
        planned = plan(held_on=workdays.working_days_after(SOON, 1 + number))
        rules.change_session(session=session, planned=planned, by=ACADEMY, now=clock.now())

    assert at_once(app, move) == ["done"] * AT_ONCE
    assert db.session.get_one(TrainingSession, session_id).held_on > SOON
