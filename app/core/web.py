"""Page helpers: who acts, what they may open, and answers that are the same everywhere."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from sqlalchemy import Select, select
from sqlalchemy.exc import OperationalError
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as WerkzeugResponse

from app.core import db as database
from app.core import error_pages
from app.core.actors import VISITOR, Actor
from app.core.db import db, row_count
from app.core.engines import commits, was_given_up_for_another
from app.core.errors import NotAllowed, NotFound, RuleBroken, refusal_of
from app.core.forms import LARGEST_INTEGER, Form
from app.core.permissions import Permission

P = ParamSpec("P")
R = TypeVar("R")
RowT = TypeVar("RowT")

PUBLIC = "public"
PAGE_SIZE = 25
MEDIA_TYPES = {
    "csv": "text/csv",
    "ics": "text/calendar",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

# How often one network may press a button of a page that is for anybody: `@limiter.limit("60 per hour")`.
limiter = Limiter(get_remote_address)


class Application(Flask):
    """Does once more what the database gave up so that somebody else’s could go on, such as of two merges."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Nothing of it was saved, unless something had been before: then, and with a file, which can be read
        once, whoever sent it is asked to send it again."""
        before = commits()
        try:
            return super().dispatch_request()
        except OperationalError as error:
            if request.files or commits() != before or not was_given_up_for_another(error):
                raise
        db.session.rollback()
        return super().dispatch_request()


# --- Who may open what ---------------------------------------------------------------------------------


def requires(*permissions: Permission) -> Callable[[Callable[P, R]], Callable[P, R | WerkzeugResponse]]:
    """The view is for signed-in people whose roles give any one of these permissions."""

    def guard(view: Callable[P, R]) -> Callable[P, R | WerkzeugResponse]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | WerkzeugResponse:
            actor = current_actor()
            if not actor.is_signed_in:
                return redirect(url_for("security.login", next=_where_to_return()))
            if not any(actor.can(permission) for permission in permissions):
                raise NotAllowed("Your account does not include this page.")
            return view(*args, **kwargs)

        guarded.__permission__ = permissions  # type: ignore[attr-defined]
        return guarded

    return guard


def public(view: Callable[P, R]) -> Callable[P, R]:
    """The view is for anybody, signed in or not."""
    view.__permission__ = PUBLIC  # type: ignore[attr-defined]
    return view


def opened_by_secret(
    title: str,
) -> Callable[[Callable[P, str | WerkzeugResponse]], Callable[P, Response]]:
    """For a page that a secret opens: one that does not work says why; nothing is kept or listed."""

    def open_it(view: Callable[P, str | WerkzeugResponse]) -> Callable[P, Response]:
        @wraps(view)
        def opened(*args: P.args, **kwargs: P.kwargs) -> Response:
            try:
                response = make_response(view(*args, **kwargs))
            except (RuleBroken, NotFound) as broken:
                db.session.rollback()
                page = render_template("errors/link_over.html", title=title, why=broken.message)
                response = make_response(page, 404)
            response.headers["X-Robots-Tag"] = "noindex"
            response.headers["Cache-Control"] = "no-store"
            return response

        return opened

    return open_it


by_link = opened_by_secret("This link does not work")


def asset(view: Callable[P, R]) -> Callable[P, R]:
    """The view is a file of every page's frame: for anybody, and no sign that the person did something."""
    view.__is_asset__ = True  # type: ignore[attr-defined]
    return public(view)


def unattended(view: Callable[P, R]) -> Callable[P, R]:
    """The view is a page that no person fetches, such as a code on the wall that fetches itself anew: for
    anybody who may see it, signed in or not, and no sign that the person did something, or else nobody would
    ever be idle."""
    return asset(view)


def is_public_request() -> bool:
    """Whether this request is for a page that anybody may open, or for none."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "__permission__", PUBLIC) == PUBLIC


def is_asset_request() -> bool:
    return hasattr(current_app.view_functions.get(request.endpoint or ""), "__is_asset__")


def may_open(endpoint: str, **_arguments: object) -> bool:
    """Whether there is such a page and the actor's roles open it; a check of the object may still refuse."""
    view = current_app.view_functions.get(endpoint)
    permissions = getattr(view, "__permission__", ())
    return permissions == PUBLIC or any(current_actor().can(permission) for permission in permissions)


def _where_to_return() -> str | None:
    return request.full_path.rstrip("?") if request.method in SAFE_METHODS else None


def current_actor() -> Actor:
    """Who makes this request; a visitor when nobody is signed in."""
    return g.get("actor", VISITOR)  # type: ignore[no-any-return]


# --- Fetching ------------------------------------------------------------------------------------------


class RowId(IntegerConverter):
    """`<int:...>` in a rule: an id that a row can have. A larger one is a missing page, not a crash."""

    regex = r"[0-9]{1,10}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST_INTEGER)


def id_asked(name: str) -> int | None:
    """The id that the address gives under this name (`?course=4`); None for what no row can have."""
    ident: int = request.args.get(name, 0, type=int)
    return ident if 0 < ident <= LARGEST_INTEGER else None


