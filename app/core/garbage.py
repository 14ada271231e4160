"""When Python looks for garbage: between requests and between jobs, never in the middle of one.

Left to itself, Python 3.11 collects whenever it makes an object, so also while it makes the dictionary of
an instance's attributes. What is collected then may run code (each row of the ORM's does), and another
thread may have its turn meanwhile; if either makes the same dictionary, two of them share one instance's
values, and the process dies of it a moment later. Where nothing is collected by itself, this can't happen;
and a page is made a good deal quicker. From 3.12 on Python waits for a safe moment by itself.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

_MUCH = 10_000  # objects that were made since, and not let go of
_MANY = 40_000  # objects that lived on because another request was at work with them
_EVERYTHING_AFTER = 50
_rounds = count(1)
_lived_on = 0
_libc = ctypes.CDLL(None)
_give_back = getattr(_libc, "malloc_trim", None)  # glibc keeps what is freed, unless it is told
_tune = getattr(_libc, "mallopt", None)
_MOST_ARENAS, _MOST_KEPT_AT_THE_END = -8, -1  # of mallopt
_A_MEGABYTE = 1 << 20


@contextmanager
def nothing_is_collected() -> Iterator[None]:
    """What is imported stays: to look through it for garbage again and again takes a sixth of a start."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def collect_in_between_only() -> None:
    """From now on this process, and what it forks, collects only where it calls `collect`.

    What has been loaded is never looked through: workers share its memory for longer, and end sooner. All
    threads take their memory from one place, since only one of them runs at a time: what one has let go of
    is there for the next. What is free at its end is given back at once: glibc would keep as much as the
    largest statement of figures ever took, 20 MB on SQLite.
    """
    if _tune is not None:
        _tune(_MOST_ARENAS, 1)
        _tune(_MOST_KEPT_AT_THE_END, _A_MEGABYTE)
    gc.freeze()
    gc.disable()


def collect() -> None:
    """After a request or a job: what is new, once there is much of it. Everything each fiftieth time, and
    once many objects have lived on.

    A page of figures leaves fifty times as much behind as another, more than 10,000 objects: while it lies
    there the next one needs as much again, which a worker keeps for good. What another thread's page is still
    at work with lives on, to be found with everything alone. To look after each booking would take a tenth of
    what the booking takes.
    """
    global _lived_on
    made = gc.get_count()[0]
    if next(_rounds) % _EVERYTHING_AFTER == 0 or _lived_on > _MANY:
        _lived_on = 0
        gc.collect()
    elif made > _MUCH:
        _lived_on += max(0, made - gc.collect(1))
    else:
        return
    if _give_back is not None:
        _give_back(0)
