"""Everything that is wrong with a line is told at once: one round of corrections, not three."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.exchange.models import ImportKind
from tests import factories
from tests.exchange.samples import bring_in, bring_in_people, csv_of, hr, look, problems, staff
from tests.figures import scenes

Problems = list[tuple[int, str]]


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


def found(kind: ImportKind, line: dict[str, Any], **options: Any) -> Problems:
    return problems(look(kind, csv_of([line]), **options)[1])


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        (
            {
                "last_name": "",
                "start_date": "soon",
                "work_email": "bo@council.example",
                "team": "Unheard of",
                "service": "",
                "line_manager_employee_number": "999999",
            },
            ["last_name", "start_date", "work_email", "service", "line_manager_employee_number"],
        ),
        (
            {"employee_number": "", "fte": "2", "end_date": "2018-12-31", "team": "Unheard", "service": ""},
            ["employee_number", "fte", "end_date", "service"],
        ),
        (
            {
                "end_date": "never",
                "line_manager_employee_number": "000101",
                "long_term_absence_to": "2021-01-01",
            },
            ["end_date", "line_manager_employee_number", "long_term_absence_to"],
        ),
        (
            {"fte": "half", "long_term_absence_from": "2018-01-01"},
            ["fte", "long_term_absence_from"],
        ),
        ({"first_name": "", "role_group": "Bo Archer"}, ["first_name", "role_group"]),
        (
            {"first_name": "Cy", "employee_number": "000102", "fte": "2"},
            ["fte", "employee_number", "work_email"],
        ),
    ],
)  # fmt: skip
def test_every_fault_of_a_line_from_hr_is_listed(wrong: dict[str, Any], fields: list[str]) -> None:
    bo = staff("000102", first_name="Bo", work_email="bo@council.example")[0]
    bring_in_people(bo, {})
    _, plan = look(ImportKind.PEOPLE, hr(bo, wrong))
    assert sorted(problems(plan)) == sorted((3, field) for field in fields)
    assert len({problem.reason for problem in plan.problems}) == len(fields)


def test_what_a_wrong_line_still_says_makes_no_other_line_wrong() -> None:
    """Whoever passes on an address, or has two posts, is not mistaken for two people meanwhile."""
    ann, bo = staff("000101", "000102")
    bring_in_people(ann, bo)
    given = ann | {"work_email": "new@council.example", "fte": "2"}
    taken = bo | {"work_email": ann["work_email"]}
    post = taken | {"fte": "0.2", "start_date": "soon"}
    nameless = taken | {"fte": "0.1", "last_name": ""}
    _, plan = look(ImportKind.PEOPLE, hr(given, taken, post, nameless))
    assert problems(plan) == [(2, "fte"), (4, "start_date"), (5, "last_name")]
    _, plan = look(ImportKind.PEOPLE, hr(given | {"work_email": "new"}, taken))
    assert problems(plan) == [(2, "work_email"), (2, "fte")]
    _, plan = look(ImportKind.PEOPLE, hr(ann, bo | {"employee_number": "0001 02"}))
    assert problems(plan) == [(3, "employee_number")]


PARTNER = {
    "first_name": "Lee", "last_name": "Clarke", "email": "lee@homes.example",
    "organisation": "Castle Homes", "sector": "Housing", "role": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"first_name": "", "sector": "Helath"}, ["first_name", "sector"]),
        ({"organisation": "", "sector": "Helath", "email": "lee"}, ["email", "organisation", "sector"]),
        ({"last_name": "", "email": "sam@council.example"}, ["last_name", "email"]),
        ({"sector": "", "email": "sam@council.example"}, ["sector", "email"]),
        ({"first_name": "", "sector": "Health"}, ["first_name", "sector"]),
        ({"first_name": "", "email": ""}, ["first_name"]),
    ],
)
def test_every_fault_of_a_partner_is_listed(wrong: dict[str, Any], fields: list[str]) -> None:
    factories.organisation("Castle Homes", "Housing")
    factories.staff(email="sam@council.example")
    assert found(ImportKind.PARTNERS, PARTNER | wrong) == [(2, field) for field in fields]


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"completion_date": "soon", "course_code": "SOS-9"}, ["completion_date", "course_code"]),
        ({"employee_number": "9", "completion_date": "2022-02-30"}, ["completion_date", "employee_number"]),
        ({"course_code": "", "completion_date": "2022-03-02"}, ["course_code", "completion_date"]),
        ({"employee_number": "", "course_code": "SOS-9"}, ["employee_number", "course_code"]),
        ({"employee_number": "", "email": "sam", "course_code": "SOS-9"}, ["email", "course_code"]),
    ],
)
def test_every_fault_of_a_completion_is_listed(wrong: dict[str, Any], fields: list[str]) -> None:
    factories.staff(employee_number="1")
    factories.course(code="SOS-2DAY")
    line = {"employee_number": "1", "email": "", "course_code": "SOS-2DAY", "completion_date": "2021-01-01"}
    assert found(ImportKind.COMPLETIONS, line | wrong) == [(2, field) for field in fields]


def test_every_fault_of_a_member_is_listed() -> None:
    target = scenes.cohort(members=0).target
    line = {"employee_number": "9", "reason": "bored", "joined_on": "soon"}
    every = [(2, "joined_on"), (2, "employee_number"), (2, "reason")]
    assert found(ImportKind.COHORT, line, target=target) == every
    line |= {"reason": "", "joined_on": "2022-01-26"}
    assert found(ImportKind.COHORT, line, target=target) == [(2, "reason"), (2, "employee_number")]


RUN = {
    "run_code": "SOS1-07", "course_code": "SOS-1DAY", "component": 1, "date": "2022-05-11",
    "start_time": "09:30", "end_time": "16:30", "mode": "virtual", "venue": "", "capacity": 16,
}  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"start_time": "9.30", "course_code": "SOS-9"}, ["start_time", "course_code"]),
        ({"start_time": "9.30", "component": 3}, ["start_time", "component"]),
        ({"start_time": "9.30", "capacity": 0}, ["start_time", "capacity"]),
        ({"start_time": "17:30", "capacity": 0}, ["capacity", "end_time"]),
        ({"mode": "zoom", "course_code": ""}, ["course_code", "mode"]),
        ({"run_code": "", "course_code": "SOS-9"}, ["run_code", "course_code"]),
        ({"component": "one", "capacity": "few"}, ["component", "capacity"]),
    ],
)
def test_every_fault_of_a_run_is_listed(wrong: dict[str, Any], fields: list[str]) -> None:
    factories.course(code="SOS-1DAY", components=1)
    assert found(ImportKind.RUNS, RUN | wrong) == [(2, field) for field in fields]


def test_every_fault_of_a_run_that_is_here_is_listed() -> None:
    factories.course(code="SOS-1DAY", components=1)
    bring_in(ImportKind.RUNS, csv_of([RUN]))
    assert found(ImportKind.RUNS, RUN | {"mode": "zoom"}) == [(2, "mode")]
    assert found(ImportKind.RUNS, RUN | {"mode": "zoom", "capacity": 8}) == [(2, "mode"), (2, "capacity")]
    assert problems(look(ImportKind.RUNS, csv_of([RUN, RUN | {"mode": "zoom"}]))[1]) == [(3, "mode")]


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"status": "present", "run_code": "SOS1-99"}, ["status", "run_code"]),
        ({"status": "", "employee_number": "9"}, ["status", "employee_number"]),
        ({"status": "present", "minutes": 999}, ["status", "minutes"]),
        ({"run_code": "", "recorded_at": "2022-12-01"}, ["run_code", "recorded_at"]),
        ({"component": "one", "employee_number": "9"}, ["component", "employee_number"]),
        ({"recorded_at": "soon", "component": 3}, ["recorded_at", "component"]),
        (
            {"recorded_at": "2022-12-01", "status": "partial", "minutes": 999, "employee_number": "9"},
            ["employee_number", "recorded_at", "minutes"],
        ),
    ],
)
def test_every_fault_of_a_mark_is_listed(wrong: dict[str, Any], fields: list[str]) -> None:
    factories.staff(employee_number="1")
    factories.run(factories.course(components=1), code="SOS1-07", days=[date(2022, 2, 22)])
    line = {"run_code": "SOS1-07", "component": 1, "employee_number": "1", "status": "attended",
            "minutes": "", "recorded_at": ""}  # fmt: skip
    assert found(ImportKind.ATTENDANCE, line | wrong) == [(2, field) for field in fields]


@pytest.mark.parametrize(
    ("kind", "line", "fields"),
    [
        (ImportKind.PEOPLE, staff("000102", start_date="soon")[0], ["start_date"]),
        (ImportKind.PARTNERS, PARTNER | {"sector": "Helath"}, ["sector"]),
        (ImportKind.COMPLETIONS, {"employee_number": "9", "email": "", "course_code": "SOS-9",
                                  "completion_date": "2021-01-01"}, ["employee_number", "course_code"]),
        (ImportKind.COHORT, {"employee_number": "9", "reason": "bored", "joined_on": "2022-01-26"},
         ["employee_number", "reason"]),
        (ImportKind.RUNS, RUN | {"course_code": "SOS-9"}, ["course_code"]),
        (ImportKind.ATTENDANCE, {"run_code": "SOS1-99", "component": 1, "employee_number": "9",
                                 "status": "attended"}, ["employee_number", "run_code"]),
    ],
)  # fmt: skip
def test_a_line_with_a_value_too_many_is_one_problem_among_the_others(
    kind: ImportKind, line: dict[str, Any], fields: list[str]
) -> None:
    factories.organisation("Castle Homes", "Housing")
    factories.course(code="SOS-1DAY", components=1)
    target = {"target": scenes.cohort(members=0).target} if kind is ImportKind.COHORT else {}
    content = hr(line) if kind is ImportKind.PEOPLE else csv_of([line])
    wrong = content.splitlines()[-1]
    plan = look(kind, b"".join([content, wrong, b",one too many\r\n"]), **target)[1]
    assert problems(plan) == [*((2, field) for field in fields), (3, "row")]
    assert not plan.may_be_applied
