"""What a board reads names nobody: it can reach no name anywhere. (3.0)"""

from __future__ import annotations

from collections.abc import Iterable

from app.core.errors import RuleBroken
from app.people import queries
from app.people.queries import Named


def check_names_nobody(text: str, *, field: str, among: Iterable[Named] | None = None) -> None:
    """Words that somebody types and a board reads, such as the title of a target or the name of a team;
    `among` is everybody, where they are known already."""
    name = queries.named_in(text, among)
    if name is not None:
        raise RuleBroken(f"The board reads this, and it names {name}: say it without the name", field=field)
