"""The test client of every application that the tests make."""

from __future__ import annotations

from contextvars import Context
from functools import partial
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.db import db


class Client(FlaskClient):
    """A test client whose every request has an application context, and so a session, of its own.

    What the test has added is committed first: a request must see it, and must not wait for its turn
    behind it.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():  # a redirect is followed from outside the test's own context
            db.session.commit()
        return Context().run(partial(super().open, *args, **kwargs))
