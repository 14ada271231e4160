"""Every page is guarded as it says, and every name that a template gives to a page is one."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, IntegerConverter

from app.core.permissions import PERMISSIONS_OF, Role
from app.core.web import PUBLIC
from tests import factories
from tests.house.source import modules, templates
from tests.pages import Pages

pytestmark = pytest.mark.once

# Files of the style sheets and scripts: the same for everybody.
UNGUARDED = {"static"}


def _rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in UNGUARDED]


def _permission(app: Flask, rule: Rule) -> Any:
    return getattr(app.view_functions[rule.endpoint], "__permission__", None)


def _path(app: Flask, rule: Rule, ident: int = 1) -> str:
    """An address of the rule, for things that are not there."""
    values = {name: _value(rule._converters[name], ident) for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values)


def _value(converter: Any, ident: int) -> Any:
    if isinstance(converter, IntegerConverter):
        return ident
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return "x"


def test_every_page_says_who_may_open_it(app: Flask) -> None:
    silent = sorted({rule.endpoint for rule in _rules(app) if _permission(app, rule) is None})
    assert not silent, f"These views carry neither @requires nor @public: {silent}"


def test_what_is_left_unguarded_is_there(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= UNGUARDED


def _browser(app: Flask, *roles: Role) -> FlaskClient:
    """The browser of somebody who holds these roles."""
    return Pages(app).sign_in(factories.user(*roles)).browser


def _method(rule: Rule) -> str:
    return "GET" if "GET" in (rule.methods or ()) else "POST"


@pytest.fixture
def unforgeable(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms are sent without a token, so that the answer is the guard's and not the token's."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


@pytest.mark.usefixtures("unforgeable")
@pytest.mark.parametrize("role", Role)
def test_3_0_a_role_opens_no_page_that_it_has_no_permission_for(app: Flask, role: Role) -> None:
    client = _browser(app, role)
    opened = []
    for rule in _rules(app):
        permission = _permission(app, rule)
        if permission == PUBLIC or permission is None or set(permission) & PERMISSIONS_OF[role]:
            continue
        answer = client.open(_path(app, rule), method=_method(rule))
        if answer.status_code != 403:
            opened.append(f"{rule.endpoint} answered {answer.status_code}")
    assert not opened, f"{role.label}: {opened}"


@pytest.mark.usefixtures("unforgeable")
def test_a_visitor_is_led_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    opened = []
    for rule in _rules(app):
        if _permission(app, rule) in {PUBLIC, None}:
            continue
        answer = client.open(_path(app, rule), method=_method(rule))
        if answer.status_code != 302 or "/sign-in" not in answer.headers["Location"]:
            opened.append(f"{rule.endpoint} answered {answer.status_code}")
    assert not opened, f"A visitor: {opened}"


@pytest.mark.usefixtures("unforgeable")
def test_a_missing_thing_is_a_page_for_who_may_open_it(app: Flask) -> None:
    """Somebody who holds every role asks for things that are not there: never a crash."""
    client = _browser(app, *Role)
    crashed = []
    for rule in _rules(app):
        if "GET" in (rule.methods or ()):
            answer = client.get(_path(app, rule))
            if answer.status_code >= 500 and rule.endpoint != "jobs.healthz":
                crashed.append(f"{rule.endpoint} answered {answer.status_code}")
    assert not crashed, crashed


@pytest.mark.usefixtures("unforgeable")
@pytest.mark.parametrize("ident", [2**31, 2**63, 10**25])
def test_an_id_that_no_row_can_have_is_a_missing_page(app: Flask, ident: int) -> None:
    client = _browser(app, *Role)
    wrong = []
    for rule in _rules(app):
        if any(isinstance(converter, IntegerConverter) for converter in rule._converters.values()):
            answer = client.open(_path(app, rule, ident), method=_method(rule))
            if answer.status_code != 404:
                wrong.append(f"{rule.endpoint} answered {answer.status_code}")
    assert not wrong, wrong


# --- Names -----------------------------------------------------------------------------------------------

_QUOTED = re.compile(r"""["']([a-z_]+\.[a-z_]+)["']""")
_URL_FOR = re.compile(r"""url_for\(\s*["']([^"']+)["']""")
_FILES = (".html", ".txt", ".css", ".js", ".svg", ".png", ".csv", ".xlsx", ".ics", ".pdf", ".json")


def test_every_endpoint_that_a_template_names_exists(app: Flask) -> None:
    unknown = []
    for name, source in templates().items():
        named = set(_URL_FOR.findall(source))
        named |= {one for one in _QUOTED.findall(source) if one.split(".")[0] in app.blueprints}
        missing = {one for one in named - set(app.view_functions) if not one.endswith(_FILES)}
        unknown += [f"templates/{name}: {one}" for one in sorted(missing)]
    assert not unknown, unknown


def test_every_endpoint_that_the_code_names_exists(app: Flask) -> None:
    unknown = [
        f"{path}:{node.lineno}: {node.args[0].value}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args and _called(node) == "url_for"
        if isinstance(node.args[0], ast.Constant) and node.args[0].value not in app.view_functions
    ]
    assert not unknown, unknown


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
