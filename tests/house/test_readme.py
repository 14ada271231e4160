"""The README is true of settings and commands; what code and tests refer to is defined, once."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.config import Settings
from app.jobs.jobs import JOBS
from tests.house.source import PROJECT, remarks

pytestmark = pytest.mark.once

BEGINNING = 50


def _read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def test_the_table_of_settings_is_complete() -> None:
    """A row for each setting, and for nothing else."""
    listed = set(re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", _read("README.md"), re.MULTILINE))
    assert listed == {name.upper() for name in Settings.model_fields}


def test_the_table_of_jobs_is_complete() -> None:
    """A row for each job, and for nothing else, with how often it runs."""
    rows = re.findall(r"^\| `([a-z_-]+)` \| ([^|]+) \|", _read("README.md"), re.MULTILINE)
    every = {"a minute": "every minute", "an hour": "every hour", "a night": "once a night"}
    assert {name: every.get(often, f"every {often}") for name, often in rows} == {
        job.name: job.every for job in JOBS
    }


def test_the_readme_names_only_commands_that_there_are() -> None:
    targets = set(re.findall(r"^([a-z]+):", _read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b`", _read("README.md")))
    assert {"run", "test"} <= named
    assert named <= targets


# --- References ----------------------------------------------------------------------------------------

_RULE = r"[A-Z]{1,2}-?\d\d"  # "U-04", "T07"
_PART = r"\d\.\d{1,2}"  # "4.5", where it stands in brackets or by itself: 4.5 may be a number too
_ELSEWHERE = r"domain \d[\d.]*|[Aa]ppendix [A-Z]|Q\d{1,2}"  # what nothing in this project defines
_CITED = re.compile(rf"(?<![\w-])(?:{_RULE}|{_ELSEWHERE})(?![\w-])")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")


def _defined() -> Counter[str]:
    """How often docs/definitions.md defines each reference: by a heading, or where an item begins with it."""
    text = _read("docs/definitions.md")
    items = re.findall(rf"^\* \*\*({_RULE}(?:, {_RULE})*)\*\*", text, re.MULTILINE)
    found = Counter(re.findall(rf"^## ({_PART}) ", text, re.MULTILINE))
    found.update(reference for item in items for reference in item.split(", "))
    return found


def _cited(text: str) -> set[str]:
    """The references in a text: of a rule anywhere, of a part by itself between brackets and commas."""
    parts = {part for inside in _IN_BRACKETS.findall(text) for part in re.split(r",\s+|\s+and\s+", inside)}
    return {*_CITED.findall(text), *(part for part in parts if re.fullmatch(_PART, part))}


def test_every_reference_is_defined_once() -> None:
    """Of two definitions of U-13 a reader finds the first, and misses the other."""
    defined = _defined()
    assert {"3.0", "4.1", "T01", "T02", "U-13"} <= set(defined)
    assert not [reference for reference, times in defined.items() if times > 1]


@pytest.mark.parametrize("name", ["README.md", "docs/definitions.md"])
def test_every_reference_in_the_documents_is_defined(name: str) -> None:
    assert not _cited(_read(name)) - set(_defined())


def test_every_reference_in_the_code_is_defined() -> None:
    """A docstring or a comment refers to what a reader can look up in this project."""
    defined = set(_defined())
    unknown = [(path, sorted(_cited(text) - defined)) for path, text in remarks()]
    assert not [(path, references) for path, references in unknown if references]


def test_every_reference_in_a_test_name_is_defined() -> None:
    """test_u04_4_5_... is named after U-04 and 4.5, which docs/definitions.md explains."""
    named = {
        reference
        for path in (PROJECT / "tests").rglob("test_*.py")
        for name in re.findall(
            r"def test_((?:[a-z]{1,2}\d\d_|\d_\d{1,2}_)+)", path.read_text(encoding="utf-8")
        )
        for reference in re.findall(r"[a-z]+\d\d|\d_\d{1,2}", name)
    }
    defined = {re.sub(r"\W", "_" if "." in one else "", one).lower() for one in _defined()}
    assert {"u04", "t07", "4_5"} <= named
    assert not named - defined


# --- The glossary --------------------------------------------------------------------------------------


def test_the_glossary_defines_no_term_twice() -> None:
    """Of two rows for one term, as of two rows that share one, the reader finds the first."""
    glossary = _read("README.md").split("\n## Glossary\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \|", glossary, re.MULTILINE)[1:]  # below the table's head
    terms = Counter(term.casefold() for row in rows for term in row.split(", "))
    assert {"programme", "run", "past completion"} <= set(terms)
    assert not [term for term, times in terms.items() if times > 1]


@pytest.mark.parametrize("name", ["README.md", "docs/definitions.md"])
def test_nothing_is_said_twice(name: str) -> None:
    """No two lines begin alike: of a paragraph that stands twice, one would soon be out of date."""
    begun = Counter(line[:BEGINNING] for line in _read(name).splitlines() if len(line) > BEGINNING)
    assert not [beginning for beginning, times in begun.items() if times > 1]
