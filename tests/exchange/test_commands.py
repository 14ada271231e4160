"""`flask import`: what it prints, how it ends, and the figures that follow from the council's own files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core.db import db
from app.exchange.models import FileImport
from app.figures.models import Membership
from app.learning.models import Mark, Submission
from app.people.models import Person, Spell
from app.sessions.models import SessionDate, TrainingSession
from tests.exchange.samples import DATA, hr, staff, stays

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _on_the_first_of_march(travel_to: Callable[..., None]) -> None:
    travel_to("2022-03-01 10:00")


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    """A file of these lines, and its path."""

    def write(*lines: dict[str, Any], content: bytes | None = None) -> str:
        path = tmp_path / "people.csv"
        path.write_bytes(hr(*lines) if content is None else content)
        return str(path)

    return write


def count(model: type) -> int:
    return db.session.scalar(select(func.count(model.id))) or 0


def test_people_are_brought_in_and_the_same_file_twice_changes_nothing(run_command: Run, file: Any) -> None:
    first = run_command("import", "people", file({}, *staff("000102")))
    assert first.exit_code == 0
    assert "Starters: 2" in first.output
    assert "flask import undo" in first.output
    again = run_command("import", "people", file({}, *staff("000102")))
    assert again.exit_code == 0
    assert "There was nothing to change." in again.output
    assert (count(Spell), count(FileImport)) == (2, 1)


def test_a_dry_run_says_what_would_change_and_changes_nothing(run_command: Run, file: Any) -> None:
    result = run_command("import", "people", file({}), "--dry-run")
    assert result.exit_code == 0
    assert "line 2: Ann Archer: From 7 January 2019, Social Worker in Fostering" in result.output
    assert "Dry run: nothing was changed." in result.output
    assert (count(Person), count(FileImport)) == (0, 0)


def test_json_is_all_there_is_on_standard_output(run_command: Run, file: Any) -> None:
    result = run_command("import", "people", file({"payroll": "7"}), "--json")
    said = json.loads(result.stdout)
    assert said["applied"] is True
    assert said["counts"]["starters"] == 1
    assert said["errors"] == said["notices"] == []
    assert {one["kind"] for one in said["differences"]} == {"starters", "lists"}
    again = json.loads(run_command("import", "people", file({}), "--json").stdout)
    assert (again["applied"], again["import_id"], again["counts"]["unchanged"]) == (False, None, 1)


def test_wrong_lines_are_listed_and_the_command_fails(run_command: Run, file: Any) -> None:
    path = file({}, {"employee_number": "000102", "start_date": "03/31/2022", "work_email": ""})
    result = run_command("import", "people", path)
    assert result.exit_code == 1
    assert "line 3, start_date: “03/31/2022” is not a real date." in result.stdout
    assert result.stderr == "The file has 1 problem: nothing was applied.\n"
    assert count(Person) == 0
    said = json.loads(run_command("import", "people", path, "--json").stdout)
    assert [(one["line"], one["field"]) for one in said["errors"]] == [(3, "start_date")]


def test_a_row_with_a_value_too_many_hides_no_other_bad_row(run_command: Run, file: Any) -> None:
    content = hr({}, {"employee_number": "000102", "start_date": "soon"}).splitlines()
    path = file(content=b"\n".join([*content[:2], content[1] + b",7", content[2]]))
    said = json.loads(run_command("import", "people", path, "--json").stdout)
    found = [(one["line"], one["field"], one["reason"]) for one in said["errors"]]
    assert found[0] == (3, "row", "This has more values than the first line has columns.")
    assert (4, "start_date") in [one[:2] for one in found]
    assert said["applied"] is False
    assert count(Person) == 0


def test_a_file_that_is_none_is_one_sentence(run_command: Run, file: Any) -> None:
    result = run_command("import", "people", file(content=b"PK\x03\x04" + b"\0" * 9))
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "This is a spreadsheet, not a CSV file. Open it and save it as “CSV UTF-8”.\n"
    said = json.loads(run_command("import", "people", file(content=b""), "--json").stdout)
    assert said == {"applied": False, "error": "The file is empty."}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("people", "missing.csv"), "missing.csv"),
        (("people", "{file}", "--recorded-at", "03/31/2022"), "“03/31/2022” is not a real date."),
        (("people", "{file}", "--recorded-at", "2022-03-31T25:00"), "“2022-03-31T25:00” is not a time"),
        (("people", "{file}", "--effective", "soon"), "“soon” is not a date."),
        (("people", "{file}", "--effective", "1/1/22"), "“1/1/22” is not a date."),
        (("people", "{file}", "--effective", "0001-01-01"), "is not in a year from 1900 to 2199."),
        (("people", "{file}", "--recorded-at", "9999-12-31"), "is not in a year from 1900 to 2199."),
        (("people", "{file}", "--recorded-at", "9999-12-31T23:59:59"), "is not in a year from 1900 to 2199."),
        (("cohort", "{file}"), "--target"),
        (("volunteers", "{file}"), "volunteers"),
    ],
)
def test_wrong_usage_exits_with_2(run_command: Run, file: Any, words: tuple[str, ...], why: str) -> None:
    path = file({})
    result = run_command("import", *(word.format(file=path) for word in words))
    assert result.exit_code == 2
    assert why in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_an_unknown_target_is_one_sentence(run_command: Run, file: Any) -> None:
    result = run_command("import", "cohort", "--target", "nowhere", file({}))
    assert (result.exit_code, result.stderr) == (1, "There is no target nowhere.\n")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2021-08-31", datetime(2021, 8, 31, 22, 59, 59, 999999, tzinfo=UTC)),
        ("31/08/2021", datetime(2021, 8, 31, 22, 59, 59, 999999, tzinfo=UTC)),
        ("2021-08-31T17:05:00", datetime(2021, 8, 31, 16, 5, tzinfo=UTC)),
        ("2021-08-31T17:05:00+00:00", datetime(2021, 8, 31, 17, 5, tzinfo=UTC)),
        ("2022-03-01", datetime(2022, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_history_is_known_since_then_and_entered_now(
    run_command: Run, file: Any, written: str, meant: datetime
) -> None:
    assert run_command("import", "people", file({}), "--recorded-at", written).exit_code == 0
    spell = db.session.scalars(select(Spell)).one()
    assert (spell.recorded_at, spell.entered_at) == (meant, datetime(2022, 3, 1, 10, tzinfo=UTC))


def test_those_missing_end_when_it_is_confirmed_and_the_import_is_undone(run_command: Run, file: Any) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 211)))
    run_command("import", "people", file(*lines))
    kept = run_command("import", "people", file(*lines[:10]))
    assert "Missing from the file: 1\n  Given000210 Archer" in kept.output
    assert "--end-missing" in kept.output
    ended = run_command("import", "people", file(*lines[:10]), "--end-missing", "--effective", "14/02/2022")
    assert stays("000210") == [(date(2019, 1, 7), date(2022, 2, 13), "Fostering")]
    number = ended.output.split()[-1]
    undone = run_command("import", "undo", number)
    assert (undone.exit_code, stays("000210")) == (0, [(date(2019, 1, 7), None, "Fostering")])
    assert run_command("import", "undo", number).exit_code == 1
    for none in ("999", "99999999999"):
        assert run_command("import", "undo", none).stderr == f"There is no import {none}.\n"


@pytest.mark.parametrize("ends", [True, False])
def test_whether_those_missing_were_ended_is_in_the_json_the_text_and_the_audit(
    run_command: Run, file: Any, ends: bool
) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 212)))
    run_command("import", "people", file(*lines))
    confirmed = ["--end-missing"] * ends
    dry = json.loads(
        run_command("import", "people", file(*lines[:11]), *confirmed, "--dry-run", "--json").stdout
    )
    assert dry["ended_missing"] is False
    assert "would end on 28 February 2022" in dry["differences"][0]["what"]
    changed = [lines[0] | {"team": "Adoption"}, *lines[1:11]]
    said = json.loads(run_command("import", "people", file(*changed), *confirmed, "--json").stdout)
    assert said["ended_missing"] is ends
    words = "ended on 28 February 2022" if ends else "not ended"
    (missing,) = [one["what"] for one in said["differences"] if one["kind"] == "missing"]
    assert missing == f"Number 000211: {words}"
    entry = db.session.scalars(
        select(AuditEntry).where(
            AuditEntry.thing_id == said["import_id"], AuditEntry.verb == "import:applied"
        )
    ).one()
    assert ("missing and ended: 1" in entry.reason, "missing, left as they are: 1" in entry.reason) == (
        ends,
        not ends,
    )
    run_command("import", "undo", str(said["import_id"]))
    text = run_command("import", "people", file(*changed), *confirmed).stdout
    assert f"Number 000211: {words}\n" in text


def test_a_file_whose_name_is_not_utf_8_is_told_by_what_can_be_printed_of_it(
    run_command: Run, tmp_path: Path
) -> None:
    """What it did is said after it is applied: it must not fail there."""
    path = tmp_path / os.fsdecode(b"zo\xeb.csv")
    path.write_bytes(hr({}))
    result = run_command("import", "people", str(path), "--json")
    said = json.loads(result.stdout)
    assert (said["file"], said["applied"], result.exit_code) == ("zo.csv", True, 0)


def test_undoing_answers_in_json_and_nothing_else(run_command: Run, file: Any) -> None:
    number = run_command("import", "people", file(*staff("000210"))).output.split()[-1]
    undone = json.loads(run_command("import", "undo", number, "--reason", "Of May", "--json").stdout)
    assert undone == {"undone": True, "import_id": int(number)}
    newest = select(AuditEntry.reason).order_by(AuditEntry.id.desc()).limit(1)
    assert db.session.scalar(newest) == "Of May"
    again = run_command("import", "undo", "999", "--json")
    assert json.loads(again.stdout) == {"undone": False, "error": "There is no import 999."}
    assert again.exit_code == 1


def test_u20_a_file_cut_short_stops(run_command: Run, file: Any) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 211)))
    run_command("import", "people", file(*lines))
    result = run_command("import", "people", file(*lines[:9]), "--end-missing")
    assert result.exit_code == 1
    assert "2 of the 11 people in post on 1 March 2022 are missing from it (18%)" in result.stderr
    assert result.stdout == ""
    assert stays("000210") == [(date(2019, 1, 7), None, "Fostering")]


def test_u20_more_than_a_tenth_is_not_told_as_a_tenth(run_command: Run, file: Any) -> None:
    lines = staff(*(f"{number:06d}" for number in range(200, 229)))
    run_command("import", "people", file(*lines))
    result = run_command("import", "people", file(*lines[:26]))
    said = "3 of the 29 people in post on 1 March 2022 are missing from it. More than 10% of them would end"
    assert said in result.stderr


# --- The council's own files -------------------------------------------------------------------------------


@pytest.fixture
def academy(run_command: Run) -> None:
    """An empty database, the five records, and the council's files as they were known at the time."""
    _bring_in_everything(run_command, "--recorded-at", "2021-08-31")


