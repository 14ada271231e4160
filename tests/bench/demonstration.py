"""The demonstration academy: every page of each role, what a worker holds after 1,000 requests, a start."""

from __future__ import annotations

import signal
import socket
import statistics
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from sqlalchemy import select
from werkzeug.routing.exceptions import RequestRedirect

from app.accounts.models import User
from app.core import clock, garbage
from app.core.db import db
from app.demonstration import rules
from tests.bench.crowd import Ask, so_many_at_a_time
from tests.bench.results import Bound, Result
from tests.bench.server import gunicorn, program
from tests.bench.stage import Place, Stage

PASSWORD = "a password for measuring alone"
PAGES_OF_A_KIND = 40
REQUESTS = 1_000
LET_GO_AFTER = 4
WORST = 5


@dataclass(frozen=True)
class Visit:
    """One page as one role got it."""

    role: str
    path: str
    kind: str
    status: int
    queries: int
    kilobytes: float
    is_html: bool


@cache
def _demonstration(stage: Stage, engine: str) -> tuple[Place, list[Visit]]:
    """The demonstration, and all of it looked at once as each role."""
    place = stage.empty(engine, demo=True)
    with place.app.app_context():
        rules.fill(password=PASSWORD, now=clock.now())
        db.session.commit()
    of_a_kind = 3 if stage.is_quick else PAGES_OF_A_KIND
    return place, [visit for account in rules.ACCOUNTS for visit in _walk(place, account.email, of_a_kind)]


def _user(place: Place, email: str) -> User:
    with place.app.app_context():
        user = db.session.scalars(select(User).where(User.email == email)).one()
        db.session.expunge(user)
        return user


def _walk(place: Place, email: str, of_a_kind: int) -> Iterator[Visit]:
    """Follow every link from the first page on; of pages of one kind (/people/1, /people/2) so many."""
    browser, role = place.browser(_user(place, email)), email.partition("@")[0]
    waiting, seen, kinds = deque(["/"]), {"/"}, Counter[str]()
    while waiting:
        path = waiting.popleft()
        kind = _kind(place, path)
        kinds[kind] += 1
        if kinds[kind] > of_a_kind:
            continue
        with place.statements() as sent:
            response = browser.get(path)
        garbage.collect()  # as after each answer of a worker: all these pages at once would take 14 GB
        is_html = response.mimetype == "text/html"
        kilobytes = len(response.data) / 1000
        yield Visit(role, path, kind, response.status_code, len(sent), kilobytes, is_html)
        found = _links(path, response.data) if is_html else []
        if response.location:
            found.append(_local(path, response.location))
        for link in found:
            if link not in seen:
                seen.add(link)
                waiting.append(link)


def _kind(place: Place, path: str) -> str:
    """Which view a path is answered by, and with which names in its query."""
    parts = urlsplit(path)
    names = "&".join(sorted({pair.partition("=")[0] for pair in parts.query.split("&")}))
    try:
        endpoint, _ = place.app.url_map.bind("127.0.0.1").match(parts.path, method="GET")
    except RequestRedirect:
        endpoint = parts.path
    return f"{endpoint}?{names}"


def _links(path: str, html: bytes) -> list[str]:
    links = BeautifulSoup(html, "lxml").select("a[href]")
    hrefs = (str(link["href"]) for link in links)
    found = [_local(path, href) for href in hrefs if not href.startswith(("#", "mailto:", "tel:", "http"))]
    return [link for link in found if not link.startswith("/static/")]


def _local(path: str, href: str) -> str:
    parts = urlsplit(urljoin(path, href))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


# --- Pages ---------------------------------------------------------------------------------------------


def measure_pages(stage: Stage) -> Iterator[Result]:
    for engine in stage.engines:
        yield from _pages(*_demonstration(stage, engine))


