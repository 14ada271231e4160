"""HR's file of people: differences, applying, those missing (SA-02, U-06, U-20)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.db import db, live
from app.core.errors import RuleBroken
from app.exchange import rules
from app.exchange.files import COLUMNS
from app.exchange.models import ImportKind, ImportState
from app.exchange.rules import Group
from app.outbox.models import Message, MessageState
from app.people import rules as people
from app.people.models import Absence, EmploymentType, Person, RoleGroup, Service, Spell, Team
from app.people.queries import teams_of
from tests import factories
from tests.exchange.samples import (
    ACADEMY,
    DATA,
    bring_in,
    bring_in_people,
    hr,
    look,
    person,
    problems,
    staff,
    stays,
)
from tests.reminders.bouncing import bounced
from tests.statements import statements

PEOPLE = ImportKind.PEOPLE
HIRED = date(2019, 1, 7)


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to) -> None:  # type: ignore[no-untyped-def]
    travel_to("2022-03-01 10:00")


def counts(*lines: dict, **options: object) -> dict[str, int]:
    """What a file of these lines would change, without what it would not."""
    _, plan = look(PEOPLE, hr(*lines), **options)
    assert not plan.problems, plan.problems
    return {name: count for name, count in plan.counts.items() if count}


# --- The first file ------------------------------------------------------------------------------------


def test_a_first_file_opens_each_post_at_its_start_date() -> None:
    bring_in_people(
        {"employee_number": "000101", "line_manager_employee_number": "000102", "fte": "0.8"},
        *staff("000102", end_date="2022-03-31", job_title="Team Manager", role_group="Team Manager"),
    )
    ann, manager = person("000101"), person("000102")
    (spell,) = ann.spells
    assert (spell.first_day, spell.last_day, spell.employed_from) == (HIRED, None, HIRED)
    assert (spell.team.name, spell.team.service.name) == ("Fostering", "Children’s Social Care")
    assert (spell.manager_id, spell.role_group.name, str(spell.fte)) == (manager.id, "Social Worker", "0.800")
    assert stays("000102") == [(HIRED, date(2022, 3, 31), "Fostering")]
    assert (spell.recorded_by, spell.reason) == ("Tess Ting", "File file.csv")


def test_the_same_file_twice_changes_nothing() -> None:
    content = (DATA / "hr_people.csv").read_bytes()
    bring_in(PEOPLE, content)
    spells = db.session.scalar(select(func.count(Spell.id)))
    row, plan = look(PEOPLE, content, now=clock.now() + timedelta(days=40))
    assert plan.changes_nothing
    assert plan.unchanged == plan.lines == 313
    with pytest.raises(RuleBroken, match="nothing to change"):
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert db.session.scalar(select(func.count(Spell.id))) == spells == 313


def test_lists_are_found_whatever_their_case_and_apostrophe() -> None:
    group = factories.role_group("Social Worker")
    team = factories.team("Fostering", "Children’s Social Care")
    bring_in_people({"role_group": "social worker", "team": "FOSTERING", "service": "Children's Social Care"})
    (spell,) = person("000101").spells
    assert (spell.role_group_id, spell.team_id) == (group.id, team.id)
    assert [db.session.scalar(select(func.count(model.id))) for model in (RoleGroup, Team, Service)] == [
        1,
        1,
        1,
    ]


def test_history_is_known_from_the_day_it_gives_and_entered_now() -> None:
    bring_in_people({}, recorded_at=rules.known_since(date(2021, 8, 31), clock.now()))
    (spell,) = person("000101").spells
    assert spell.recorded_at == datetime(2021, 8, 31, 22, 59, 59, 999999, tzinfo=UTC)
    assert spell.entered_at == clock.now()
    assert stays("000101", datetime(2021, 8, 31, 22, tzinfo=UTC)) == []
    assert stays("000101", datetime(2021, 9, 1, tzinfo=UTC)) == [(HIRED, None, "Fostering")]
    service = spell.team.service
    of = teams_of([service.id], date(2021, 8, 31), datetime(2021, 9, 1, tzinfo=UTC))
    assert db.session.scalars(of).all() == [spell.team.id]


@pytest.mark.parametrize("when", [date(2022, 3, 2), date(1999, 12, 31)])
def test_history_is_neither_to_come_nor_before_there_were_such_systems(when: date) -> None:
    with pytest.raises(RuleBroken) as refused:
        look(PEOPLE, hr({}), recorded_at=rules.known_since(when, clock.now()))
    assert refused.value.field == "recorded_at"


# --- A later file ----------------------------------------------------------------------------------------


def test_a_team_that_moved_here_and_not_at_hr_is_told_by_its_two_services() -> None:
    """HR's file still has the old service: there it is another team, and the preview says which is which."""
    bring_in_people({})
    people.edit_team(
        team=person("000101").spells[0].team, name="Fostering", service=factories.service("Early Help"),
        by=ACADEMY, now=clock.now(),
    )  # fmt: skip
    db.session.commit()
    _, plan = look(PEOPLE, hr({}))
    assert [one.what for one in plan.differences[Group.MOVES]] == [
        "From 1 March 2022: team Fostering (Children’s Social Care), was Fostering (Early Help)"
    ]
    assert look(PEOPLE, hr({"service": "Early Help"}))[1].changes_nothing