def _bring_in_everything(run_command: Run, *options: str) -> None:
    assert run_command("records", "load").exit_code == 0
    for words in (
        ("people", "hr_people.csv"),
        ("completions", "past_completions.csv"),
        ("partners", "partners.csv"),
        ("cohort", "--target", "SOS-New-and-Upskill", "cohort_new_and_upskill.csv"),
    ):
        *kind, name = words
        result = run_command("import", *kind, str(DATA / name), *options)
        assert result.exit_code == 0, result.output


def _figure(run_command: Run, target: str, as_at: str, *options: str) -> tuple[Any, ...]:
    result = run_command("figures", "--target", target, "--as-at", as_at, *options, "--json")
    assert result.exit_code == 0, result.output
    (figure,) = json.loads(result.stdout)
    return figure["numerator"], figure["denominator"], figure["shown"]


@pytest.mark.usefixtures("academy")
def test_4_7_the_published_figures_follow_from_the_files(run_command: Run) -> None:
    assert _figure(run_command, "sos-2day-coverage", "2021-08-31") == (239, 263, "91%")
    assert _figure(run_command, "sos-5day-coverage", "2021-08-31") == (118, 263, "45%")
    assert _figure(run_command, "sos-2day-coverage", "2021-09-01") == (238, 270, "88%")
    known = ("--known-at", "2021-08-31")
    assert _figure(run_command, "sos-2day-coverage", "2021-08-31", *known) == (239, 263, "91%")
    assert _figure(run_command, "sos-2day-coverage", "2021-08-31", "--known-at", "2021-08-30")[1] == 0


