"""The pages of imports: upload, preview, apply, undo."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.actors import SERVICE
from app.core.db import db
from app.core.permissions import Role
from app.exchange import queries
from app.exchange.files import MAX_BYTES
from app.exchange.models import FileImport, ImportKind, ImportState
from app.learning.models import Mark
from app.people.models import Person
from app.people.rules import edit_person
from app.sessions.models import Run
from tests import factories
from tests.exchange.samples import DATA, bring_in_people, hr, look, person, staff, stays
from tests.figures import scenes
from tests.pages import Page, Pages


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


@pytest.fixture
def manager(pages: Pages) -> Pages:
    return pages.sign_in(factories.user(Role.ACADEMY_MANAGER))


def give(pages: Pages, content: bytes, kind: str = "people", name: str = "hr.csv", **values: Any) -> Page:
    """Choose a file on the page of its kind and send it."""
    page = pages.get(f"/imports/{kind}/new")
    return pages.submit(page, {"file": (io.BytesIO(content), name), **values})


def test_a_file_is_looked_at_applied_and_undone(manager: Pages) -> None:
    page = give(manager, hr({}, *staff("000102")))
    assert page.h1 == "hr.csv"
    assert "Nothing is changed yet" in page.text
    assert "Ann Archer From 7 January 2019, Social Worker in Fostering 2" in page.text
    assert db.session.scalar(select(func.count(Person.id)).where(Person.employee_number == "000101")) == 0
    page = manager.submit(page, form="apply")
    assert "The file is applied: 2 lines read, 0 of them unchanged." in page.text
    assert len(stays("000101")) == 1
    assert "until 8 March 2022 at 10:00" in page.text
    listed = manager.get("/imports")
    assert not listed.soup.select("main form"), "what it changed is looked at before it is undone"
    assert listed.links()["Undo the import of hr.csv"] == f"{page.path}#undo"
    page = manager.submit(page, form="/undo")
    assert "The import is undone" in page.text
    assert stays("000101") == []
    listed = manager.get("/imports")
    assert "hr.csv" in listed.text
    assert "Undone" in listed.text


def test_of_a_file_that_is_too_large_its_own_page_says_so(manager: Pages) -> None:
    page = give(manager, b"x" * (MAX_BYTES + 1))
    assert page.errors == ["The file is larger than 10 MB. Split it, if it is the right one."]


def test_wrong_lines_are_listed_and_there_is_nothing_to_apply(manager: Pages) -> None:
    page = give(manager, hr({"start_date": "03/31/2022"}, *staff("000102", fte="2")))
    assert "2 problems" in page.text
    assert "State Has problems" in page.text
    assert "Line 2 start_ date “03/31/2022” is not a real date." in page.text
    assert not page.soup.select("form[id=apply]")
    assert page.links()["Bring in the corrected file"] == "/imports/people/new"
    refused = manager.post(f"{page.path}/apply")
    assert "Nothing was applied" in refused.errors[0]


def test_every_kind_of_difference_is_on_the_page_and_many_of_one_have_pages_of_their_own(
    manager: Pages,
) -> None:
    page = give(manager, (DATA / "hr_people.csv").read_bytes())
    assert [one.get_text() for one in page.soup.select("main h2.govuk-heading-m[id]")] == [
        "Starters",
        "New on the lists",
    ]
    assert "1 to 25 of 313 lines" in page.text
    starters = manager.get(page.links()["All 313 of Starters"])
    assert starters.h1 == "Starters"
    assert "26 to 50 of 313 lines" in manager.get(f"{page.path}?show=starters&page=2").text
    assert manager.get(f"{page.path}?show=nonsense&page=x").h1 == "hr.csv"
    wrong = give(manager, hr(*staff(*(str(number) for number in range(40)), fte="9")))
    assert "1 to 25 of 40 problems" in wrong.text


def test_all_problems_can_be_downloaded_for_whoever_puts_them_right(manager: Pages) -> None:
    wrong = give(manager, hr(*staff(*(str(number) for number in range(30)), fte="9", start_date="soon")))
    file = manager.get(wrong.links()["Download the problems (CSV)"])
    lines = file.html.splitlines()
    assert lines[0] == "\ufeffline,column,problem"
    assert [line.split(",")[:2] for line in lines[1:3]] == [["2", "start_date"], ["2", "fte"]]
    assert len(lines) == 61
    row = bring_in_people({})
    assert manager.get(f"/imports/{row.id}/problems.csv").path == f"/imports/{row.id}"


def test_a_file_is_applied_below_all_that_it_would_change(manager: Pages) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 211)))
    bring_in_people(*lines)
    namesake = lines[0] | {"employee_number": "000999", "work_email": "other@council.example"}
    page = give(manager, hr(*lines[:10], namesake))
    read = page.soup.select("main h2.govuk-heading-m, main form[id=apply]")
    assert [one.get_text(strip=True) for one in read[:-1]] == [
        "Starters",
        "Possible duplicates",
        "About this file",
        "Missing from the file",
    ]
    said = "1 person of this file looks like somebody else, and would have a second record: see"
    assert page.text.count(said) == 2
    assert said in read[-1].get_text(" ", strip=True)


def test_those_missing_end_when_the_box_is_ticked(manager: Pages) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 211)))
    bring_in_people(*lines)
    page = give(
        manager,
        hr(*lines[:10]),
        **{"effective_on-day": "14", "effective_on-month": "2", "effective_on-year": "2022"},
    )
    assert "1 person in post is missing from the file" in page.text
    assert "Whoever you tick has 13 February 2022 as their last day." in page.text
    (left,) = page.soup.select("input[name=left]")
    assert not page.soup.select("input[name=end_missing]")
    unconfirmed = manager.submit(page, form="apply")
    assert unconfirmed.errors == ["Only people missing from the file would change: tick who has left."]
    done = manager.submit(unconfirmed, {"left": [left["value"]]}, form="apply")
    assert "Those missing from the file ended on the day before." in done.text
    assert str(stays("000210")[0][1]) == "2022-02-13"


@pytest.mark.parametrize(("ticked", "ended"), [([0, 2], 2), ([], 0), ("all", 3)])
def test_u20_of_those_missing_whoever_is_ticked_ends_and_the_others_stay_and_are_listed_again(
    manager: Pages, ticked: Any, ended: int
) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 230)))
    bring_in_people(*lines)
    numbers = [f"{number:06d}" for number in range(227, 230)]
    new = staff("000300")
    page = give(manager, hr(*lines[:27], *new))
    said = "Whoever you don’t tick stays in post, and is listed here again with the next file."
    assert said in page.text
    boxes = page.soup.select("input[name=left]")
    assert [page.soup.select_one(f"label[for={box['id']}]").text.strip() for box in boxes] == [
        f"Given{number} Archer" for number in numbers
    ]
    assert page.links()["See the page of Given000227 Archer"] == f"/people/{person('000227').id}"
    assert not page.soup.select("#apply input[checked]")
    chosen = {"end_missing": "y"} if ticked == "all" else {"left": [boxes[one]["value"] for one in ticked]}
    done = manager.submit(page, chosen, form="apply")
    told = {
        0: "Those missing from the file stayed as they were.",
        2: "Of the 3 people missing from the file, 2 ended on the day before. The others stayed",
        3: "Those missing from the file ended on the day before.",
    }
    assert told[ended] in done.text
    assert "would end" not in done.text
    gone = numbers if ticked == "all" else [numbers[one] for one in ticked]
    day_before = date(2022, 2, 28)
    for number in numbers:
        words = "ended on 28 February 2022" if number in gone else "not ended"
        assert f"Number {number}: {words}" in done.text
    assert [number for number in numbers if stays(number)[0][1] == day_before] == gone
    again = give(manager, hr(*lines[:27], *new))
    assert len(again.soup.select("input[name=left]")) == 3 - ended
    assert ("there is nothing to change" in again.text) == (ended == 3)
    manager.submit(done, form="/undo")
    assert [stays(number) for number in numbers] == [[(date(2019, 1, 7), None, "Fostering")]] * 3
    assert stays("000300") == []


def test_u20_of_very_many_missing_the_first_hundred_have_a_tick_each(manager: Pages) -> None:
    """A page with a thousand boxes would be half a megabyte."""
    lines = staff(*(f"{number:06d}" for number in range(1050)))
    bring_in_people(*lines)
    page = give(manager, hr(*lines[105:]))
    assert len(page.soup.select("input[name=left]")) == 100
    assert "The first 100 of them are listed here." in page.text
    assert "1 to 25 of 105 lines" in manager.get(page.links()["look at all 105"]).text
    done = manager.submit(page, {"end_missing": "y"}, form="apply")
    assert "Those missing from the file ended on the day before." in done.text
    assert stays("000104")[0][1] == date(2022, 2, 28)


def test_u20_nobody_ends_who_is_not_missing_from_the_file(manager: Pages) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 230)))
    bring_in_people(*lines)
    page = give(manager, hr(*lines[:28], *staff("000300")))
    manager.submit(page, {"left": [str(person("000200").id)]}, form="apply")
    assert [stays(number)[0][1] for number in ("000200", "000228", "000229")] == [None] * 3


@pytest.mark.parametrize(
    ("day", "error"),
    [
        (date(2021, 2, 28), "1 March 2021 at the earliest, a year back. Put what changed before on the page"),
        (date(2021, 3, 1), None),
        (date(2022, 6, 1), None),
        (date(2022, 6, 2), "1 June 2022 at the latest, three months ahead. Bring the file in later."),
    ],
)
def test_sa02_changes_count_from_a_day_at_most_a_year_back_or_three_months_ahead(
    manager: Pages, day: date, error: str | None
) -> None:
    given = {"day": day.day, "month": day.month, "year": day.year}
    page = give(manager, hr({}), **{f"effective_on-{part}": str(value) for part, value in given.items()})
    assert (page.h1 == "hr.csv") == (error is None)
    assert [one.startswith(f"Changes can count from {error}") for one in page.errors] == [True] * bool(error)


def test_sa02_history_counts_from_a_year_before_it_was_known(manager: Pages) -> None:
    days = {"recorded_on": date(2020, 8, 31), "effective_on": date(2019, 9, 2)}
    values = {
        f"{name}-{part}": str(getattr(day, part))
        for name, day in days.items()
        for part in ("day", "month", "year")
    }
    assert give(manager, hr({}), **values).h1 == "hr.csv"


def test_a_preview_names_the_days_for_which_a_move_is_written(manager: Pages) -> None:
    new, old = staff("000102", "000103")
    bring_in_people(new | {"start_date": "2022-02-21"}, old)
    bring_in_people(new | {"start_date": "2022-02-21"}, old | {"team": "Adoption"})
    moved = [new | {"start_date": "2022-02-21", "team": "Leaving Care"}, old | {"team": "Leaving Care"}]
    day = {"effective_on-day": "7", "effective_on-month": "2", "effective_on-year": "2022"}
    page = give(manager, hr(*moved), **day)
    assert "Given000102 Archer From 21 February 2022: team Leaving Care" in page.text
    assert "Given000103 Archer From 7 February 2022 to 28 February 2022: team Leaving Care" in page.text
    manager.submit(page, form="apply")
    assert stays("000102") == [(date(2022, 2, 21), None, "Leaving Care")]
    assert stays("000103")[1:] == [
        (date(2022, 2, 7), date(2022, 2, 28), "Leaving Care"),
        (date(2022, 3, 1), None, "Adoption"),
    ]


def test_u20_a_file_cut_short_can_only_be_thrown_away(manager: Pages) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 220)))
    bring_in_people(*lines)
    page = give(manager, hr(*lines[:3]))
    assert "17 of the 20 people in post" in page.text
    assert not page.soup.select("form[id=apply]")
    assert page.links()["Bring in the corrected file"] == "/imports/people/new"
    page = manager.submit(page, form="/discard")
    assert "The file is thrown away." in page.text
    assert db.session.scalar(select(func.count(FileImport.id))) == 1


def test_sa02_who_was_changed_by_hand_is_left_by_a_tick_that_is_offered_with_the_refusal(
    manager: Pages, run_command: Callable[..., Any]
) -> None:
    bring_in_people({}, *staff("000102"))
    row = bring_in_people(*({"last_name": "Barrow", **one} for one in ({}, *staff("000102"))))
    edit_person(person=person("000101"), by=SERVICE, now=clock.now(), last_name="Carter")
    db.session.commit()
    page = manager.get(f"/imports/{row.id}")
    assert not page.soup.select("[name=leave_changed]")
    page = manager.submit(page, form="/undo")
    assert page.errors[0].startswith(
        "Ann Carter changed after this import: the name, address or registration"
    )
    told = run_command("import", "undo", str(row.id))
    assert told.stderr.endswith("change it back by hand first. To leave them: --leave-changed\n")
    page = manager.submit(page, {"leave_changed": "y"}, form="/undo")
    assert "The import is undone, but for Ann Carter, who had been changed by hand" in page.text
    assert [person(number).last_name for number in ("000101", "000102")] == ["Carter", "Archer"]


def test_the_same_file_again_has_nothing_to_apply(manager: Pages) -> None:
    bring_in_people({})
    page = give(manager, hr({}))
    assert "there is nothing to change" in page.text
    assert not page.soup.select("form[id=apply]")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"PK\x03\x04", "This is a spreadsheet, not a CSV file. Open it and save it as “CSV UTF-8”."),
        (b"", "The file is empty."),
        (
            b"name\nAnn\n",
            "The columns employee_number, first_name, last_name, job_title, start_date are missing.",
        ),
    ],
)
def test_a_file_that_is_none_is_an_error_beside_the_field(manager: Pages, content: bytes, error: str) -> None:
    page = give(manager, content)
    assert page.h1 == "People from HR"
    assert page.errors[0].startswith(error)


def test_a_form_without_a_file_says_so(manager: Pages) -> None:
    page = manager.submit(manager.get("/imports/completions/new"), {"recorded_on-day": "31"})
    assert page.errors == ["Choose a file", "Known since must include a month and a year"]


def test_history_is_asked_for_by_its_day(manager: Pages) -> None:
    day = {"recorded_on-day": "31", "recorded_on-month": "8", "recorded_on-year": "2021"}
    page = give(manager, hr({}), **day)
    assert "Known since 31 August 2021 at 23:59" in page.text
    to_come = give(manager, hr({}), **(day | {"recorded_on-year": "2023"}))
    assert to_come.errors == ["This is still to come: give a time in the past."]


def test_partners_completions_and_members_have_pages_too(
    manager: Pages, run_command: Callable[..., Any]
) -> None:
    run_command("records", "load")
    for kind, name, values in (
        ("people", "hr_people.csv", {}),
        ("partners", "partners.csv", {}),
        ("completions", "past_completions.csv", {}),
        ("cohort", "cohort_new_and_upskill.csv", {"target": "sos-new-and-upskill"}),
    ):
        page = give(manager, (DATA / name).read_bytes(), kind, name, **values)
        page = manager.submit(page, form="apply")
        assert "The file is applied" in page.text
        assert page.h1 == name
    assert "Pages of this list" in manager.get(f"{page.path}?show=added&page=3").html


def test_a_cohort_file_needs_a_target(manager: Pages) -> None:
    page = give(manager, b"employee_number,reason,joined_on\n1,untrained,2022-01-26\n", "cohort")
    assert page.errors == ["Choose a target"]


def test_the_template_names_every_column(manager: Pages) -> None:
    page = manager.get("/imports/people/template.csv")
    assert page.response.mimetype == "text/csv"
    assert page.html.startswith(
        "\ufeffemployee_number,first_name,last_name,preferred_name,work_email,job_title"
    )
    assert page.html.endswith("career_stage,swe_number\r\n")


def test_what_was_applied_is_told_in_the_names_of_today(manager: Pages) -> None:
    row = bring_in_people({})
    person("000101").last_name = "Barrow"
    assert "Ann Barrow From 7 January 2019" in manager.get(f"/imports/{row.id}").text


@pytest.mark.parametrize(
    "path", ["/imports/99", "/imports/volunteers/new", "/imports/volunteers/template.csv"]
)
def test_what_is_not_there_is_not_found(manager: Pages, path: str) -> None:
    manager.get(path, status=404)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ACADEMY_MANAGER, Role.ADMINISTRATOR}))
def test_only_the_academy_and_administrators_import(pages: Pages, role: Role) -> None:
    row = bring_in_people({})
    pages.sign_in(factories.user(role))
    for path in ("/imports", "/imports/people/new", "/imports/people/template.csv", f"/imports/{row.id}"):
        pages.get(path, status=403)
    for action in ("apply", "undo", "discard"):
        pages.post(f"/imports/{row.id}/{action}", status=403)
    assert len(stays("000101")) == 1


def test_an_administrator_brings_in_the_file_from_hr_and_undoes_it(pages: Pages) -> None:
    pages.sign_in(factories.user(Role.ADMINISTRATOR))
    assert "No file has been brought in yet." in pages.get("/imports").text
    page = pages.submit(give(pages, hr({})), form="apply")
    assert "The file is applied" in page.text
    assert "The import is undone" in pages.submit(page, form="/undo").text
    listed = pages.get("/imports")
    assert "People from HR" in listed.text
    assert "Undone" in listed.text


def one_of_each() -> dict[ImportKind, FileImport]:
    """A file of each kind as somebody looked at it, not applied yet."""
    factories.staff(employee_number="1", first_name="Ann", last_name="Archer")
    target = scenes.cohort(members=0).target
    contents = {
        ImportKind.PEOPLE: hr({}),
        ImportKind.COMPLETIONS: b"employee_number,course_code,completion_date,source\n1,C,2020-01-01,List\n",
        ImportKind.PARTNERS: b"first_name,last_name,organisation,sector\nAnn,Archer,Riverside,School\n",
        ImportKind.COHORT: b"employee_number,reason,joined_on\n1,untrained,2022-01-26\n",
        ImportKind.RUNS: (
            b"run_code,course_code,component,date,start_time,end_time,mode,capacity\n"
            b"R,C,1,2022-01-11,09:30,16:30,virtual,16\n"
        ),
        ImportKind.ATTENDANCE: b"run_code,component,employee_number,status\nR,1,1,attended\n",
    }
    return {
        kind: look(kind, content, target=target if kind is ImportKind.COHORT else None)[0]
        for kind, content in contents.items()
    }


@pytest.mark.parametrize("role", [Role.ACADEMY_MANAGER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("kind", list(ImportKind))
def test_3_0_administrators_see_no_names_but_those_of_the_file_from_hr(
    pages: Pages, role: Role, kind: ImportKind
) -> None:
    number = {one: row.id for one, row in one_of_each().items()}[kind]
    db.session.commit()
    pages.sign_in(factories.user(role))
    may = role is Role.ACADEMY_MANAGER or kind is ImportKind.PEOPLE
    listed = pages.get("/imports")
    assert (f"/imports/{kind.value}/new" in listed.links().values()) == may
    files = {row.select_one("a")["href"] for row in listed.soup.select("tbody tr")}
    assert (f"/imports/{number}" in files) == may
    for path in (f"/imports/{kind.value}/new", f"/imports/{kind.value}/template.csv", f"/imports/{number}"):
        page = pages.get(path, status=200 if may else 403)
        assert may or "Only the academy’s managers bring in files of this kind" in page.text
    if not may:
        pages.post(f"/imports/{kind.value}/new", status=403)
        for action in ("apply", "undo", "discard"):
            pages.post(f"/imports/{number}/{action}", status=403)
        assert db.session.get_one(FileImport, number).state is ImportState.PREVIEWED


def test_u10_runs_and_attendance_are_looked_at_applied_and_undone(manager: Pages) -> None:
    factories.course(code="SOS-2DAY")
    factories.staff(employee_number="000101", first_name="Ann", last_name="Archer")
    days = [f"SOS2-01,SOS-2DAY,{day},2022-02-0{day},09:30,16:30,virtual,16" for day in (1, 2)]
    heading = "run_code,course_code,component,date,start_time,end_time,mode,capacity"
    page = give(manager, "\n".join([heading, *days]).encode(), "runs", "runs.csv")
    assert "SOS2-01 SOS-2DAY: 1 February 2022 09:30 to 16:30, 2 February 2022 09:30 to 16:30" in page.text
    assert "Good to know" in page.text
    assert "Line 2 date 2 new days are over and are taken as held." in page.text
    assert "The file is applied: 2 lines read" in manager.submit(page, form="apply").text
    heading, line = "run_code,component,employee_number,status,minutes", "SOS2-01,1,000101,partial,350"
    page = give(manager, f"{heading}\n{line}\n".encode(), "attendance", "attendance.csv")
    assert "Ann Archer SOS2-01, Day 1: attended in part (350 minutes) 2" in page.text
    assert "1 register of this file is locked: Day 1 of SOS2-01. Give a reason" in page.text
    page = manager.submit(page, form="apply")
    said = "1 register of this file is locked: Day 1 of SOS2-01. Give a reason for the correction"
    assert page.errors == [said]
    page = manager.submit(page, {"reason": "The paper register turned up"}, form="apply")
    assert "The file is applied: 1 line read" in page.text
    assert "Ann Archer" in page.text
    asked = "1 register of this file is locked: SOS2-01, Day 1. Give a reason for the correction"
    assert asked in page.text
    page = manager.submit(page, form="/undo")
    assert page.errors == [asked]
    page = manager.submit(page, {"reason": "It was another Ann"}, form="/undo")
    assert "The import is undone" in page.text
    (undone,) = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "import:undone"))
    assert undone.reason == "It was another Ann"
    assert db.session.scalar(select(func.count(Mark.id)).where(Mark.superseded_at.is_(None))) == 0


def test_am02_a_file_that_books_a_room_twice_asks_why_both_can_go_ahead(manager: Pages) -> None:
    factories.course(code="SOS-1DAY", components=1)
    heading = "run_code,course_code,component,date,start_time,end_time,mode,venue,capacity"
    days = [f"SOS1-0{run},SOS-1DAY,1,2022-05-03,09:30,16:30,in_person,Room 1,16" for run in (1, 2)]
    page = give(manager, "\n".join([heading, *days]).encode(), "runs", "runs.csv")
    said = "1 line puts a room or a trainer in two places at once. Change the file, or say why both go ahead"
    assert said in page.text
    assert "Line 3 venue Room 1 is at SOS1-01 and at SOS1-02 at this time." in page.text
    page = manager.submit(page, form="apply")
    assert page.errors == [said]
    page = manager.submit(page, {"clash_reason": "The room is divided"}, form="apply")
    assert "The file is applied: 2 lines read" in page.text
    run = db.session.scalars(select(Run).where(Run.code == "SOS1-02")).one()
    assert "The room is divided" in manager.get(f"/runs/{run.id}/history").text


def test_a_list_of_imports_reads_none_of_the_files(manager: Pages) -> None:
    """A page of 25 files of 9 MB would be more than a web worker may take."""
    give(manager, hr({}, *staff("000102")))
    db.session.expunge_all()
    (listed,) = db.session.scalars(queries.imports(list(ImportKind)))
    assert {"content", "changes"} <= inspect(listed).unloaded
    assert "hr.csv" in manager.get("/imports").text
