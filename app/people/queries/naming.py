"""Whom a text names: what is read by those who may see no names is looked at before it is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, String, cast, null, select, union_all

from app.core.db import Model, db
from app.people.models import NAMES_SOMEBODY, Person

_SHORTEST_NUMBER = 5  # a shorter one could be a year


class Named(NamedTuple):
    """Somebody as a text may tell of them; without a last name, `first_name` is all that they are called."""

    first_name: str
    preferred_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    employee_number: str | None = None

    @property
    def name(self) -> str:
        return " ".join(filter(None, [self.preferred_name or self.first_name, self.last_name]))


def everybody_named() -> CompoundSelect[Any]:
    """Everybody whom Takeup knows, in the columns of Named: people, trainers and who has an account."""
    people = select(
        Person.first_name, Person.preferred_name, Person.last_name, Person.email, Person.employee_number
    )
    columns = [
        one for table in Model.metadata.sorted_tables for one in table.columns if NAMES_SOMEBODY in one.info
    ]
    no_more = [cast(null(), String)] * 4
    return union_all(people, *(select(one, *no_more) for one in columns))


def named_in(text: str, among: Iterable[Named] | None = None) -> str | None:
    """The name of somebody of whom a text tells: by first or preferred name and last name one after the
    other, in whatever order, letters and accents, by e-mail address or by employee number; None of nobody.

    "Waiting for joy okafor", "Okafor, Joy", "Joy Okafor’s team" and "ask joy.okafor@council.example" name
    Joy Okafor; "Joy to the world" names nobody. `among` are those whom it may name: everybody, unless given.
    They are compared in Python, as the databases do not agree on what the capital of é is.
    """
    words = _words(text)
    if sum(not one.isdecimal() for one in words) < 2 and not any(_may_be_number(one) for one in words):
        return None
    said = f" {' '.join(words)}"
    if among is None:
        among = (Named(*row) for row in db.session.execute(everybody_named()))
    return next((one.name for one in among if _is_told_of(one, said, words)), None)


def _is_told_of(one: Named, said: str, words: list[str]) -> bool:
    """A name is found where a word begins, and may end within one: "Joy Okafors team"."""
    if one.employee_number and _may_be_number(number := one.employee_number.casefold()) and number in words:
        return True
    if one.email and f" {_spelled(one.email)}" in said:
        return True
    if one.last_name is None:
        first, _, last = _spelled(one.first_name).rpartition(" ")
        return bool(first) and (f" {first} {last}" in said or f" {last} {first}" in said)
    last = _spelled(one.last_name)
    if f" {last}" not in said:
        return False
    firsts = (_spelled(name) for name in (one.first_name, one.preferred_name) if name)
    return any(f" {first} {last}" in said or f" {last} {first}" in said for first in firsts)


def _may_be_number(word: str) -> bool:
    return len(word) >= _SHORTEST_NUMBER


def _spelled(name: str) -> str:
    return " ".join(_words(name))


def _words(text: str) -> list[str]:
    """A text's words without capitals, accents and apostrophes: "O’BRIEN-Ångström" is obrien, angstrom."""
    letters = text.casefold()
    if not letters.isascii():  # most names are plain, and letter by letter takes long for those of everybody
        plain = unicodedata.normalize("NFKD", text).casefold()
        letters = "".join(one for one in plain if not unicodedata.combining(one))
    return re.findall(r"\w+", re.sub(r"['’‘`]", "", letters))