def _pages(place: Place, visits: list[Visit]) -> Iterator[Result]:
    pages = [visit for visit in visits if visit.is_html and visit.status == 200]
    of_roles = Counter(visit.role for visit in pages)
    others = Counter(visit.status for visit in visits if visit.status not in {200, 302})
    by_queries = _worst(pages, lambda visit: visit.queries)
    by_size = _worst(pages, lambda visit: visit.kilobytes)
    what = f"{len(pages):,} pages of the demonstration"
    detail: dict[str, Any] = {"pages of each role": dict(of_roles), "answers that were not 200": dict(others)}
    yield Result(
        f"{what}: most queries",
        place.engine,
        "queries",
        by_queries[0].queries,
        bound=Bound(30),
        detail=detail | {"worst": [f"{one.role} {one.path}: {one.queries}" for one in by_queries]},
    )
    yield Result(
        f"{what}: most HTML",
        place.engine,
        "kB",
        by_size[0].kilobytes,
        bound=Bound(200),
        detail={"worst": [f"{one.role} {one.path}: {one.kilobytes:.0f} kB" for one in by_size]},
    )


def _worst(pages: list[Visit], of: Callable[[Visit], float]) -> list[Visit]:
    """The worst page of each kind, and of those the worst five."""
    worst: dict[str, Visit] = {}
    for page in sorted(pages, key=of, reverse=True):
        worst.setdefault(page.kind, page)
    return list(worst.values())[:WORST]


# --- Memory --------------------------------------------------------------------------------------------


def measure_memory(stage: Stage) -> Iterator[Result]:
    """One worker, so that it answers every request: each page and file of every role in turn.

    What it held for the last of them, it lets go of after they are answered; a few small ones, one by one,
    see it through that. `with the last` is what it held until then.
    """
    for engine in stage.engines:
        yield from _worker(*_demonstration(stage, engine))


def _worker(place: Place, visits: list[Visit]) -> Iterator[Result]:
    cookies = {
        account.email.partition("@")[0]: place.cookie(_user(place, account.email))[0]
        for account in rules.ACCOUNTS
    }
    asks = [Ask(visit.path, cookies[visit.role]) for visit in visits]
    step = max(1, len(asks) // REQUESTS)
    wanted = (asks[::step] * REQUESTS)[:REQUESTS]
    with gunicorn(place.environment, workers=1) as server:
        worker = server.workers[0]
        before = _memory(worker)
        answers = so_many_at_a_time(server.port, wanted, 4)
        with_the_last = _memory(worker)
        so_many_at_a_time(server.port, wanted[:1] * LET_GO_AFTER, 1)
        after = _memory(worker)
    crashed = sum(answer.status >= 500 for answer in answers)
    detail = {"before": before, "after": after, "with the last": with_the_last, "server errors": crashed}
    what = f"a web worker after {len(answers):,} requests"
    yield Result(what, place.engine, "MB (RSS)", after["Rss"], before["Rss"], Bound(150), detail)
    yield Result(what, place.engine, "MB (PSS)", after["Pss"], before["Pss"])


def _memory(pid: int) -> dict[str, float]:
    """The megabytes that a process holds: Rss, and Pss, which counts its share of what is shared."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    found = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return {name: found[name] for name in ("Rss", "Pss")}


# --- Starting ------------------------------------------------------------------------------------------


def measure_start(stage: Stage) -> Iterator[Result]:
    """What `make run` starts: the first time fills the demonstration in, the later ones find it there."""
    home = stage.folder / "start"
    first = _start(home)
    later = statistics.median(_start(home) for _ in range(stage.rounds))
    detail = {"first start": first}
    yield Result("second start to the first page", "sqlite", "s", later, bound=Bound(5), detail=detail)


def _start(home: Path) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {"INSTANCE_DIR": str(home), "PORT": str(port), "LOG_LEVEL": "ERROR"}
    began = time.perf_counter()
    with program([sys.executable, "-m", "app.cli.starter"], environment) as process:
        while not _has_page(port):
            assert process.poll() is None, "The starter ended by itself."
            assert time.perf_counter() - began < 120, "There is no page after two minutes."
        took = time.perf_counter() - began
        process.send_signal(signal.SIGINT)
        process.wait(10)
    return took


def _has_page(port: int) -> bool:
    """Whether the page to sign in is there; waits a little when nobody listens."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/sign-in")
        return connection.getresponse().status == 200
    except OSError:
        time.sleep(0.02)  # noqa: TID251 - until it listens, there is nothing to wait on
        return False
    finally:
        connection.close()
