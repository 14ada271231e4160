"""The README is true of settings and commands, and the definitions know what tests are named after."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from app.config import Settings
from app.jobs.jobs import JOBS
from tests.house.source import PROJECT

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


def test_every_reference_in_a_test_name_is_defined() -> None:
    """test_u04_... is named after U-04, which docs/definitions.md explains."""
    defined = _read("docs/definitions.md")
    names = [
        name
        for path in (PROJECT / "tests").rglob("test_*.py")
        for name in re.findall(r"def test_((?:[a-z]{1,2}\d{2}_)+)", path.read_text(encoding="utf-8"))
    ]
    references = {
        f"{letters.upper()}-{digits}"
        for name in names
        for letters, digits in re.findall(r"([a-z]+)(\d\d)_", name)
    }
    assert not {one for one in references if one not in defined and one.replace("-", "") not in defined}


@pytest.mark.parametrize("name", ["README.md", "docs/definitions.md"])
def test_nothing_is_said_twice(name: str) -> None:
    """No two lines begin alike: of a paragraph that stands twice, one would soon be out of date."""
    begun = Counter(line[:BEGINNING] for line in _read(name).splitlines() if len(line) > BEGINNING)
    assert not [beginning for beginning, times in begun.items() if times > 1]
