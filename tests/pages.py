"""A page client that looks at every page it fetches, so that no test of a page has to remember to.

Each page must be valid HTML with one h1, a title that begins with it, unique ids, labelled fields and
errors linked to fields; must cost few queries and bytes; and a GET must write nothing. The markup does not
depend on the engine, so it is looked at on SQLite alone; what pages say, ask and write, on both.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

import html5lib
from bs4 import BeautifulSoup
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from lxml import etree, html
from lxml.html import HtmlElement
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core import clock
from app.core.db import db

MOST_QUERIES = 30
_WRITES = re.compile(r"\b(INSERT INTO|DELETE FROM|(?<!FOR )(?<!KEY )UPDATE)\s")
MOST_BYTES = 200_000
_asked: deque[str] = deque(maxlen=1000)  # the statements since the last page was asked for


def _note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    if not statement.startswith(("BEGIN", "PRAGMA")):
        _asked.append(statement)


@dataclass
class Page:
    """One answer: its status, path after redirects, and what a person would see."""

    status: int
    path: str
    response: TestResponse
    queries: list[str] = field(default_factory=list)

    @property
    def writes(self) -> list[str]:
        """The statements that change a row, also within another: WITH … INSERT. FOR UPDATE changes none."""
        return [query for query in self.queries if _WRITES.search(query)]

    @cached_property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @cached_property
    def tree(self) -> HtmlElement:
        """What this module itself looks at: made in a tenth of the time that the soup takes."""
        return html.document_fromstring(self.html.strip() or "<p></p>")

    @cached_property
    def soup(self) -> BeautifulSoup:
        """For a test that looks for something by its CSS selector."""
        return BeautifulSoup(self.html, "lxml")

    @property
    def h1(self) -> str:
        return _words(self.tree.find(".//h1"))

    @property
    def title(self) -> str:
        return _words(self.tree.find(".//title"))

    @property
    def main(self) -> HtmlElement:
        found = self.tree.find(".//main")
        return self.tree if found is None else found

    @cached_property
    def text(self) -> str:
        """The words of the main part, white space folded."""
        return _words(self.main)

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [
            _words(item)
            for summary in self.tree.find_class("govuk-error-summary")[:1]
            for item in summary.iter("li")
        ]

    def links(self) -> dict[str, str]:
        """Each link's words and where it leads."""
        return {_words(link): link.get("href") for link in self.tree.iterfind(".//a[@href]")}

    def value(self, name: str) -> str | None:
        """What a field of the page's forms holds."""
        fields = _named(self.main, name)
        if not fields:
            return None
        found = fields[0]
        if found.tag == "textarea":
            return (found.text or "").strip("\n")
        if found.tag == "select":
            chosen = found.find(".//option[@selected]")
            return None if chosen is None else chosen.get("value", "")
        if found.get("type") in {"radio", "checkbox"}:
            return next((one.get("value", "") for one in fields if "checked" in one.attrib), None)
        return found.get("value", "")


