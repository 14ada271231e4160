"""Journeys in a real Chromium against the service as `make run` starts it: real mail, a clock that moves.

Each worker has one service of its own: the starter, its web server and its scheduler on a demonstration
academy of their own, sending to a real SMTP server that counts.
"""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.core import clock
from tests.browser.looking import DESK, see
from tests.databases import SECRET
from tests.demonstration import copy_demonstration
from tests.ports import free_port

PASSWORD = "a long walk along the river"
PROJECT = Path(__file__).parents[2]
STARTS_WITHIN = 60
MAIL_COMES_WITHIN = 60
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium rather than Playwright's own download, quiet and without a network of its own."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    assert path, "The browser tests need Chromium: install the package chromium."
    quiet = ["no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "disable-background-networking"]
    more = ["disable-component-update", "disable-sync", "disable-dev-shm-usage"]
    return {"executable_path": path, "args": [f"--{word}" for word in (*quiet, *more)]}


class Postbox:
    """A real SMTP server's memory: every message that it took, in order."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self._arrivals: queue.Queue[EmailMessage] = queue.Queue()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self._arrivals.put(message)
        return "250 OK"

    def about(self, words: str, to: str | None = None) -> list[EmailMessage]:
        """The messages whose subject holds these words, to this address if one is given."""
        return [
            one for one in list(self.messages)
            if words in str(one["Subject"]) and (to is None or to in str(one["To"]))
        ]  # fmt: skip

    def wait_for(self, words: str, to: str | None = None) -> EmailMessage:
        """The first message about this; waits for the scheduler to send it."""
        while not (found := self.about(words, to)):
            try:
                self._arrivals.get(timeout=MAIL_COMES_WITHIN)
            except queue.Empty:
                subjects = [f"{one['Subject']} -> {one['To']}" for one in self.messages]
                raise AssertionError(f"No mail about {words!r} came, only {subjects}") from None
        return found[0]


@dataclass
class Service:
    """The service under test: where it is, its mail, and its clock."""

    url: str
    postbox: Postbox
    clock_file: Path
    environment: dict[str, str] = field(default_factory=dict)

    def travel_to(self, moment: datetime) -> None:
        """Move the clock of the web server and of the scheduler; nothing in the database moves."""
        away = (moment - clock.now()).total_seconds()
        temporary = self.clock_file.with_suffix(".new")
        temporary.write_text(str(away), encoding="ascii")
        temporary.replace(self.clock_file)

    def travel_home(self) -> None:
        """Back to the true time."""
        self.clock_file.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def postbox() -> Iterator[tuple[Postbox, int]]:
    box = Postbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    yield box, server.port
    server.stop()


@pytest.fixture(scope="session")
def service(postbox: tuple[Postbox, int], tmp_path_factory: Any) -> Iterator[Service]:
    """`make run`'s starter on a demonstration academy of its own, until the session ends.

    With the secret of who filled it in: some e-mails that it still has to send hold links already.
    """
    box, smtp_port = postbox
    home = tmp_path_factory.mktemp("service")
    copy_demonstration(home / "takeup.sqlite")
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "INSTANCE_DIR": str(home),
        "PORT": str(port),
        "SECRET_KEY": SECRET,
        "DEMO_PASSWORD": PASSWORD,
        "CLOCK_OFFSET_FILE": str(home / "clock"),
        "MAIL_TRANSPORT": "smtp",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(smtp_port),
        "WEB_WORKERS": "1",
    }
    starter = subprocess.Popen(
        [sys.executable, "-m", "app.cli.starter"],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        _wait_until_ready(starter)
        yield Service(f"http://127.0.0.1:{port}", box, home / "clock", environment)
    finally:
        starter.send_signal(signal.SIGTERM)
        starter.wait(timeout=10)


def _wait_until_ready(starter: subprocess.Popen[str]) -> None:
    assert starter.stdout is not None
    seen = []
    for line in starter.stdout:
        seen.append(line)
        if "Ctrl-C stops it" in line:
            return
    raise AssertionError(f"The service did not start:\n{''.join(seen)}")


@pytest.fixture
def sign_in(browser: Browser, service: Service) -> Iterator[Callable[..., Page]]:
    """`sign_in("academy")` is a page of a new browser in which that demonstration account has signed in.

    `sign_in("trainer", phone=True)` has the size of a phone; `sign_in(None)` nobody.
    """
    contexts: list[BrowserContext] = []

    def enter(who: str | None, *, phone: bool = False, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=service.url,
            viewport={"width": 360, "height": 740} if phone else DESK,
            has_touch=phone,
            java_script_enabled=scripts,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"A script failed on {page.url}: {error}"))
        if who is not None:
            page.goto("/sign-in")
            page.get_by_label("E-mail address").fill(f"{who}@demo.example")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in", exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Today")
            see(page) if scripts else None
        return page

    yield enter
    for context in contexts:
        context.close()