def test_two_who_add_one_team_at_once_make_one() -> None:
    row, _ = look(PEOPLE, hr({}))
    plan = rules.preview(row, now=clock.now())
    factories.team("FOSTERING", "Children’s Social Care")
    db.session.commit()
    with pytest.raises(RuleBroken, match="Somebody changed the same people just now"):
        rules.apply(file_import=row, by=ACADEMY, now=clock.now(), plan=plan)


@pytest.mark.parametrize(
    "change",
    [
        {"team": "Leaving Care"},
        {"role_group": "Team Manager"},
        {"job_title": "Senior Practitioner"},
        {"employment_type": "agency"},
        {"line_manager_employee_number": "000102"},
        {"fte": "0.5"},
        {"career_stage": "ASYE"},
    ],
)
def test_sa02_a_move_is_a_new_spell_and_the_old_one_ends_the_day_before(change: dict) -> None:
    others = staff("000102")
    bring_in_people({}, *others)
    before = clock.now()
    row = bring_in_people(change, *others, effective=date(2022, 2, 14), now=before + timedelta(hours=1))
    assert row.changes["counts"]["moves"] == 1
    assert [(first, last) for first, last, _ in stays("000101")] == [
        (HIRED, date(2022, 2, 13)),
        (date(2022, 2, 14), None),
    ]
    assert [(first, last) for first, last, _ in stays("000101", before)] == [(HIRED, None)]
    assert {spell.employed_from for spell in person("000101").spells} == {HIRED}


def test_changes_count_from_today_unless_a_day_is_given() -> None:
    bring_in_people({})
    bring_in_people({"team": "Leaving Care"})
    assert stays("000101") == [
        (HIRED, date(2022, 2, 28), "Fostering"),
        (date(2022, 3, 1), None, "Leaving Care"),
    ]


def test_two_files_on_one_day_leave_one_spell_of_that_day() -> None:
    bring_in_people({})
    bring_in_people({"team": "Leaving Care"})
    bring_in_people({"team": "Adoption"}, now=clock.now() + timedelta(minutes=1))
    assert stays("000101") == [(HIRED, date(2022, 2, 28), "Fostering"), (date(2022, 3, 1), None, "Adoption")]


def test_sa02_the_preview_counts_each_kind_of_difference() -> None:
    everybody = staff(*(f"{number:06d}" for number in range(200, 230)))
    bring_in_people(*everybody)
    changed = [line | {"team": "Leaving Care"} for line in everybody[:7]]
    left = [line | {"end_date": "2022-03-31"} for line in everybody[7:10]]
    starters = staff("000301", "000302", "000303", start_date="2022-03-01")
    twins = staff("000304", "000305", start_date="2022-03-01", first_name=f"Given{200:06d}")
    renamed = [everybody[10] | {"last_name": "Barrow"}]
    assert counts(*changed, *left, *renamed, *everybody[11:28], *starters, *twins) == {
        "lines": 33,
        "starters": 5,
        "leavers": 3,
        "moves": 7,
        "renamed": 1,
        "missing": 2,
        "possible_duplicates": 2,
        "lists": 1,
        "unchanged": 17,
    }


