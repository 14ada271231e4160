"""Whom a course is for, by what they are on a date."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.db import db
from app.people.models import EmploymentType, Person, RoleGroup, Sector
from app.programmes import queries
from app.programmes.models import Course
from tests import factories

TODAY = date(2022, 3, 1)


@pytest.fixture
def people() -> dict[str, Person]:
    early_help = factories.team("Family Hub", "Early Help")
    return {
        "social worker": factories.staff(),
        "social worker in Early Help": factories.staff(team_id=early_help.id),
        "team manager": factories.staff(role_group_id=factories.role_group("Team Manager").id),
        "agency social worker": factories.staff(employment_type=EmploymentType.AGENCY),
        "no role": factories.staff(role_group_id=None),
        "health partner": factories.partner(factories.organisation("The Trust", "Health")),
        "school partner": factories.partner(factories.organisation("Riverside School", "Education")),
        "panel member": factories.panel_member(),
        "leaver": factories.staff(last_day=date(2022, 2, 28)),
        "last day today": factories.staff(last_day=TODAY),
        "joins tomorrow": factories.staff(first_day=date(2022, 3, 2)),
    }


STAFF = {
    "social worker",
    "social worker in Early Help",
    "team manager",
    "agency social worker",
    "no role",
    "last day today",
}
SOCIAL_WORKERS = {"social worker", "social worker in Early Help", "agency social worker", "last day today"}


@pytest.mark.parametrize(
    ("roles", "services", "sectors", "panel", "expected"),
    [
        ([], [], [], False, STAFF | {"health partner", "school partner", "panel member"}),
        (["Social Worker"], [], [], False, SOCIAL_WORKERS),
        (["Social Worker", "Team Manager"], [], [], False, SOCIAL_WORKERS | {"team manager"}),
        (["Social Worker"], ["Early Help"], [], False, {"social worker in Early Help"}),
        ([], ["Early Help"], [], False, {"social worker in Early Help"}),
        ([], [], ["Health"], False, {"health partner"}),
        ([], [], [], True, {"panel member"}),
        (["Team Manager"], [], ["Education"], True, {"team manager", "school partner", "panel member"}),
    ],
)
def test_the_audience_of_a_course_on_a_date(
    people: dict[str, Person],
    roles: list[str],
    services: list[str],
    sectors: list[str],
    panel: bool,
    expected: set[str],
) -> None:
    course = factories.course(is_for_panel_members=panel)
    course.role_groups = [factories.named(RoleGroup, name) for name in roles]
    course.services = [factories.service(name) for name in services]
    course.sectors = [factories.named(Sector, name) for name in sectors]
    db.session.flush()
    found = {name for name, person in people.items() if queries.is_in_audience(course, person, TODAY)}
    assert found == expected


def test_the_courses_for_somebody_go_by_the_role_of_that_date() -> None:
    person = factories.staff(last_day=date(2022, 2, 28))
    factories.spell(person, first_day=date(2022, 3, 1), role_group_id=factories.role_group("Team Manager").id)
    for_workers, for_managers, for_all = (factories.course(code=code) for code in ("A", "B", "C"))
    for_workers.role_groups = [factories.role_group("Social Worker")]
    for_managers.role_groups = [factories.role_group("Team Manager")]
    db.session.flush()

    def courses(on: date) -> list[Course]:
        return list(db.session.scalars(queries.courses_for(person, on)))

    assert courses(date(2022, 2, 28)) == [for_workers, for_all]
    assert courses(date(2022, 3, 1)) == [for_managers, for_all]
    assert courses(date(2018, 12, 31)) == []
