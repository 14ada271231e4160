"""A certificate as a PDF, and everybody's completions as a file beside the bare query sent through csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sqlalchemy import select

from app.accounts.models import User
from app.attendance import files, queries
from app.attendance.models import Certificate
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.people.models import Person
from app.programmes.models import Course
from tests.bench.results import Bound, Result, alternate, timed
from tests.bench.stage import Place, Stage

DAYS = 5


def measure(stage: Stage) -> Iterator[Result]:
    for engine in stage.engines:
        place = stage.academy(engine)
        yield _pdf(stage, place)
        yield _completions(stage, place)


def _pdf(stage: Stage, place: Place) -> Result:
    with place.app.app_context():
        certificate = _certificate()
        size = len(files.certificate_pdf(certificate))  # what makes PDFs is loaded once, by the first
        (took,) = alternate(timed(lambda: files.certificate_pdf(certificate)), rounds=stage.rounds)
        db.session.rollback()
    return Result("certificate as a PDF", place.engine, "s", took, bound=Bound(0.15), detail={"bytes": size})


def _certificate() -> Certificate:
    """A certificate of five days, that is never saved."""
    with db.session.no_autoflush:
        certificate = Certificate(
            code="7K2M-9QXD-41TV",
            completed_on=clock.today(),
            issued_at=clock.now(),
            days=[
                {
                    "session": number,
                    "title": f"Day {number}",
                    "date": clock.today().isoformat(),
                    "minutes": 420,
                    "trainer": "Tamsin Rowe",
                    "run": "SOS5-03",
                }
                for number in range(1, DAYS + 1)
            ],
        )
        certificate.person = db.session.scalars(select(Person).limit(1)).one()
        certificate.course = db.session.scalars(select(Course).limit(1)).one()
    return certificate


def _completions(stage: Stage, place: Place) -> Result:
    with place.app.app_context():
        user = db.session.scalars(select(User).where(User.name == Role.ACADEMY_MANAGER)).one()
        browser = place.browser(user)
        statement = queries.completions_of_everybody(as_at=clock.today())
        asked = str(statement.compile(dialect=db.engine.dialect, compile_kwargs={"literal_binds": True}))

    def file() -> bytes:
        answer = browser.get("/people/completions.csv")
        assert answer.status_code == 200
        return answer.data

    def bare() -> str:
        with place.raw() as cursor:
            written = io.StringIO()
            csv.writer(written).writerows(cursor.execute(asked))
        return written.getvalue()

    lines = file().count(b"\n") - 1
    assert lines == bare().count("\n")
    took = alternate(timed(file), timed(bare), rounds=stage.rounds)
    what = f"file of the completions of {stage.size.people:,} people"
    return Result(
        what, place.engine, "s", took[0], took[1], Bound(20, is_of_ratio=True), detail={"lines": lines}
    )
