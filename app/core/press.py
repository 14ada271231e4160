"""Makes PDFs in a process of its own: what makes them takes 40 MB in each thread, which no web worker keeps.

Run as a program it imports nothing of the application. It loads what makes PDFs, which takes as long as a
PDF itself; then it reads a page and writes its PDF, over and over, and ends when nobody has asked for a
while, or when the web worker that started it is gone.
"""

from __future__ import annotations

import select
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import IO

IDLE_SECONDS = 60
MOST_SECONDS = 60  # for one page, and for waiting until those before it are made
_LENGTH = struct.Struct(">cI")
MADE, MISSING = b"P", b"E"


class PressFailed(Exception):
    """The PDF could not be made; the message is for the log."""


class PangoMissing(PressFailed):
    """What makes PDFs can't be loaded on this machine."""


class Press:
    """The process that makes PDFs, started when the first is wanted; one page at a time.

    One that takes more than `most_seconds` over a page is ended, so that nobody waits for it for ever.
    """

    def __init__(self, most_seconds: float = MOST_SECONDS) -> None:
        self._most_seconds = most_seconds
        self._turn = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def pdf(self, page: str) -> bytes:
        """The page as a PDF. Raises PressFailed."""
        if not self._turn.acquire(timeout=self._most_seconds):
            raise PressFailed("Other pages were being made for too long.")
        try:
            kind, content = self._answered(page)
        finally:
            self._turn.release()
        if kind != MADE:
            raise PangoMissing(content.decode())
        return content

    def _answered(self, page: str) -> tuple[bytes, bytes]:
        try:
            return self._asked(page)
        except (OSError, EOFError):  # it ended because it was idle, or it died: once more
            self.stop()
            try:
                return self._asked(page)
            except (OSError, EOFError) as error:
                self.stop()
                raise PressFailed("The process that makes PDFs ended.") from error

    def begin(self) -> None:
        """Start the process before there is a page: it gets ready while the page is written. This waits for
        nothing, and fails at nothing: whoever asks for the PDF hears of it."""
        if not self._turn.acquire(blocking=False):
            return  # a page is being made, so it is ready
        try:
            with suppress(OSError):
                self._started()
        finally:
            self._turn.release()

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _asked(self, page: str) -> tuple[bytes, bytes]:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        _write(process.stdin, MADE, page.encode())
        if not select.select([process.stdout], [], [], self._most_seconds)[0]:
            self.stop()
            raise PressFailed("The page took too long.")
        return _read(process.stdout)

    def _started(self) -> subprocess.Popen[bytes]:
        """The process that runs; a new one when there is none, or the last has ended."""
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - this file itself, and nothing that anybody typed
                [sys.executable, "-P", str(Path(__file__).resolve())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._process


def _write(to: IO[bytes], kind: bytes, content: bytes) -> None:
    to.write(_LENGTH.pack(kind, len(content)) + content)
    to.flush()


def _read(source: IO[bytes]) -> tuple[bytes, bytes]:
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    kind, length = _LENGTH.unpack(head)
    return kind, source.read(length)


def _made(page: str) -> bytes:
    """A tagged PDF (PDF/UA-1). It fetches nothing: pictures come within the page."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    document = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def main() -> None:
    _what_is_missing()
    while select.select([sys.stdin.buffer], [], [], IDLE_SECONDS)[0]:
        try:
            _kind, page = _read(sys.stdin.buffer)
        except EOFError:
            return
        if problem := _what_is_missing():
            _write(sys.stdout.buffer, MISSING, problem.encode())
        else:
            _write(sys.stdout.buffer, MADE, _made(page.decode()))


def _what_is_missing() -> str | None:
    """Why nothing can be made on this machine: WeasyPrint loads Pango when it is imported."""
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        return str(error)
    return None


if __name__ == "__main__":
    main()
