"""The pages of people who are here twice."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.db import db
from app.core.permissions import Role
from app.merging.models import Merge
from app.people.models import KeptApart, Person
from tests import factories


@pytest.fixture
def academy(pages: Any) -> Any:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def okafors() -> tuple[Person, Person]:
    joy = factories.staff(
        first_name="Joy", last_name="Okafor", employee_number="10231", email="joy@a.example"
    )
    return joy, factories.staff(
        first_name="J", last_name="Okafor", employee_number=None, email="j.okafor@b.example"
    )


def test_u07_a_manager_merges_a_pair_from_the_list_and_undoes_it(academy: Any) -> None:
    joy, other = okafors()
    page = academy.get("/people/duplicates")
    assert "Same last name and initial, both in Child in Need" in page.text
    page = academy.get(f"/people/{joy.id}/merge/{other.id}")
    assert page.value("email") == "own"
    assert "Which e-mail address do they keep? joy@a.example j.okafor@b.example" in page.text
    page = academy.submit(page, {"email": "other"}, form="merge")
    assert page.h1 == "Merges"
    db.session.expire_all()
    assert (joy.email, other.email, other.merged_into_id) == ("j.okafor@b.example", "joy@a.example", joy.id)
    page = academy.get(f"/people/{other.id}")
    assert page.path == f"/people/{joy.id}"
    assert "was merged into this one" in page.html
    assert "J Okafor" not in academy.get("/people?everybody=y").text
    page = academy.submit(academy.get("/people/merges"), form="undo")
    assert "two records again" in page.html
    db.session.expire_all()
    assert (joy.email, other.email, other.merged_into_id) == ("joy@a.example", "j.okafor@b.example", None)


def test_u07_two_people_of_one_name_are_said_to_be_two_once(academy: Any) -> None:
    joy, other = okafors()
    page = academy.submit(
        academy.get(f"/people/{joy.id}/merge/{other.id}"), form=f"/people/{joy.id}/apart/{other.id}"
    )
    assert "Nobody seems to be here twice" in page.text
    assert db.session.scalar(select(func.count()).select_from(KeptApart)) == 1


def test_am11_another_record_is_found_from_the_persons_page(academy: Any) -> None:
    joy, other = okafors()
    page = academy.get(academy.get(f"/people/{joy.id}").links()["Merge with another record"])
    assert f"/people/{joy.id}/merge/{other.id}" in page.html
    assert academy.get(f"/people/{joy.id}/merge?q=nobody").text.count("No other record fits") == 1


def test_3_0_an_administrator_merges_staff_as_hr_names_them_and_nobody_else(pages: Any) -> None:
    joy, other = okafors()
    partner = factories.partner(first_name="Joy", last_name="Okafor")
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    page = pages.get("/people/duplicates")
    assert "Riverside School" not in page.text
    page = pages.get(f"/people/{joy.id}/merge/{other.id}")
    assert "Marks" not in page.text.replace("Marks, completions", "")
    pages.get(f"/people/{joy.id}/merge/{partner.id}", status=403)
    pages.get(f"/people/{partner.id}/merge", status=403)
    assert pages.submit(page, form="merge").h1 == "Merges"
    assert db.session.scalar(select(func.count()).select_from(Merge)) == 1


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.DFE_ADVISER, Role.LINE_MANAGER, Role.TRAINER])
def test_3_0_nobody_else_comes_near(pages: Any, role: Role) -> None:
    joy, other = okafors()
    pages.sign_in(factories.user(role))
    for path in ("/people/duplicates", "/people/merges", f"/people/{joy.id}/merge/{other.id}"):
        pages.get(path, status=403)


def test_u09_the_page_lists_places_at_the_same_time_before_the_press(academy: Any) -> None:
    joy, other = okafors()
    course, day = factories.course(components=1, title="Signs of Safety"), date(2027, 6, 8)
    one = factories.run(course, days=[day], code="SOS2-07")
    half = factories.run(course, days=[day], code="SOS2-08", start=time(16), end=time(18))
    factories.booking(one, joy)
    for run in (one, half, factories.run(course, days=[date(2027, 6, 9)], code="SOS2-09")):
        factories.booking(run, other)
    page = academy.get(f"/people/{joy.id}/merge/{other.id}")
    both = ("(SOS2-07), 09:30 to 16:30", "(SOS2-08), 16:00 to 18:00")
    own, others = (f"Signs of Safety {one}" for one in both)
    assert f"8 June 2027: {own}, and {others}" in page.text
    assert page.text.count("8 June 2027:") == 1
    assert "SOS2-09" not in page.text
    page = academy.get(f"/people/{joy.id}/merge/{factories.staff().id}")
    assert "at the same time" not in page.text


def test_u29_what_a_merge_would_do_by_now_is_looked_at_first(academy: Any) -> None:
    joy, other = okafors()
    run = factories.run(factories.course(components=1), days=[date(2027, 6, 8)], code="SOS2-07")
    factories.booking(run, joy)
    page = academy.get(f"/people/{joy.id}/merge/{other.id}")
    assert "SOS2-07" not in page.text
    factories.booking(run, other)
    page = academy.submit(page, form="merge")
    assert page.errors[0].startswith("Something about these records was changed after you opened this page.")
    assert "SOS2-07: J Okafor, confirmed" in page.text
    assert academy.submit(page, form="merge").h1 == "Merges"
