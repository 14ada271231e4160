"""An academy with a target of every kind, each with milestones, and a pack that was issued before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.board import rules as packs
from app.board.models import Format, Pack
from app.core import clock
from app.core.db import db
from app.figures import rules
from app.figures.models import ReachStep, Target, TargetKind
from app.programmes.models import Course
from tests import factories
from tests.factories import LONG_AGO
from tests.figures import scenes
from tests.figures.places import CAME, NO_SHOW, one_day
from tests.figures.scenes import ACADEMY

DEADLINE = date(2022, 3, 31)
LAST = date(2022, 1, 31)
MEETING = date(2022, 4, 5)


def every_kind() -> list[Target]:
    """Its targets up to 28 February 2022; the pack before had the figures of 31 January."""
    coverage, cohort = scenes.coverage(trained=6, untrained=3, percent="80"), scenes.cohort(members=6)
    scenes.complete(cohort.people[0], cohort.course, date(2022, 2, 1))
    scenes.complete(factories.staff(last_day=date(2022, 2, 10)), coverage.course)
    course, run = one_day((CAME, 7), (NO_SHOW, 5), on=date(2022, 2, 1), capacity=15)
    ahead = factories.run(course, days=[date(2022, 3, 8)])
    factories.booking(ahead, factories.partner())
    targets = [coverage.target, cohort.target, *of_course(course)]
    ids = [run.sessions[0].id, ahead.sessions[0].id]
    rules.tick_sessions(target=targets[-1], offered=ids, ticked=ids, by=ACADEMY, now=LONG_AGO, reason=None)
    for target in targets:
        if target.kind is not TargetKind.SCORE:
            milestone(target, date(2022, 2, 15))
            milestone(target, date(2022, 3, 15))
    issued(targets)
    scenes.complete(coverage.people[-1], coverage.course, date(2022, 1, 20), clock.now())  # restates it
    return targets


def of_course(course: Course, name: str = "") -> list[Target]:
    """A target of each kind that counts what came of a course; the last is of its sessions."""

    def add(kind: TargetKind, **asked: Any) -> Target:
        return rules.add_target(
            code=f"{kind.value}{name}".replace("_", "-"),
            title=f"{kind.label}{name}",
            kind=kind,
            programme=course.programme,
            by=ACADEMY,
            now=LONG_AGO,
            **asked,
        )

    score = add(TargetKind.SCORE, minimum_score=Decimal(7))
    rules.state_figure(
        target=score, as_at=LAST, score=Decimal(6), source="Survey", by=ACADEMY, now=clock.now()
    )
    return [
        score,
        add(TargetKind.PEOPLE_TRAINED, course=course, minimum_count=20, deadline=DEADLINE),
        add(TargetKind.REACH, reach_step=ReachStep.ATTENDED, minimum_count=2, deadline=DEADLINE),
        add(TargetKind.DELIVERABLE, minimum_count=3, unit="sessions", deadline=DEADLINE),
    ]


def milestone(target: Target, due_on: date) -> None:
    """One more benchmark of a target, which asks for 1."""
    rules.add_milestone(target=target, due_on=due_on, minimum_count=1, by=ACADEMY, now=LONG_AGO)


def prepared(
    *kinds: Format, meeting: str = "Project board", meets_on: date = MEETING, as_at: date = DEADLINE
) -> packs.ReadyPack:
    """A pack as it is prepared, but with these of its files alone: a PDF takes longer than all the rest."""
    now = clock.now()
    contents = replace(packs.draft(meeting=meeting, meets_on=meets_on, as_at=as_at, now=now), is_draft=False)
    files = {kind: packs.written(contents, kind) for kind in kinds}
    return packs.ReadyPack(" ".join(meeting.split()), meets_on, as_at, now, contents.told.lines, files)


def issue(*kinds: Format, **asked: Any) -> Pack:
    """A pack that is issued with these of its files: the workbook and the CSV tell all that the PDF does."""
    pack = packs.issue(prepared(*kinds, **asked), by=ACADEMY)
    db.session.commit()
    return pack


def issued(targets: list[Target], as_at: date = LAST, meeting: str = "Project board") -> Pack:
    """A pack of these targets' figures, without its files."""
    figures = rules.publish(targets=targets, as_at=as_at, occasion=meeting, by=ACADEMY, now=clock.now())
    pack = Pack(
        meeting=meeting,
        meets_on=as_at,
        as_at=as_at,
        known_at=clock.now(),
        issued_at=clock.now(),
        issued_by="Academy",
        figures=figures,
    )
    db.session.add(pack)
    db.session.commit()
    return pack
