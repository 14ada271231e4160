"""A session as the tests of its ways in have it: Tuesday 15 March 2022, from 09:30 to 16:30, two people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.core.permissions import Role
from app.people.models import Person
from app.sessions.models import Run, TrainingSession
from tests import factories

THE_DAY = date(2022, 3, 15)


@dataclass
class Room:
    """A run of one day, the people who have a place on it, and its trainer's account."""

    run: Run
    people: list[Person]
    trainer: User

    @property
    def session(self) -> TrainingSession:
        return self.run.sessions[0]


def room_on(day: date = THE_DAY) -> Room:
    user = factories.user(Role.TRAINER)
    course = factories.course(components=1, title="Signs of Safety")
    trainer = factories.trainer(user)
    run = factories.run(course, days=[day], trainer_id=trainer.id, code=f"SOS-{day:%d%m}")
    people = [factories.staff(), factories.partner()]
    for person in people:
        factories.booking(run, person)
    return Room(run, people, user)
