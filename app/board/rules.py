"""Issuing a pack for a meeting: its figures are published, and its files kept as they were issued. (BM-08)"""

from __future__ import annotations

from datetime import date, datetime

from app.audit import rules as audit
from app.board import files, queries
from app.board.models import Format, Pack, PackFile
from app.core import clock
from app.core.actors import Actor
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.filters import day
from app.figures import queries as figures
from app.figures import rules as figure_rules


def issue(*, meeting: str, meets_on: date, as_at: date, by: Actor, now: datetime) -> Pack:
    """Issue the pack of a meeting: every target's figure as at a day is published, with the meeting as its
    occasion, and the PDF, the workbook and the CSV are kept byte for byte.

    The pack of an academy without targets says so. Raises RuleBroken when the PDF can’t be made here.
    """
    meeting = " ".join(meeting.split())
    _check(meeting, meets_on, as_at, now)
    material = _material(meeting, meets_on, as_at, by=by, now=now)
    contents = queries.contents(material)
    pack = Pack(
        meeting=meeting,
        meets_on=meets_on,
        as_at=as_at,
        known_at=now,
        issued_at=now,
        issued_by=by.name,
        figures=[published for _figure, published in material.figures],
        files=[
            PackFile(format=kind, name=f"board-pack-{meets_on.isoformat()}.{kind.value}", content=content)
            for kind, content in (
                (Format.PDF, files.pack_pdf(contents)),
                (Format.XLSX, files.pack_xlsx(contents)),
                (Format.CSV, files.pack_csv(contents)),
            )
        ],
    )
    db.session.add(pack)
    db.session.flush()
    changes = {"As at": (None, as_at), "Figures": (None, len(material.figures))}
    audit.record(
        by=by,
        verb="pack:issued",
        thing=pack,
        label=f"{meeting}, {day(meets_on)}",
        now=now,
        changes=changes,
    )
    return pack


def _check(meeting: str, meets_on: date, as_at: date, now: datetime) -> None:
    if not meeting:
        raise RuleBroken("Enter the meeting’s name", field="meeting")
    if as_at > clock.london(now).date():
        raise RuleBroken("Figures can be published as at today or a day in the past", field="as_at")
    if meets_on < as_at:
        raise RuleBroken("The figures must be as at the day of the meeting or before", field="as_at")


def _material(meeting: str, meets_on: date, as_at: date, *, by: Actor, now: datetime) -> queries.Material:
    last = db.session.scalars(queries.pack_before(now)).first()
    last_figures = list(db.session.scalars(queries.figures_of(last))) if last is not None else []
    targets = list(db.session.scalars(figures.targets()))
    found = figures.figures(targets, as_at=as_at, known_at=now)
    published = (
        figure_rules.publish(
            targets=targets,
            as_at=as_at,
            occasion=f"{meeting}, {day(meets_on)}",
            by=by,
            now=now,
            figures=found,
        )
        if targets
        else []
    )
    return queries.Material(
        meeting=meeting,
        meets_on=meets_on,
        as_at=as_at,
        known_at=now,
        figures=list(zip(found, published, strict=True)),
        last=last,
        last_figures=last_figures,
    )
