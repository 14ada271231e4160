"""The demonstration academy, filled in once: a place where no page is empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import Context
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.core.db import db
from tests.client import Client
from tests.databases import Databases, settings_for


@pytest.fixture(scope="session")
def demonstration(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """The application on a database of its own that `flask demo fill` has filled in."""
    worker = getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]
    url = databases.copy(f"demonstration_{worker}")
    folder: Path = tmp_path_factory.mktemp("demonstration")
    app = create_app(settings_for(url, folder, demo=True, public_url=""))
    app.test_client_class = Client
    filled = Context().run(app.test_cli_runner().invoke, args=["demo", "fill"])
    assert filled.exit_code == 0, filled.output
    yield app
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)
