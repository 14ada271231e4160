"""What can be started says where it is, and how to sign in."""

from __future__ import annotations

import signal
import socket
import time
import urllib.request

import pytest

from tests.starter.conftest import AT_ONCE, MAKE, READY, Start, Started
from tests.starter.test_refusing import DOORS

FILLED_IN = "The demonstration academy is filled in."


def test_the_demonstration_says_how_to_sign_in_and_is_there_when_it_starts_again(start: Start) -> None:
    """How long a second start takes is measured by `make bench`, while nothing else runs."""
    demonstration = {"DATABASE_URL": "", "SECRET_KEY": "", "PUBLIC_URL": ""}
    first = start(MAKE, **demonstration).read_until(READY)
    assert f"http://127.0.0.1:{first.settings['PORT']}" in first.output
    for role in ("Academy manager", "Practitioner", "Line manager", "Trainer", "Board member"):
        assert role in first.output
    assert FILLED_IN in first.output
    assert "_started" not in first.output  # it says so itself
    first.process.send_signal(signal.SIGTERM)
    first.exit_code(5)

    again = start(MAKE, **demonstration)
    with urllib.request.urlopen(_when_it_listens(again.settings["PORT"], time.monotonic())) as page:
        assert page.status == 200
        assert b"<h1" in page.read()
    again.read_until(READY)
    assert FILLED_IN not in again.output
    assert _how_to_sign_in(again) == _how_to_sign_in(first)


def _how_to_sign_in(takeup: Started) -> str:
    return takeup.output.partition("Sign in as")[2]


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


@pytest.mark.parametrize(
    ("door", "said"),
    [
        ("gunicorn", {"event=web_server_started", "address=http://127.0.0.1:{PORT}", "workers=2"}),
        ("scheduler", {"event=scheduler_started"}),
    ],
    ids=["web server", "scheduler"],
)
def test_what_a_service_starts_says_in_one_line_of_its_log_that_it_did_and_on_which_database(
    start: Start, settings: dict[str, str], door: str, said: set[str]
) -> None:
    takeup = start(DOORS[door], from_nothing=True).read_until("_started", AT_ONCE).read_until("\n", AT_ONCE)
    takeup.process.send_signal(signal.SIGTERM)
    assert takeup.exit_code(AT_ONCE) == 0
    (line,) = takeup.output.splitlines()
    wanted = {one.format(**settings) for one in said | {"database={DATABASE_URL}", "level=info"}}
    assert wanted <= set(line.split())