class Pages:
    """A browser without a screen: signs in, opens pages, fills in the forms that they hold."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.looks_at_markup = app.config["SETTINGS"].is_sqlite
        self.browser = app.test_client()
        with app.app_context():
            engine = db.engine
        if not event.contains(engine, "before_cursor_execute", _note):  # once an engine: it takes a while
            event.listen(engine, "before_cursor_execute", _note)

    def sign_in(self, user: User) -> Pages:
        """Sign in as an account, without its password."""
        db.session.commit()
        with self.browser.session_transaction() as session:
            session.clear()
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
            session["session_key"] = uuid4().hex
            session["signed_in_at"] = session["seen_at"] = clock.now().timestamp()
        return self

    def get(
        self, path: str, status: int = 200, *, check: bool = True, most_queries: int = MOST_QUERIES
    ) -> Page:
        """Open a page, following redirects."""
        db.session.commit()
        page = self._fetch("get", path)
        assert page.status == status, f"GET {path} answered {page.status}: {page.text[:600]}"
        if check and page.response.mimetype == "text/html":
            self._look_at(page)
            check_cost(page, most_queries)
        assert not page.writes, f"GET {path} wrote: {page.writes}"
        return page

    def post(self, path: str, values: dict[str, Any] | None = None, status: int = 200) -> Page:
        """Send values to a path with this session's token, following redirects."""
        db.session.commit()
        data = {"csrf_token": self._token(), **(values or {})}
        page = self._fetch("post", path, data=data)
        assert page.status == status, f"POST {path} answered {page.status}: {page.text[:600]}"
        self._look_at(page)
        return page

    def submit(
        self,
        page: Page,
        values: dict[str, Any] | None = None,
        *,
        form: int | str = 0,
        button: str | None = None,
        status: int = 200,
    ) -> Page:
        """Fill in a form of the page and press its button: what the page had filled in is sent too.

        `form` is the form's index in the main part, its id, or the end of its action. A value of None
        leaves the field out; a list sends several.
        """
        found = self._form(page, form)
        data = _filled_in(found)
        for name, value in (values or {}).items():
            assert _named(found, name), f"The form has no field {name!r}: {sorted(data)}"
            if value is None:
                data.pop(name, None)
            else:
                data[name] = value
        if button is not None:
            buttons = {_words(one): one for one in reversed(list(found.iter("button")))}
            assert button in buttons, f"No button {button!r}: {list(buttons)}"
            if name := buttons[button].get("name"):
                data[name] = buttons[button].get("value", "")
        action = found.get("action") or page.path
        db.session.commit()
        method = (found.get("method") or "get").lower()
        answer = self._fetch(method, action, **{"data" if method == "post" else "query_string": data})
        assert answer.status == status, f"{method} {action} answered {answer.status}: {answer.text[:600]}"
        self._look_at(answer)
        if method == "get":
            check_cost(answer)
        return answer

    def _look_at(self, page: Page) -> None:
        if self.looks_at_markup and page.response.mimetype == "text/html":
            check_page(page)

    def _form(self, page: Page, form: int | str) -> HtmlElement:
        forms = list(page.main.iter("form"))
        if isinstance(form, int):
            return forms[form]
        found = [one for one in forms if one.get("id") == form or one.get("action", "").endswith(form)]
        assert found, f"No form {form!r} on {page.path}: {[one.get('action') for one in forms]}"
        return found[0]

    def _fetch(self, method: str, path: str, **arguments: Any) -> Page:
        _asked.clear()
        response = self.browser.open(path, method=method.upper(), follow_redirects=True, **arguments)
        db.session.expire_all()
        return Page(response.status_code, response.request.path, response, list(_asked))

    def _token(self) -> str:
        """A token for a form that the test writes itself."""
        with self.browser.session_transaction() as session:
            raw = session.setdefault("csrf_token", hashlib.sha1(b"tests").hexdigest())
        return URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token").dumps(raw)  # type: ignore[return-value]


def check_cost(page: Page, most_queries: int = MOST_QUERIES) -> None:
    """Fail when a page that was only looked at asked more of the database than it may."""
    assert len(page.queries) <= most_queries, f"{page.path} asked {len(page.queries)} queries:\n" + "\n".join(
        page.queries
    )


def check_page(page: Page) -> None:
    """Fail with a sentence when a page is not as every page of the house must be."""
    _check_html(page)
    tags = list(page.tree.iter(etree.Element))
    headings = [one for one in tags if one.tag == "h1"]
    assert len(headings) == 1, f"{page.path} has {len(headings)} h1"
    title = page.title.removeprefix("Error: ")
    assert title.startswith(page.h1), f"{page.path}: the title {page.title!r} does not begin with {page.h1!r}"
    ids = Counter(one.get("id") for one in tags if "id" in one.attrib)
    doubles = {one for one, times in ids.items() if times > 1}
    assert not doubles, f"{page.path} has ids twice: {doubles}"
    _check_fields(page, tags)
    _check_acting_columns(page)
    assert not any("style" in one.attrib for one in tags), (
        f"{page.path} has inline styles, which its own policy blocks"
    )
    assert len(page.html.encode()) <= MOST_BYTES, f"{page.path} is {len(page.html.encode())} bytes"


_VALID: set[str] = set()
_NEVER = r"<>&\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"  # what may be wrong within words
_WORDS = re.compile(rf"(?<=>)[ \t\n\f\r]*(?![ \t\n\f\r])[^{_NEVER}]+(?=<)")
_SPACE = re.compile(r"(?<=>)[ \t\n\f\r]+(?=<)")
_VALUES = re.compile(rf'="[^"{_NEVER}]*"')
_AGAIN = re.compile(r"(<(tr|li|option)[ >](?:(?!<\2[ >]).)*?</\2> ?)\1+", re.DOTALL)


