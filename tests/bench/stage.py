"""Where the measures are taken: databases with an academy in them, applications on them, people signed in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask, render_template_string
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import event

from app import create_app
from app.accounts.models import User
from app.core import clock
from app.core.db import db
from app.core.permissions import Permission
from app.core.web import requires
from tests import databases
from tests.bench import academy, bulk
from tests.bench.results import ROUNDS

EMPTY_PAGE = "/bench/empty"
_EMPTY = '{% extends "layout.html" %}{% block title %}Empty{% endblock %}'


@dataclass
class Place:
    """One database with an application on it."""

    engine: str
    url: str
    app: Flask
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a web server on the same database."""
        settings = self.app.config["SETTINGS"]
        return {
            "DATABASE_URL": self.url,
            "SECRET_KEY": settings.secret_key,
            "PUBLIC_URL": "http://127.0.0.1",
            "INSTANCE_DIR": str(self.folder),
            "LOG_LEVEL": "ERROR",
            "DEMO": "1" if settings.demo else "0",
        }

    def browser(self, user: User) -> FlaskClient:
        """Somebody signed in, without a network in between."""
        found = self.app.test_client()
        name = self.app.config["SESSION_COOKIE_NAME"]
        found.set_cookie(name, self.cookie(user)[0].partition("=")[2])
        return found

    def cookie(self, user: User) -> tuple[str, str]:
        """Somebody signed in, as a browser would send it: the cookie, and the token of their forms."""
        raw = hashlib.sha1(user.fs_uniquifier.encode()).hexdigest()
        now = clock.now().timestamp()
        values = {
            "_user_id": user.fs_uniquifier,
            "_fresh": True,
            "session_key": raw,
            "signed_in_at": now,
            "seen_at": now,
            "csrf_token": raw,
        }
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        token = URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token").dumps(raw)
        return f"{self.app.config['SESSION_COOKIE_NAME']}={signer.dumps(values)}", str(token)

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """The SQL statements that the application sends meanwhile."""
        found: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                found.append(statement)

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", note)

    @contextmanager
    def raw(self) -> Iterator[Any]:
        """A cursor of the driver's own on this database, without SQLAlchemy in between."""
        with self.app.app_context():
            connection = db.engine.raw_connection()
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


class Stage:
    """Makes the places that measures ask for; a place with an academy is made once for each size."""

    def __init__(self, folder: Path, *, engines: list[str], is_quick: bool) -> None:
        self.folder = folder
        self.engines = engines
        self.is_quick = is_quick
        self.rounds = 2 if is_quick else ROUNDS
        self.size = academy.Size().times(0.1) if is_quick else academy.Size()
        self._databases = {
            engine: databases.connect(engine, folder, f"bench{uuid4().hex[:6]}") for engine in engines
        }
        self._made: list[Place] = []
        self._places: dict[tuple[str, academy.Size], Place] = {}

    def academy(self, engine: str, size: academy.Size | None = None) -> Place:
        """An academy with an application on it; the same one whenever it is asked for."""
        size = size or self.size
        if (engine, size) not in self._places:
            place = self.empty(engine)
            with place.app.app_context():
                with db.engine.begin() as connection:
                    academy.fill(connection, size)
                bulk.settle(db.engine)
            self._places[engine, size] = place
        return self._places[engine, size]

    def empty(self, engine: str, **settings: Any) -> Place:
        """A migrated database without anything in it, and an application on it with one page more."""
        url = self._databases[engine].copy(uuid4().hex[:8])
        app = create_app(databases.settings_for(url, self.folder, **settings))
        app.add_url_rule(EMPTY_PAGE, "bench.empty", _empty_page)
        self._made.append(Place(engine, url, app, self.folder))
        return self._made[-1]

    def drop(self, place: Place) -> None:
        place.close()
        self._databases[place.engine].drop(place.url)

    def close(self) -> None:
        """Let go of every place, and leave nothing on a server that somebody else named."""
        for place in self._made:
            self.drop(place)
        for made in self._databases.values():
            if isinstance(made, databases.PostgreSQLDatabases):
                made.drop_all()


@requires(Permission.USE_ACCOUNT)
def _empty_page() -> str:
    """A signed-in page of the house's layout with nothing in it: what every page costs."""
    return render_template_string(_EMPTY)
