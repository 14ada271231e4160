"""Files of attendance for one session, and what becomes of them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from app.attendance import rules
from app.attendance.models import AttendanceFile
from app.attendance.rules import Choices, How, Reading
from app.core import clock
from app.core.actors import Actor
from app.core.db import db, live
from app.core.permissions import Role
from app.learning.models import Mark
from app.people.models import Person
from app.sessions.models import TrainingSession
from tests import factories
from tests.exchange.samples import DATA

SAMPLE = (DATA / "teams_attendance_report.csv").read_bytes()
HELD_ON = date(2022, 3, 15)
ADDRESSED = (
    "Brandon Wells", "Hannah Horton", "Liam Perry", "Neil Owen", "Kevin Walker", "Allan Thomas",
    "Tracy Fletcher", "Cameron Green", "Diane Howard", "Anna Harvey", "Francis Yates", "Carole May",
    "Melissa Grant", "Adam Stewart",
)  # fmt: skip
NAMED = ("Aaron Harris", "Gareth Henderson")
ABSENT = ("Sam Oduya", "Kit Crane")


def session_of_the_sample() -> TrainingSession:
    """Day 1 of a run for those in the sample's report and for two who are not in it."""
    run = factories.run(code="SOS2-11", days=[HELD_ON, date(2022, 3, 22)], capacity=20)
    for name in (*ADDRESSED, *NAMED, *ABSENT):
        factories.booking(run, somebody(name))
    return run.sessions[0]


def somebody(name: str, **values: str) -> Person:
    first, last = name.split()
    address = f"{first}.{last}@council.example".lower()
    return factories.staff(first_name=first, last_name=last, **({"email": address} | values))


def academy() -> Actor:
    return factories.actor(Role.ACADEMY_MANAGER)


def given(session: TrainingSession, content: bytes = SAMPLE, by: Actor | None = None) -> AttendanceFile:
    return rules.upload_file(
        session=session, filename="report.csv", content=content, by=by or academy(), now=clock.now()
    )


def look(session: TrainingSession, content: bytes = SAMPLE, by: Actor | None = None) -> Reading:
    return rules.reading_of(given(session, content, by), by or academy())


def take(
    session: TrainingSession, content: bytes = SAMPLE, by: Actor | None = None, **choices: object
) -> AttendanceFile:
    file = given(session, content, by)
    rules.take_file(file=file, choices=Choices(**choices), by=by or academy(), now=clock.now())  # type: ignore[arg-type]
    return file


def names(reading: Reading, how: How) -> list[str]:
    return [match.person.name if match.person else match.attendee.name for match in reading.of(how)]


def numbers(reading: Reading, how: How) -> list[int]:
    return [match.number for match in reading.of(how)]


def known() -> dict[str, tuple[str, int | None, bool]]:
    found = db.session.scalars(select(Mark).where(live(Mark)))
    return {one.person.name: (one.status.value, one.minutes, one.counts) for one in found}


def teams(*lines: str) -> bytes:
    """A report with these people: name, first join, last leave, duration, e-mail address."""
    heading = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tRole"
    rows = [line.replace("|", "\t").replace("@ ", "15/03/2022, ") + "\tAttendee" for line in lines]
    return "\r\n".join(["2. Participants", heading, *rows]).encode("utf-16")


def known_as(first_name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.first_name == first_name)).one()


def trainer_of(session: TrainingSession) -> Actor:
    """The session's trainer, signed in."""
    user = factories.user(Role.TRAINER)
    session.trainer = factories.trainer(user)
    db.session.flush()
    return Actor(name=user.name, user_id=user.id, roles=frozenset({Role.TRAINER}))
