"""Which compiled statements a process keeps.

SQLAlchemy would keep the last 500, whatever they are. A page of figures is one statement of up to 100,000
characters, which takes 5 MB once compiled; and what is kept lies among all that a page throws away, so that
little of that memory is ever given back. So only what is short and asked again and again is kept: what is
left out is compiled anew, and a mixture of all pages takes no longer for it. A longer one is kept where it
says so itself: `select(…).execution_options(**HOT)`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Compiled
from sqlalchemy.util import LRUCache

KEPT = 40
LONGEST = 2_500  # characters
HOT = {"is_hot": True}  # for the statement that every booking runs: compiling it took a third of the booking
WORTH_KEEPING_AFTER = 3  # times that it was compiled
REMEMBERED = 1_000  # statements that were compiled, by their hashes


class StatementCache(LRUCache[Any, Compiled]):
    """For the engine's execution option `compiled_cache`."""

    __slots__ = ("_after", "_longest", "_times")

    def __init__(self, kept: int = KEPT, longest: int = LONGEST, after: int = WORTH_KEEPING_AFTER) -> None:
        super().__init__(kept)
        self._longest, self._after = longest, after
        self._times: LRUCache[int, int] = LRUCache(REMEMBERED)

    def __setitem__(self, key: Any, compiled: Compiled) -> None:
        if len(compiled.string) > self._longest and "is_hot" not in compiled.execution_options:
            return
        which = hash(key)
        self._times[which] = times = self._times.get(which, 0) + 1
        if times >= self._after:
            super().__setitem__(key, compiled)
