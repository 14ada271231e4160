"""Commits happen at the edges alone; queries only read; models only state facts; views ask queries."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import furniture_of, modules

pytestmark = pytest.mark.once

WRITES = {"add", "add_all", "delete", "flush", "merge", "bulk_save_objects", "bulk_insert_mappings"}
WRITING_STATEMENTS = {"insert", "update", "delete"}
MAKES_STATEMENTS = (
    {"filter", "filter_by", "having", "in_", "not_in", "where"}
    | {"add_columns", "distinct", "group_by", "options", "order_by", "outerjoin", "with_only_columns"}
    | {"cte", "exists", "scalar_subquery", "select_from", "subquery", "union", "union_all"}
)
TYPES = {"Row", "Select"}


def _edges(path: str) -> bool:
    return path.startswith("app/cli/") or furniture_of(path) in {"views", "jobs"}


def _calls(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Each call of a method: its line, what it is called on (the last name), and the method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on = node.func.value
            name = on.attr if isinstance(on, ast.Attribute) else on.id if isinstance(on, ast.Name) else ""
            yield node.lineno, name, node.func.attr


def _furniture(*kinds: str) -> dict[str, ast.Module]:
    return {path: tree for path, tree in modules().items() if furniture_of(path) in kinds}


def test_only_views_jobs_and_commands_commit() -> None:
    """Rules compose because they never commit: one visible commit per action, at the edge."""
    found = [
        f"{path}:{line}"
        for path, tree in modules().items()
        if not _edges(path)
        for line, on, method in _calls(tree)
        if on == "session" and method == "commit"
    ]
    assert not found, found


def test_queries_and_models_never_write() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in _furniture("queries", "models").items()
        for line, on, method in _calls(tree)
        if on == "session" and method in WRITES
    ]
    found += [
        f"{path}: {alias.name}"
        for path, tree in _furniture("queries", "models").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name in WRITING_STATEMENTS
    ]
    assert not found, found


def test_models_never_ask_the_database() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in _furniture("models").items()
        for line, on, _method in _calls(tree)
        if on == "session"
    ]
    assert not found, f"Asking is for queries: {found}"


def test_views_make_no_statement_of_their_own() -> None:
    """A view asks a query for what it shows, or fetches a row by its id. How many of a list are shown is the
    page’s own matter: `paginate` and `.limit()` are no statements."""
    found = [
        f"{path}:{line} .{method}()"
        for path, tree in _furniture("views").items()
        for line, _on, method in _calls(tree)
        if method in MAKES_STATEMENTS
    ]
    found += [
        f"{path}:{node.lineno} {alias.name}"
        for path, tree in _furniture("views").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if _is_of_sqlalchemy(node, alias) and alias.name not in TYPES
    ]
    assert not found, f"Asking is for queries: {found}"


def _is_of_sqlalchemy(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    module = alias.name if isinstance(node, ast.Import) else node.module or ""
    return module.partition(".")[0] == "sqlalchemy"


def test_names_are_compared_by_one_rule() -> None:
    """SQLite's lower() knows A to Z alone, and neither engine's an apostrophe: see app/core/names.py."""
    wrong = []
    for path, tree in modules().items():
        lists = [one for one in _calls_of(tree, "order_by") for one in ast.walk(one)]
        wrong += [f"{path}:{one.lineno}" for one in _calls_of(tree, "lower", "func") if one not in lists]
    assert not wrong, "Compare Folded(Team.name) == Folded(name), or a folded_name: " + ", ".join(wrong)


def _calls_of(tree: ast.AST, method: str, on: str | None = None) -> list[ast.Call]:
    """Each call of a method, of whatever or of one thing alone."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method
        if on is None or (isinstance(node.func.value, ast.Name) and node.func.value.id == on)
    ]
