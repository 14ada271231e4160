"""Reach by sector in a pack: in each of its files, with small sectors hidden whoever issues it."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.board import queries, rules
from app.board.models import Format
from app.core import clock
from app.figures import rules as figure_rules
from app.figures.models import ReachStep, TargetKind
from app.learning.models import MarkStatus
from app.programmes.models import Course
from tests import factories
from tests.board import paper
from tests.figures import scenes
from tests.figures.places import mark
from tests.figures.scenes import ACADEMY


def preview() -> queries.Contents:
    return rules.draft(meeting="Board", meets_on=date(2022, 4, 5), as_at=date(2022, 3, 31), now=clock.now())


def reach(title: str, step: ReachStep, of: Course, **asked: Any) -> None:
    figure_rules.add_target(
        code=title.lower().replace(",", "").replace(" ", "-"),
        title=title,
        kind=TargetKind.REACH,
        reach_step=step,
        programme=of.programme,
        by=ACADEMY,
        now=factories.LONG_AGO,
        **asked,
    )


def test_t08_targets_that_count_the_same_people_share_their_rows() -> None:
    """Who was invited to a course and who attended it are two targets, and one table; others stand apart."""
    course = factories.course(components=1)
    run = factories.run(course, days=[date(2022, 2, 1)], capacity=100)
    for _ in range(5):
        mark(run, factories.staff(), MarkStatus.ATTENDED)
    reach("Invited", ReachStep.INVITED, course, course=course)
    reach("Attended", ReachStep.ATTENDED, course, course=course, minimum_count=10)
    reach("Of the programme", ReachStep.ATTENDED, course)
    reach("Practitioners", ReachStep.ATTENDED, course, course=course, population=scenes.practitioners())
    rows = paper.sheets(rules.written(preview(), Format.XLSX))["Reach by sector"]
    assert sorted(row[0] for row in rows if "All" in row) == [
        "Invited; Attended",
        "Of the programme",
        "Practitioners",
    ]


def test_t08_bm05_reach_by_sector_is_in_every_file_with_small_sectors_hidden() -> None:
    """Of 6 sectors' people who came: 9 of the council, 6 of schools, 7 of police, and 2 of health."""
    course = factories.course(components=1)
    run = factories.run(course, days=[date(2022, 2, 1)], capacity=100)
    people = [factories.staff() for _ in range(9)]
    for sector, count in (("Education", 6), ("Police", 7), ("Health", 2)):
        organisation = factories.organisation(f"One of {sector}", sector)
        people += [factories.partner(organisation) for _ in range(count)]
    for person in people:
        mark(run, person, MarkStatus.ATTENDED)
    scenes.cohort(members=1)
    assert "Reach by sector" not in paper.sheets(rules.written(preview(), Format.XLSX))
    for code, of in (("reach", course), ("nobody", factories.course(title="Another"))):
        reach(f"Partners, {code}", ReachStep.ATTENDED, of)
    found = preview()
    rows = [
        ["Target", "Sector", "Offered", "Invited", "Had a place", "Attended"],
        ["Partners, reach", "The council", "0", "0", "0", "9"],
        ["Partners, reach", "Education", *["not shown"] * 4],
        ["Partners, reach", "Health", *["fewer than 5"] * 4],
        ["Partners, reach", "Police", "0", "0", "0", "7"],
        ["Partners, reach", "All", "0", "0", "0", "24"],
    ]
    assert paper.sheets(rules.written(found, Format.XLSX))["Reach by sector"][:6] == rows
    lines = paper.csv_rows(rules.written(found, Format.CSV))
    heading = lines.index(["Section", "Reach by sector"]) + 1
    assert lines[heading : heading + 6] == rows
    words = paper.pdf_words(rules.written(found, Format.PDF))
    assert "Partners, reach Health fewer than 5 fewer than 5 fewer than 5 fewer than 5" in words
    assert "Sectors of which a step reached fewer than 5 people are not shown" in words
    assert "Partners, nobody: nobody has been reached yet." in words
