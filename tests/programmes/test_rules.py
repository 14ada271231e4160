"""Programmes, courses, versions and terms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db, live
from app.core.errors import RuleBroken
from app.core.permissions import Role
from app.people.models import RoleGroup, Sector
from app.programmes import queries, rules
from app.programmes.models import Course, CourseSettings, Programme
from app.programmes.rules import Audience
from tests import factories

ACADEMY = factories.actor(Role.ACADEMY_MANAGER)
NOW = datetime(2022, 3, 1, 9, tzinfo=UTC)


def add_programme(**values: Any) -> Programme:
    return rules.add_programme(
        **({"code": "sos", "title": "Signs of Safety", "by": ACADEMY, "now": NOW} | values)
    )


def add_course(**values: Any) -> Course:
    values.setdefault("programme", factories.programme())
    defaults = {
        "code": "SOS-2DAY",
        "title": "Two-day",
        "components": ["Day 1", "Day 2"],
        "catch_up_months": 12,
        "by": ACADEMY,
        "now": NOW,
    }
    return rules.add_course(**(defaults | values))


def test_a_programme_is_set_up_with_its_code_in_capitals() -> None:
    provider = factories.provider()
    programme = add_programme(provider=provider, starts_on=date(2021, 10, 1), deadline=date(2022, 3, 31))
    assert (programme.code, programme.provider, programme.deadline) == ("SOS", provider, date(2022, 3, 31))
    assert queries.programme_coded("sos") is programme


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"code": ""}, "code", "Enter a code, like SOS-2DAY"),
        (
            {"code": "Signs of Safety"},
            "code",
            "Code must be letters, figures and hyphens only, like SOS-2DAY",
        ),
        ({"code": "core"}, "code", "The code CORE is already used. Choose another."),
        (
            {"title": "Core skills"},
            "title",
            "Another programme is called Core skills. Choose another title.",
        ),
        (
            {"starts_on": date(2022, 4, 1), "deadline": date(2022, 3, 31)},
            "deadline",
            "Deadline must be the same as or after the start date",
        ),
    ],
)
def test_a_wrong_programme_is_refused(values: dict[str, Any], field: str, sentence: str) -> None:
    add_programme(code="CORE", title="Core Skills")
    with pytest.raises(RuleBroken) as refused:
        add_programme(**values)
    assert (refused.value.field, refused.value.message) == (field, sentence)


def test_a_programme_may_end_on_the_day_it_starts() -> None:
    assert add_programme(starts_on=date(2022, 3, 31), deadline=date(2022, 3, 31)).id


def test_a_changed_programme_keeps_what_it_was_in_its_history() -> None:
    add_programme(code="CORE", title="Core Skills")
    programme = add_programme(deadline=date(2022, 3, 31))
    values: dict[str, Any] = {
        "programme": programme,
        "code": "SOS",
        "title": "Signs of Safety",
        "summary": "",
        "provider": None,
        "starts_on": None,
        "by": ACADEMY,
        "now": NOW,
    }
    rules.edit_programme(**values, deadline=date(2022, 3, 31))
    rules.edit_programme(**values, deadline=date(2024, 3, 31), reason="The grant was extended")
    with pytest.raises(RuleBroken, match="Another programme is called CORE skills"):
        rules.edit_programme(**values | {"title": "CORE skills"}, deadline=date(2024, 3, 31))
    entries = db.session.query(AuditEntry).filter_by(verb="programme:changed").all()
    assert [entry.changes for entry in entries] == [{"Deadline": ["2022-03-31", "2024-03-31"]}]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "sos-5day"}, "code"),
        ({"components": [" ", ""]}, "components"),
        ({"components": ["Day 1", "Day  1"]}, "components"),
        ({"components": [f"Day {number}" for number in range(21)]}, "components"),
        ({"components": ["x" * 121]}, "components"),
        ({"catch_up_months": 0}, "catch_up_months"),
        ({"catch_up_months": 121}, "catch_up_months"),
        ({"minimum_places": 0}, "minimum_places"),
        ({"default_capacity": 5, "minimum_places": 6}, "default_capacity"),
    ],
)
def test_a_wrong_course_is_refused(values: dict[str, Any], field: str) -> None:
    programme = factories.programme()
    add_course(programme=programme, code="SOS-5DAY")
    with pytest.raises(RuleBroken) as refused:
        add_course(programme=programme, **values)
    assert refused.value.field == field


def test_a_course_begins_with_version_1_and_its_window() -> None:
    course = add_course(components=["Day 1", " Day 2 ", ""], catch_up_months=None)
    assert [(version.number, len(version.components)) for version in course.versions] == [(1, 2)]
    assert [(one.number, one.title) for one in course.latest_version.components] == [
        (1, "Day 1"),
        (2, "Day 2"),
    ]
    assert queries.settings_of(course.id).catch_up_months is None


def test_settings_of_a_course_are_no_terms_of_booking() -> None:
    course = add_course()
    values: dict[str, Any] = {"validity_months": 12}
    with pytest.raises(TypeError, match="Not terms of booking: validity_months"):
        rules.change_booking_terms(course=course, by=ACADEMY, now=NOW, **values)
    rules.change_settings(course=course, by=ACADEMY, now=NOW, **values)
    assert queries.settings_of(course.id).validity_months == 12


def test_u22_a_changed_definition_is_a_new_version_beside_the_old_one() -> None:
    course = add_course(components=[f"Day {number}" for number in range(1, 6)])
    run = factories.run(course)
    rules.add_version(course=course, components=["Day 1", "Day 2", "Day 3", "Day 4"], by=ACADEMY, now=NOW)
    db.session.flush()
    db.session.expire_all()
    assert [len(version.components) for version in course.versions] == [5, 4]
    assert course.latest_version.number == 2
    assert run.version.number == 1
    assert len(run.sessions) == 5
    with pytest.raises(RuleBroken, match="consists of already"):
        rules.add_version(course=course, components=["Day 1", "Day 2", "Day 3", "Day 4"], by=ACADEMY, now=NOW)


def settings_known_at(course: Course, moment: datetime) -> CourseSettings:
    known = select(CourseSettings).where(CourseSettings.course_id == course.id, live(CourseSettings, moment))
    return db.session.scalars(known).one()


def test_4_4_a_changed_window_is_superseded_and_can_be_read_as_it_was() -> None:
    course = add_course(catch_up_months=12)
    later = NOW + timedelta(days=30)
    rules.change_settings(course=course, catch_up_months=6, by=ACADEMY, now=later, reason="Grant terms")
    assert queries.settings_of(course.id).catch_up_months == 6
    assert settings_known_at(course, later - timedelta(seconds=1)).catch_up_months == 12
    assert settings_known_at(course, later).catch_up_months == 6
    unchanged = rules.change_settings(
        course=course, catch_up_months=6, by=ACADEMY, now=later + timedelta(days=1)
    )
    assert unchanged is queries.settings_of(course.id)
    assert [terms.catch_up_months for terms in queries.settings_history(course.id)] == [6, 12]


def test_a_window_may_be_known_from_an_earlier_time_and_tells_when_it_was_entered() -> None:
    course = add_course(catch_up_months=12)
    known = NOW + timedelta(days=1)
    entered = NOW + timedelta(days=60)
    terms = rules.change_settings(
        course=course, catch_up_months=None, by=ACADEMY, now=entered, recorded_at=known
    )
    assert (terms.recorded_at, terms.entered_at) == (known, entered)
    assert settings_known_at(course, known).catch_up_months is None


def test_a_changed_course_keeps_its_audience_in_words_in_its_history() -> None:
    course = add_course()
    social_worker = factories.role_group("Social Worker")
    audience = Audience(role_groups=[social_worker], services=[factories.service("Early Help")])
    rules.edit_course(
        course=course,
        code="SOS-2DAY",
        title="Two-day",
        summary="",
        audience=audience,
        default_capacity=20,
        minimum_places=6,
        by=ACADEMY,
        now=clock.now(),
    )
    entry = db.session.query(AuditEntry).filter_by(verb="course:changed").one()
    assert entry.changes == {
        "Most places": [16, 20],
        "Audience": ["Everybody", "Social Worker in Early Help"],
    }


@pytest.mark.parametrize(
    ("roles", "services", "sectors", "panel", "expected"),
    [
        ([], [], [], False, "Everybody"),
        (["Team Manager"], [], [], False, "Team Manager"),
        (
            ["Social Worker", "Team Manager"],
            ["Early Help"],
            [],
            False,
            "Social Worker or Team Manager in Early Help",
        ),
        ([], ["Early Help", "Fostering"], [], False, "Staff in Early Help or Fostering"),
        ([], [], ["Health", "Police"], False, "Partners in Health or Police"),
        ([], [], [], True, "Foster panel members"),
        (["Social Worker"], [], ["Health"], True, "Social Worker; partners in Health; foster panel members"),
    ],
)
def test_an_audience_is_said_in_words(
    roles: list[str], services: list[str], sectors: list[str], panel: bool, expected: str
) -> None:
    audience = Audience(
        role_groups=[factories.named(RoleGroup, name) for name in roles],
        services=[factories.service(name) for name in services],
        sectors=[factories.named(Sector, name) for name in sectors],
        is_for_panel_members=panel,
    )
    assert queries.audience_in_words(add_course(audience=audience)) == expected
