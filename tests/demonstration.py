"""The demonstration academy, which takes long to fill in: once a run, then copied for whoever needs one."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextvars import Context
from pathlib import Path

from app import create_app
from app.core.db import db
from tests import databases
from tests.applications import SHARED, for_tests


def copy_demonstration(to: Path) -> None:
    """Lay there what `flask demo fill` makes, as a file of SQLite.

    A service that is started on it (`INSTANCE_DIR` with the file as takeup.sqlite in it) has nothing left
    to fill in, and lets its accounts in with its own DEMO_PASSWORD.
    """
    folder = Path(os.environ[SHARED])
    made = folder / "demonstration.sqlite"
    with (folder / "demonstration.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not made.exists():
            draft = folder / "draft" / made.name
            draft.parent.mkdir(exist_ok=True)
            _fill(draft)
            draft.rename(made)
    shutil.copyfile(made, to)


def _fill(file: Path) -> None:
    url = f"sqlite:///{file}"
    databases.migrate(url, file.parent)
    app = for_tests(create_app(databases.settings_for(url, file.parent, demo=True, public_url="")))
    filled = Context().run(app.test_cli_runner().invoke, args=["demo", "fill"])
    assert filled.exit_code == 0, filled.output
    with app.app_context():
        db.engine.dispose()
