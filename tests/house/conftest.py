"""The demonstration academy: a place where no page is empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.core.db import db
from tests.applications import for_tests
from tests.databases import settings_for
from tests.demonstration import copy_demonstration


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a copy of what `flask demo fill` has filled in."""
    folder: Path = tmp_path_factory.mktemp("demonstration")
    file = folder / "takeup.sqlite"
    copy_demonstration(file)
    app = for_tests(create_app(settings_for(f"sqlite:///{file}", folder, demo=True, public_url="")))
    yield app
    with app.app_context():
        db.engine.dispose()
