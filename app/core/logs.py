"""Logging: one line an event on standard error, and nothing secret in it."""

from __future__ import annotations

import logging
import sys

# structlog would draw tracebacks with it, which nobody asks for: 3 MB in each process.
sys.modules["rich"] = None  # type: ignore[assignment]
import structlog  # noqa: E402 - only now

del sys.modules["rich"]


def configure(level: str) -> None:
    """Log events of `level` ("INFO") and above, as key=value lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of one module: `log = get_logger(__name__)`."""
    return structlog.get_logger(name)  # type: ignore[no-any-return]
