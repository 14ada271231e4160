"""Garbage is collected in between, never in the middle of something."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.core import garbage

pytestmark = pytest.mark.once

# A cycle whose end reads the dictionary of an instance, while that very dictionary is being made.
_TWO_DICTIONARIES = """
import gc
from app.core import garbage

class Instance:
    def __init__(self):
        self.first, self.second = 1, 2

class Cycle:
    def __init__(self, instance):
        self.instance, self.itself = instance, self
    def __del__(self):
        seen.append(self.instance.__dict__)

{begin}
for _ in range(2000):
    gc.set_threshold(100_000)
    instance, seen = Instance(), []
    Cycle(instance)
    gc.set_threshold(1)
    made = instance.__dict__
    assert not seen or seen[0] is made, "two dictionaries of one instance"
"""


@pytest.fixture
def collector() -> Iterator[None]:
    """Python's own way of collecting, whatever way the tests go, and afterwards theirs again."""
    was_enabled = gc.isenabled()
    gc.enable()
    yield
    if not was_enabled:
        gc.disable()


class Cycle:
    ended = 0

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Cycle.ended += 1


def _many_cycles(number: int = 20_000) -> None:
    for _ in range(number):
        Cycle()


def _rounds_until_one_has_ended() -> int:
    for rounds in range(1, 101):
        garbage.collect()
        if Cycle.ended:
            return rounds
    raise AssertionError("nothing was collected in a hundred rounds")


@pytest.mark.usefixtures("collector")
def test_nothing_is_collected_but_in_between() -> None:
    garbage.collect_in_between_only()
    Cycle.ended = 0
    _many_cycles()
    assert Cycle.ended == 0
    garbage.collect()
    assert Cycle.ended == 20_000, "where much is new it is looked at after a single request"


@pytest.mark.usefixtures("collector")
def test_what_has_lived_for_long_is_collected_now_and_then() -> None:
    garbage.collect_in_between_only()
    Cycle.ended = 0
    kept = [Cycle()]
    for _ in range(10):
        garbage.collect()
    kept.clear()
    assert _rounds_until_one_has_ended() <= 50
    assert Cycle.ended == 1


@pytest.mark.usefixtures("collector")
def test_what_another_request_was_at_work_with_is_looked_for_soon() -> None:
    garbage.collect_in_between_only()
    Cycle.ended = 0
    kept = [Cycle() for _ in range(50_000)]
    garbage.collect()
    kept.clear()
    assert Cycle.ended == 0
    garbage.collect()
    assert Cycle.ended == 50_000


@pytest.mark.usefixtures("collector")
def test_what_a_small_request_leaves_waits() -> None:
    garbage.collect_in_between_only()
    Cycle.ended = 0
    Cycle()
    _rounds_until_one_has_ended()
    Cycle.ended = 0
    _many_cycles(100)
    for _ in range(10):
        garbage.collect()
    assert Cycle.ended == 0, "to look after each of them would take a tenth of what they take"
    assert _rounds_until_one_has_ended() == 40


def test_the_dictionary_of_an_instance_is_made_once() -> None:
    script = _TWO_DICTIONARIES.format(begin="garbage.collect_in_between_only()")
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.usefixtures("collector")
def test_what_is_imported_is_not_looked_through() -> None:
    assert gc.isenabled()
    with garbage.nothing_is_collected():
        assert not gc.isenabled()
    assert gc.isenabled()
