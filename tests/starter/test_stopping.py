"""However it is told to stop, and whatever ends, nothing of it is left after five seconds."""

from __future__ import annotations

import os
import signal
import socket

import pytest

from tests.starter.conftest import MAKE, READY, STARTER, Start

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
SECONDS = 5


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_stops_both(start: Start, number: signal.Signals) -> None:
    takeup = start().read_until(READY)
    assert len(takeup.all_there(5, SECONDS)) == 5, "the starter, gunicorn with two workers, the scheduler"
    assert "accounts invite EMAIL --role administrator" in takeup.output
    takeup.process.send_signal(number)
    assert takeup.exit_code(SECONDS) == 0
    assert not takeup.survivors(0)


def test_ctrl_c_on_the_terminal_of_make_stops_both(start: Start) -> None:
    takeup = start(MAKE).read_until(READY)
    os.write(takeup.terminal, b"\x03")
    takeup.exit_code(SECONDS)
    assert not takeup.survivors(0)
    assert "Traceback" not in takeup.output


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_to_make_alone_stops_both(start: Start, number: signal.Signals) -> None:
    """Make passes TERM on to what it runs; INT and HUP it keeps to itself, and waits."""
    takeup = start(MAKE).read_until(READY)
    takeup.process.send_signal(number)
    takeup.exit_code(SECONDS)
    assert not takeup.survivors(0)


def test_a_terminal_that_is_closed_stops_both(start: Start) -> None:
    takeup = start(MAKE).read_until(READY)
    takeup.hang_up()
    assert not takeup.survivors(SECONDS)


def test_a_job_in_the_background_of_a_shell_hears_int(start: Start) -> None:
    """A shell has its background jobs ignore INT, and what they start inherits that."""
    takeup = start(ignored=[signal.SIGINT]).read_until(READY)
    takeup.process.send_signal(signal.SIGINT)
    assert takeup.exit_code(SECONDS) == 0
    assert not takeup.survivors(0)


@pytest.mark.parametrize("name", ["web server", "scheduler"])
def test_the_death_of_one_stops_the_other(start: Start, name: str) -> None:
    takeup = start().read_until(READY)
    os.kill(takeup.pid(name), signal.SIGKILL)
    assert takeup.exit_code(SECONDS) == 1
    assert f"Takeup stops: the {name} ended by itself, with signal SIGKILL." in takeup.output
    assert not takeup.survivors(0)


@pytest.mark.parametrize("name", ["web server", "scheduler"])
def test_one_that_does_not_hear_is_ended_too(start: Start, name: str) -> None:
    takeup = start().read_until(READY)
    os.kill(takeup.pid(name), signal.SIGSTOP)
    takeup.process.send_signal(signal.SIGTERM)
    assert takeup.exit_code(SECONDS) == 0
    assert not takeup.survivors(0)


def test_a_request_that_is_under_way_holds_nothing_up(start: Start) -> None:
    takeup = start().read_until(READY)
    with socket.create_connection(("127.0.0.1", int(takeup.settings["PORT"]))) as browser:
        browser.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n")  # and never the rest
        takeup.process.send_signal(signal.SIGTERM)
        assert takeup.exit_code(SECONDS) == 0
    assert not takeup.survivors(0)


@pytest.mark.parametrize("command", [STARTER, MAKE], ids=["starter", "make"])
def test_a_killed_owner_leaves_nobody(start: Start, command: list[str]) -> None:
    takeup = start(command).read_until(READY)
    takeup.process.kill()
    assert not takeup.survivors(SECONDS)
