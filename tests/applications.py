"""What tests change of an application that they make, so that what it did once it does not do again."""

from __future__ import annotations

import os
import sys

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event

from app.core.db import db
from app.core.statements import StatementCache
from tests.client import Client

SHARED = "TAKEUP_TEST_TEMPLATES"  # the folder in which a run's processes find what another has made


def for_tests(app: Flask) -> Flask:
    """The application with the tests' own client, compiled templates and memory for statements."""
    app.test_client_class = Client
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ[SHARED])
    with app.app_context():
        _keep_statements(db.engine)
    return app


def _keep_statements(engine: Engine) -> None:
    """Tests have memory, and no time: every statement that was compiled or planned is kept."""
    engine.update_execution_options(compiled_cache=StatementCache(kept=500, longest=sys.maxsize, after=1))

    if engine.name == "sqlite":
        event.listen(engine, "do_connect", lambda *words: words[3].update(cached_statements=500))
    else:
        event.listen(engine, "connect", lambda connection, _record: setattr(connection, "prepared_max", 2000))
