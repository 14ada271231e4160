"""The arrows: rooms stand on floors, import downwards, and hold only what every room holds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from app import ROOMS
from tests.house.source import PROJECT, contracts, furniture_of, modules, of_tests, rooms, templates

pytestmark = pytest.mark.once

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 40
LINES_OF_A_VIEW = 24
GUARDS = {"requires", "public"}
SAY_NOTHING = ("helper", "helpers", "util", "utils", "common", "misc", "manager", "managers")


def test_every_arrow_points_down() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([program, "--no-logo"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_stands_on_a_floor_and_is_looked_into() -> None:
    floors = {room.strip() for floor in contracts()["floors"]["layers"] for room in floor.split("|")}
    looked_into = {container.removeprefix("app.") for container in contracts()["furniture"]["containers"]}
    assert floors - {"core", "cli", "config"} == rooms()
    assert looked_into == rooms()


def test_the_wiring_knows_every_room() -> None:
    assert {str(room) for room in ROOMS} == rooms()


def test_no_file_is_longer_than_it_can_be_read() -> None:
    lengths = {path: len((PROJECT / path).read_text(encoding="utf-8").splitlines()) for path in modules()}
    long = [f"{path} has {lines} lines" for path, lines in lengths.items() if lines > LINES_OF_A_FILE]
    assert not long, f"Make each a package of the same name: {long}"


def test_no_function_is_longer_than_it_can_be_read() -> None:
    long = [
        f"{path}: {node.name} has {_lines(node)} lines"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and _lines(node) > LINES_OF_A_FUNCTION
    ]
    assert not long, long


def test_no_view_does_more_than_a_view_does() -> None:
    """Fetch, permit, form, rule, answer: what takes longer than that has a name of its own."""
    long = [
        f"{path}: {node.name} has {lines} lines"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(_named(one) in GUARDS for one in node.decorator_list)
        and (lines := _lines_of_body(node)) > LINES_OF_A_VIEW
    ]
    assert not long, long


def _named(decorator: ast.expr) -> str | None:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.id if isinstance(called, ast.Name) else None


def _lines_of_body(function: ast.FunctionDef) -> int:
    first, *rest = function.body
    begins = rest[0] if ast.get_docstring(function) and rest else first
    return (function.end_lineno or 0) - begins.lineno + 1


def _lines(function: ast.FunctionDef) -> int:
    """Its lines from its name to its end, without what it says of itself."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    said = function.body[0]
    return lines - ((said.end_lineno or 0) - said.lineno + 1) if ast.get_docstring(function) else lines


def test_every_module_opens_with_what_it_is_for() -> None:
    silent = [path for path, tree in modules().items() if not ast.get_docstring(tree)]
    assert not silent, f"These do not say what they are for: {silent}"


def test_what_a_package_offers_is_asked_for() -> None:
    """Every name in the `__all__` of a package is imported or used in some file outside that package.

    A test counts as one: what is asked for by tests alone is offered to them. Views are left out, for theirs
    lists the modules that are loaded for their pages.
    """
    asked = defaultdict(set)
    for path, tree in (modules() | of_tests()).items():
        for name in _asked_in(tree):
            asked[name].add(path)
    for template, text in templates().items():
        for name in re.findall(r"\w+", text):
            asked[name].add(f"templates/{template}")
    idle = [
        f"{path}: {name}"
        for path, tree in modules().items()
        if furniture_of(path) != "views"
        for name in _offered(tree)
        if all(other.startswith(path.removesuffix("__init__.py")) for other in asked[name])
    ]
    assert not idle, f"Nobody asks for these: {idle}"


def test_what_a_module_offers_is_there() -> None:
    missing = [
        f"{path}: {name}"
        for path, tree in modules().items()
        for name in _offered(tree)
        if not hasattr(
            import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")), name
        )
    ]
    assert missing == []


def _offered(tree: ast.Module) -> list[str]:
    """The names in a module's `__all__`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def _asked_in(tree: ast.Module) -> Iterator[str]:
    """The names that a module imports or uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            yield from node.name.split(".")
        elif isinstance(node, ast.Attribute):
            yield node.attr


def test_no_drawer_for_odds_and_ends() -> None:
    drawers = [path for path in modules() if Path(path).stem in SAY_NOTHING]
    drawers += [
        f"{path}: {node.name}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and node.name.lower().endswith(("helper", "utils", "manager", "info"))
    ]
    assert not drawers, f"These names say nothing of what is inside: {drawers}"
