"""What somebody sent after their session was over, kept in their own page until they have signed in again."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from app.core.web import SAFE_METHODS, is_public_request, is_safe_path

MOST_BYTES = 200_000
_TOKEN, _SECRET = "csrf_token", "password"


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: whose it was, where it goes, the page it was on, and its fields in their order.

    It travels in the page in which they sign in, and comes back with the form of that page, whose token
    nobody else has. So the server keeps nothing of somebody who may never come back; only a press saves it.
    """

    user_id: int
    path: str
    page: str
    fields: list[tuple[str, str]]

    @property
    def packed(self) -> str:
        return json.dumps([self.user_id, self.path, self.page, self.fields])


def kept_of_request(user_id: int) -> Kept | None:
    """The form that this request sends, unless there is nothing in it to lose, or it has what is not kept: a
    file, which stays on their device, or a password."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != _TOKEN]
    has_more = any(file.filename for file in request.files.values())
    is_secret = any(_SECRET in name for name, _ in fields)
    size = sum(len(name) + len(value) for name, value in fields)
    if not fields or has_more or is_secret or size > MOST_BYTES:
        return None
    return Kept(user_id, request.full_path.rstrip("?"), page_before() or "/", fields)


def unpacked(text: str | None) -> Kept | None:
    """What the page brings back; None of what it can't have said."""
    with suppress(ValueError, TypeError):
        user_id, path, page, fields = json.loads(text or "")
        if is_safe_path(path) and is_safe_path(page):
            return Kept(int(user_id), path, page, [(str(name), str(value)) for name, value in fields])
    return None


def is_sent_by_somebody() -> bool:
    """Whether this request sends a form of a page for those who have signed in."""
    return request.method not in SAFE_METHODS and not is_public_request()


def page_before() -> str | None:
    """The page of ours from which this request was sent, as far as the browser says."""
    sent_from = urlsplit(request.referrer or "")
    if sent_from.netloc != request.host or not is_safe_path(sent_from.path):
        return None
    return f"{sent_from.path}?{sent_from.query}" if sent_from.query else sent_from.path
