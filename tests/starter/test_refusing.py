"""What can’t be started is said in one sentence."""

from __future__ import annotations

import socket

import pytest

from tests.starter.conftest import AT_ONCE, Start


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
