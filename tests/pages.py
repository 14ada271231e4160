"""A page client that looks at every page it fetches, so that no test of a page has to remember to.

Each page must be valid HTML with one h1, a title that begins with it, unique ids, labelled fields and
errors linked to fields; must cost few queries and bytes; and a GET must write nothing. The markup does not
depend on the engine, so it is looked at on SQLite alone; what pages say, ask and write, on both.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

import html5lib
from bs4 import BeautifulSoup, Tag
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.core import clock
from app.core.db import db

MOST_QUERIES = 30
MOST_BYTES = 200_000


@dataclass
class Page:
    """One answer: its status, path after redirects, and what a person would see."""

    status: int
    path: str
    response: TestResponse
    queries: list[str] = field(default_factory=list)

    @cached_property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    @cached_property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "lxml")

    @property
    def h1(self) -> str:
        return _words(self.soup.find("h1"))

    @property
    def title(self) -> str:
        return _words(self.soup.find("title"))

    @property
    def text(self) -> str:
        """The words of the main part, white space folded."""
        return _words(self.soup.find("main") or self.soup)

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        summary = self.soup.select_one(".govuk-error-summary")
        return [_words(item) for item in summary.select("li")] if summary else []

    def links(self) -> dict[str, str]:
        """Each link's words and where it leads."""
        return {_words(link): str(link["href"]) for link in self.soup.select("a[href]")}

    def value(self, name: str) -> str | None:
        """What a field of the page's forms holds."""
        found = self.soup.select_one(f"main [name='{name}']")
        if found is None:
            return None
        if found.name == "textarea":
            return found.text.strip("\n")
        if found.name == "select":
            chosen = found.select_one("option[selected]")
            return str(chosen.get("value", "")) if chosen else None
        if found.get("type") in {"radio", "checkbox"}:
            checked = self.soup.select_one(f"main [name='{name}'][checked]")
            return str(checked.get("value", "")) if checked else None
        return str(found.get("value", ""))


class Pages:
    """A browser without a screen: signs in, opens pages, fills in the forms that they hold."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.looks_at_markup = app.config["SETTINGS"].is_sqlite
        self.browser = app.test_client()

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
        writes = [
            query for query in page.queries if query.split()[0].upper() in {"INSERT", "UPDATE", "DELETE"}
        ]
        assert not writes, f"GET {path} wrote: {writes}"
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
            known = found.select(f"[name='{name}']")
            assert known, f"The form has no field {name!r}: {sorted(data)}"
            if value is None:
                data.pop(name, None)
            else:
                data[name] = value
        if button is not None:
            pressed = next((one for one in found.select("button") if _words(one) == button), None)
            assert pressed is not None, (
                f"No button {button!r}: {[_words(one) for one in found.select('button')]}"
            )
            if pressed.get("name"):
                data[str(pressed["name"])] = str(pressed.get("value", ""))
        action = str(found.get("action") or page.path)
        db.session.commit()
        method = str(found.get("method") or "get").lower()
        answer = self._fetch(method, action, **{"data" if method == "post" else "query_string": data})
        assert answer.status == status, f"{method} {action} answered {answer.status}: {answer.text[:600]}"
        self._look_at(answer)
        if method == "get":
            check_cost(answer)
        return answer

    def _look_at(self, page: Page) -> None:
        if self.looks_at_markup and page.response.mimetype == "text/html":
            check_page(page)

    def _form(self, page: Page, form: int | str) -> Tag:
        forms = page.soup.select("main form")
        if isinstance(form, int):
            return forms[form]
        found = [one for one in forms if one.get("id") == form or str(one.get("action", "")).endswith(form)]
        assert found, f"No form {form!r} on {page.path}: {[one.get('action') for one in forms]}"
        return found[0]

    def _fetch(self, method: str, path: str, **arguments: Any) -> Page:
        queries: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                queries.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            response = self.browser.open(path, method=method.upper(), follow_redirects=True, **arguments)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        db.session.expire_all()
        return Page(response.status_code, response.request.path, response, queries)

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
    soup = page.soup
    tags = soup.find_all(True)
    headings = [one for one in tags if one.name == "h1"]
    assert len(headings) == 1, f"{page.path} has {len(headings)} h1"
    title = page.title.removeprefix("Error: ")
    assert title.startswith(page.h1), f"{page.path}: the title {page.title!r} does not begin with {page.h1!r}"
    ids = Counter(str(one["id"]) for one in tags if one.has_attr("id"))
    doubles = {one for one, times in ids.items() if times > 1}
    assert not doubles, f"{page.path} has ids twice: {doubles}"
    _check_fields(page, soup, tags)
    assert not any(one.has_attr("style") for one in tags), (
        f"{page.path} has inline styles, which its own policy blocks"
    )
    assert len(page.html.encode()) <= MOST_BYTES, f"{page.path} is {len(page.html.encode())} bytes"


_VALID: set[str] = set()
_WORDS = re.compile(r"(?<=>)[^<>&]+(?=<)")
_VALUES = re.compile(r'="[^"<>&]*"')


def _check_html(page: Page) -> None:
    """Valid as HTML 5. A page of the same tags and attributes, whatever their values, is parsed but once."""
    tags = _VALUES.sub('=""', _WORDS.sub(" ", page.html))
    if tags in _VALID:
        return
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page.html)
    problems = [
        error for error in parser.errors if error[1] not in {"non-void-element-with-trailing-solidus"}
    ]
    assert not problems, f"{page.path} is not valid HTML: {problems[:3]}"
    _VALID.add(tags)


def _check_fields(page: Page, soup: BeautifulSoup, tags: list[Tag]) -> None:
    by_id = {str(one["id"]): one for one in tags if one.has_attr("id")}
    labels = {one["for"] for one in tags if one.name == "label" and one.has_attr("for")}
    for one in tags:
        if one.name not in {"input", "select", "textarea"} or one.get("type") in {"hidden", "submit"}:
            continue
        labelled = one.get("aria-label") or one.get("aria-labelledby") or one.get("id") in labels
        assert labelled, f"{page.path}: a field without a label: {one}"
    for link in soup.select(".govuk-error-summary a[href^='#']"):
        target = str(link["href"])[1:]
        focused = by_id.get(target)
        assert focused is not None, (
            f"{page.path}: the error {_words(link)!r} links to {target!r}, which is not there"
        )
        assert focused.name in {"input", "select", "textarea", "button"}, (
            f"{page.path}: the error {_words(link)!r} links to a {focused.name}, which can't be focused"
        )


def _filled_in(form: Tag) -> dict[str, Any]:
    """What a browser would send of a form as it stands, without its buttons."""
    data: dict[str, Any] = {}
    for one in form.select("input[name], select[name], textarea[name]"):
        name, kind = str(one["name"]), one.get("type")
        if kind in {"submit", "button", "file"}:
            continue
        if kind in {"radio", "checkbox"}:
            if one.has_attr("checked"):
                data.setdefault(name, []).append(one.get("value", "on"))
        elif one.name == "select":
            chosen = (
                one.select("option[selected]") or one.select("option")[: 0 if one.has_attr("multiple") else 1]
            )
            data[name] = [option.get("value", option.text) for option in chosen]
        elif one.name == "textarea":
            data[name] = one.text.removeprefix("\n")
        elif name in data:  # several hidden fields of one name
            data[name] = [
                *(data[name] if isinstance(data[name], list) else [data[name]]),
                one.get("value", ""),
            ]
        else:
            data[name] = one.get("value", "")
    return data


def _words(tag: Any) -> str:
    return " ".join(tag.get_text(" ").split()) if tag is not None else ""
