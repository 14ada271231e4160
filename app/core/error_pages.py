"""Pages for errors: each a sentence in the layout of every other page, and a crash with its reference."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, Response, render_template, request
from flask_limiter import RateLimitExceeded
from werkzeug.exceptions import HTTPException

from app.core.db import db
from app.core.engines import has_waited_too_long
from app.core.errors import NotAllowed, NotFound
from app.core.filters import duration
from app.core.logs import get_logger

_PAGES = {400, 403, 404, 405, 413, 429, 500, 503}
_BUSY = "This took too long: something else may be being saved. Nothing of what you sent was saved."

log = get_logger(__name__)


def install(app: Flask) -> None:
    """Answer each error with its page."""
    app.register_error_handler(NotFound, lambda error: _error_page(404, error.message))
    app.register_error_handler(NotAllowed, lambda error: _error_page(403, error.message))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    return _error_page(error.code, None, error)


def _crash(error: Exception) -> Any:
    """A crash: logged with the reference that the page shows, and nothing half written is kept.

    What took too long, mostly as somebody else holds what it needs, is none: it may go well in a minute.
    """
    db.session.rollback()
    if has_waited_too_long(error):
        log.warning("waited_too_long", path=_path_to_log(), method=request.method)
        return _error_page(503, _BUSY)
    reference = secrets.token_hex(4).upper()
    log.error("crash", reference=reference, path=_path_to_log(), method=request.method, exc_info=error)
    return _error_page(500, reference=reference)


def _path_to_log() -> str:
    """The path without the secret of a link that was e-mailed."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(token, "(token)") if token else request.path


def _error_page(
    code: int, message: str | None = None, error: HTTPException | None = None, reference: str | None = None
) -> Any:
    db.session.rollback()
    known = code if code in _PAGES else 400 if code < 500 else 500
    wait = _longest_wait(error) if isinstance(error, RateLimitExceeded) else None
    typed = _typed() if known == 400 else []
    page = render_template(
        f"errors/{known}.html", message=message, reference=reference, wait=wait, typed=typed
    )
    response = Response(page, status=code)
    if error is not None and error.response is None:
        for name, value in error.get_headers():
            if name.lower() in {"allow", "retry-after"}:
                response.headers[name] = value
    return response


def _longest_wait(error: RateLimitExceeded) -> str:
    """ "5 minutes": after so long a limit of "60 per 5 minutes" begins anew, if not before."""
    return duration(error.limit.limit.get_expiry() // 60)


def _typed() -> list[str]:
    """What a form of this service was sent with, where it is of several words, such as a reason: to be copied
    from the page that says that it was not accepted, as browsers keep nothing of a page that none may store.

    Never a password. A page elsewhere that sends its visitors here can't have words of its own shown.
    """
    if request.headers.get("Origin") != request.host_url.rstrip("/"):
        return []
    fields = request.form.items(multi=True)
    return [typed.strip() for name, typed in fields if len(typed.split()) > 1 and "password" not in name]
