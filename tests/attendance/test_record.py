"""One's own training record, reflections that nobody else reads, and the file of everybody's completions."""

from __future__ import annotations

import csv
import io
from datetime import date, time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.attendance import jobs, queries, rules
from app.attendance.models import Reflection
from app.core import clock
from app.core.db import Base, db
from app.core.errors import NotFound
from app.core.permissions import Role
from app.learning.models import MarkStatus
from app.people.models import Person
from app.programmes.models import Course
from tests import factories
from tests.attendance.marking import mark, past
from tests.pages import Pages

NOW = clock.london_time(date(2022, 3, 21), time(12))
LEARNT, CHANGES = "Heronsgate questions", "Marmalade supervision"


def trained(person: Person, **course: Any) -> Course:
    """A two-day course that somebody completed on 16 March 2022, with a certificate."""
    made = factories.course(components=2, **({"title": "Signs of Safety 2-day"} | course))
    run = factories.run(
        made,
        days=[date(2022, 3, 15), date(2022, 3, 16)],
        code="SOS2-07",
        trainer_id=factories.trainer(name="Tamsin Rowe").id,
    )
    mark(run, 1, person)
    mark(run, 2, person, status=MarkStatus.PARTIAL, minutes=390)
    db.session.commit()
    jobs.certificates(NOW)
    return made


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = answer.response.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def reflection(person: Person, course: Course) -> Reflection:
    return rules.write_reflection(
        course=course, learnt=LEARNT, changes=CHANGES, by=factories.actor(of=person), now=NOW
    )


# --- The record -------------------------------------------------------------------------------------------


def test_st11_the_record_has_dates_hours_runs_trainer_and_certificate(pages: Pages) -> None:
    person = factories.staff()
    course = trained(person)
    past(person, factories.course(title="Restorative practice").latest_version, date(2019, 6, 4))
    (certificate,) = db.session.scalars(queries.certificates_of(person.id))
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get("/my-learning/record")
    assert "13 hours 30 minutes of training here" in page.text
    row = f"Day 2: attended in part Wed 16 Mar 2022 6 hours 30 minutes SOS2-07 Tamsin Rowe {certificate.code}"
    assert row in page.text
    assert "Restorative practice 4 June 2019 From before the registers Spreadsheet" in page.text
    pages.get(f"/certificate/{certificate.id}")
    page = pages.get("/my-learning")
    assert f"/certificate/{certificate.id}" in page.links().values()
    day_2, day_1, before = rows_of(pages.get("/my-learning/record.csv"))
    assert day_1["date"] == "2022-03-15"
    assert (day_2["hours"], day_2["run"], day_2["trainer"]) == ("6.50", "SOS2-07", "Tamsin Rowe")
    assert (day_2["certificate"], day_2["course"]) == (certificate.code, course.title)
    assert (before["date"], before["source"]) == ("2019-06-04", "Spreadsheet")


def test_an_empty_record_says_so(pages: Pages) -> None:
    pages.sign_in(factories.user(Role.PRACTITIONER, of=factories.staff()))
    assert "Nothing is recorded yet" in pages.get("/my-learning/record").text
    assert rows_of(pages.get("/my-learning/record.csv")) == []


def test_days_that_were_missed_are_no_training(pages: Pages) -> None:
    person = factories.staff()
    run = factories.run(factories.course(components=1), days=[date(2022, 3, 15)])
    mark(run, 1, person, status=MarkStatus.ABSENT_APOLOGIES)
    assert queries.record_of(person).days == []


def test_csv_nothing_becomes_a_formula(pages: Pages) -> None:
    person = factories.staff()
    course = trained(person, title='=HYPERLINK("http://bad.example")')
    by = factories.actor(of=person)
    rules.write_reflection(course=course, learnt="@sum", changes="+1", by=by, now=NOW)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    for row in rows_of(pages.get("/my-learning/record.csv")):
        assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())


# --- Reflections ------------------------------------------------------------------------------------------


def test_st11_a_reflection_is_written_changed_and_deleted_by_its_owner(pages: Pages) -> None:
    person = factories.staff()
    course = trained(person)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/my-learning/courses/{course.id}/reflection")
    assert pages.submit(page, {}).errors == ["Write what you learnt, or what you will do differently"]
    page = pages.submit(page, {"learnt": LEARNT})
    assert LEARNT in page.text
    kept = db.session.scalars(select(Reflection)).one()
    page = pages.get(f"/my-learning/reflections/{kept.id}")
    assert page.value("learnt") == LEARNT
    page = pages.submit(page, {"changes": CHANGES})
    assert CHANGES in page.text
    assert rows_of(pages.get("/my-learning/record.csv"))[-1]["what_i_will_do_differently"] == CHANGES
    page = pages.submit(pages.get(f"/my-learning/reflections/{kept.id}"), form="delete")
    assert LEARNT not in page.text
    assert db.session.scalars(select(Reflection)).all() == []