def test_u06_a_leaver_s_last_day_counts_and_is_in_the_file() -> None:
    bring_in_people({})
    bring_in_people({"end_date": "2022-02-11"})
    spell = person("000101").spell_on(date(2022, 2, 11))
    assert spell is not None
    assert person("000101").spell_on(date(2022, 2, 12)) is None
    assert spell.last_day == date(2022, 2, 11)


def test_u06_who_comes_back_begins_a_second_employment() -> None:
    bring_in_people({"end_date": "2021-06-30"})
    assert counts({"start_date": "2022-03-01"}) == {"lines": 1, "starters": 1}
    bring_in_people({"start_date": "2022-03-01"})
    assert stays("000101") == [(HIRED, date(2021, 6, 30), "Fostering"), (date(2022, 3, 1), None, "Fostering")]
    assert person("000101").spells[-1].employed_from == date(2022, 3, 1)


def test_a_last_day_that_is_no_longer_in_the_file_is_taken_back() -> None:
    bring_in_people({"end_date": "2022-03-31"})
    assert counts({}) == {"lines": 1, "details": 1}
    bring_in_people({})
    assert stays("000101") == [(HIRED, None, "Fostering")]


def test_a_start_date_is_put_right_and_the_old_one_can_still_be_asked() -> None:
    bring_in_people({})
    before = clock.now()
    bring_in_people({"start_date": "2019-02-04"}, now=before + timedelta(minutes=1))
    assert stays("000101") == [(date(2019, 2, 4), None, "Fostering")]
    assert stays("000101", before) == [(HIRED, None, "Fostering")]


def test_a_start_date_after_the_first_post_is_a_problem_with_what_to_do() -> None:
    bring_in_people({})
    bring_in_people({"team": "Leaving Care"}, effective=date(2021, 6, 1))
    _, plan = look(PEOPLE, hr({"team": "Leaving Care", "start_date": "2021-07-01"}))
    assert problems(plan) == [(2, "start_date")]
    assert "end the earlier post first" in plan.problems[0].reason


def test_a_file_says_nothing_about_columns_that_it_does_not_have() -> None:
    bring_in_people({"end_date": "2022-06-30", "line_manager_employee_number": "000102"}, *staff("000102"))
    content = (
        b"employee_number,first_name,last_name,job_title,start_date\n"
        b"000101,Ann,Archer,Social Worker,2019-01-07\n000102,Given000102,Archer,Social Worker,2019-01-07\n"
    )
    _, plan = look(PEOPLE, content)
    assert plan.changes_nothing
    assert plan.unchanged == 2


def test_names_and_addresses_change_in_place_with_an_entry_in_the_audit() -> None:
    bring_in_people({})
    bring_in_people({"last_name": "Barrow", "work_email": "ann.barrow@council.example", "swe_number": ""})
    ann = person("000101")
    assert (ann.last_name, ann.email, ann.swe_number) == ("Barrow", "ann.barrow@council.example", "SW1")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "person:edited")).one()
    assert entry.thing_id == ann.id
    assert entry.changes == {
        "Last name": ["Archer", "Barrow"],
        "E-mail address": ["ann.archer@council.example", "ann.barrow@council.example"],
    }


def test_two_people_may_exchange_their_addresses() -> None:
    one, two = staff("000101", "000102")
    bring_in_people(one, two)
    bring_in_people(one | {"work_email": two["work_email"]}, two | {"work_email": one["work_email"]})
    assert person("000101").email == two["work_email"]
    assert person("000102").email == one["work_email"]


def test_u18_what_was_held_back_goes_to_the_address_that_the_file_corrects() -> None:
    bring_in_people({"work_email": "old@council.example"})
    bounced("old@council.example", at=clock.now(), state=MessageState.SUPPRESSED)
    bring_in_people({"work_email": "new@council.example"})
    message = db.session.scalars(select(Message)).one()
    assert (message.to_address, message.state) == ("new@council.example", MessageState.QUEUED)


def test_long_term_absence_is_recorded_changed_and_ended() -> None:
    bring_in_people({"long_term_absence_from": "2021-05-10"})
    bring_in_people({"long_term_absence_from": "2021-05-10", "long_term_absence_to": "2022-06-30"})
    assert _absences() == [(date(2021, 5, 10), date(2022, 6, 30))]
    bring_in_people({"long_term_absence_from": "2021-05-10"}, now=clock.now() + timedelta(minutes=1))
    assert counts({}) == {"lines": 1, "details": 1}
    bring_in_people({}, effective=date(2022, 2, 1), now=clock.now() + timedelta(minutes=2))
    assert _absences() == [(date(2021, 5, 10), date(2022, 1, 31))]


