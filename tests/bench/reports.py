"""A Teams report of a large session: from the file that is sent to the page that says what it would mark."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.people.models import Person
from tests import factories
from tests.bench.results import Bound, Result, alternate, timed
from tests.bench.stage import EMPTY_PAGE, Place, Stage

PEOPLE = 300
BY_NAME = 20
_HEADING = "Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole"
_JOINS = "Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole"


def measure(stage: Stage) -> Iterator[Result]:
    for engine in stage.engines:
        yield _preview(stage, stage.academy(engine))


def _preview(stage: Stage, place: Place) -> Result:
    day = clock.today() - timedelta(days=1)
    with place.app.app_context():
        people = list(db.session.scalars(select(Person).where(Person.email.is_not(None)).limit(PEOPLE)))
        run = factories.run(factories.course(components=1), capacity=PEOPLE, days=[day])
        for person in people:
            factories.booking(run, person)
        path = f"/sessions/{run.sessions[0].id}/attendance-files"
        report = written(people, day)
        db.session.commit()
        user = db.session.scalars(select(User).where(User.name == Role.ACADEMY_MANAGER)).one()
        browser, token = place.browser(user), place.cookie(user)[1]

    def preview() -> None:
        sent = {"csrf_token": token, "file": (io.BytesIO(report), "report.csv")}
        answer = browser.post(path, data=sent, follow_redirects=True)
        assert "This is what the file would mark" in answer.text, answer.text[:2000]

    def empty() -> None:
        assert browser.get(EMPTY_PAGE).status_code == 200

    took = alternate(timed(preview), timed(empty), rounds=stage.rounds)
    return Result(f"Teams report of {PEOPLE} rows previewed", place.engine, "s", took[0], took[1], Bound(1))


def written(people: Sequence[Person], day: date) -> bytes:
    """The report as Teams writes it: three blocks, each person there twice, the last of them as guests."""
    on = f"{day.month}/{day.day}/{day:%y}"
    starts, noon, ends = (f"{on}, {at}" for at in ("9:28:10 AM", "12:30:00 PM", "4:30:00 PM"))
    lines = ["1. Summary", "Meeting title\tDay 1", f"Start time\t{starts}", "", "2. Participants", _HEADING]
    joins = ["", "3. In-Meeting Activities", _JOINS]
    for place, person in enumerate(people):
        is_guest = place >= len(people) - BY_NAME
        name = f"{person.name} (External)" if is_guest else person.name
        email = "" if is_guest else person.email
        lines.append(f"{name}\t{starts}\t{ends}\t6h 48m 51s\t{email}\t{email}\tPresenter")
        joins += [f"{name}\t{starts}\t{noon}\t3h 1m 50s\t{email}\tPresenter" for _ in range(2)]
    return "\r\n".join([*lines, *joins]).encode("utf-16")
