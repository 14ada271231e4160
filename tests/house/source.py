"""The code as the checks of the house read it: files, trees, names."""

from __future__ import annotations

import ast
import re
import tokenize
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
APP = PROJECT / "app"
TEMPLATES = PROJECT / "templates"
NOT_ROOMS = {"core", "cli"}
_NOT_OURS = {"node_modules", "static", "instance", "__pycache__", "data", "axe"}


def rooms() -> set[str]:
    """The rooms that stand on disk."""
    found = {path.parent.name for path in APP.glob("*/__init__.py")}
    return found - NOT_ROOMS


@cache
def contracts() -> dict[str, dict[str, Any]]:
    """import-linter's contracts in pyproject.toml, by their id."""
    read = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in read["tool"]["importlinter"]["contracts"]}


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python file of the application by its path below the project, parsed."""
    return _parsed(APP)


@cache
def of_tests() -> dict[str, ast.Module]:
    """Every Python file of the tests by its path below the project, parsed."""
    return _parsed(PROJECT / "tests")


def _parsed(folder: Path) -> dict[str, ast.Module]:
    return {
        str(path.relative_to(PROJECT)): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.py"))
        if not _NOT_OURS & set(path.relative_to(PROJECT).parts)
    }


def furniture_of(path: str) -> str:
    """Which file of a room a path is, or belongs to: "rules" for app/sessions/rules/runs.py."""
    parts = Path(path).with_suffix("").parts
    return parts[2] if len(parts) > 2 else parts[-1]


def strings(tree: ast.AST) -> Iterator[str]:
    """Every string that the code holds, docstrings and the fixed beginnings of f-strings included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def remarks() -> Iterator[tuple[str, str]]:
    """What is said to whoever reads the code: each docstring and comment of app/, each comment of a template,
    with the path of its file."""
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield path, ast.get_docstring(node) or ""
        with (PROJECT / path).open("rb") as file:
            tokens = tokenize.tokenize(file.readline)
            yield from ((path, token.string) for token in tokens if token.type == tokenize.COMMENT)
    for name, text in templates().items():
        yield from ((f"templates/{name}", comment) for comment in re.findall(r"{#.*?#}", text, re.DOTALL))


def spoken(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings that somebody may read on a page, with their lines: all but docstrings."""
    silent = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.lineno, node.value


@cache
def templates() -> dict[str, str]:
    """Every template by its name, as written."""
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(TEMPLATES.rglob("*"))
        if path.is_file()
    }


def our_files() -> Iterator[Path]:
    """Every text file that people wrote: no locks, nothing compiled, no copies of others' files."""
    for path in sorted(PROJECT.rglob("*")):
        parts = path.relative_to(PROJECT).parts
        hidden = any(part.startswith(".") for part in parts[:-1]) and parts[0] != ".ci"
        if path.is_file() and not hidden and not _NOT_OURS & set(parts) and path.suffix in _WRITTEN:
            yield path


_WRITTEN = {".py", ".md", ".html", ".txt", ".toml", ".in", ".mako", ".ini", ".scss", ".mjs", ".json", ""}