def _absences() -> list[tuple[date, date | None]]:
    rows = db.session.execute(select(Absence.first_day, Absence.last_day).where(live(Absence)))
    return [(row.first_day, row.last_day) for row in rows]


def test_an_empty_employment_type_is_employee_of_somebody_new_and_else_what_it_was() -> None:
    bring_in_people({"employment_type": "agency"})
    row, plan = look(PEOPLE, hr({"employment_type": ""}, *staff("000102", employment_type="")))
    assert plan.counts["moves"] == 0
    rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    types = [person(number).spells[0].employment_type for number in ("000101", "000102")]
    assert types == [EmploymentType.AGENCY, EmploymentType.EMPLOYEE]
    column = next(one for one in COLUMNS[PEOPLE] if one.name == "employment_type")
    assert "Of somebody new empty is employee, else it leaves it as it is." in column.meaning


# --- What can't be -----------------------------------------------------------------------------------------


def test_every_wrong_line_is_listed_and_then_nothing_is_applied() -> None:
    factories.partner(first_name="Pat", last_name="Visitor", email="pat@school.example")
    lines = [
        {},
        {"first_name": "Anna"},
        *staff("000102", work_email="pat@school.example"),
        *staff("000103", line_manager_employee_number="999999"),
        *staff("000104", work_email="ann.archer@council.example"),
        *staff("000105", service=""),
        *staff("000106", start_date="never"),
        *staff("000107", line_manager_employee_number="000106"),
    ]
    row, plan = look(PEOPLE, hr(*lines))
    assert sorted(problems(plan)) == [
        (3, "employee_number"),
        (3, "work_email"),
        (4, "work_email"),
        (5, "line_manager_employee_number"),
        (6, "work_email"),
        (8, "start_date"),
    ]
    with pytest.raises(RuleBroken, match="Nothing was applied"):
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert db.session.scalar(select(func.count(Person.id)).where(Person.employee_number.is_not(None))) == 0


def test_staff_entered_by_hand_without_a_number_get_theirs_from_hr() -> None:
    ann = factories.staff(
        employee_number=None,
        email="ann.archer@council.example",
        first_name="Ann",
        last_name="Archer",
        first_day=HIRED,
    )
    row = bring_in_people({}, *staff("000102", line_manager_employee_number="000101"))
    assert person("000101").id == ann.id == person("000102").spells[0].manager_id
    assert row.changes["counts"]["details"] == 1
    rules.undo(file_import=row, by=ACADEMY, now=clock.now() + timedelta(hours=1))
    assert ann.employee_number is None


def test_a_new_team_needs_its_service() -> None:
    _, plan = look(PEOPLE, hr({"service": ""}))
    assert problems(plan) == [(2, "service")]


@pytest.mark.parametrize("column", ["team", "service", "role_group"])
@pytest.mark.parametrize("name", ["Ann Archer", "Pamela Johnson"])
def test_3_0_a_new_row_of_a_breakdown_names_nobody(column: str, name: str) -> None:
    """Neither who is known nor who comes by the same file: the board reads what teams are called."""
    factories.staff(first_name="Pamela", last_name="Johnson", last_day=date(2021, 1, 1))
    _, plan = look(PEOPLE, hr({column: f"{name}’s people"}))
    assert problems(plan) == [(2, column)]
    assert plan.problems[0].reason.endswith(f"and this names {name}: rename it.")


def test_a_new_team_or_role_group_is_told_with_the_one_of_which_it_may_be_a_slip() -> None:
    bring_in_people({"service": "Early Help", "team": "Duty West", "role_group": "Social Worker"})
    slips = {"service": "Early Hlep", "team": "Duty Wset", "role_group": "Social Workers"}
    _, plan = look(PEOPLE, hr(slips))
    assert [(one.who, one.what) for one in plan.differences[Group.LISTS]] == [
        ("Social Workers", "New role group, or is it Social Worker?"),
        ("Early Hlep", "New service, or is it Early Help?"),
        ("Duty Wset", "New team, or is it Duty West (Early Help)?"),
    ]