@pytest.mark.usefixtures("academy")
def test_t06_a_cohort_of_110_requires_88(run_command: Run) -> None:
    result = run_command("figures", "--target", "sos-new-and-upskill", "--as-at", "2022-02-28", "--json")
    (figure,) = json.loads(result.stdout)
    assert (figure["denominator"], figure["required"]) == (110, 88)


@pytest.mark.usefixtures("academy")
def test_the_council_s_files_twice_change_nothing(run_command: Run) -> None:
    models = (Person, Spell, Membership, FileImport)
    before = [count(model) for model in models]
    assert before == [613, 613, 110, 4]
    _bring_in_everything(run_command)
    assert [count(model) for model in models] == before


@pytest.fixture
def marked(run_command: Run, travel_to: Callable[..., None]) -> None:
    """The same, known in time for what the cohort did, with its runs and its registers."""
    travel_to("2022-04-08 10:00")
    _bring_in_everything(run_command, "--recorded-at", "2022-01-26")
    for kind in ("runs", "attendance"):
        result = run_command("import", kind, str(DATA / f"{kind}.csv"))
        assert result.exit_code == 0, result.output


@pytest.mark.usefixtures("marked")
def test_u10_bm04_a_register_marked_late_restates_the_figure(run_command: Run) -> None:
    def known(day: str) -> tuple[Any, ...]:
        return _figure(run_command, "sos-new-and-upskill", "2022-03-31", "--known-at", day)

    assert known("2022-04-01") == (85, 110, "77%")
    assert known("2022-04-07") == (89, 110, "81%")
    assert _figure(run_command, "sos-new-and-upskill", "2022-03-31") == (89, 110, "81%")


