"""Every template compiles, is used, sends its forms safely, and is spelt as the council spells."""

from __future__ import annotations

import ast
import re

import pytest
from flask import Flask

from tests.house.source import PROJECT, furniture_of, modules, spoken, strings, templates

pytestmark = pytest.mark.once

_FORM = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.IGNORECASE | re.DOTALL)
_TOKEN = re.compile(r"csrf_token|hidden_tag\(\)")
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_BLOCKED = re.compile(r"\sstyle=|\son[a-z]+=[\"']|javascript:|\|\s*safe\b")
_STRAIGHT = re.compile(r"[A-Za-z]+'(?:t|s|re|ll|ve|d)\b")


def test_every_template_compiles(app: Flask) -> None:
    for name in templates():
        app.jinja_env.get_template(name)


def test_no_template_is_unused(app: Flask) -> None:
    """A name is used when the code, a setting or another template gives it, with or without its ending."""
    given = {text for tree in modules().values() for text in strings(tree)}
    given |= {value for value in app.config.values() if isinstance(value, str)}
    beginnings = tuple(_beginnings())
    for source in templates().values():
        given |= set(re.findall(r"""["']([\w./-]+)["']""", source))
    unused = [
        name
        for name in templates()
        if name not in given and name.rsplit(".", 1)[0] not in given and not name.startswith(beginnings)
    ]
    assert not unused, f"Nothing uses these templates: {unused}"


def _beginnings() -> list[str]:
    """How names that are put together begin: "errors/" of f"errors/{code}.html"."""
    return [
        node.values[0].value
        for tree in modules().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and isinstance(node.values[0].value, str)
        and re.fullmatch(r"[a-z_]+/[a-z_/]*", node.values[0].value)
    ]


def test_every_form_that_changes_something_carries_a_token() -> None:
    bare = [
        f"templates/{name}: {form[:80]}"
        for name, source in templates().items()
        for form in re.findall(_FORM, source)
        if not _TOKEN.search(form)
    ]
    assert not bare, bare


def test_no_page_holds_what_the_security_policy_blocks() -> None:
    """E-mails may carry styles: mail programs know no style sheets."""
    found = [
        f"templates/{name}: {match}"
        for name, source in templates().items()
        if name.endswith(".html") and "emails/" not in name
        for match in _BLOCKED.findall(_COMMENT.sub("", source))
    ]
    assert not found, found


def test_apostrophes_are_typographic() -> None:
    found = [
        f"templates/{name}: {match}"
        for name, source in templates().items()
        for match in _STRAIGHT.findall(_TAG.sub(" ", _JINJA.sub(" ", source)))
    ]
    found += [
        f"{path}:{line}: {text}"
        for path, tree in modules().items()
        if furniture_of(path) in {"views", "rules", "forms", "emails"}
        for line, text in spoken(tree)
        if _STRAIGHT.search(text)
    ]
    assert not found, f"Write ’ in {found}"


@pytest.mark.parametrize("name", ["takeup.js", "favicon.svg"])
def test_what_is_served_is_what_was_written(name: str) -> None:
    """`npm run build` in app/assets copies it: what was changed there alone would reach nobody."""
    served, written = (PROJECT / "app" / folder / name for folder in ("static", "assets"))
    assert served.read_bytes() == written.read_bytes()
