"""A new version of a course, and which of the old days count for it. (U-22)"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.learning.queries import completions
from app.programmes import rules
from app.programmes.models import ComponentMapping, Course
from tests import factories
from tests.attendance.marking import mark

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
FOUR = [f"Day {number}" for number in range(1, 5)]
MONDAYS = [date(2022, 1, 3) + timedelta(weeks=week) for week in range(5)]


@pytest.fixture
def academy(pages: Any) -> Any:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def five_days() -> Course:
    """A 5-day course that two people have 4 days of, one 1 day, and one all."""
    course = factories.course(components=5)
    run = factories.run(course, days=MONDAYS)
    four, too, one, all_of_it = (factories.staff() for _ in range(4))
    for component in range(1, 5):
        mark(run, component, four, too, all_of_it)
    mark(run, 1, one)
    mark(run, 5, all_of_it)
    return course


def completed(course: Course, **options: Any) -> list[date]:
    rows = db.session.execute(completions([course.id], as_at=date(2099, 1, 1), **options))
    return sorted(row.completed_on for row in rows)


def test_u22_the_page_says_what_becomes_of_people_with_4_of_5_days(academy: Any) -> None:
    course = five_days()
    page = academy.get(f"/courses/{course.id}/versions/new")
    assert "does not complete by this change, unless you decide" in page.text
    assert page.value("components") == "\n".join([*FOUR, "Day 5"])
    assert academy.submit(page).errors == [
        "This is what the course consists of already. Change a day, or cancel."
    ]
    page = academy.submit(page, {"components": "\n".join(FOUR)})
    assert [page.value(f"old_{number}") for number in range(1, 5)] == ["1", "2", "3", "4"]
    assert "3 people are part-way through version 1: 1 with 1 of 5 days, 2 with 4 of 5 days." in page.text
    assert "2 people would be complete at once" in page.text
    page = academy.submit(page, {"old_4": ""}, button="See what this means")
    assert "Nobody would be complete at once." in page.text
    assert academy.submit(page).errors == ["Say why these days count, or why none does"]
    page = academy.submit(page, {"reason": "Day 4 is new"})
    assert "New runs now have version 2." in page.text
    assert "Day 1 of version 1 counts for it: Day 4 is new" in page.text
    assert completed(course) == [MONDAYS[4]]


def test_u22_a_day_counts_once_and_only_with_a_reason(academy: Any) -> None:
    course = five_days()
    page = academy.submit(academy.get(f"/courses/{course.id}/versions/new"), {"components": "\n".join(FOUR)})
    page = academy.submit(page, {"old_2": "1", "reason": "Wrong"})
    assert page.errors == ["Day 1 can count for one new day only"]
    with pytest.raises(RuleBroken, match="Say why"):
        rules.add_version(course=course, components=FOUR, counts={1: 1}, by=ACADEMY, now=clock.now())
    bare = academy.get(f"/courses/{course.id}/versions/new/counts")
    assert bare.path == f"/courses/{course.id}/versions/new"


def test_u22_what_was_decided_counts_from_then_on_and_not_as_known_before() -> None:
    course, decided = five_days(), clock.now()
    counts = {number: number for number in range(1, 5)}
    rules.add_version(
        course=course, components=FOUR, counts=counts, by=ACADEMY, now=decided, reason="Same days"
    )
    assert completed(course) == [MONDAYS[3], MONDAYS[3], MONDAYS[3]]
    assert completed(course, known_at=decided - timedelta(seconds=1)) == [MONDAYS[4]]
    assert completed(course, marks_only=True) == [MONDAYS[3], MONDAYS[3], MONDAYS[3]]


def test_u22_an_old_day_and_a_new_one_complete_together() -> None:
    course = five_days()
    person = factories.staff()
    old = factories.run(course, days=MONDAYS)
    for component in (1, 2, 3):
        mark(old, component, person)
    rules.add_version(
        course=course, components=FOUR, counts={1: 1, 2: 2, 3: 3}, by=ACADEMY, now=clock.now(), reason="Same"
    )
    db.session.expire_all()
    new = factories.run(course, days=[day + timedelta(weeks=20) for day in MONDAYS[:4]])
    mark(new, 4, person)
    assert completed(course) == [MONDAYS[4], MONDAYS[3] + timedelta(weeks=20)]


def shortened_twice() -> Course:
    """A course of five days that became one of four and then of three, each day for the same one before."""
    course = five_days()
    for size in (4, 3):
        rules.add_version(
            course=course,
            components=FOUR[:size],
            counts={number: number for number in range(1, size + 1)},
            by=ACADEMY,
            now=clock.now(),
            reason="Shorter",
        )
        db.session.expire_all()
    return course


def test_u22_what_counted_for_a_day_counts_for_the_day_that_it_counts_for() -> None:
    course = shortened_twice()
    assert completed(course) == [MONDAYS[2], MONDAYS[2], MONDAYS[2]]


def decided_over(course: Course, number: int, counts: dict[int, int]) -> None:
    """Somebody decides anew what counts for a version of the course."""
    db.session.expire_all()
    version = next(one for one in course.versions if one.number == number)
    rules.change_counts(version=version, counts=counts, reason="Looked again", by=ACADEMY, now=clock.now())
    db.session.expire_all()


def test_u22_another_decision_supersedes_and_what_was_known_before_stays() -> None:
    course = five_days()
    rules.add_version(
        course=course, components=FOUR, counts={1: 1, 2: 2}, by=ACADEMY, now=clock.now(), reason="As planned"
    )
    assert completed(course) == [MONDAYS[4]]
    decided_over(course, 2, {number: number for number in range(1, 5)})
    known = clock.now()
    assert completed(course) == [MONDAYS[3], MONDAYS[3], MONDAYS[3]]
    decided_over(course, 2, {1: 1, 2: 2, 3: 3})
    assert completed(course) == [MONDAYS[4]]
    assert completed(course, known_at=known) == [MONDAYS[3], MONDAYS[3], MONDAYS[3]]
    rows = db.session.scalars(select(ComponentMapping).order_by(ComponentMapping.id)).all()
    assert [(one.to_component_id, one.superseded_at is None) for one in rows] == [
        (day.id, day.number < 4) for day in course.latest_version.components
    ]
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "course:what counts changed").order_by(AuditEntry.id)
    ).all()[-1]
    assert entry.changes == {"Day 4 of version 2": ["Day 4", None]}


def test_u22_what_counts_through_a_version_follows_when_it_is_decided_anew() -> None:
    course = shortened_twice()
    decided_over(course, 2, {1: 1, 2: 2})
    assert completed(course) == [MONDAYS[4]]
    decided_over(course, 2, {number: number for number in range(1, 5)})
    assert completed(course) == [MONDAYS[2], MONDAYS[2], MONDAYS[2]]


def test_u22_the_page_says_who_completes_and_who_does_so_no_longer(academy: Any) -> None:
    course = five_days()
    rules.add_version(
        course=course, components=FOUR, counts={1: 1, 2: 2}, by=ACADEMY, now=clock.now(), reason="As planned"
    )
    page = academy.get(f"/courses/{course.id}/versions")
    page = academy.get(page.links()["Change what counts for version 2"])
    assert [page.value(f"old_{number}") for number in range(1, 5)] == ["1", "2", None, None]
    assert "Nobody becomes complete, and nobody ceases to be." in page.text
    assert academy.submit(page, {"reason": "Nothing"}).errors == [
        "This is what counts already. Change a day, or cancel."
    ]
    every = {"old_3": "3", "old_4": "4"}
    page = academy.submit(page, every, button="See what this means")
    assert "2 more people would be complete" in page.text
    assert academy.submit(page).errors == ["Say why these days count, or why none does"]
    page = academy.submit(page, {"reason": "Day 4 is the old day 4"})
    assert "What counts for version 2 is changed." in page.html
    page = academy.get(f"/courses/{course.id}/versions/2/counts")
    page = academy.submit(page, {"old_4": ""}, button="See what this means")
    assert "2 people would be complete no longer." in page.text
    for number in (1, 3):
        academy.get(f"/courses/{course.id}/versions/{number}/counts", status=404)
