"""What needs a human: each list with its count, its rows, its remedy and its file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from app.attendance import queries as attendance
from app.core import clock
from app.core.db import db
from app.core.permissions import Role
from app.home import queries
from app.learning.models import MarkStatus, PastKind
from app.people.models import Person
from tests import factories
from tests.attendance.marking import mark, past
from tests.reminders.bouncing import bounced

TUESDAY = date(2022, 3, 15)
TODAY = date(2022, 3, 21)


def a_run(day: date = TUESDAY, start: time = time(9, 30), end: time = time(16, 30), **values: Any) -> Any:
    return factories.run(
        factories.course(components=1, title="Core Skills"), days=[day], start=start, end=end, **values
    )


def attended(person: Person, *runs: Any) -> Person:
    for run in runs:
        mark(run, 1, person)
    return person


# --- One case for each list ----------------------------------------------------------------------------


def no_email() -> str:
    return factories.staff(email=None).name


def unreachable() -> str:
    person = factories.staff(manager_id=boss().id)
    bounced(person.email, at=clock.now())
    return person.name


def no_manager() -> str:
    return factories.staff().name


def manager_gone() -> str:
    gone = factories.staff(last_day=date(2022, 3, 20), manager_id=boss().id)
    factories.staff(manager_id=factories.staff(last_day=TODAY, manager_id=boss().id).id, first_name="Sure")
    return factories.staff(manager_id=gone.id).name


def duplicates() -> str:
    for _ in range(2):
        factories.staff(first_name="Joy", last_name="Okafor", manager_id=boss().id)
    return "Joy Okafor and Joy Okafor"


def two_at_once() -> str:
    person = factories.staff(manager_id=boss().id)
    attended(person, a_run(end=time(12)), a_run(start=time(11, 59)))
    return person.name


def registers() -> str:
    run = a_run(code="LATE-1")
    factories.booking(run, factories.staff(manager_id=boss().id))
    return "LATE-1, Day 1"


def before_start() -> str:
    person = factories.staff(first_day=date(2022, 3, 16), manager_id=boss().id)
    return attended(person, a_run()).name


def after_leaving() -> str:
    return attended(factories.staff(last_day=date(2022, 3, 14)), a_run()).name


def accounts() -> str:
    gone = factories.staff(last_day=date(2022, 3, 14))
    factories.user(Role.PRACTITIONER, of=gone)
    return gone.name


def boss() -> Person:
    """A manager, who has one: only what a case is about is on a list. The two manage each other."""
    top = factories.staff()
    found = factories.staff(manager_id=top.id)
    top.spells[0].manager_id = found.id
    db.session.commit()
    return found


CASES: dict[str, Callable[[], str]] = {
    "no-email": no_email,
    "unreachable": unreachable,
    "no-manager": no_manager,
    "manager-gone": manager_gone,
    "duplicates": duplicates,
    "two-at-once": two_at_once,
    "registers": registers,
    "before-start": before_start,
    "after-leaving": after_leaving,
    "accounts": accounts,
}


@pytest.mark.parametrize("name", CASES)
def test_u24_each_list_shows_what_needs_a_human_and_its_remedy(pages: Any, travel_to: Any, name: str) -> None:
    travel_to(TODAY)
    what = CASES[name]()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    overview = pages.get("/data-quality")
    assert f"/data-quality/{name}" in overview.links().values()
    page = pages.get(f"/data-quality/{name}")
    assert what in page.text
    assert "Sure" not in page.text
    remedy = page.soup.select_one("main td a")
    assert remedy is not None
    pages.get(str(remedy["href"]))
    file = pages.get(f"/data-quality/{name}.csv").html
    assert file.splitlines()[0] == "\ufeffwhat,detail,address"
    assert what in file


def test_nothing_to_look_at_leads_nowhere(pages: Any) -> None:
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert not [one for one in pages.get("/data-quality").links().values() if "/data-quality/" in one]
    assert "Nothing to look at" in pages.get("/data-quality/accounts").text
    pages.get("/data-quality/forged", status=404)
    pages.get("/data-quality/forged.csv", status=404)


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ACADEMY_MANAGER])
def test_3_0_nobody_but_the_academy_reads_the_lists(pages: Any, role: Role) -> None:
    pages.sign_in(factories.user(role))
    for address in ("", "/no-email", "/no-email.csv"):
        pages.get(f"/data-quality{address}", status=403)
    for address in ("", ".csv", "/repeated"):
        pages.get(f"/absences{address}", status=403)


# --- What is on no list --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "is_listed"),
    [
        pytest.param((time(9), time(12)), (time(12), time(15)), False, id="one after the other"),
        pytest.param((time(9), time(12)), (time(11, 59), time(15)), True, id="a shared minute"),
        pytest.param((time(9), time(15)), (time(10), time(11)), True, id="one within the other"),
    ],
)
def test_u24_two_sessions_at_once(
    database: None, first: tuple[time, time], second: tuple[time, time], is_listed: bool
) -> None:
    attended(factories.staff(), a_run(start=first[0], end=first[1]), a_run(start=second[0], end=second[1]))
    assert len(db.session.execute(attendance.two_at_once()).all()) == is_listed


def test_u24_absent_from_one_is_not_at_two(database: None) -> None:
    person = attended(factories.staff(), a_run())
    mark(a_run(), 1, person, status=MarkStatus.ABSENT_APOLOGIES)
    attended(factories.staff(), a_run())
    assert db.session.execute(attendance.two_at_once()).all() == []


def test_am13_training_taken_elsewhere_may_lie_before_the_first_day(database: None) -> None:
    person, course = factories.staff(first_day=date(2022, 1, 10)), factories.course()
    row = past(person, course.latest_version, date(2020, 5, 4))
    assert [one[2] for one in db.session.execute(attendance.before_first_start())] == [date(2020, 5, 4)]
    row.kind, row.approved_by = PastKind.ELSEWHERE, "Priya Shah"
    db.session.flush()
    assert db.session.execute(attendance.before_first_start()).all() == []


def test_u06_the_last_day_counts_and_so_does_coming_back(database: None) -> None:
    attended(factories.staff(last_day=TUESDAY), a_run())
    back = factories.staff(last_day=date(2021, 12, 31))
    factories.spell(back, first_day=date(2022, 3, 1))
    attended(back, a_run())
    assert db.session.execute(attendance.after_leaving()).all() == []
    between = attended(back, a_run(date(2022, 1, 11)))
    assert [row[0].id for row in db.session.execute(attendance.after_leaving())] == [between.id]


def test_u06_an_account_is_listed_the_day_after_the_last(database: None) -> None:
    factories.user(Role.PRACTITIONER, of=factories.staff(last_day=TUESDAY))
    assert len(db.session.execute(queries.leavers_accounts(TUESDAY)).all()) == 0
    assert len(db.session.execute(queries.leavers_accounts(date(2022, 3, 16))).all()) == 1


def test_am09_the_page_and_the_first_page_count_the_same_registers(pages: Any, travel_to: Any) -> None:
    travel_to(TODAY)
    for code in ("LATE-1", "LATE-2"):
        factories.booking(a_run(code=code), factories.staff())
    found = db.session.execute(queries.registers_unmarked(clock.now())).all()
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert len(found) == pages.get("/").text.count("Complete the register of LATE-") == 2


def test_4_1_am09_a_register_that_nobody_marked_waits_however_long_ago(pages: Any, travel_to: Any) -> None:
    travel_to("2022-06-20 08:00")
    for number in range(7):
        factories.booking(a_run(code=f"LATE-{number}"), factories.staff(manager_id=boss().id))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert pages.get("/data-quality/registers").text.count("Tue 15 Mar 2022") == 7
    first_page = pages.get("/")
    assert first_page.text.count("Complete the register of LATE-") == 5
    assert first_page.links()["2 more registers are not complete"] == "/data-quality/registers"


def test_4_1_a_run_entered_as_history_is_not_listed_once_its_marks_are_there(
    database: None, travel_to: Any
) -> None:
    travel_to(TODAY)
    old = a_run(date(2021, 3, 16))
    attended(factories.staff(), old)
    person = factories.staff()
    factories.booking(old, person)
    assert len(db.session.execute(queries.registers_unmarked(clock.now())).all()) == 1
    attended(person, old)
    assert db.session.execute(queries.registers_unmarked(clock.now())).all() == []