def test_one_reflects_on_what_one_took_part_in(pages: Pages) -> None:
    person = factories.staff()
    course = trained(factories.staff())
    with pytest.raises(NotFound):
        reflection(person, course)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    pages.get(f"/my-learning/courses/{course.id}/reflection", status=404)


def test_too_long_a_reflection_comes_back_as_it_was_typed(pages: Pages) -> None:
    person = factories.staff()
    course = trained(person)
    pages.sign_in(factories.user(Role.PRACTITIONER, of=person))
    page = pages.get(f"/my-learning/courses/{course.id}/reflection")
    page = pages.submit(page, {"learnt": "x" * 5001})
    assert page.errors == ["What I learnt must be 5000 characters or fewer"]
    assert page.value("learnt") == "x" * 5001


@pytest.mark.once  # which pages show something does not depend on the engine
def test_st11_nobody_else_reads_a_reflection_on_any_page_or_in_any_file(app: Flask, pages: Pages) -> None:
    """Everybody else opens every page that there is, for every id in use: the words are on none.

    The person, the course and the reflection are the first of their kind, so that one id is all of theirs.
    """
    person = factories.person()
    manager, school = factories.staff(), factories.organisation()
    factories.spell(person, manager_id=manager.id)
    kept = reflection(person, trained(person))
    db.session.commit()
    others = [
        factories.user(Role.LINE_MANAGER, of=manager),
        factories.user(
            *(role for role in Role if role is not Role.PRACTITIONER), of=factories.partner(school)
        ),
    ]
    paths = _every_path(app, {person.id, kept.id, kept.course_id})
    for user in others:
        pages.sign_in(user)
        for path in paths:
            answer = pages.browser.get(path, follow_redirects=True)
            words = answer.get_data().decode(errors="replace")
            assert LEARNT not in words, f"{path} shows a reflection"
            assert CHANGES not in words, f"{path} shows a reflection"
        for path in (f"/my-learning/reflections/{kept.id}", f"/my-learning/reflections/{kept.id}/delete"):
            pages.post(path, {"learnt": "Changed", "changes": ""}, status=404)
    assert db.session.scalars(select(Reflection)).one().learnt == LEARNT


def test_st11_a_reflection_is_kept_in_its_own_table_alone() -> None:
    person = factories.staff()
    kept = reflection(person, trained(person))
    rules.change_reflection(
        reflection=kept, learnt=LEARNT, changes=CHANGES + "!", by=factories.actor(of=person)
    )
    db.session.flush()
    for table in Base.metadata.sorted_tables:
        if table.name != Reflection.__tablename__:
            kept_elsewhere = " ".join(str(row) for row in db.session.execute(select(table)))
            assert LEARNT not in kept_elsewhere, table.name


def _every_path(app: Flask, idents: set[int]) -> list[str]:
    """The address of every page and file that can be opened, once for each id."""
    bound = app.url_map.bind("localhost")
    paths: dict[str, None] = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        for ident in idents:
            values: dict[str, Any] = {}
            for name in rule.arguments:
                items = getattr(rule._converters[name], "items", None)
                is_number = type(rule._converters[name]).__name__ == "RowId"
                values[name] = ident if is_number else sorted(items)[0] if items else "x"
            paths[bound.build(rule.endpoint, values)] = None
    return list(paths)


# --- Everybody's completions --------------------------------------------------------------------------------


def test_everybodys_completions_are_a_file_for_the_academy(pages: Pages) -> None:
    ann = factories.staff(first_name="Ann", last_name="Abel", employee_number="000123")
    course = trained(ann)
    ben = factories.partner(first_name="=1+1", last_name="Baker")
    past(ben, course.latest_version, date(2019, 6, 4))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    answer = pages.get("/people/completions.csv")
    first, second = rows_of(answer)
    assert answer.response.mimetype == "text/csv"
    assert first == {
        "employee_number": "000123",
        "first_name": "Ann",
        "last_name": "Abel",
        "email": ann.email,
        "course_code": course.code,
        "course": "Signs of Safety 2-day",
        "completed_on": "2022-03-16",
        "certificate": db.session.scalars(queries.certificates_of(ann.id)).one().code,
    }
    assert (second["first_name"], second["completed_on"]) == ("'=1+1", "2019-06-04")
    assert second["certificate"] == ""


def test_3_0_everybodys_completions_are_for_nobody_else(pages: Pages) -> None:
    trained(factories.staff())
    for role in Role:
        if role is not Role.ACADEMY_MANAGER:
            pages.sign_in(factories.user(role, of=factories.staff()))
            pages.get("/people/completions.csv", status=403)


def test_a_file_of_completions_is_whole_however_long_it_is(pages: Pages) -> None:
    version = factories.course().latest_version
    for _ in range(1203):
        past(factories.person(), version, date(2019, 6, 4))
    pages.sign_in(factories.user(Role.ACADEMY_MANAGER))
    assert len(rows_of(pages.get("/people/completions.csv"))) == 1203
