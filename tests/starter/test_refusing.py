"""What can’t be started is said in one sentence."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextvars import Context
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from app import create_app
from app.core.db import db
from tests.databases import Databases, settings_for
from tests.starter.conftest import AT_ONCE, STARTER, Start

FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:app.cli.webserver", "wsgi:app"]
NOWHERE = "postgresql+psycopg://me:pw@127.0.0.1:1/takeup"
NOWHERE_EITHER = "postgresql+psycopg://127.0.0.1:1/takeup?user=me&password=pw"


@pytest.mark.parametrize("command", [STARTER, GUNICORN], ids=["starter", "gunicorn"])
def test_a_busy_port_is_one_sentence(start: Start, settings: dict[str, str], command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", int(settings["PORT"]))):
        takeup = start(command)
        assert takeup.exit_code(AT_ONCE) == 1
    assert takeup.output.count("\n") == 1
    assert takeup.output.startswith(f"Takeup can’t start: port {settings['PORT']} on 127.0.0.1 is not free")
    assert not takeup.survivors(0)


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be set to 32 characters or more."),
        ({"PORT": "eighty"}, "PORT must be a whole number from 1 to 65535."),
        ({"HOST": "192.0.2.1"}, "HOST 192.0.2.1 is no address of this machine"),
        ({"HOST": "a..b"}, "HOST a..b is no address."),
        ({"DATABASE_URL": "mysql://localhost/takeup"}, "DATABASE_URL must begin with sqlite:/// or "),
        ({"DATABASE_URL": "sqlite:////nowhere/takeup.sqlite"}, "DATABASE_URL can’t be reached"),
        ({"DATABASE_URL": NOWHERE}, "DATABASE_URL can’t be reached"),
        ({"DATABASE_URL": NOWHERE_EITHER}, "DATABASE_URL can’t be reached"),
        ({"INSTANCE_DIR": "/proc/nowhere"}, "INSTANCE_DIR /proc/nowhere can’t be made"),
    ],
    ids=["secret", "port", "host", "no host", "scheme", "file", "server", "parts", "folder"],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence(start: Start, others: dict[str, str], sentence: str) -> None:
    takeup = start(**others)
    assert takeup.exit_code(AT_ONCE) == 1
    assert takeup.output.count("\n") == 1, takeup.output
    assert takeup.output.startswith("Takeup can’t start: ")
    assert sentence in takeup.output
    assert "pw" not in takeup.output
    assert not takeup.survivors(0)


UPGRADE = [*FLASK, "db", "upgrade"]
DOORS = {
    "upgrade": UPGRADE,
    "command": [*FLASK, "accounts", "list"],
    "scheduler": [*FLASK, "scheduler"],
    "gunicorn": GUNICORN,
}


@pytest.mark.parametrize("door", DOORS)
def test_every_door_says_in_one_sentence_that_the_database_cannot_be_reached(start: Start, door: str) -> None:
    takeup = start(DOORS[door], from_nothing=door == "scheduler", DATABASE_URL=NOWHERE)
    assert takeup.exit_code(AT_ONCE) == 1
    assert takeup.output.count("\n") == 1, takeup.output
    assert "DATABASE_URL can’t be reached at postgresql+psycopg://me:***@127.0.0.1:1/takeup" in takeup.output
    assert not takeup.survivors(0)


def test_a_database_that_says_nothing_is_not_waited_for(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"postgresql+psycopg://me:pw@127.0.0.1:{silent.getsockname()[1]}/takeup"
        takeup = start(DATABASE_URL=address)
        assert takeup.exit_code(AT_ONCE) == 1
    assert "DATABASE_URL can’t be reached" in takeup.output
    assert takeup.output.count("\n") == 1, takeup.output


@pytest.mark.parametrize("door", ["command", "gunicorn"])
def test_a_door_to_an_empty_database_asks_for_its_tables(start: Start, tmp_path: Path, door: str) -> None:
    takeup = start(DOORS[door], from_nothing=True, DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite")
    assert takeup.exit_code(AT_ONCE) == 1
    assert takeup.output.count("\n") == 1, takeup.output
    assert "lacks the tables of this version: run flask db upgrade." in takeup.output
    assert not takeup.survivors(0)


@pytest.mark.parametrize("door", ["upgrade", "command", "gunicorn"])
def test_every_door_says_that_the_database_is_a_newer_versions(
    start: Start, databases: Databases, door: str
) -> None:
    """Whoever goes back to the version before is not sent to an upgrade that can't be done."""
    url = databases.copy(f"newer_{uuid4().hex[:6]}")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    takeup = start(DOORS[door], from_nothing=True, DATABASE_URL=url)
    assert takeup.exit_code(AT_ONCE) == 1
    assert takeup.output.count("\n") == 1, takeup.output
    assert "whose tables are those of a newer version of Takeup: start that version" in takeup.output
    databases.drop(url)


