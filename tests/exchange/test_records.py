"""What the five records state, and the figures that the files then give."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.commissioning.models import Provider
from app.core import clock
from app.core.actors import COMMAND_LINE
from app.core.db import db
from app.exchange.rules import records
from app.figures import queries, rules
from app.figures.models import Cohort, Membership, Target
from app.people.models import Person
from app.programmes.models import Course, Programme
from app.programmes.queries import audience_in_words
from tests import factories

DATA = Path(__file__).parents[1] / "data"
Run = Callable[..., Result]

ROLE_GROUPS = {
    "Social Worker",
    "Senior Practitioner",
    "ASYE Social Worker",
    "Advanced Practitioner",
    "Family Support Worker",
    "Support Worker",
    "Child Protection Chair",
    "Team Manager",
}


@pytest.fixture
def loaded() -> records.Entered:
    entered = records.load(by=COMMAND_LINE, now=clock.now())
    db.session.commit()
    return entered


def _rows() -> dict[str, int]:
    tables = (Provider, Programme, Course, Target, Cohort, Person, AuditEntry)
    return {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in tables
    }


@pytest.mark.usefixtures("loaded")
def test_what_the_records_state_is_there_and_no_people() -> None:
    rows = _rows()
    assert rows["person"] == 0
    assert (rows["provider"], rows["programme"], rows["course"], rows["target"]) == (3, 5, 5, 8)


@pytest.mark.usefixtures("loaded")
def test_courses_have_the_components_that_the_records_state() -> None:
    for code, programme, days, who in (
        ("SOS-2DAY", "SOS", 2, "Advanced Practitioner"),
        ("SOS-5DAY", "SOS", 5, "Advanced Practitioner"),
        ("SOS-CP-WORKSHOP", "SOS", 1, "Child Protection Chair or Team Manager"),
        ("CORE-MANAGERS", "CORE", 5, "Team Manager"),
        ("CORE-PRACTITIONERS", "CORE", 5, "ASYE Social Worker"),
    ):
        course = db.session.scalars(select(Course).where(Course.code == code)).one()
        assert course.programme.code == programme, code
        assert [one.number for one in course.latest_version.components] == list(range(1, days + 1)), code
        assert who in audience_in_words(course), code


@pytest.mark.usefixtures("loaded")
def test_t01_to_t09_targets_are_as_the_records_state_them() -> None:
    stated = {
        "sos-sessions": ("deliverable", "17 contracted by 31 March 2022"),
        "sos-partners-offered": ("reach", "no minimum stated"),
        "sos-confidence": ("score", "no minimum stated"),
        "sos-2day-coverage": ("coverage", "no minimum stated"),
        "sos-5day-coverage": ("coverage", "no minimum stated"),
        "sos-new-and-upskill": ("cohort", "at least 80% by 31 March 2022"),
        "core-managers": ("people_trained", "at least 20 by 31 March 2022"),
        "core-practitioners": ("people_trained", "at least 150 by 31 March 2022"),
    }
    targets = db.session.scalars(select(Target)).all()
    found = queries.figures(targets, as_at=date(2022, 3, 31))
    asked = zip(targets, found, strict=True)
    assert {one.code: (figure.kind, figure.threshold_words) for one, figure in asked} == stated
    coverages = {one.population_id or 0 for one in targets if one.kind == "coverage"}
    for rule in queries.population_rules(coverages).values():
        assert {item.role_group.name for item in rule.items if item.role_group} == ROLE_GROUPS
        assert [item.employment_type for item in rule.items if item.employment_type] == ["employee"]


@pytest.mark.usefixtures("loaded")
def test_t03_t08_s02_what_the_records_state_is_kept_as_stated() -> None:
    for code, day, stated in (
        ("sos-2day-coverage", "31 August 2021, day not stated", "239 of 263 (91%)"),
        ("sos-5day-coverage", "31 August 2021, day not stated", "118 of 263 (45%)"),
        ("sos-partners-offered", "26 January 2022", "approximately 300"),
        ("sos-confidence", "30 June 2021, day not stated", "6.0, replies not recorded"),
    ):
        target = db.session.scalars(queries.target_coded(code)).one()
        (one,) = queries.beside_target(target, as_at=date(2022, 3, 31)).stated
        assert (one.day_words, one.shown) == (day, stated), code


def test_a_stated_figure_that_was_taken_back_is_not_entered_again(loaded: records.Entered) -> None:
    assert loaded.counts["stated figure"] == 4
    target = db.session.scalars(queries.target_coded("sos-2day-coverage")).one()
    (one,) = queries.beside_target(target, as_at=date(2022, 3, 31)).stated
    rules.take_back_stated(
        target=target, figure=one.stated, by=COMMAND_LINE, now=clock.now(), reason="Not ours"
    )
    assert records.load(by=COMMAND_LINE, now=clock.now()).total == 0


@pytest.mark.usefixtures("loaded")
def test_i02_a_provider_has_one_name_and_its_other_spelling() -> None:
    provider = db.session.scalars(select(Provider).where(Provider.name == "Griffin Care Ltd")).one()
    assert [alias.name for alias in provider.aliases] == ["Griffin Care Training Ltd"]


@pytest.mark.usefixtures("loaded")
def test_i16_the_stated_number_of_the_cohort_is_approximate() -> None:
    cohort = db.session.scalars(queries.cohort_coded("sos-new-and-upskill")).one()
    assert (cohort.stated_members, cohort.is_stated_approximately) == (110, True)
    causes = {one.cause: one.course.code for one in cohort.requirements}
    assert causes == {"untrained": "SOS-2DAY", "new starter": "SOS-2DAY", "needs upskilling": "SOS-5DAY"}


def test_loading_twice_changes_nothing(run_command: Run) -> None:
    first = run_command("records", "load")
    assert first.exit_code == 0
    assert first.stdout.startswith("Entered 8 role groups, 3 providers, 5 programmes, 5 courses")
    rows = _rows()
    again = run_command("records", "load")
    assert again.stdout == "Nothing to enter: everything that the records state is there already.\n"
    assert json.loads(run_command("records", "load", "--json").stdout) == {"entered": 0}
    assert _rows() == rows


def test_what_stands_in_the_way_of_the_records_is_one_sentence(run_command: Run) -> None:
    factories.programme(code="CORE", starts_on=date(2026, 12, 1))
    for as_json in ([], ["--json"]):
        answer = run_command("records", "load", *as_json)
        assert answer.exit_code == 1
        assert answer.stderr == (
            "The records’ target core-managers does not go with what is here: The deadline is before "
            "1 December 2026, when the programme starts. Nothing was entered.\n"
        )
    assert json.loads(answer.stdout) == {"error": answer.stderr.strip()}
    assert db.session.scalar(select(func.count()).select_from(Target)) == 0


def test_what_the_academy_has_changed_stays_changed(loaded: records.Entered) -> None:
    assert loaded.counts["target"] == 8
    programme = db.session.scalars(select(Programme).where(Programme.code == "SOS")).one()
    programme.title = "Signs of Safety 2022"
    db.session.commit()
    assert records.load(by=COMMAND_LINE, now=clock.now()).total == 0
    assert programme.title == "Signs of Safety 2022"


# --- The files, and what they give -----------------------------------------------------------------------


@pytest.fixture
def council(run_command: Run, loaded: records.Entered) -> Run:
    """The academy with the council's files brought in, as `flask import` does it."""
    assert loaded.total
    for words in (
        ("people", "hr_people.csv"),
        ("completions", "past_completions.csv"),
        ("partners", "partners.csv"),
        ("cohort", "--target", "sos-new-and-upskill", "cohort_new_and_upskill.csv"),
    ):
        answer = run_command("import", *words[:-1], str(DATA / words[-1]))
        assert answer.exit_code == 0, answer.output
    return run_command


