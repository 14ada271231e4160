"""A figure's people by service and by sector, from the counts that the figure itself was read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from app.figures.queries.arithmetic import FEWEST_SHOWN
from app.figures.queries.breakdown import NO_SECTOR, NO_SERVICE, Part, suppress
from app.figures.queries.figure import Figure, Group


def by_service(figure: Figure) -> list[Part]:
    """Those in scope by service, each with how many are complete."""
    return _parts(figure, _service)


def by_sector(figure: Figure) -> list[Part]:
    """The same by sector; the council's own staff are one."""
    return _parts(figure, lambda one: one.sector or NO_SECTOR)


def to_book_by_service(figure: Figure, *, sees_names: bool) -> list[Part]:
    """Who is neither complete nor booked, by service.

    From those who may not see names, fewer than 5 are hidden, and so is a service of fewer than 5 people in
    which nobody is left to book: that would tell of each of them.
    """
    parts = [
        Part(name, 0, sum(one.to_book for one in groups))
        for name, groups in _together(figure, _service).items()
        if any(one.to_book for one in groups)
        or (not sees_names and sum(one.in_scope for one in groups) < FEWEST_SHOWN)
    ]
    return parts if sees_names else suppress(parts)


def _service(group: Group) -> str:
    return group.service or NO_SERVICE


def _parts(figure: Figure, name_of: Callable[[Group], str]) -> list[Part]:
    return [
        Part(
            name,
            sum(one.complete for one in groups),
            sum(one.in_scope for one in groups),
            minimum_percent=figure.minimum_percent,
        )
        for name, groups in _together(figure, name_of).items()
    ]


def _together(figure: Figure, name_of: Callable[[Group], str]) -> Mapping[str, list[Group]]:
    """The groups of each name, in the order of the names."""
    found: dict[str, list[Group]] = defaultdict(list)
    for group in sorted(figure.groups, key=lambda one: (name_of(one).casefold(), name_of(one))):
        found[name_of(group)].append(group)
    return found
