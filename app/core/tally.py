"""What a job did, in numbers, and how it goes through its items."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.core.db import db, reading
from app.core.logs import get_logger

log = get_logger(__name__)

FoundT = TypeVar("FoundT")
ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Tally:
    """How many items were done, passed over because nothing was needed, and failed; why the last one did."""

    done: int = 0
    skipped: int = 0
    failed: int = 0
    problem: str = ""

    @property
    def words(self) -> str:
        """The tally as a sentence, "3 done, 0 no longer needed, 1 failed.", and what the last problem was."""
        counted = f"{self.done} done, {self.skipped} no longer needed, {self.failed} failed."
        return f"{counted} {self.problem}" if self.problem else counted


def found(look: Callable[[], FoundT]) -> FoundT:
    """What a job has to do, as `look` reads it in a transaction of its own that is over before anything is
    done: on SQLite nobody who writes waits for it. Rows that it returns are read again when they are used."""
    with reading():
        try:
            return look()
        finally:
            db.session.rollback()


def trouble(error: Exception) -> str:
    """What a page may say of an error: "ValueError: The disk is full". Of one of the database its kind alone:
    PostgreSQL repeats the row that it refuses, with the names in it, and administrators see none (3.0)."""
    kind = type(error).__name__
    return kind if isinstance(error, SQLAlchemyError) else f"{kind}: {error}"


def each(
    items: Iterable[ItemT],
    act: Callable[[ItemT], int],
    *,
    keep: Callable[[], None],
    drop: Callable[[], None],
    key: Callable[[ItemT], str] = str,
) -> Tally:
    """Do `act` for each item, a transaction each; one bad item never stops the rest.

    `act` returns how much it did. What it did is kept by `keep` (a commit) or, when it fails, dropped by
    `drop` (a rollback): jobs hand them over, since only they commit. What failed is logged, counted, and
    met again at the next run. The tally names it by its `key` and the kind of error alone, as what a rule
    says may name somebody (3.0): "The last was person 5, course 3 (RuleBroken): the log says why."
    """
    done = failed = 0
    problem = ""
    for item in items:
        try:
            done += act(item)
            keep()
        except Exception as error:
            drop()
            failed += 1
            problem = f"The last was {key(item)} ({type(error).__name__}): the log says why."
            log.error("item_failed", item=key(item), exc_info=error)
    return Tally(done=done, failed=failed, problem=problem)
