"""Turnover hides the same role groups wherever a board is told of it, on one day (4.13, BM-05)."""

from __future__ import annotations

from datetime import date

from app.board import rules as board_rules
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.figures import rules
from app.figures.models import TargetKind
from app.people.models import EmploymentType
from tests import factories
from tests.figures import scenes
from tests.figures.scenes import ACADEMY
from tests.pages import Pages

DAY = date(2022, 3, 31)
COUNTED = {"Support Worker": 3, "Chair": 7, "Social Worker": 9}


def two_courses_of_the_same_people() -> None:
    """One hides Support Worker and Chair; all of these are complete of the other, which hides Social Worker
    with them. Of Officers, whom neither counts, there are 6; of each role group five
    have left."""
    roles = {name: factories.role_group(name).id for name in (*COUNTED, "Officer")}
    counted = rules.add_population(
        code="counted",
        name="Counted",
        entries=rules.Entries(
            role_groups=[factories.role_group(name) for name in COUNTED],
            employment_types=[EmploymentType.EMPLOYEE],
        ),
        by=ACADEMY,
        now=factories.LONG_AGO,
    )
    first, second = factories.course(components=1), factories.course(components=1)
    for code, course in (("first", first), ("second", second)):
        rules.add_target(
            code=code, title=code.title(), kind=TargetKind.COVERAGE, programme=course.programme,
            course=course, population=counted, by=ACADEMY, now=factories.LONG_AGO,
        )  # fmt: skip
    for name, number in {**COUNTED, "Officer": 6}.items():
        for _ in range(5):
            factories.staff(role_group_id=roles[name], last_day=date(2022, 1, 31))
        people = [factories.staff(role_group_id=roles[name]) for _ in range(number)]
        if name == "Social Worker":
            scenes.complete(people[0], first)
        elif name in COUNTED:
            scenes.complete(people[0], first)
            for person in people:
                scenes.complete(person, second)
    db.session.commit()


def test_4_13_bm05_every_turnover_of_a_day_hides_the_same_role_groups(pages: Pages) -> None:
    two_courses_of_the_same_people()
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    assert "Social Worker 1 9 11% 8" in board.get(f"/targets/first/breakdown?as_at={DAY}").text
    told = ("Officer 83% (n = 6)", "Other role groups 79% (n = 19)")
    page = board.get(f"/board?as_at={DAY}").text
    assert f"By role group: {', '.join(told)}." in page
    for code in ("first", "second"):
        page = board.get(f"/targets/{code}/breakdown?as_at={DAY}").text
        assert "Officer 5 6 83% (n = 6) Other role groups 15 19 79% (n = 19) All 20 25 80%" in page, code
    draft = board_rules.draft(meeting="Board", meets_on=DAY, as_at=DAY, now=clock.now())
    [turnover] = [one for one in draft.sections if one.title == "Turnover"]
    assert [f"{row[0]} {row[3]}" for row in turnover.rows] == [*told, "All 80%"]


def test_4_13_bm05_of_few_who_left_no_turnover_tells_how_many(pages: Pages) -> None:
    """On the page, below a breakdown and in the pack: of 12 Social Workers and 14 Officers one has left."""
    scene = scenes.coverage(trained=6, untrained=6)
    officers = factories.role_group("Officer").id
    for _ in range(14):
        factories.staff(role_group_id=officers)
    factories.staff(role_group_id=officers, last_day=date(2022, 1, 31))
    db.session.commit()
    words = "Fewer than 5 employees left in the 12 months to 31 March 2022, of 26 in post."
    board = pages.sign_in(factories.user(Role.BOARD_MEMBER))
    page = board.get(f"/board?as_at={DAY}").text
    assert words in page
    assert "By role group" not in page
    rows = "Officer fewer than 5 14 not shown Social Worker 0 12 0% (n = 12)"
    page = board.get(f"/targets/{scene.target.code}/breakdown?as_at={DAY}").text
    assert f"{rows} All fewer than 5 26 not shown" in page
    draft = board_rules.draft(meeting="Board", meets_on=DAY, as_at=DAY, now=clock.now())
    [turnover] = [one for one in draft.sections if one.title == "Turnover"]
    assert [row[1] for row in turnover.rows] == ["fewer than 5", 0, "fewer than 5"]
    manager = pages.sign_in(factories.user(Role.ACADEMY_MANAGER)).get(f"/board?as_at={DAY}").text
    assert "1 employee left in the 12 months to 31 March 2022, of 26" in manager