def get_or_404(model: type[RowT], ident: int) -> RowT:
    """The row with this id, or the page that says it is not there."""
    row = db.session.get(model, ident) if 0 < ident <= LARGEST_INTEGER else None
    if row is None:
        abort(404)
    return row


def one_or_404(statement: Select[tuple[RowT]]) -> RowT:
    """The one row of a query, or the page that says it is not there."""
    row = db.session.execute(statement).scalar_one_or_none()
    if row is None:
        abort(404)
    return row


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """One page of a list: its rows, and where it stands in the whole. Pages count from 1."""

    rows: list[RowT]
    page: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * self.size, self.total)


def paginate(
    statement: Select[Any],
    *,
    size: int = PAGE_SIZE,
    scalars: bool = True,
    count: Select[tuple[int]] | None = None,
) -> Page[Any]:
    """The page of a query that the address asks for (`?page=2`); past the end is the last page.

    With `scalars` each row is the query's first column (an entity); without, the whole row. The rows are
    fetched first: where they end on this page, they tell how many there are. Else they are counted, with
    `count` where there is a quicker statement that says the same.
    """
    page = min(max(request.args.get("page", 1, type=int), 1), LARGEST_INTEGER // size)
    rows = _rows_of(statement, page, size, scalars=scalars)
    if len(rows) < size and (rows or page == 1):
        return Page(rows=rows, page=page, total=(page - 1) * size + len(rows), size=size)
    total = db.session.scalar(select(row_count(statement)) if count is None else count) or 0
    last = max(1, -(-total // size))
    if page > last:
        page, rows = last, _rows_of(statement, last, size, scalars=scalars)
    return Page(rows=rows, page=page, total=total, size=size)


def _rows_of(statement: Select[Any], page: int, size: int, *, scalars: bool) -> list[Any]:
    result = db.session.execute(statement.limit(size).offset((page - 1) * size)).unique()
    return list(result.scalars() if scalars else result)


def page_of(rows: Sequence[Any]) -> Page[Any]:
    """The page that the address asks for, of a list that is worked out in Python."""
    last = max(1, -(-len(rows) // PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), last)
    start = (number - 1) * PAGE_SIZE
    return Page(rows=list(rows[start : start + PAGE_SIZE]), page=number, total=len(rows), size=PAGE_SIZE)


# --- Answering -----------------------------------------------------------------------------------------


@contextmanager
def rule_errors_on(form: Form) -> Iterator[None]:
    """A broken rule becomes an error on the form, and nothing that the rule had begun is kept."""
    try:
        yield
    except RuleBroken as error:
        db.session.rollback()
        form.tell(error)


@contextmanager
def rule_errors_flashed() -> Iterator[None]:
    """For a button without a form: a broken rule becomes a message on the next page."""
    try:
        yield
    except RuleBroken as error:
        db.session.rollback()
        flash(error.message, "error")


def why_not(check: Callable[[], object], *, back_to: str) -> WerkzeugResponse | None:
    """For a page on which there is nothing to fill in by now: back to another one, which says why."""
    refused = refusal_of(check)
    if refused is None:
        return None
    flash(refused.message, "error")
    return redirect(back_to)


def download(content: str | bytes, name: str) -> Response:
    """A file to keep, under a name whose ending says what it is."""
    response = Response(content, mimetype=MEDIA_TYPES[name.rpartition(".")[2]])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def page_as_asked(endpoint: str, **values: Any) -> WerkzeugResponse:
    """In place of a file that can't be made as it was asked for: its page, which says why."""
    return redirect(f"{url_for(endpoint, **values)}?{request.query_string.decode()}")


def is_safe_path(path: str | None) -> bool:
    """Whether a path to return to stays on this service: "/runs/4" does, "//elsewhere.example" does not."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return False
    return path.isprintable()  # browsers leave out tabs: "/\t/elsewhere.example" would be "//..."


def csp_nonce() -> str:
    """The nonce that this response's own scripts carry."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return g.csp_nonce  # type: ignore[no-any-return]


def install(app: Flask) -> None:
    """Give the application its hooks: reading or writing, security headers, and pages for errors."""
    app.url_map.converters["int"] = RowId
    app.before_request(_begin)
    app.after_request(_add_headers)
    app.teardown_request(_end)
    error_pages.install(app)
    app.add_template_global(csp_nonce)
    app.add_template_global(may_open)
    app.add_template_global(zip)


def _begin() -> None:
    """A request that only reads does not wait for its turn among the writers (SQLite)."""
    context = database.reading() if request.method in SAFE_METHODS else database.writing()
    context.__enter__()
    g.database_use = context


def _end(_error: BaseException | None) -> None:
    context = g.pop("database_use", None)
    if context is not None:
        db.session.remove()
        context.__exit__(None, None, None)


def _add_headers(response: Response) -> Response:
    script = f"'self' 'nonce-{csp_nonce()}'"
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src {script}; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if current_actor().is_signed_in or response.mimetype == "text/html":  # a form's token is one visitor's
        response.headers.setdefault("Cache-Control", "no-store")
    return response