def test_numbers_that_have_lost_their_zeros_are_told_as_such() -> None:
    bring_in_people({})
    _, plan = look(PEOPLE, hr({"employee_number": "101"}))
    assert [one.reason for one in plan.problems] == [
        "The address ann.archer@council.example belongs to Ann Archer (000101): the file may have lost the "
        "zeros at the beginning, as spreadsheets leave them out."
    ]


def test_a_manager_who_is_known_need_not_be_in_the_file() -> None:
    boss = factories.staff(employee_number="000900", first_day=date(2018, 1, 1), last_day=date(2020, 1, 1))
    bring_in_people({"line_manager_employee_number": "000900"})
    assert person("000101").spells[0].manager_id == boss.id


def test_possible_duplicates_are_shown_and_not_decided() -> None:
    factories.partner(first_name="Ann", last_name="Archer", email="ann@school.example")
    factories.staff(
        employee_number="101", first_name="Other", first_day=date(2018, 1, 1), last_day=date(2020, 1, 1)
    )
    _, plan = look(PEOPLE, hr({}))
    (difference,) = plan.differences[Group.POSSIBLE_DUPLICATES]
    assert difference.who == "Ann Archer"
    assert "Ann Archer (partner)" in difference.what
    assert "number 101" in difference.what


def test_a_file_is_applied_once_however_often_the_button_is_pressed() -> None:
    row = bring_in_people({})
    assert row.state is ImportState.APPLIED
    assert row.content == b""
    with pytest.raises(RuleBroken, match="applied already"):
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())


# --- Those missing -----------------------------------------------------------------------------------


@pytest.fixture
def twenty() -> list[dict]:
    """Twenty people in post, brought in."""
    lines = staff(*(f"{number:06d}" for number in range(200, 220)))
    bring_in_people(*lines)
    return lines


def test_those_missing_are_listed_and_stay_unless_it_is_confirmed(twenty: list[dict]) -> None:
    row, plan = look(PEOPLE, hr(*twenty[:18]))
    assert [one.who for one in plan.differences[Group.MISSING]] == [
        "Given000218 Archer",
        "Given000219 Archer",
    ]
    with pytest.raises(RuleBroken) as refused:
        rules.apply(file_import=row, by=ACADEMY, now=clock.now())
    assert refused.value.field == "left"
    assert stays("000219") == [(HIRED, None, "Fostering")]


def test_those_missing_end_the_day_before_once_it_is_confirmed(twenty: list[dict]) -> None:
    bring_in_people(*twenty[:18], effective=date(2022, 2, 14), end_missing=True)
    assert stays("000219") == [(HIRED, date(2022, 2, 13), "Fostering")]
    assert counts(*twenty[:18]) == {"lines": 18, "unchanged": 18}


def test_who_ended_by_being_missing_stays_when_the_file_has_them_again(twenty: list[dict]) -> None:
    bring_in_people(*twenty[:18], end_missing=True)
    bring_in_people(*twenty, now=clock.now() + timedelta(days=30), effective=date(2022, 3, 31))
    assert stays("000219") == [(HIRED, None, "Fostering")]


@pytest.mark.parametrize(
    ("kept", "stops"), [(18, False), (17, True), (1, True)], ids=["10% go on", "15% stop", "95% stop"]
)
def test_u20_more_than_a_tenth_missing_stops_the_import(twenty: list[dict], kept: int, stops: bool) -> None:
    _, plan = look(PEOPLE, hr(*twenty[:kept]))
    assert (plan.stop is not None) == stops
    assert plan.may_be_applied != stops


def named(number: str, name: str) -> dict[str, str]:
    first, last = name.split()
    return {"employee_number": number, "first_name": first, "last_name": last, "work_email": ""}


def test_u20_a_file_in_which_a_column_has_slipped_stops() -> None:
    """Everybody would have somebody else's places and marks."""
    names = ["Ann Reed", "Bo Lee", "Cy Lee", "Di Hart"]
    bring_in_people(*(named(f"0010{number}", name) for number, name in enumerate(names)))
    slipped = [named(f"0010{number}", names[number - 1]) for number in range(4)]
    _, plan = look(PEOPLE, hr(*slipped))
    assert not plan.may_be_applied
    assert plan.stop is not None
    assert (
        "4 numbers have the names of somebody else: on line 2, 00100 is Di Hart, and was Ann Reed."
        in plan.stop
    )


