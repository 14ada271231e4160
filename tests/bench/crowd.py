"""Many people at once over HTTP: one event loop, so that asking costs the machine as little as may be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Ask:
    """One request: `form` makes it a POST. `who` is whatever the caller wants to know it by."""

    path: str
    cookie: str
    form: dict[str, str] | None = None
    who: int = 0

    @property
    def raw(self) -> bytes:
        body = urlencode(self.form).encode() if self.form is not None else b""
        lines = [
            f"{'GET' if self.form is None else 'POST'} {self.path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Cookie: {self.cookie}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Answer:
    ask: Ask
    status: int
    location: str
    seconds: float


def all_at_once(port: int, asks: Sequence[Ask]) -> list[Answer]:
    """Everybody has a connection of their own, and all send in the same moment."""
    return asyncio.run(_race(port, asks))


def so_many_at_a_time(port: int, asks: Iterable[Ask], number: int) -> list[Answer]:
    """So many people, each of whom sends the next request once the last one is answered."""
    return asyncio.run(_queue(port, asks, number))


async def _race(port: int, asks: Sequence[Ask]) -> list[Answer]:
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in asks]
    try:
        sent = (_answer(*streams, ask) for streams, ask in zip(opened, asks, strict=True))
        return await asyncio.gather(*sent)
    finally:
        for _, writer in opened:
            writer.close()


async def _queue(port: int, asks: Iterable[Ask], number: int) -> list[Answer]:
    waiting, answers = iter(asks), []

    async def one() -> None:
        for ask in waiting:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            answers.append(await _answer(reader, writer, ask))
            writer.close()

    await asyncio.gather(*(one() for _ in range(number)))
    return answers


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ask: Ask) -> Answer:
    began = time.perf_counter()
    writer.write(ask.raw)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    seconds = time.perf_counter() - began
    status, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(ask, int(status.split()[1]), headers.get("location", ""), seconds)
