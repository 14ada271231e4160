"""What can't be started is said in one sentence; what can is there in seconds, and says where."""

from __future__ import annotations

import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest

from tests.starter.conftest import READY, Start

AT_ONCE = 20


def test_a_busy_port_is_one_sentence(start: Start, settings: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(settings["PORT"]))):
        takeup = start()
        assert takeup.exit_code(AT_ONCE) == 1
    assert takeup.output.count("\n") == 1
    assert takeup.output.startswith(f"Takeup can’t start: port {settings['PORT']} on 127.0.0.1 is not free")
    assert not takeup.survivors(0)


@pytest.mark.parametrize(
    ("others", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be set to 32 characters or more."),
        ({"PORT": "eighty"}, "PORT"),
        ({"DATABASE_URL": "mysql://localhost/takeup"}, "DATABASE_URL must begin with sqlite:/// or "),
        ({"DATABASE_URL": "sqlite:////nowhere/takeup.sqlite"}, "DATABASE_URL can’t be reached"),
        ({"DATABASE_URL": "postgresql+psycopg://me:pw@127.0.0.1:1/takeup"}, "DATABASE_URL can’t be reached"),
        ({"INSTANCE_DIR": "/proc/nowhere"}, "INSTANCE_DIR /proc/nowhere can’t be made"),
    ],
    ids=["secret", "port", "scheme", "file", "server", "folder"],
)  # fmt: skip
def test_a_wrong_setting_is_one_sentence(start: Start, others: dict[str, str], sentence: str) -> None:
    takeup = start(**others)
    assert takeup.exit_code(AT_ONCE) == 1
    assert takeup.output.count("\n") == 1, takeup.output
    assert takeup.output.startswith("Takeup can’t start: ")
    assert sentence in takeup.output
    assert "me:pw" not in takeup.output
    assert not takeup.survivors(0)


def test_the_demonstration_says_how_to_sign_in_and_starts_again_within_five_seconds(
    start: Start, tmp_path: Path
) -> None:
    demonstration = {"DATABASE_URL": "", "SECRET_KEY": "", "PUBLIC_URL": ""}
    first = start(["make", "--no-print-directory", "run"], **demonstration).read_until(READY)
    assert f"http://127.0.0.1:{first.settings['PORT']}" in first.output
    for role in ("Academy manager", "Practitioner", "Line manager", "Trainer", "Board member"):
        assert role in first.output
    first.process.send_signal(signal.SIGTERM)
    first.exit_code(5)

    taken = []
    for _try in range(2):  # the faster of two: the machine runs other tests too
        began = time.monotonic()
        again = start(["make", "--no-print-directory", "run"], **demonstration)
        with urllib.request.urlopen(_when_it_listens(again.settings["PORT"], began)) as page:
            assert page.status == 200
            assert b"<h1" in page.read()
        taken.append(time.monotonic() - began)
        again.read_until(READY)
        again.process.send_signal(signal.SIGTERM)
        again.exit_code(5)
    assert min(taken) < 5, taken


def _when_it_listens(port: str, began: float) -> str:
    """The address of the first page, as soon as somebody listens there."""
    while True:
        try:
            socket.create_connection(("127.0.0.1", int(port))).close()
        except ConnectionRefusedError:
            assert time.monotonic() - began < AT_ONCE, "nobody listens"
            continue
        return f"http://127.0.0.1:{port}/"


def test_a_signal_while_the_database_is_prepared_stops_at_once(
    start: Start, settings: dict[str, str]
) -> None:
    takeup = start(DATABASE_URL="", SECRET_KEY="", PUBLIC_URL="")
    assert _when_it_listens(settings["PORT"], time.monotonic())
    takeup.process.send_signal(signal.SIGINT)
    assert takeup.exit_code(5) == 0
    assert not takeup.survivors(0)
    assert "Traceback" not in takeup.output
