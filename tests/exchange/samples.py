"""Files as a council would send them, made in a line or two, and what becomes of them."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.actors import Actor
from app.core.db import db, live
from app.core.permissions import Role
from app.exchange import rules
from app.exchange.models import FileImport, ImportKind
from app.exchange.rules import Plan
from app.people.models import Person, Spell

DATA = Path(__file__).parents[1] / "data"
ACADEMY = Actor(name="Tess Ting", roles=frozenset({Role.ACADEMY_MANAGER}))
ANN = {
    "employee_number": "000101",
    "first_name": "Ann",
    "last_name": "Archer",
    "work_email": "ann.archer@council.example",
    "job_title": "Social Worker",
    "role_group": "Social Worker",
    "team": "Fostering",
    "service": "Children’s Social Care",
    "employment_type": "employee",
    "start_date": "2019-01-07",
    "end_date": "",
    "fte": "1.0",
    "line_manager_employee_number": "",
    "long_term_absence_from": "",
    "long_term_absence_to": "",
    "career_stage": "",
    "swe_number": "SW1",
}


def hr(*lines: dict[str, Any]) -> bytes:
    """An HR file: each line is Ann Archer but for what is given."""
    return csv_of([ANN | line for line in lines])


def staff(*numbers: str, **values: Any) -> list[dict[str, Any]]:
    """Lines for people with these employee numbers, each with a name and an address of their own."""
    return [
        {
            "employee_number": number,
            "first_name": f"Given{number}",
            "work_email": f"p{number}@council.example",
        }
        | values
        for number in numbers
    ]


def csv_of(rows: list[dict[str, Any]], columns: list[str] | None = None) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=columns or list(rows[0]), extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def look(kind: ImportKind, content: bytes, **options: Any) -> tuple[FileImport, Plan]:
    """Give a file in, and say what it would change."""
    now = options.pop("now", None) or clock.now()
    row = rules.upload(
        kind=kind,
        filename=options.pop("filename", "file.csv"),
        content=content,
        effective=options.pop("effective", None),
        by=ACADEMY,
        now=now,
        **options,
    )
    return row, rules.preview(row, now=now)


def bring_in(kind: ImportKind, content: bytes, *, end_missing: bool = False, **options: Any) -> FileImport:
    """Give a file in and apply it."""
    now = options.get("now") or clock.now()
    reason = options.pop("reason", "From the old records")
    row, _ = look(kind, content, **options)
    rules.apply(file_import=row, by=ACADEMY, now=now, end_missing=end_missing, reason=reason)
    db.session.commit()
    return row


def bring_in_people(*lines: dict[str, Any], **options: Any) -> FileImport:
    return bring_in(ImportKind.PEOPLE, hr(*lines), **options)


def person(number: str) -> Person:
    return db.session.scalars(select(Person).where(Person.employee_number == number)).one()


def stays(number: str, known_at: datetime | None = None) -> list[tuple[date, date | None, str | None]]:
    """A person's spells as known then: first day, last day, team."""
    spells = db.session.scalars(
        select(Spell)
        .join(Person, Person.id == Spell.person_id)
        .where(Person.employee_number == number, live(Spell, known_at))
        .order_by(Spell.first_day)
    )
    return [(one.first_day, one.last_day, one.team.name if one.team else None) for one in spells]


def problems(plan: Plan) -> list[tuple[int, str]]:
    return [(problem.line, problem.field) for problem in plan.problems]