@pytest.mark.parametrize("others", [[], ["--json"]], ids=["in words", "in JSON"])
def test_a_command_tells_a_wrong_setting_in_json_where_that_is_asked_for(
    settings: dict[str, str], others: list[str]
) -> None:
    command, environment = [*FLASK, "figures", *others], {**os.environ, **settings, "PORT": "eighty"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    sentence = "PORT must be a whole number from 1 to 65535."
    assert (ended.returncode, ended.stderr) == (1, f"{sentence}\n")
    assert ended.stdout == (f'{{"error": "{sentence}"}}\n' if others else "")


@pytest.mark.parametrize(
    "words",
    [
        ["accounts", "list"],
        ["accounts", "link", "ada@council.example"],
        ["accounts", "invite", "ada@council.example", "--role", "trainer"],
        ["check", "bookings"],
        ["figures"],
        ["import", "undo", "1"],
        ["import", "people", __file__],
        ["jobs", "run", "deliver"],
        ["records", "load"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_command_asks_for_the_tables_in_json_too(tmp_path: Path, words: list[str]) -> None:
    """A program reads standard output alone."""
    app = create_app(settings_for(f"sqlite:///{tmp_path}/empty.sqlite", tmp_path))
    ended = Context().run(app.test_cli_runner().invoke, args=[*words, "--json"])
    with app.app_context():
        db.engine.dispose()
    assert ended.exit_code == 1
    assert ended.stderr.endswith("lacks the tables of this version: run flask db upgrade.\n")
    assert json.loads(ended.stdout) == {"error": ended.stderr.strip()}


def test_the_upgrade_makes_the_folder_and_the_tables(start: Start, tmp_path: Path) -> None:
    """A relative address is a file in INSTANCE_DIR, which need not be there yet."""
    home = tmp_path / "new" / "instance"
    own = {"INSTANCE_DIR": str(home), "DATABASE_URL": "sqlite:///data/own.sqlite"}
    takeup = start(UPGRADE, from_nothing=True, **own)
    assert takeup.exit_code(60) == 0, takeup.output
    assert takeup.output == f"The tables of this version are in sqlite:///{home}/data/own.sqlite.\n"
    with sqlite3.connect(home / "data" / "own.sqlite") as database:
        assert database.execute("SELECT count(*) FROM message").fetchone() == (0,)
    database.close()


def test_an_upgrade_in_a_shell_without_the_settings_says_whose_tables_it_made(
    start: Start, tmp_path: Path
) -> None:
    takeup = start(UPGRADE, from_nothing=True, INSTANCE_DIR=str(tmp_path), DATABASE_URL="")
    assert takeup.exit_code(60) == 0, takeup.output
    where = f"sqlite:///{tmp_path}/takeup.sqlite, because DATABASE_URL is not set."
    assert takeup.output == f"The tables of this version are in {where}\n"


@pytest.mark.parametrize(
    ("demo", "words", "sentence"),
    [
        (True, ["demo", "signin"], "The demonstration academy is not filled in here: run flask demo fill.\n"),
        (None, ["demo", "signin"], "DATABASE_URL is set. For one in an empty database, set DEMO=1.\n"),
        (False, ["demo", "fill"], "DEMO is 0. For one in an empty database, set DEMO=1.\n"),
    ],
)
def test_nobody_is_told_how_to_sign_in_where_no_demonstration_is(
    new_database: Callable[[], str], tmp_path: Path, demo: bool | None, words: list[str], sentence: str
) -> None:
    app = create_app(settings_for(new_database(), tmp_path, demo=demo))
    ended = Context().run(app.test_cli_runner().invoke, args=words)
    with app.app_context():
        db.engine.dispose()
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr.endswith(sentence)