@pytest.mark.usefixtures("marked")
def test_runs_and_attendance_twice_change_nothing(run_command: Run) -> None:
    models = (TrainingSession, SessionDate, Mark, Submission, FileImport)
    before = [count(model) for model in models]
    assert before[:3] == [34, 34, 431]
    for kind, lines in (("runs", 34), ("attendance", 431)):
        result = run_command("import", kind, str(DATA / f"{kind}.csv"))
        assert f"Unchanged: {lines}\nThere was nothing to change." in result.output
    assert [count(model) for model in models] == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("import", "people", "/no/such.csv"), "Invalid value for 'FILE'"),
        (("import", "people"), "Missing argument 'FILE'."),
        (("import", "undo", "abc"), "Invalid value for"),
        (("import", "undo", "1", "--reason", "x" * 501), "Invalid value for '--reason': Write 400"),
        (("figures", "--bogus"), "No such option"),
        (("accounts", "invite", "a@council.example"), "Missing option '--role'"),
    ],
)
def test_a_command_that_is_called_wrongly_says_so_in_json_too(
    run_command: Run, words: tuple[str, ...], sentence: str
) -> None:
    answer = run_command(*words, "--json")
    assert answer.exit_code == 2
    assert json.loads(answer.stdout)["error"].startswith(sentence)
    assert "Traceback" not in answer.stderr
    without = run_command(*words)
    assert (without.exit_code, without.stdout) == (2, "")
