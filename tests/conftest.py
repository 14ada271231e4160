"""What every test stands on: an engine, an application, an empty database, a clock that moves, no network.

`--engine sqlite|postgresql` chooses the engine; `make test` runs both. A test that needs no engine in
particular is marked `once`; those of tests/browser and tests/starter always are.
"""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from contextvars import Context
from datetime import date, datetime, time
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import argon2
import hypothesis
import pytest
import time_machine
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.accounts.rules import passwords
from app.config import Settings
from app.core import clock, garbage
from app.core.db import db
from tests import databases as engines
from tests import postgres
from tests.applications import SHARED, for_tests

pytest.register_assert_rewrite("tests.pages", "tests.factories")
hypothesis.settings.register_profile(
    "takeup", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)  # a busy machine is no failure
hypothesis.settings.load_profile("takeup")

ONCE = ("tests/browser/", "tests/starter/")
SOAKED = (
    "tests/bookings/test_race.py",
    "tests/bookings/test_random.py",
    "tests/bookings/test_random_desk.py",
    "tests/bookings/test_storm.py",
    "tests/figures/test_random_figures.py",
    "tests/jobs/test_two_schedulers.py",
    "tests/learning/test_random.py",
    "tests/merging/test_random.py",
    "tests/starter/test_stopping.py",
)
SOAK_ROUNDS = 20
RUN = "TAKEUP_TEST_RUN"
QUICK_HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
COLLECT_AFTER = 20  # tests: to look for garbage after each takes a twentieth of the time
_tests = count(1)
_server = ExitStack()


# --- The run ---------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--engine", choices=["sqlite", "postgresql"], default="sqlite", help="the database engine"
    )
    parser.addoption("--soak", action="store_true", help="run the races alone, many times over")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the shell's settings, and start PostgreSQL once for all workers when it is wanted."""
    gc.disable()  # as a web worker and the scheduler: looked for between tests, never in the middle of one
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    if hasattr(config, "workerinput"):
        return
    os.environ[RUN] = uuid4().hex[:8]  # the workers inherit this, and the server's address
    if SHARED not in os.environ:  # tests/run.py names one for all its stages
        os.environ[SHARED] = _server.enter_context(tempfile.TemporaryDirectory())
    if config.getoption("--engine") == "postgresql":
        try:
            os.environ["TEST_DATABASE_URL"] = _server.enter_context(postgres.server())
        except postgres.NoServer as error:
            raise pytest.UsageError(str(error)) from None
        folder = Path(_server.enter_context(tempfile.TemporaryDirectory()))
        _server.callback(engines.PostgreSQLDatabases(folder, os.environ[RUN]).drop_all)


def pytest_unconfigure() -> None:
    _server.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A soak is the same test many times over: what goes wrong once in twenty is wrong."""
    if metafunc.config.getoption("--soak") and metafunc.definition.nodeid.startswith(SOAKED):
        metafunc.fixturenames.append("soak_round")
        metafunc.parametrize("soak_round", range(SOAK_ROUNDS))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(ONCE):
            item.add_marker(pytest.mark.once)
    if config.getoption("--soak"):
        others = [item for item in items if not item.nodeid.startswith(SOAKED)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


# --- The network is shut ---------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A test that reaches for another machine fails and says so; this machine's own addresses are open."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(address[0]):
            raise AssertionError(f"A test reached for the network: {address[0]}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


# --- The database ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    """ "sqlite" or "postgresql"."""
    return str(request.config.getoption("--engine"))


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, engine_name: str, tmp_path_factory: Any) -> engines.Databases:
    """The databases of this run: `empty(name)`, `copy(name)` of the migrated template, `drop(url)`."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if hasattr(request.config, "workerinput") else base
    return engines.connect(engine_name, folder, os.environ[RUN])


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, databases: engines.Databases) -> Iterator[str]:
    """This worker's own migrated database."""
    worker = getattr(request.config, "workerinput", {"workerid": "main"})
    url = databases.copy(worker["workerid"])
    yield url
    databases.drop(url)


@pytest.fixture
def new_database(databases: engines.Databases) -> Iterator[Callable[[], str]]:
    """A function that makes one more migrated database for this test alone, and returns its address."""
    made: list[str] = []

    def make() -> str:
        made.append(databases.copy(uuid4().hex[:8]))
        return made[-1]

    yield make
    for url in made:
        databases.drop(url)


# --- The application -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def instance_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="takeup-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def app(database_url: str, instance_dir: Path) -> Iterator[Flask]:
    """The application as a council runs it, on this worker's database."""
    made = for_tests(create_app(engines.settings_for(database_url, instance_dir)))
    garbage.collect_in_between_only()
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def _cleaner(app: Flask, databases: engines.Databases, database_url: str) -> Iterator[engines.Cleaner]:
    made = databases.cleaner(database_url)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test begins with the database as the migrations left it, and with an application context."""
    if request.node.get_closest_marker("once") and "app" not in request.fixturenames:
        yield
        return
    app: Flask = request.getfixturevalue("app")
    cleaner: engines.Cleaner = request.getfixturevalue("_cleaner")
    with app.app_context():
        yield
        db.session.remove()
    cleaner.clear()
    if next(_tests) % COLLECT_AFTER == 0:
        _collect()


def _collect() -> None:
    """What a test leaves behind is let go of; what lives on, statements and templates, is there to stay.

    So it is never looked through again: it is most of what there is, and grows from test to test.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a screen and without opinions; `pages` looks at what it gets."""
    return app.test_client()


@pytest.fixture
def pages(app: Flask) -> Any:
    """A browser without a screen that signs in, fills in forms and looks at every page: tests/pages.py."""
    from tests.pages import Pages

    return Pages(app)


@pytest.fixture(autouse=True)
def _quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are kept by the same argon2, with less work; a test marked `full_argon2` has it all."""
    if not request.node.get_closest_marker("full_argon2"):
        monkeypatch.setattr(passwords, "_hasher", QUICK_HASHER)


@pytest.fixture
def run_command(app: Flask) -> Callable[..., Result]:
    """Run a `flask` command as a shell would: `run_command("jobs", "run", "send").output`."""

    def run(*words: str, **options: Any) -> Result:
        db.session.commit()
        return Context().run(partial(app.test_cli_runner().invoke, args=list(words), **options))

    return run


# --- The clock -------------------------------------------------------------------------------------------


@pytest.fixture
def travel_to() -> Iterator[Callable[..., None]]:
    """Stop the clock at a moment until the test ends, or until the next call.

    `travel_to("2022-03-31")` is that morning at nine in London, `travel_to("2022-03-31 17:30")` that
    London time; an aware datetime is that instant. With `tick=True` the clock goes on from there.
    """
    with ExitStack() as travels:

        def travel(to: str | date | datetime, *, tick: bool = False) -> None:
            travels.close()
            travels.enter_context(time_machine.travel(_instant(to), tick=tick))

        yield travel


def _instant(to: str | date | datetime) -> datetime:
    if isinstance(to, str):
        to = datetime.fromisoformat(to) if len(to) > 10 else date.fromisoformat(to)
    if not isinstance(to, datetime):
        to = datetime.combine(to, time(9))
    return to if to.tzinfo else clock.london_time(to.date(), to.time())