def _figures(run: Run, *words: str) -> dict[str, dict[str, Any]]:
    answer = run("figures", "--json", *words)
    assert answer.exit_code == 0, answer.output
    return {figure["code"]: figure for figure in json.loads(answer.stdout)}


def test_4_7_the_figures_of_august_2021_come_out_of_the_files(council: Run) -> None:
    august = _figures(council, "--as-at", "2021-08-31")
    assert _short(august["sos-2day-coverage"]) == (239, 263, None, None, "91%")
    assert _short(august["sos-5day-coverage"]) == (118, 263, None, None, "45%")
    september = _figures(council, "--as-at", "2021-09-01", "--target", "sos-2day-coverage")
    assert list(september) == ["sos-2day-coverage"]
    assert _short(september["sos-2day-coverage"]) == (238, 270, None, None, "88%")
    cohort = _figures(council, "--as-at", "2022-01-26")["sos-new-and-upskill"]
    assert (cohort["denominator"], cohort["required"]) == (110, 88)
    people = db.session.scalar(select(func.count(Membership.person_id.distinct())))
    assert people == 110


def _short(figure: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(figure[name] for name in ("numerator", "denominator", "required", "met", "shown"))


# --- The command -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("loaded")
def test_4_4_figures_as_known_now_are_all_as_known_at_one_instant(run_command: Run) -> None:
    found = _figures(run_command)
    assert len(found) > 1
    assert len({one["known_at"] for one in found.values()}) == 1


@pytest.mark.usefixtures("loaded")
def test_figures_as_json_say_everything_that_they_must_be_read_with(run_command: Run) -> None:
    found = _figures(run_command, "--as-at", "2022-03-30", "--known-at", "2022-04-01")
    assert found["core-managers"] == {
        "code": "core-managers",
        "title": "Core skills: Team managers trained",
        "kind": "people_trained",
        "as_at": "2022-03-30",
        "known_at": "2022-04-01T23:59:59.999999+01:00",
        "numerator": 0,
        "denominator": None,
        "required": 20,
        "met": False,
        "shown": "0",
        "deadline": "2022-03-31",
        "rule": "People who completed Core Skills Development Programme for Managers under the programme, "
        "whether or not they have since left; at least 20 by 31 March 2022",
        "standing": "No data",
        "rag": "no_data",
        "rag_reason": "No register is marked yet.",
        "forecast_for": "2022-03-31",
        "provisional": False,
        "check_data": False,
        "flagged": 0,
        "marks_outstanding": 0,
        "booked": 0,
        "free": 0,
        "likely": 0,
        "best": 0,
        "ceiling": 0,
        "to_book": 23,
        "place_shortfall": 23,
        "extra_runs": 2,
        "planning_absence": "1/10",
        "expected_not_to_come": (
            "10% of booked people are expected not to come: the programme’s own share is used from 50 past "
            "places on, and it has 0"
        ),
        "impossible": False,
    }
    assert found["sos-new-and-upskill"]["rag_reason"] == "No one is in scope."
    assert _short(found["sos-2day-coverage"]) == (0, 0, None, None, "no one in scope")


@pytest.mark.usefixtures("loaded")
def test_figures_for_people_to_read(run_command: Run) -> None:
    answer = run_command("figures", "--target", "core-managers", "--as-at", "2022-03-31")
    assert "0  people trained by 31 March 2022: no data" in answer.stdout
    assert "No data: No register was ever marked.\n" in answer.stdout
    assert "at least 20 by 31 March 2022" in answer.stdout


@pytest.mark.usefixtures("loaded")
def test_4_4_dates_that_need_a_word_get_it_beside_the_figures(run_command: Run) -> None:
    for as_at, known_at, sentence in (
        ("2022-03-31", "2022-03-30", "30 March 2022 is before 31 March 2022: of what happened in between "),
        ("2098-03-31", None, "31 March 2098 is to come: the figures are today’s, each with what is expected"),
        ("2022-03-31", "2098-03-31", "31 March 2098 is to come: the figures are as known now."),
        ("2022-03-31", "2022-03-31", ""),
    ):
        known = ["--known-at", known_at] if known_at else []
        answer = run_command("figures", "--json", "--as-at", as_at, *known)
        assert json.loads(answer.stdout), known_at
        assert answer.stderr.startswith(sentence), known_at
        assert bool(answer.stderr) == bool(sentence), known_at


def test_figures_of_an_empty_academy(run_command: Run) -> None:
    assert json.loads(run_command("figures", "--json").stdout) == []
    assert "No target is asked for on that day." in run_command("figures").stdout


@pytest.mark.usefixtures("loaded")
def test_a_wrong_wish_is_one_sentence(run_command: Run) -> None:
    for words, code, sentence in (
        (("--target", "nothing"), 1, "There is no target with the code nothing."),
        (("--as-at", "08/31/2021"), 2, "“08/31/2021” is not a date. Write it like 2021-08-31 or 31/08/2021."),
        (
            ("--as-at", "9999-12-31"),
            2,
            "“9999-12-31” is too far off: figures can be asked for days from 1 January 1900 to 31 December "
            "2199.",
        ),
        (("--as-at", ""), 2, "“” is not a date. Write it like 2021-08-31 or 31/08/2021."),
        (
            ("--known-at", "soon"),
            2,
            "“soon” is not a date or a time. Write it like 2022-04-01, 01/04/2022 or 2022-04-01T17:00.",
        ),
    ):
        answer = run_command("figures", *words)
        assert (answer.exit_code, answer.stdout, answer.stderr) == (code, "", f"{sentence}\n"), words
        in_json = run_command("figures", "--json", *words)
        assert (in_json.exit_code, json.loads(in_json.stdout)) == (code, {"error": sentence}), words