def test_sa02_changed_names_are_listed_first_and_a_number_with_another_name_is_asked_about() -> None:
    bring_in_people(named("00100", "Una Third"), named("00101", "Bo Lee"))
    _, plan = look(PEOPLE, hr(named("00100", "Peter Quill"), named("00101", "Bo Reed")))
    assert plan.may_be_applied
    found = [name for name, count in plan.counts.items() if count]
    assert found == ["lines", "renamed"]
    assert [one.what for one in plan.differences[Group.RENAMED]] == [
        "First name: Peter, was Una; last name: Quill, was Third. Is this the same person? What they booked "
        "and attended goes on under this name.",
        "Last name: Reed, was Lee",
    ]


def test_u20_a_file_of_140_when_263_are_in_post_stops_with_a_plain_explanation() -> None:
    everybody = staff(*(f"{number:06d}" for number in range(1, 264)))
    bring_in_people(*everybody)
    row, plan = look(PEOPLE, hr(*everybody[:140]))
    assert plan.stop is not None
    assert "140 lines" in plan.stop
    assert "123 of the 263 people in post" in plan.stop
    assert "(47%)" in plan.stop
    with pytest.raises(RuleBroken, match="cut short"):
        rules.apply(file_import=row, by=ACADEMY, now=clock.now(), end_missing=True)
    assert counts(*everybody) == {"lines": 263, "unchanged": 263}


def test_only_staff_in_post_with_a_number_can_be_missing(twenty: list[dict]) -> None:
    factories.partner()
    factories.panel_member()
    factories.staff(employee_number=None)
    factories.staff(employee_number="left", last_day=date(2022, 2, 28))
    factories.staff(employee_number="later", first_day=date(2022, 4, 1))
    factories.staff(employee_number="agency", employment_type=EmploymentType.AGENCY)
    _, plan = look(PEOPLE, hr(*twenty))
    assert len(plan.differences[Group.MISSING]) == 1
    assert "Number agency" in plan.differences[Group.MISSING][0].what


# --- Two posts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "main"),
    [
        ({"fte": "0.4"}, 2),
        ({"fte": "0.6"}, 2),
        ({"fte": "0.7"}, 3),
        ({"fte": "0.7", "end_date": "2022-02-28"}, 2),
        ({"fte": "", "work_email": ""}, 3),
    ],
    ids=["smaller", "as large", "larger", "larger and over", "of an unknown share"],
)
def test_4_6_somebody_with_two_posts_is_there_once_under_the_main_one(
    second: dict[str, str], main: int
) -> None:
    lines = [{"fte": "0.6", "job_title": "On line 2"}, {"job_title": "On line 3"} | second]
    _, plan = look(ImportKind.PEOPLE, hr(*lines), effective=date(2022, 3, 1))
    assert plan.problems == []
    (starter,) = plan.differences[Group.STARTERS]
    assert f"On line {main}" in starter.what
    assert [one.reason for one in plan.notices] == [
        f"Another post of Ann Archer, whose main post is on line {main}."
    ]


@pytest.mark.parametrize("other", [{"first_name": "Bo"}, {"work_email": "other@council.example"}])
def test_one_number_for_two_people_is_a_mistake(other: dict[str, str]) -> None:
    _, plan = look(ImportKind.PEOPLE, hr({}, other))
    assert (3, "employee_number") in [(one.line, one.field) for one in plan.problems]


# --- Thousands of lines ------------------------------------------------------------------------------------


def test_ten_times_as_many_lines_take_no_more_statements_and_ids_go_on_from_theirs() -> None:
    """On SQLite each row had a statement of its own, and 10,000 people took longer than anybody waits."""
    with statements() as sent:
        bring_in_people(
            *staff(*(f"{number:06d}" for number in range(30)), long_term_absence_from="2022-02-01")
        )
        few = len(sent)
        sent.clear()
        bring_in_people(
            *staff(*(f"{number:06d}" for number in range(330)), long_term_absence_from="2022-02-01")
        )
    assert len(sent) <= few
    assert stays("000329") == [(HIRED, None, "Fostering")]
    others = factories.staff(employee_number="000999", first_name="Kit", last_name="New")
    assert others.id > person("000329").id
