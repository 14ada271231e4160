"""Two people at once who change one course."""

from __future__ import annotations

from flask import Flask

from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.programmes import queries, rules
from app.programmes.models import Course, Programme
from tests import factories
from tests.races import AT_ONCE, at_once

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)


def test_of_several_who_change_one_window_at_once_one_window_stands(app: Flask) -> None:
    course_id = factories.course(catch_up_months=None).id

    def change(number: int) -> None:
        course = db.session.get_one(Course, course_id)
        queries.settings_of(course_id)  # as the page does, before it is changed
        rules.change_settings(course=course, catch_up_months=number + 1, by=ACADEMY, now=clock.now())

    assert at_once(app, change) == ["done"] * AT_ONCE
    assert len(queries.settings_history(course_id)) == AT_ONCE + 1
    assert queries.settings_of(course_id).catch_up_months in range(1, AT_ONCE + 1)


def test_of_several_who_make_a_version_at_once_one_does(app: Flask) -> None:
    course_id = factories.course().id

    def make(number: int) -> None:
        course = db.session.get_one(Course, course_id)
        rules.add_version(course=course, components=[f"Part {number}"], by=ACADEMY, now=clock.now())

    told = at_once(app, make)
    made = len(db.session.get_one(Course, course_id).versions) - 1
    assert (told.count("done"), told.count("components")) == (made, AT_ONCE - made)
    assert made >= 1


def test_of_several_programmes_of_one_title_one_is_added(app: Flask) -> None:
    def add(number: int) -> None:
        title = ("Signs of Safety", "signs of  SAFETY")[number % 2]
        rules.add_programme(code=f"SOS-{number}", title=title, by=ACADEMY, now=clock.now())

    assert at_once(app, add) == ["done"] + ["title"] * (AT_ONCE - 1)


def test_of_several_programmes_that_are_called_alike_one_is(app: Flask) -> None:
    made = [factories.programme().id for _ in range(AT_ONCE)]

    def rename(number: int) -> None:
        programme = db.session.get_one(Programme, made[number])
        rules.edit_programme(
            programme=programme,
            code=programme.code,
            title=("Signs of Safety", "signs of  SAFETY")[number % 2],
            summary="",
            provider=None,
            starts_on=None,
            deadline=None,
            by=ACADEMY,
            now=clock.now(),
        )

    assert at_once(app, rename) == ["done"] + ["title"] * (AT_ONCE - 1)
