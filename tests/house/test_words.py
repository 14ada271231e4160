"""What the project never says: what is left to do, whose machine it was written on."""

from __future__ import annotations

import re

import pytest

from tests.house.source import PROJECT, our_files

pytestmark = pytest.mark.once

_UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
_MACHINE = re.compile(r"(?<![\w.])/(work|root|home/[a-z]+|opt)/[a-z]")
_INDEX = re.compile(r"^(--(extra-)?index-url|--find-links|--trusted-host)|@ (https?|file)://", re.MULTILINE)


def test_nothing_is_left_to_do() -> None:
    found = [
        f"{path.relative_to(PROJECT)}: {match}"
        for path in our_files()
        for match in _UNFINISHED.findall(path.read_text(encoding="utf-8"))
    ]
    assert not found, found


def test_no_machine_is_named() -> None:
    found = [
        f"{path.relative_to(PROJECT)}: {match.group()}"
        for path in our_files()
        for match in _MACHINE.finditer(path.read_text(encoding="utf-8"))
        if path.name != "test_words.py"
    ]
    assert not found, found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_holds_hashes_and_names_no_index(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert not _INDEX.findall(text)
    pinned = re.findall(r"^([\w.\[\]-]+)==", text, re.MULTILINE)
    assert pinned
    assert text.count("--hash=sha256:") >= len(pinned)


def test_both_locks_agree() -> None:
    """What the tests run on is what the service runs on."""
    locks = [
        dict(re.findall(r"^([\w.\[\]-]+)==(\S+)", (PROJECT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    differing = {name for name, version in locks[0].items() if locks[1].get(name) != version}
    assert not differing