def _check_html(page: Page) -> None:
    """Valid as HTML 5. Its tags and attributes are parsed, whatever their values, and the like but once: in
    a page a row after a row of the same tags, and a page of those of another."""
    tags = _VALUES.sub('=""', _SPACE.sub(" ", _WORDS.sub("x", page.html)))
    tags = _AGAIN.sub(r"\1", tags)
    if tags in _VALID:
        return
    if _errors(tags):
        errors = _errors(page.html)  # which say where on the page
        assert not errors, f"{page.path} is not valid HTML: {errors[:3]}"
    _VALID.add(tags)


def _errors(text: str) -> list[Any]:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    return [error for error in parser.errors if error[1] != "non-void-element-with-trailing-solidus"]


def _check_fields(page: Page, tags: list[HtmlElement]) -> None:
    by_id = {one.get("id"): one for one in tags if "id" in one.attrib}
    labels = {one.get("for") for one in tags if one.tag == "label" and "for" in one.attrib}
    for one in tags:
        if one.tag not in {"input", "select", "textarea"} or one.get("type") in {"hidden", "submit"}:
            continue
        labelled = one.get("aria-label") or one.get("aria-labelledby") or one.get("id") in labels
        assert labelled, f"{page.path}: a field without a label: {etree.tostring(one)!r}"
    for summary in page.tree.find_class("govuk-error-summary"):
        for link in summary.iterfind(".//a[@href]"):
            if link.get("href").startswith("#"):
                _check_leads_to_a_field(page, link, by_id.get(link.get("href")[1:]))


def _check_acting_columns(page: Page) -> None:
    """What can only be pressed stands below a heading that says so, in every row: paper has neither."""
    for table in page.tree.find_class("takeup-table"):
        rows = [
            ["takeup-table__acting" in cell.get("class", "") for cell in row]
            for row in table.iterfind(".//tr")
        ]
        assert all(row == rows[0] for row in rows), (
            f"{page.path}: cells of {_words(table.find('caption'))!r} are not for acting as their heading is"
        )
        for cell in table.find_class("takeup-table__acting"):
            assert _words(cell) != "– None", f"{page.path}: a dash stands where nothing can be pressed"


def _check_leads_to_a_field(page: Page, link: HtmlElement, focused: HtmlElement | None) -> None:
    assert focused is not None, (
        f"{page.path}: the error {_words(link)!r} links to {link.get('href')!r}, which is not there"
    )
    assert focused.tag in {"input", "select", "textarea", "button"}, (
        f"{page.path}: the error {_words(link)!r} links to a {focused.tag}, which can't be focused"
    )


def _filled_in(form: HtmlElement) -> dict[str, Any]:
    """What a browser would send of a form as it stands, without its buttons."""
    data: dict[str, Any] = {}
    for one in form.iter("input", "select", "textarea"):
        name, kind = one.get("name"), one.get("type")
        if name is None or kind in {"submit", "button", "file"}:
            continue
        if kind in {"radio", "checkbox"}:
            if "checked" in one.attrib:
                data.setdefault(name, []).append(one.get("value", "on"))
        elif one.tag == "select":
            data[name] = [_value(option) for option in _chosen(one)]
        elif one.tag == "textarea":
            data[name] = (one.text or "").removeprefix("\n")
        elif name in data:  # several hidden fields of one name
            before = data[name]
            data[name] = [*(before if isinstance(before, list) else [before]), one.get("value", "")]
        else:
            data[name] = one.get("value", "")
    return data


def _chosen(select: HtmlElement) -> list[HtmlElement]:
    """Its options that are chosen: the first, where it takes one and the page chooses none."""
    options = list(select.iter("option"))
    return [one for one in options if "selected" in one.attrib] or (
        [] if "multiple" in select.attrib else options[:1]
    )


def _value(option: HtmlElement) -> str:
    return str(option.get("value", option.text_content()))


def _named(among: HtmlElement, name: str) -> list[HtmlElement]:
    """The fields of this name."""
    return [one for one in among.iter(etree.Element) if one.get("name") == name]


_TEXTS = etree.XPath(".//text()")


def _words(tag: HtmlElement | None) -> str:
    return "" if tag is None else " ".join(" ".join(_TEXTS(tag)).split())
