"""Whom a text names: what is read by those who may see no names is looked at before it is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, String, cast, null, select, union_all

from app.core.db import Model, db
from app.people.models import NAMES_SOMEBODY, Person

_SHORTEST_NUMBER = 5  # a shorter one could be a year
_SHORTEST_TOGETHER = 7  # first and last name without a space between; a shorter one could be a word

# Words that stand between names, and are nobody's: "Joy and Hill".
_NO_NAMES = {
    "an", "and", "are", "as", "at", "but", "by", "for", "from", "had", "has", "have", "if", "in", "into",
    "is", "it", "of", "on", "or", "than", "that", "the", "their", "to", "was", "were", "when", "where",
    "who", "will", "with", "without",
}  # fmt: skip


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


@cache  # a title, a code and a cause are each looked at, and the statement is always the same
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
    other, with one word or initial between or none, in whatever order, letters and accents, or written as one
    word; by e-mail address or by employee number; None of nobody.

    What has no width may stand within a word or between two: the text is read both ways.

    "Waiting for joy okafor", "Okafor, Joy", "Joy N. Okafor’s team", "JoyOkafor", "joy_okafor" and "ask
    joy.okafor@council.example" name Joy Okafor; "Joy to the world" and "Joy of Okafor" name nobody. An
    initial alone ("J. Okafor") and letters of other alphabets that look alike are not seen through. `among`
    are those whom it may name: everybody, unless given. They are compared in Python, as the databases do not
    agree on what the capital of é is.
    """
    words = _words(text)
    apart = _words("".join(" " if unicodedata.category(one) == "Cf" else one for one in text))
    may_be_number = "_" in text or any(_may_be_number(one) for one in words)
    if sum(not one.isdecimal() for one in apart) < 2 and not may_be_number:
        return None
    said = f" {' '.join(words)} " if apart == words else f" {' '.join(words)} | {' '.join(apart)} "
    if among is None:
        among = (Named(*row) for row in db.session.execute(everybody_named()))
    together = "".join(words)
    return next((one.name for one in among if _is_told_of(one, said, together)), None)


def _is_told_of(one: Named, said: str, together: str) -> bool:
    """`together` is what is said without its spaces: a last name that is not even in that is not looked for
    any further, as it is of nearly everybody."""
    number = one.employee_number
    if number and _may_be_number(number):
        number = number.casefold() if number.isalnum() else _spelled(number)
        if f" {number} " in said:
            return True
    if one.email and _is_written(one.email, said):
        return True
    if one.last_name is None:
        first, _, last = _spelled(one.first_name).rpartition(" ")
        return bool(first) and _is_said(first, last, said)
    last = _spelled(one.last_name)
    if last.replace(" ", "") not in together:
        return False
    firsts = (_spelled(name) for name in (one.first_name, one.preferred_name) if name)
    return any(_is_said(first, last, said) for first in firsts)


def _is_written(email: str, said: str) -> bool:
    """The domain is looked for first: many people share one, and few texts have one."""
    return f" {_spelled_domain(email.rpartition('@')[2])}" in said and f" {_spelled(email)}" in said


@lru_cache(maxsize=100)
def _spelled_domain(domain: str) -> str:
    return _spelled(domain)


def _is_said(first: str, last: str, said: str) -> bool:
    """A name is found where a word begins, and may end within one: "Joy Okafors team". Written as one word,
    or with another one between, it ends where the word does or with an s."""
    if f" {first} {last}" in said or f" {last} {first}" in said:
        return True
    for one, other in ((first, last), (last, first)):
        as_one = f"{one}{other}".replace(" ", "")
        if len(as_one) >= _SHORTEST_TOGETHER and (f" {as_one} " in said or f" {as_one}s " in said):
            return True
    if f" {first} " not in said or f" {last}" not in said:
        return False
    between = re.findall(rf" {first} (\w+) {last}s? ", said)
    return any(one not in _NO_NAMES for one in between)


def _may_be_number(word: str) -> bool:
    return len(word) >= _SHORTEST_NUMBER


def _spelled(name: str) -> str:
    return " ".join(_words(name))


def _words(text: str) -> list[str]:
    """A text's words without capitals, accents, apostrophes and what has no width: "O’BRIEN-Ångström" and
    "o_brien ångström" are obrien, angstrom."""
    letters = text.casefold()
    if letters.isascii() and letters.isalnum():  # one word, as nearly every name is: everybody's are spelt
        return [letters]
    if not letters.isascii():  # most names are plain, and letter by letter takes long for those of everybody
        plain = unicodedata.normalize("NFKD", text).casefold()
        letters = "".join(one for one in plain if not _is_unseen(one))
    return re.findall(r"[^\W_]+", re.sub(r"['’‘`]", "", letters))


def _is_unseen(one: str) -> bool:
    return bool(unicodedata.combining(one)) or unicodedata.category(one) == "Cf"
