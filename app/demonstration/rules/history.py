"""2021-22 as the records tell it: programmes and targets, and files whose totals are the published ones."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select

from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.exchange import rules as imports
from app.exchange.models import ImportKind
from app.exchange.rules import records
from app.figures.models import Target

DATA = Path(__file__).parent.parent / "data"
COHORT_TARGET = "sos-new-and-upskill"

# Each file, and the day from which the academy knew what it says.
FILES = (
    (ImportKind.PEOPLE, "hr_people.csv", date(2021, 8, 31)),
    (ImportKind.COMPLETIONS, "past_completions.csv", date(2021, 8, 31)),
    (ImportKind.PARTNERS, "partners.csv", date(2021, 8, 31)),
    (ImportKind.COHORT, "cohort_new_and_upskill.csv", date(2022, 1, 26)),
)


def fill(*, by: Actor, now: datetime) -> None:
    """Enter what the five records state, then the people, completions, partners and cohort of that time."""
    records.load(by=by, now=now)
    target = db.session.scalars(select(Target).where(Target.code == COHORT_TARGET)).one()
    for kind, filename, known_on in FILES:
        file_import = imports.upload(
            kind=kind,
            filename=filename,
            content=(DATA / filename).read_bytes(),
            effective=None,
            by=by,
            now=now,
            recorded_at=clock.end_of_day(known_on),
            target=target if kind is ImportKind.COHORT else None,
        )
        imports.apply(file_import=file_import, by=by, now=now)
