"""Takeup: a social-care academy's training programmes. This module wires the rooms together."""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from wsgiref.headers import Headers

from flask import Flask
from flask_wtf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
    Undefined,
)
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from app.config import Settings, load_settings
from app.core import clock, filters, garbage, logs, web
from app.core.db import db
from app.core.engines import prepare_engine
from app.core.statements import StatementCache
from app.core.tables import MAX_BYTES

PROJECT = Path(__file__).resolve().parent.parent
STATIC = PROJECT / "app" / "static"
A_YEAR = 365 * 24 * 60 * 60
BESIDE_A_FILE = 64 * 1024  # what a form sends besides, so that its page can say that the file is too large
CONNECTING_SECONDS = 5  # left to itself, libpq waits for minutes for a server that says nothing

# The rooms, lowest floor first. A room without pages has no `views`.
ROOMS = (
    "audit",
    "outbox",
    "people",
    "accounts",
    "commissioning",
    "programmes",
    "sessions",
    "learning",
    "bookings",
    "attendance",
    "figures",
    "board",
    "home",
    "exchange",
    "merging",
    "reminders",
    "demonstration",
    "jobs",
)


csrf = CSRFProtect()


def create_app(settings: Settings | None = None) -> Flask:
    """The application, from `settings` (the environment's by default).

    Raises SettingsError when a setting is missing or wrong.
    """
    settings = settings or load_settings()
    logs.configure(settings.log_level)
    static_path = f"/static/{_static_version()}"
    app = web.Application(__name__, template_folder=str(PROJECT / "templates"), static_url_path=static_path)
    _configure(app, settings)
    clock.read_offset_from(settings.clock_offset_file)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    app.extensions["migrate"] = Migrations(app)
    csrf.init_app(app)
    web.install(app)
    filters.register(app)
    WTFormsHelpers(app)
    _install_templates(app)
    _install_rooms(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(STATIC), prefix=static_path, max_age=A_YEAR, add_headers_function=_no_guessing
    )
    return app


def _no_guessing(headers: Headers, _path: str, _url: str) -> None:
    """A style sheet or script is what it says it is, as every page is."""
    headers["X-Content-Type-Options"] = "nosniff"


def _static_version() -> str:
    """A digest of the style sheets and scripts: part of their address, so that an upgrade is seen at once
    and browsers may keep them for a year."""
    digest = hashlib.sha256()
    for file in sorted(STATIC.iterdir()):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


class Migrations:
    """Stands where `flask db` looks for its settings, and loads Alembic when it does.

    No web worker needs it: 7 MB each.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        from flask_migrate import Migrate

        Migrate(self._app, db, directory=str(PROJECT / "migrations"), compare_type=True)
        return getattr(self._app.extensions["migrate"], name)


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=MAX_BYTES + BESIDE_A_FILE,
        SESSION_COOKIE_NAME="takeup",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.has_secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        ADDRESS=settings.address,
        COUNCIL=SimpleNamespace(
            name=settings.council_name,
            colour=settings.council_colour,
            logo_url="/brand/logo" if settings.council_logo else None,
        ),
        SUPPORT=SimpleNamespace(email=settings.support_email, phone=settings.support_phone),
    )


def _engine_options(settings: Settings) -> dict[str, object]:
    """How connections are kept. What a statement was about to write stays out of the log when it fails.

    The connection that was used last is used next: it has planned what is asked again and again.
    """
    options: dict[str, object] = {
        "pool_size": settings.web_threads,
        "pool_use_lifo": True,
        "execution_options": {"compiled_cache": StatementCache()},
        "hide_parameters": True,
    }
    if settings.is_sqlite:
        connecting = {"cached_statements": 0}  # the plan of a page of figures takes 20 MB
        return options | {"max_overflow": settings.web_threads, "connect_args": connecting}
    is_said = "connect_timeout" in make_url(settings.database_url).query
    connecting = {} if is_said else {"connect_timeout": CONNECTING_SECONDS}
    return options | {"max_overflow": 2, "pool_pre_ping": True, "connect_args": connecting}


def _install_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.loader = ChoiceLoader(
        [
            FileSystemLoader(str(PROJECT / "templates")),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": LenientLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": LenientLoader("govuk_frontend_wtf"),
                }
            ),
            app.create_global_jinja_loader(),
        ]
    )


class LenientLoader(PackageLoader):
    """Loads templates that count on a missing name being empty, as GOV.UK's do; ours are refused one."""

    lenient: Environment | None = None

    def load(
        self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        if self.lenient is None:
            self.lenient = environment.overlay(undefined=Undefined)
        return super().load(self.lenient, name, globals)


def _install_rooms(app: Flask) -> None:
    """Import every room's tables, then let each room that has pages register them."""
    with garbage.nothing_is_collected():
        for room in ROOMS:
            if _has(room, "models"):
                import_module(f"app.{room}.models")
        for room in ROOMS:
            if _has(room, "views"):
                import_module(f"app.{room}.views").register(app)
        import_module("app.cli.commands").register(app)


def _has(room: str, file: str) -> bool:
    folder = PROJECT / "app" / room
    return (folder / f"{file}.py").exists() or (folder / file / "__init__.py").exists()
