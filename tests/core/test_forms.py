"""What every form's fields make of what is typed."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.core.errors import RuleBroken, check_all
from app.core.forms import (
    DateField,
    Form,
    IntegerField,
    Optional,
    RadioField,
    Required,
    SelectChoice,
    TextArea,
    TextField,
)

pytestmark = pytest.mark.once


class Example(Form):
    title = TextField("Title", [Required("Enter the title")])
    why = TextArea("Why", [Optional()], max_length=20, description="The person reads it")
    places = IntegerField("Places", [Optional()])
    day = DateField("Day")
    mark = RadioField("Mark", [Optional()], choices=[SelectChoice(value="attended", label="Attended")])


def read(app: Flask, **typed: str) -> Any:
    with app.test_request_context():
        form = Example(formdata=MultiDict({"title": "A title", **typed}), meta={"csrf": False})
        form.validate()
        return form


@pytest.mark.parametrize("part", ["day", "month"])
def test_a_date_beyond_any_calendar_is_told(app: Flask, part: str) -> None:
    typed = {"day-day": "1", "day-month": "3", "day-year": "2022", f"day-{part}": "9" * 30}
    assert read(app, **typed).day.errors == ["Day must be a real date, like 31 3 2026"]


@pytest.mark.parametrize("typed", ["A title", " A\ntitle", "A\r\n\ttitle ", "A\u2028\u200btitle"])
def test_words_of_one_line_are_kept_on_one_line(app: Flask, typed: str) -> None:
    form = read(app, title=typed)
    assert (form.title.data, form.errors) == ("A title", {})


def test_how_long_a_text_may_be_is_said_beside_it_and_counted(app: Flask) -> None:
    """Also where no script runs, and to those who hear the page."""
    form = read(app, why="x" * 21)
    with app.test_request_context():
        html = BeautifulSoup(form.why(), "lxml")
    box = html.select_one("textarea")
    assert box is not None
    described = [html.find(id=ident) for ident in str(box["aria-describedby"]).split()]
    assert [one and one.get_text(" ", strip=True) for one in described] == [
        "You can enter up to 20 characters",
        "The person reads it",
        "Error: Why must be 20 characters or fewer",
    ]
    counted = html.select_one("[data-module=govuk-character-count]")
    assert counted is not None
    assert counted["data-maxlength"] == "20"


def test_a_new_line_counts_once_as_beside_the_box(app: Flask) -> None:
    """A browser counts one, and sends two: who was told that nothing is over the limit is not refused."""
    form = read(app, why="1234\r\n" * 4)
    assert (form.why.data, form.errors) == ("1234\n1234\n1234\n1234", {})
    assert read(app, why="12345678\r\n90123456789").why.errors == []


@pytest.mark.parametrize("typed", ["1_6", "٣٤", "1e3", "9" * 30, "16.0"])
def test_a_number_that_is_not_written_as_one_is_told(app: Flask, typed: str) -> None:
    assert read(app, places=typed).places.errors == ["Places must be a whole number, like 16"]


def test_one_press_tells_what_rules_say_beside_what_cannot_be_read(app: Flask) -> None:
    """One sentence beside each field; a form that can be read leaves its rules to the action."""

    def refuse() -> None:
        check_all(
            partial(_refuse, "A rule of the title", "title"),
            partial(_refuse, "A rule of the places", "places"),
            partial(_refuse, "Another rule of the places", "places"),
            partial(_refuse, "A rule of the whole", None),
        )

    with app.test_request_context():
        form, right = (
            Example(formdata=MultiDict({"title": title}), meta={"csrf": False}) for title in ("", "A title")
        )
        for one in (form, right):
            one.also(refuse)
        assert (form.validate(), right.validate()) == (False, True)
    assert form.title.errors == ["Enter the title"]
    assert form.places.errors == ["A rule of the places"]
    assert form.form_errors == ["A rule of the whole"]
    assert not right.errors


def _refuse(message: str, field: str | None) -> None:
    raise RuleBroken(message, field)


def test_spaces_choose_nothing(app: Flask) -> None:
    form = read(app, mark="   ")
    assert (form.mark.data, form.mark.errors) == ("", [])


def test_characters_that_nobody_sees_make_no_name(app: Flask) -> None:
    assert read(app, title="Foster\u200bing\ufeff ").title.data == "Fostering"
    assert read(app, title="\u200b").title.errors == ["Enter the title"]
    assert read(app, title="\u202egnireetsof").title.errors == ["Remove the characters that can’t be printed"]


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("Title", "Title must be 3 characters or fewer"),
        ("Note (optional)", "Note must be 3 characters or fewer"),
        ("Why is it cancelled?", "Your answer must be 3 characters or fewer"),
        ("Why do you decline? (only if you decline)", "Your answer must be 3 characters or fewer"),
    ],
)
def test_what_is_too_long_is_told_in_a_sentence_whatever_the_label(
    app: Flask, label: str, sentence: str
) -> None:
    class Asked(Form):
        words = TextField(label, max_length=3)

    with app.test_request_context():
        form = Asked(formdata=MultiDict({"words": "four"}), meta={"csrf": False})
        form.validate()
    assert form.words.errors == [sentence]
